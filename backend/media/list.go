//go:build cgo

package media

import "github.com/gen2brain/malgo"

// Devices lists what can be chosen now. A machine without a sound system has no microphones and no speakers.
func (m *Machine) Devices() (Devices, error) {
	microphones, err := soundDevices(malgo.Capture)
	if err != nil {
		m.log.Debug("no microphones", "err", err)
	}
	speakers, err := soundDevices(malgo.Playback)
	if err != nil {
		m.log.Debug("no speakers", "err", err)
	}
	return Devices{Microphones: microphones, Speakers: speakers, Cameras: cameras(), Screens: screens()}, nil
}
