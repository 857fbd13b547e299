package calltest

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/pion/rtp"

	"gossip/backend/call"
)

// Rates of what is made up.
const (
	PacketTime = 20 * time.Millisecond
	FrameTime  = 50 * time.Millisecond
	keyEvery   = 60 // frames
)

// Media makes sound and pictures up, and counts what comes from others.
type Media struct {
	mu      sync.Mutex // guards the following
	sources []*Source
	heard   map[string]*Heard
	watched map[string]*Watched
	missing error // given by whatever is opened; nil: all is there
}

// NewMedia returns a machine with a microphone, a camera and a screen.
func NewMedia() *Media {
	return &Media{heard: map[string]*Heard{}, watched: map[string]*Watched{}}
}

// Unplug has nothing opened from now on, for that reason; nil plugs everything in again.
func (m *Media) Unplug(because error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.missing = because
}

// Source is a capture: numbered packets of made-up sound, or numbered frames.
type Source struct {
	Kind string

	mu      sync.Mutex // guards the following
	next    time.Time
	count   uint64
	key     bool
	asked   int
	bitrate int
	closed  bool
}

func (m *Media) open(kind string) (call.Capture, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.missing != nil {
		return nil, m.missing
	}
	s := &Source{Kind: kind, next: time.Now(), bitrate: 200_000}
	m.sources = append(m.sources, s)
	return s, nil
}

// Microphone opens a source.
func (m *Media) Microphone(string) (call.Capture, error) { return m.open("microphone") }

// Camera opens a source.
func (m *Media) Camera(string) (call.Capture, error) { return m.open(call.KindCamera) }

// Screen opens a source.
func (m *Media) Screen(string) (call.Capture, error) { return m.open(call.KindScreen) }

// Sources are all that were opened so far of a kind; each has one encoder.
func (m *Media) Sources(kind string) (found []*Source) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.sources {
		if s.Kind == kind {
			found = append(found, s)
		}
	}
	return found
}

// Read makes the next sample when its time has come.
func (s *Source) Read(ctx context.Context) (call.Sample, error) {
	length := FrameTime
	if s.Kind == "microphone" {
		length = PacketTime
	}
	s.mu.Lock()
	s.next = s.next.Add(length)
	wait := time.Until(s.next)
	s.mu.Unlock()
	select {
	case <-ctx.Done():
		return call.Sample{}, ctx.Err()
	case <-time.After(wait):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return call.Sample{}, errors.New("the source is closed")
	}
	s.count++
	if s.Kind == "microphone" {
		return call.Sample{Data: numbered(0x78, s.count, 80), Duration: length}, nil
	}
	key := s.count%keyEvery == 1 || s.key
	s.key = false
	first, size := byte(1), s.bitrate/8*int(length)/int(time.Second)
	if key {
		first, size = 0, 3*size
	}
	return call.Sample{Data: numbered(first, s.count, max(size, 16)), Duration: length, Keyframe: key}, nil
}

// numbered is made-up data of a size that says which it is.
func numbered(first byte, number uint64, size int) []byte {
	data := make([]byte, size)
	data[0] = first
	binary.BigEndian.PutUint64(data[1:], number)
	return data
}

// SetBitrate makes frames larger or smaller.
func (s *Source) SetBitrate(bits int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bitrate = bits
}

// RequestKeyframe makes the next frame a key frame.
func (s *Source) RequestKeyframe() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key, s.asked = true, s.asked+1
}

// Close ends the source.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// Figures are how many samples were made, what bitrate was asked for and how often a key frame, and whether it is closed.
func (s *Source) Figures() (made uint64, bitrate, keyframes int, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count, s.bitrate, s.asked, s.closed
}

// Heard counts what was heard of one participant.
type Heard struct {
	mu      sync.Mutex // guards the following
	packets int
	voice   int // of them not silence
	last    time.Time
	volume  float64
	closed  bool
}

// Play takes a participant's sound.
func (m *Media) Play(participant string) (call.Playback, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.heard[participant] == nil {
		m.heard[participant] = &Heard{volume: 1}
	}
	return m.heard[participant], nil
}

// Heard is what was heard of a participant; nil where nothing was.
func (m *Media) Heard(participant string) *Heard {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.heard[participant]
}

// WriteRTP counts a packet.
func (h *Heard) WriteRTP(p *rtp.Packet) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.packets++
	if len(p.Payload) > 3 {
		h.voice++
		h.last = time.Now()
	}
	return nil
}

// SetVolume notes the volume.
func (h *Heard) SetVolume(v float64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.volume = v
}

// Level is loud while something is said.
func (h *Heard) Level() float64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.last) < 10*PacketTime {
		return 0.5
	}
	return 0
}

// Stats has nothing to say.
func (h *Heard) Stats() call.PlaybackStats { return call.PlaybackStats{} }

// Close notes the end.
func (h *Heard) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	return nil
}

// Voice is how many packets of voice came, and the volume at which they are played. It works on nil.
func (h *Heard) Voice() (packets int, volume float64) {
	if h == nil {
		return 0, 0
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.voice, h.volume
}

// Watched counts the frames of a participant's camera or screen, and checks that each can be decoded.
type Watched struct {
	mu     sync.Mutex // guards the following
	frames int
	keys   int
	number uint64
	broken int // frames that need one that was not there
	last   time.Time
}

// Show takes a participant's pictures.
func (m *Media) Show(participant, kind string) (call.Pictures, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.watched[participant+" "+kind] == nil {
		m.watched[participant+" "+kind] = &Watched{}
	}
	return m.watched[participant+" "+kind], nil
}

// Watched is what was seen of a participant; nil where nothing was.
func (m *Media) Watched(participant, kind string) *Watched {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.watched[participant+" "+kind]
}

// WriteFrame counts a frame.
func (w *Watched) WriteFrame(data []byte, keyframe bool, _ time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	number := uint64(0)
	if len(data) > 8 { // others send what they like
		number = binary.BigEndian.Uint64(data[1:])
	}
	if !keyframe && number != w.number+1 {
		w.broken++
	}
	if keyframe {
		w.keys++
	}
	w.frames, w.number, w.last = w.frames+1, number, time.Now()
	return nil
}

// Close ends the pictures.
func (w *Watched) Close() error { return nil }

// Frames are how many came, how many of them stand for themselves, how many could not be decoded, and when the last came.
// It works on nil.
func (w *Watched) Frames() (frames, keys, broken int, last time.Time) {
	if w == nil {
		return 0, 0, 0, last
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.frames, w.keys, w.broken, w.last
}
