package media

import (
	"context"
	"slices"
	"time"
)

// Device is something to choose.
type Device struct {
	ID      string // what Microphone, Camera, Screen and SetSpeaker take
	Name    string // for a person
	Default bool
}

// Devices is all that can be chosen now.
type Devices struct {
	Microphones []Device
	Speakers    []Device
	Cameras     []Device
	Screens     []Device
}

func (d Devices) equal(o Devices) bool {
	return slices.Equal(d.Microphones, o.Microphones) && slices.Equal(d.Speakers, o.Speakers) &&
		slices.Equal(d.Cameras, o.Cameras) && slices.Equal(d.Screens, o.Screens)
}

// lookEvery is how long a plug may go unnoticed. No sound system tells all of them, so the list is asked for.
const lookEvery = 2 * time.Second

// WatchDevices tells the devices now, and again whenever one is plugged or unplugged, until the context ends.
func (m *Machine) WatchDevices(ctx context.Context, tell func(Devices)) error {
	var last Devices
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for first := true; ; first = false {
		now, err := m.Devices()
		if err != nil {
			return err
		}
		if first || !now.equal(last) {
			tell(now)
			last = now
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}
