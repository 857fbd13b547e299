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

// WatchDevices tells, until ctx ends, whenever a device was plugged or unplugged, and what there was before. It looks while
// wanted reports that somebody wants to know; what has changed in between is told then. Its first look tells of what there
// is, as before and now.
func (m *Machine) WatchDevices(ctx context.Context, wanted func() bool, changed func(before, now Devices)) {
	var last *Devices
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if wanted() {
			last = m.look(last, changed)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// look compares what there is with what there was, nil at first, and returns what there is.
func (m *Machine) look(last *Devices, changed func(before, now Devices)) *Devices {
	now, err := m.Devices()
	switch {
	case err != nil:
		return last
	case last == nil:
		changed(now, now)
	case !now.equal(*last):
		changed(*last, now)
	}
	return &now
}
