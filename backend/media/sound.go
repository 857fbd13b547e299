//go:build cgo

package media

import (
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
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
	open   func(id string) (*malgo.Device, error)
	failed func(error)

	mu      sync.Mutex // guards the following
	current *malgo.Device
	closed  bool
	reopens sync.WaitGroup
}

func (m *Machine) openDevice(kind malgo.DeviceType, name string, handle func(out, in []float32), failed func(error)) (output, error) {
	d := &device{failed: failed}
	d.open = func(id string) (*malgo.Device, error) { return startDevice(kind, id, handle, d.stopped) }
	current, err := d.open(name)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.current = current
	d.mu.Unlock()
	return d, nil
}

func startDevice(kind malgo.DeviceType, id string, handle func(out, in []float32), stopped func()) (*malgo.Device, error) {
	system, err := soundSystem()
	if err != nil {
		return nil, err
	}
	config := malgo.DefaultDeviceConfig(kind)
	config.SampleRate = opus.Rate
	config.PeriodSizeInMilliseconds = uint32(blockTime / time.Millisecond)
	config.Periods = 3
	config.PerformanceProfile = malgo.LowLatency
	config.Capture.Format, config.Capture.Channels = malgo.FormatF32, 1
	config.Playback.Format, config.Playback.Channels = malgo.FormatF32, 1
	missing := errNoMicrophone
	if kind == malgo.Playback {
		missing = errNoSpeaker
	}
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

// floats is what the device's memory holds; the format was asked for.
func floats(raw []byte) []float32 {
	if len(raw) < 4 {
		return nil
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&raw[0])), len(raw)/4)
}

// stopped is called by the device's thread when it was unplugged, and when it is closed.
func (d *device) stopped() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || d.current == nil {
		return
	}
	gone := d.current
	d.current = nil
	d.reopens.Go(func() {
		gone.Uninit()
		d.reopen()
	})
}

// reopenTries is how often the default device is looked for, twice a second, before the person is told.
const reopenTries = 20

func (d *device) reopen() {
	var err error
	for range reopenTries {
		var next *malgo.Device
		if next, err = d.open(DefaultDevice); err == nil {
			if !d.replace(next) {
				next.Uninit()
			}
			return
		}
		if d.isClosed() {
			return
		}
		time.Sleep(500 * time.Millisecond)
	}
	if d.failed != nil {
		d.failed(err)
	}
}

func (d *device) replace(next *malgo.Device) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	d.current = next
	return true
}

func (d *device) isClosed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

// Close waits until the device's thread is done; it may be called twice.
func (d *device) Close() error {
	d.mu.Lock()
	current := d.current
	d.current, d.closed = nil, true
	d.mu.Unlock()
	if current != nil {
		current.Uninit()
	}
	d.reopens.Wait()
	return nil
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
