//go:build cgo

package media

import (
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gen2brain/malgo"

	"gossip/backend/media/opus"
)

var (
	errNoSound      = errors.New("no sound system answers: start PulseAudio or PipeWire, then try again")
	errNoMicrophone = errors.New("no microphone was found: plug one in, or allow it in the system's sound settings")
	errNoSpeaker    = errors.New("no speakers were found: plug some in, or choose others in the system's sound settings")
)

// soundSystem is the process's one connection with the sound system; it is never closed, since devices may come and go.
var soundSystem = sync.OnceValues(func() (*malgo.AllocatedContext, error) {
	context, err := malgo.InitContext([]malgo.Backend{malgo.BackendPulseaudio, malgo.BackendAlsa}, malgo.ContextConfig{}, nil)
	if err != nil {
		return nil, errNoSound
	}
	return context, nil
})

func (m *Machine) voice() (*voice, error) {
	decoder, err := opus.NewDecoder()
	if err != nil {
		return nil, err
	}
	return newVoice(m.mixer, decoder, opus.Carries, opus.Frame), nil
}

// openOutput plays what the machine mixes on a device, into a file, or nowhere.
func (m *Machine) openOutput(device string) (output, error) {
	var block [blockSize]float32
	if path, isFile := strings.CutPrefix(device, FilePrefix); isFile {
		file, err := createWAV(path)
		if err != nil {
			return nil, err
		}
		return startClock(func() {
			m.heard(&block)
			if err := file.write(block[:]); err != nil {
				m.log.Warn("cannot record what is heard", "err", err)
			}
		}, file.close), nil
	}
	if device == NoDevice {
		return startClock(func() { m.heard(&block) }, nil), nil
	}
	var left []float32 // of the block, yet to be played
	return m.openDevice(malgo.Playback, device, func(out, _ []float32) {
		for len(out) > 0 {
			if len(left) == 0 {
				m.heard(&block)
				left = block[:]
			}
			n := copy(out, left)
			out, left = out[n:], left[n:]
		}
	}, nil)
}

// openInput gives the blocks of a microphone, which may be changed in place.
func (m *Machine) openInput(device string, take func([]float32), failed func(error)) (output, error) {
	var block [blockSize]float32
	filled := 0
	return m.openDevice(malgo.Capture, device, func(_, in []float32) {
		for len(in) > 0 {
			n := copy(block[filled:], in)
			in, filled = in[n:], filled+n
			if filled == blockSize {
				take(block[:])
				filled = 0
			}
		}
	}, failed)
}

// device is an open microphone or speaker. When it is unplugged, the default one takes its place.
type device struct {
	kind   malgo.DeviceType
	handle func(out, in []float32)
	failed func(error) // nil: nobody waits for this device
	closed chan struct{}
	done   chan struct{}
	close  sync.Once

	mu      sync.Mutex // guards the following; held while samples are handled
	current *session
}

// session is the time from a device's plugging to its unplugging.
type session struct {
	device  *malgo.Device
	last    atomic.Int64 // when it last gave or took samples, in Unix nanoseconds
	stopped atomic.Bool
}

const (
	watchEvery  = 250 * time.Millisecond
	silentFor   = 2 * time.Second // after which a device that says nothing is taken for unplugged
	reopenTries = 40              // every watchEvery, before the person is told
	endWithin   = time.Second     // that the sound system may take to let go of a device
)

func (m *Machine) openDevice(kind malgo.DeviceType, name string, handle func(out, in []float32), failed func(error)) (output, error) {
	d := &device{kind: kind, handle: handle, failed: failed, closed: make(chan struct{}), done: make(chan struct{})}
	if err := d.open(name); err != nil {
		return nil, err
	}
	go d.watch()
	return d, nil
}

// open begins a session.
func (d *device) open(name string) error {
	s := &session{}
	s.last.Store(time.Now().UnixNano())
	d.mu.Lock()
	d.current = s
	d.mu.Unlock()
	opened, err := startDevice(d.kind, name, func(out, in []float32) { d.pass(s, out, in) }, func() { s.stopped.Store(true) })
	if err != nil {
		return err
	}
	s.device = opened
	return nil
}

// pass hands samples on. Sessions that are over say nothing more.
func (d *device) pass(s *session, out, in []float32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current == s {
		s.last.Store(time.Now().UnixNano())
		d.handle(out, in)
	}
}

// over ends the session and returns when the sound system has let go of the device, or is stuck: some do that when a
// device is unplugged. What is stuck is left behind.
func (d *device) over() {
	d.mu.Lock()
	s := d.current
	d.current = nil
	d.mu.Unlock()
	if s == nil || s.device == nil {
		return
	}
	gone := make(chan struct{})
	go func() { s.device.Uninit(); close(gone) }()
	select {
	case <-gone:
	case <-time.After(endWithin):
	}
}

func (d *device) silent() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.current
	return s == nil || s.stopped.Load() || time.Since(time.Unix(0, s.last.Load())) > silentFor
}

// watch looks for what the sound system does not tell: a device that was unplugged just falls silent.
func (d *device) watch() {
	defer close(d.done)
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for tries := 0; ; {
		select {
		case <-tick.C:
		case <-d.closed:
			return
		}
		if !d.silent() {
			tries = 0
			continue
		}
		d.over()
		err := d.open(DefaultDevice)
		if tries++; err != nil && tries == reopenTries && d.failed != nil {
			d.failed(err)
		}
	}
}

// Close ends the device; it may be called twice.
func (d *device) Close() error {
	d.close.Do(func() { close(d.closed) })
	<-d.done
	d.over()
	return nil
}

func startDevice(kind malgo.DeviceType, id string, handle func(out, in []float32), stopped func()) (*malgo.Device, error) {
	system, err := soundSystem()
	if err != nil {
		return nil, err
	}
	config, missing := deviceConfig(kind)
	if id != DefaultDevice {
		var pointer malgo.DeviceID
		raw, err := hex.DecodeString(id)
		if err != nil || len(raw) > len(pointer) {
			return nil, missing
		}
		copy(pointer[:], raw)
		var pinned runtime.Pinner
		pinned.Pin(&pointer)
		defer pinned.Unpin()
		config.Capture.DeviceID = unsafe.Pointer(&pointer)
		config.Playback.DeviceID = unsafe.Pointer(&pointer)
	}
	opened, err := malgo.InitDevice(system.Context, config, malgo.DeviceCallbacks{
		Data: func(out, in []byte, _ uint32) { handle(floats(out), floats(in)) },
		Stop: stopped,
	})
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", missing, err)
	}
	if err := opened.Start(); err != nil {
		opened.Uninit()
		return nil, fmt.Errorf("%w (%v)", missing, err)
	}
	return opened, nil
}

// deviceConfig asks for 48 kHz mono in small pieces, with room for a program that is late: PulseAudio holds one period of
// what is played, and all periods of what is captured.
func deviceConfig(kind malgo.DeviceType) (config malgo.DeviceConfig, missing error) {
	config = malgo.DefaultDeviceConfig(kind)
	config.SampleRate = opus.Rate
	config.PerformanceProfile = malgo.LowLatency
	config.Capture.Format, config.Capture.Channels = malgo.FormatF32, 1
	config.Playback.Format, config.Playback.Channels = malgo.FormatF32, 1
	if kind == malgo.Playback {
		config.PeriodSizeInMilliseconds, config.Periods = 30, 4
		return config, errNoSpeaker
	}
	config.PeriodSizeInMilliseconds, config.Periods = 10, 20
	return config, errNoMicrophone
}

// floats is what the device's memory holds; the format was asked for.
func floats(raw []byte) []float32 {
	if len(raw) < 4 {
		return nil
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&raw[0])), len(raw)/4)
}

func soundDevices(kind malgo.DeviceType) ([]Device, error) {
	system, err := soundSystem()
	if err != nil {
		return nil, err
	}
	infos, err := system.Devices(kind)
	if err != nil {
		return nil, errNoSound
	}
	var devices []Device
	for _, info := range infos {
		devices = append(devices, Device{ID: info.ID.String(), Name: info.Name(), Default: info.IsDefault != 0})
	}
	return devices, nil
}
