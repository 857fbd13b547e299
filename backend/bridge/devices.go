package bridge

import (
	"context"
	"errors"
	"slices"
	"time"

	"gossip/backend"
	"gossip/backend/call"
	"gossip/backend/media"
	"gossip/backend/settings"
)

// The kinds of devices, beside those of pictures.
const (
	kindMicrophone = "microphone"
	kindSpeaker    = "speaker"
)

// TestCamera has calls use a picture that moves in the place of a camera, and this machine's own sound and screen.
const TestCamera = "test-camera"

// longestTest is how long a microphone is listened to at most.
const longestTest = 2 * time.Second

var errNoMachine = errors.New("there is neither sound nor picture here")

// CallDevice is something to choose; its ID "" is the system's own choice.
type CallDevice struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Default bool   `json:"default,omitempty"`
}

// CallDevices is all that can be chosen now, and what was.
type CallDevices struct {
	Microphones []CallDevice `json:"microphones"`
	Speakers    []CallDevice `json:"speakers"`
	Cameras     []CallDevice `json:"cameras"`
	Screens     []CallDevice `json:"screens"`
	Chosen      Chosen       `json:"chosen"`
}

// Chosen is a device's ID for each kind.
type Chosen struct {
	Microphone string `json:"microphone"`
	Speaker    string `json:"speaker"`
	Camera     string `json:"camera"`
	Screen     string `json:"screen"`
}

// CallDevices lists what can be chosen for calls.
func (c *Calls) CallDevices() (CallDevices, error) {
	client, found, err := c.session.devices()
	if err != nil {
		return CallDevices{}, err
	}
	return CallDevices{
		Microphones: listed(found.Microphones), Speakers: listed(found.Speakers), Cameras: listed(found.Cameras), Screens: listed(found.Screens),
		Chosen: c.session.chosen(client, found),
	}, nil
}

func listed(found []media.Device) []CallDevice {
	list := make([]CallDevice, 0, len(found))
	for _, device := range found {
		list = append(list, CallDevice(device))
	}
	return list
}

// SetCallDevice takes another device, now and in later calls. What screen is shared is kept until the program ends.
func (c *Calls) SetCallDevice(kind, device string) error {
	client, err := c.session.Client()
	if err != nil {
		return err
	}
	if err := c.session.choose(client, kind, device); err != nil {
		return err
	}
	return c.session.takeDevices(client)
}

// TestSpeaker plays two tones on the speaker that is chosen.
func (c *Calls) TestSpeaker() error {
	client, err := c.session.Client()
	if err != nil {
		return err
	}
	if err := c.session.takeDevices(client); err != nil {
		return err
	}
	return c.session.options.Machine.TestSpeaker()
}

// TestMicrophone listens for so long and returns the loudest level, 0 to 1.
func (c *Calls) TestMicrophone(device string, milliseconds int) (loudest float64, err error) {
	s := c.session
	if s.options.Machine == nil {
		return 0, errNoMachine
	}
	if only := s.onlyDevice(); only != "" {
		device = only
	}
	microphone, err := s.options.Machine.Microphone(device)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, microphone.Close()) }()
	ctx, cancel := context.WithTimeout(s.ctx, min(time.Duration(milliseconds)*time.Millisecond, longestTest))
	defer cancel()
	return loudestOf(ctx, microphone)
}

// loudestOf listens until ctx ends.
func loudestOf(ctx context.Context, microphone call.Capture) (loudest float64, err error) {
	meter, _ := microphone.(media.Meter)
	for {
		_, err := microphone.Read(ctx)
		if ctx.Err() != nil {
			return loudest, nil
		}
		if err != nil {
			return loudest, err
		}
		if meter != nil {
			loudest = max(loudest, meter.Level())
		}
	}
}

// devices returns what there is; a device that stands for all is the only one.
func (s *Session) devices() (*backend.Client, media.Devices, error) {
	client, err := s.Client()
	if err != nil {
		return nil, media.Devices{}, err
	}
	if s.options.Machine == nil {
		return nil, media.Devices{}, errNoMachine
	}
	if only := s.onlyDevice(); only != "" {
		one := []media.Device{{ID: only, Name: "For trying out", Default: true}}
		return client, media.Devices{Microphones: one, Speakers: one, Cameras: one, Screens: one}, nil
	}
	found, err := s.options.Machine.Devices()
	if s.options.CallDevice == TestCamera {
		found.Cameras = []media.Device{{ID: media.TestDevice, Name: "For trying out", Default: true}}
	}
	return client, found, err
}

// onlyDevice stands for every device; "" where there is none such.
func (s *Session) onlyDevice() string {
	if s.options.CallDevice == TestCamera {
		return ""
	}
	return s.options.CallDevice
}

// chosen is what the person has chosen of the devices that there are.
func (s *Session) chosen(client *backend.Client, found media.Devices) Chosen {
	if only := s.onlyDevice(); only != "" {
		return Chosen{only, only, only, only}
	}
	kept := client.Settings().Get().Devices
	if s.options.CallDevice == TestCamera {
		kept.Camera = media.TestDevice
	}
	s.mu.Lock()
	screen := s.screen
	s.mu.Unlock()
	return Chosen{
		present(kept.Microphone, found.Microphones), present(kept.Speaker, found.Speakers),
		present(kept.Camera, found.Cameras), present(screen, found.Screens),
	}
}

// present returns the device when it is there, else the system's choice.
func present(device string, found []media.Device) string {
	if slices.ContainsFunc(found, func(d media.Device) bool { return d.ID == device }) {
		return device
	}
	return media.DefaultDevice
}

// choose keeps what the person has chosen.
func (s *Session) choose(client *backend.Client, kind, device string) error {
	var field func(*settings.Devices) *string
	switch kind {
	case kindMicrophone:
		field = func(d *settings.Devices) *string { return &d.Microphone }
	case kindSpeaker:
		field = func(d *settings.Devices) *string { return &d.Speaker }
	case call.KindCamera:
		field = func(d *settings.Devices) *string { return &d.Camera }
	case call.KindScreen:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.screen = device
		return nil
	default:
		return errors.New("there is no such kind of device")
	}
	return client.Settings().Update(func(v *settings.Values) { *field(&v.Devices) = device })
}

// takeDevices has calls use what the person has chosen.
func (s *Session) takeDevices(client *backend.Client) error {
	_, found, err := s.devices()
	if err != nil {
		return err
	}
	take := s.chosen(client, found)
	speaker := take.Speaker
	if s.onlyDevice() != "" {
		speaker = media.NoDevice
	}
	return errors.Join(
		s.options.Machine.SetSpeaker(speaker),
		client.SetCallDevice(kindMicrophone, take.Microphone),
		client.SetCallDevice(call.KindCamera, take.Camera),
		client.SetCallDevice(call.KindScreen, take.Screen),
	)
}
