//go:build cgo

package media

import (
	"github.com/gen2brain/malgo"

	"gossip/backend/media/opus"
	"gossip/backend/media/vpx"
)

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

// Encoders returns how many encoders of sound and pictures this process has had at a time: as many as sources, however
// many listen and watch.
func (m *Machine) Encoders() int { return int(opus.MostAtOnce() + vpx.MostAtOnce()) }
