//go:build cgo

package media

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gen2brain/malgo"

	"gossip/backend/media/opus"
)

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
	name   string
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
	d := &device{kind: kind, name: name, handle: handle, failed: failed, closed: make(chan struct{}), done: make(chan struct{})}
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
		err := d.reopen()
		if tries++; err != nil && tries == reopenTries && d.failed != nil {
			d.failed(err)
		}
	}
}

// reopen goes on with the same device where it is there again, else with the system's own choice.
func (d *device) reopen() error {
	err := d.open(d.name)
	if err != nil && d.name != DefaultDevice {
		err = d.open(DefaultDevice)
	}
	return err
}

// Close ends the device; it may be called twice.
func (d *device) Close() error {
	d.close.Do(func() { close(d.closed) })
	<-d.done
	d.over()
	return nil
}
