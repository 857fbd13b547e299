package bridge

import (
	"errors"

	"gossip/backend"
	"gossip/backend/call"
	"gossip/backend/media"
)

// The kinds of devices, beside those of pictures.
const (
	kindMicrophone = "microphone"
	kindSpeaker    = "speaker"
)

// TestCamera has calls use a picture that moves in the place of a camera, and this machine's own sound and screen.
const TestCamera = "test-camera"

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

// CallDevices lists what can be chosen for calls. Changes of type "devices" say when to ask again.
func (c *Calls) CallDevices() (CallDevices, error) {
	client, found, err := c.session.devices()
	if err != nil {
		return CallDevices{}, err
	}
	c.session.plugs.asked()
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
	client, found, err := c.session.devices()
	if err != nil {
		return err
	}
	if err := c.session.choose(client, found, kind, device); err != nil {
		return err
	}
	if kind == call.KindCamera {
		c.session.options.Machine.EndPreview()
	}
	return c.session.take(client, found)
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
