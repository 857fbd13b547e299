package media

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Options are what a Machine starts with; the zero value is the default devices.
type Options struct {
	Speaker string       // DefaultDevice, one of Devices, NoDevice, or FilePrefix and a path that records what is heard
	Log     *slog.Logger // nil: nothing is logged
}

// Machine is this computer's sound and picture. Its methods may be called by several goroutines.
type Machine struct {
	log     *slog.Logger
	mixer   *mixer
	gallery *gallery

	mu      sync.Mutex // guards the following
	speaker string
	output  output // nil until something is played
	closed  bool

	preview preview // of the camera, without a call

	echoMu sync.Mutex // guards echoes; apart from mu, since a device asks for sound while it is being opened
	echoes map[cleaner]struct{}
}

// output plays what the mixer makes until it is closed.
type output interface{ Close() error }

// cleaner is told what is played, to take its echo out of a microphone.
type cleaner interface{ Played(samples []float32) }

// New returns a Machine. It opens no device before one is asked for.
func New(o Options) *Machine {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Machine{log: log, mixer: newMixer(), gallery: newGallery(), speaker: o.Speaker, echoes: make(map[cleaner]struct{})}
}

// Play returns where to put what a participant says. It is heard from now on.
func (m *Machine) Play(participant string) (Playback, error) {
	v, err := m.voice()
	if err != nil {
		return nil, err
	}
	m.mixer.insert(v)
	if err := m.listen(); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return &played{v, m}, nil
}

// played is a voice; with the last one, the speaker is let go of.
type played struct {
	*voice
	machine *Machine
}

// Close takes the participant out of what is heard; it may be called twice.
func (p *played) Close() error { return errors.Join(p.voice.Close(), p.machine.rest()) }

// rest closes the speaker when nobody is heard. What is recorded goes on until the Machine is closed.
func (m *Machine) rest() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.made() || m.output == nil || !m.mixer.empty() {
		return nil
	}
	out := m.output
	m.output = nil
	return out.Close()
}

// made reports whether the speaker is none of a device's; the caller holds mu.
func (m *Machine) made() bool {
	return m.speaker == NoDevice || strings.HasPrefix(m.speaker, FilePrefix)
}

// listen opens the speaker where it is not open yet.
func (m *Machine) listen() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return errClosed
	}
	if m.output != nil {
		return nil
	}
	out, err := m.openOutput(m.speaker)
	if err != nil && m.speaker != DefaultDevice && !m.made() {
		m.log.Info("the speakers that were chosen are not there", "err", err)
		out, err = m.openOutput(DefaultDevice)
	}
	if err != nil {
		return err
	}
	m.output = out
	return nil
}

// SetSpeaker changes where everything is heard. Where the device cannot be opened, the one before goes on.
func (m *Machine) SetSpeaker(device string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.output == nil || m.speaker == device {
		m.speaker = device
		return nil
	}
	out, err := m.openOutput(device)
	if err != nil {
		return err
	}
	old := m.output
	m.output, m.speaker = out, device
	return old.Close()
}

// testTime is how long the speaker stays open for TestSpeaker, which is longer than the tones.
const testTime = 2 * time.Second

// TestSpeaker plays two tones, so that a person can hear which device is chosen.
func (m *Machine) TestSpeaker() error {
	if err := m.listen(); err != nil {
		return err
	}
	m.mixer.play(append(tone(660, 0.25), tone(880, 0.35)...))
	time.AfterFunc(testTime, func() {
		if err := m.rest(); err != nil {
			m.log.Warn("cannot close the speaker", "err", err)
		}
	})
	return nil
}

// heard mixes the next 10 ms and tells the microphones what will be heard.
func (m *Machine) heard(out *[blockSize]float32) {
	m.mixer.block(out)
	m.echoMu.Lock()
	defer m.echoMu.Unlock()
	for echo := range m.echoes {
		echo.Played(out[:])
	}
}

// Show returns where to put a participant's pictures. Those that no camera or screen makes are left out, since windows
// decode what they are given.
func (m *Machine) Show(participant, kind string) (Pictures, error) {
	return &guarded{wall: m.gallery.open(participant, kind)}, nil
}

// Watch writes the pictures of a participant as the window reads them until they end, the context ends or the writer
// fails: for each frame 4 bytes of its length, 1 of whether it is a keyframe, 8 of its time in microseconds, all big-endian,
// and the VP8 frame. It begins with a keyframe. The length is that of the VP8 frame.
func (m *Machine) Watch(ctx context.Context, participant, kind string, write func(frame []byte) error) error {
	return m.gallery.watch(ctx, participant, kind, write)
}

// Close ends what is played and shown. Captures are closed by those who opened them.
func (m *Machine) Close() error {
	m.mu.Lock()
	out := m.output
	m.output, m.closed = nil, true
	m.mu.Unlock()
	m.preview.claim() // and never again
	m.gallery.close()
	if out != nil {
		return out.Close()
	}
	return nil
}

func (m *Machine) addEcho(c cleaner) {
	m.echoMu.Lock()
	defer m.echoMu.Unlock()
	m.echoes[c] = struct{}{}
}

func (m *Machine) removeEcho(c cleaner) {
	m.echoMu.Lock()
	defer m.echoMu.Unlock()
	delete(m.echoes, c)
}
