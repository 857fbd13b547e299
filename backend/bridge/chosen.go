package bridge

import (
	"errors"
	"slices"

	"gossip/backend"
	"gossip/backend/call"
	"gossip/backend/media"
	"gossip/backend/settings"
)

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
		present(kept.Microphone, kept.MicrophoneName, found.Microphones), present(kept.Speaker, kept.SpeakerName, found.Speakers),
		present(kept.Camera, kept.CameraName, found.Cameras), present(screen, "", found.Screens),
	}
}

// present returns the device when it is there, else the system's choice. Some systems number devices, so that what has the
// ID may be another one now: a device that has the name, too, goes before one that has the name, and that before the ID.
func present(device, name string, found []media.Device) string {
	if device == media.DefaultDevice {
		return device
	}
	best, known := 0, media.DefaultDevice
	for _, d := range found {
		like := 0
		if d.ID == device {
			like++
		}
		if d.Name == name && name != "" {
			like += 2
		}
		if like > best {
			best, known = like, d.ID
		}
	}
	return known
}

// choose keeps what the person has chosen.
func (s *Session) choose(client *backend.Client, found media.Devices, kind, device string) error {
	var keep func(*settings.Devices)
	switch kind {
	case kindMicrophone:
		keep = func(d *settings.Devices) { d.Microphone, d.MicrophoneName = device, nameOf(device, found.Microphones) }
	case kindSpeaker:
		keep = func(d *settings.Devices) { d.Speaker, d.SpeakerName = device, nameOf(device, found.Speakers) }
	case call.KindCamera:
		keep = func(d *settings.Devices) { d.Camera, d.CameraName = device, nameOf(device, found.Cameras) }
	case call.KindScreen:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.screen = device
		return nil
	default:
		return errors.New("there is no such kind of device")
	}
	return client.Settings().Update(func(v *settings.Values) { keep(&v.Devices) })
}

func nameOf(device string, found []media.Device) string {
	i := slices.IndexFunc(found, func(d media.Device) bool { return d.ID == device })
	if i < 0 {
		return ""
	}
	return found[i].Name
}

// takeDevices has calls use what the person has chosen.
func (s *Session) takeDevices(client *backend.Client) error {
	_, found, err := s.devices()
	if err != nil {
		return err
	}
	return s.take(client, found)
}

// take is takeDevices where it is known what there is.
func (s *Session) take(client *backend.Client, found media.Devices) error {
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
