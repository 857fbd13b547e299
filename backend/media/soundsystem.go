//go:build cgo

package media

import (
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/gen2brain/malgo"

	"gossip/backend/media/opus"
)

var (
	errNoSound      = errors.New("no sound system answers: start PulseAudio or PipeWire, then try again")
	errNoMicrophone = errors.New("no microphone was found: plug one in, or allow it in the system's sound settings")
	errNoSpeaker    = errors.New("no speakers were found: plug some in, or choose others in the system's sound settings")
	errBusy         = errors.New("another program holds the sound device: close that program, or choose another device")
	errForbidden    = errors.New("this account may not use the sound device: add it to the group “audio”, log in again, then try again")
)

// soundSystem is the process's connection with a sound system. It serves one request at a time: the library has one queue
// of answers for all requests, and aborts the program when two threads wait for it.
type soundSystem struct {
	mu      sync.Mutex              // guards the following; held during requests
	context *malgo.AllocatedContext // nil: none
	server  bool                    // there is, or was, a sound server
}

var theSound soundSystem

// request runs do with the connection; where that is dead, as after a sound server was restarted, once more with a new one.
func (s *soundSystem) request(do func(malgo.Context) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.connect(); err != nil {
		return err
	}
	err := do(s.context.Context)
	if err == nil {
		return nil
	}
	if _, dead := s.context.Devices(malgo.Playback); dead == nil {
		return err
	}
	s.context = nil // not freed: devices that it opened may still be closing
	if err := s.connect(); err != nil {
		return err
	}
	return do(s.context.Context)
}

// connect makes the connection. While there is none with a sound server, each call looks for one anew: it may be started
// after this program. Where one was, the kernel's own devices are left to it. The caller holds mu.
func (s *soundSystem) connect() error {
	if s.server && s.context != nil {
		return nil
	}
	if context, err := connectTo(malgo.BackendPulseaudio); err == nil {
		s.context, s.server = context, true
		return nil
	}
	if s.context != nil {
		return nil
	}
	if s.server {
		return errNoSound
	}
	context, err := connectTo(malgo.BackendAlsa)
	if err != nil {
		return errNoSound
	}
	s.context = context
	return nil
}

func connectTo(backend malgo.Backend) (*malgo.AllocatedContext, error) {
	return malgo.InitContext([]malgo.Backend{backend}, malgo.ContextConfig{}, nil)
}

func soundDevices(kind malgo.DeviceType) ([]Device, error) {
	var infos []malgo.DeviceInfo
	err := theSound.request(func(system malgo.Context) (err error) {
		infos, err = system.Devices(kind)
		return err
	})
	if err != nil {
		return nil, errNoSound
	}
	var devices []Device
	for _, info := range infos {
		devices = append(devices, Device{ID: info.ID.String(), Name: info.Name(), Default: info.IsDefault != 0})
	}
	return devices, nil
}

func startDevice(kind malgo.DeviceType, id string, handle func(out, in []float32), stopped func()) (opened *malgo.Device, err error) {
	config, missing := deviceConfig(kind)
	if id != DefaultDevice {
		pointer, err := deviceID(id)
		if err != nil {
			return nil, missing
		}
		var pinned runtime.Pinner
		pinned.Pin(pointer)
		defer pinned.Unpin()
		config.Capture.DeviceID, config.Playback.DeviceID = unsafe.Pointer(pointer), unsafe.Pointer(pointer)
	}
	callbacks := malgo.DeviceCallbacks{
		Data: func(out, in []byte, _ uint32) { handle(floats(out), floats(in)) },
		Stop: stopped,
	}
	err = theSound.request(func(system malgo.Context) (err error) {
		opened, err = malgo.InitDevice(system, config, callbacks)
		return err
	})
	if err != nil {
		return nil, explained(err, missing)
	}
	if err := opened.Start(); err != nil {
		opened.Uninit()
		return nil, explained(err, missing)
	}
	return opened, nil
}

// deviceID is the library's form of a Device's ID.
func deviceID(id string) (*malgo.DeviceID, error) {
	var pointer malgo.DeviceID
	raw, err := hex.DecodeString(id)
	if err == nil && len(raw) > len(pointer) {
		err = hex.ErrLength
	}
	copy(pointer[:], raw)
	return &pointer, err
}

// explained is the sentence for why a device cannot be opened.
func explained(err, missing error) error {
	switch {
	case errors.Is(err, errNoSound):
		return err
	case errors.Is(err, malgo.ErrBusy), errors.Is(err, malgo.ErrAlreadyInUse):
		return errBusy
	case errors.Is(err, malgo.ErrAccessDenied):
		return errForbidden
	}
	return fmt.Errorf("%w (%v)", missing, err)
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
