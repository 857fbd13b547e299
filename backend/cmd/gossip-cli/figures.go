package main

import (
	"fmt"
	"slices"
	"strings"

	"gossip/backend"
)

// talked is what call prints.
type talked struct {
	Conversation string      `json:"conversation"`
	Name         string      `json:"name"`
	Call         string      `json:"call"`
	Connected    bool        `json:"connected"`
	Seconds      float64     `json:"seconds"` // since somebody was connected
	Ended        string      `json:"ended"`   // why
	Trouble      string      `json:"trouble,omitempty"`
	Sources      int         `json:"sources"`  // of this side that were on at a time: sound, camera, screen
	Encoders     int         `json:"encoders"` // that ran at a time, however many listened and watched
	Participants []companion `json:"participants"`
}

// companion is somebody who was in, and the figures of the connection when they were last seen.
type companion struct {
	Name     string `json:"name"`
	User     string `json:"user"`
	Device   string `json:"device"`
	Verified bool   `json:"verified"`
	backend.CallStatistics
}

// note keeps the newest figures of everybody who is connected.
func (r *talked) note(info backend.CallInfo) {
	r.Sources = max(r.Sources, sources(info))
	for _, p := range info.Participants {
		if p.State != "connected" {
			continue
		}
		one := companion{p.Name, p.User, p.Device, p.Verified, p.Statistics}
		at := slices.IndexFunc(r.Participants, func(c companion) bool { return c.Device == p.Device })
		if at < 0 {
			r.Participants = append(r.Participants, one)
			continue
		}
		r.Participants[at] = one
	}
}

// sources is how many the device itself gives; a muted microphone gives silence.
func sources(info backend.CallInfo) int {
	n := 1
	for _, on := range []bool{info.Camera, info.Screen} {
		if on {
			n++
		}
	}
	return n
}

// text is the same for people.
func (r *talked) text() string {
	lines := []string{fmt.Sprintf("%.1f s with %s: %s", r.Seconds, r.Name, r.Ended)}
	if !r.Connected {
		lines[0] = fmt.Sprintf("no talk with %s: %s", r.Name, r.Ended)
	}
	for _, p := range r.Participants {
		lines = append(lines,
			fmt.Sprintf("%s, %s way: round trip %.1f ms, jitter %.1f ms, %.1f %% lost, %d kbit/s in", p.Name, p.Path, p.RoundTrip, p.Jitter, 100*p.Loss, p.BitrateIn/1000),
			fmt.Sprintf("  sound: %d packets, %d of %d samples concealed, played after %.0f ms", p.Packets, p.Concealed, p.Samples, p.Delay),
			fmt.Sprintf("  pictures: %s, %d of them keyframes, %d dropped", plural(int(p.Frames), "frame"), p.Keyframes, p.FramesDropped))
	}
	if r.Connected {
		lines = append(lines, fmt.Sprintf("of this side: %s, %s, however many listen and watch", plural(r.Sources, "source"), plural(r.Encoders, "encoder")))
	}
	return strings.Join(lines, "\n")
}
