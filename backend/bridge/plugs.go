package bridge

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"gossip/backend"
	"gossip/backend/call"
	"gossip/backend/media"
)

// interest is how long an interface that has asked for the devices is told of changes.
const interest = 10 * time.Minute

// plugs is whether somebody wants to know which devices come and go: looking for them costs a little, all the time.
type plugs struct{ last atomic.Int64 } // when an interface asked, in Unix nanoseconds

func (p *plugs) asked() { p.last.Store(time.Now().UnixNano()) }

func (p *plugs) wanted() bool { return time.Since(time.Unix(0, p.last.Load())) < interest }

// watchDevices follows what is plugged and unplugged, in a call and while an interface shows the devices.
func (s *Session) watchDevices(client *backend.Client) {
	if s.options.Machine == nil || s.onlyDevice() != "" {
		return
	}
	wanted := func() bool { return s.plugs.wanted() || client.Call().Phase == call.Active }
	s.options.Machine.WatchDevices(s.ctx, wanted, func(before, now media.Devices) {
		s.emit(eventDevices, Change{Sentence: s.plugged(client, before, now)})
		if err := s.takeDevices(client); err != nil {
			s.log.Warn("take other devices", "error", err)
		}
	})
}

// plugged says what changes for the person; "" where nothing does.
func (s *Session) plugged(client *backend.Client, before, now media.Devices) string {
	was, is := s.chosen(client, before), s.chosen(client, now)
	calling := client.Call().Phase == call.Active
	var sentences []string
	for _, kind := range []swap{
		{"microphone", was.Microphone, is.Microphone, before.Microphones, now.Microphones},
		{"speaker", was.Speaker, is.Speaker, before.Speakers, now.Speakers},
		{"camera", was.Camera, is.Camera, before.Cameras, now.Cameras},
	} {
		if sentence := kind.sentence(calling); sentence != "" {
			sentences = append(sentences, sentence)
		}
	}
	return strings.Join(sentences, " ")
}

// swap is what was used of a kind of devices, and what is.
type swap struct {
	kind        string
	was, is     string // chosen, of those that were there
	before, now []media.Device
}

// sentence says that a device went or came back. Of the system's own choice nobody hears without a call.
func (s swap) sentence(calling bool) string {
	was, is := inUse(s.was, s.before), inUse(s.is, s.now)
	gone := !slices.ContainsFunc(s.now, func(d media.Device) bool { return d.ID == was.ID })
	switch {
	case was.ID == is.ID, was.Name == "" && s.was == s.is:
		return ""
	case s.is != media.DefaultDevice && s.was == media.DefaultDevice:
		return fmt.Sprintf("The %s “%s” is back. Using it again.", s.kind, is.Name)
	case !gone, s.was == media.DefaultDevice && !calling:
		return ""
	case is.Name == "":
		return fmt.Sprintf("The %s “%s” was unplugged, and there is no other. Plug one in.", s.kind, was.Name)
	}
	return fmt.Sprintf("The %s “%s” was unplugged. Using “%s” now.", s.kind, was.Name, is.Name)
}

// inUse is the device that is chosen, else the system's choice; none where there is none.
func inUse(device string, found []media.Device) media.Device {
	for _, d := range found {
		if d.ID == device || device == media.DefaultDevice && d.Default {
			return d
		}
	}
	if device == media.DefaultDevice && len(found) > 0 {
		return found[0]
	}
	return media.Device{}
}
