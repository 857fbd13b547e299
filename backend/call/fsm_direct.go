package call

import (
	"slices"
	"time"

	"gossip/common/content"
)

// accept takes the call that rings. Who takes a call with pictures shows their own only where they have asked for it.
func (m *Machine) accept(video bool) {
	if m.phase != Ringing {
		m.do(Refuse{"Nobody is calling now."})
		return
	}
	m.phase, m.until = Active, time.Time{}
	m.do(Open{video})
	m.say(content.AnsweredElsewhere)
	m.add(m.ringer, m.caller, true)
}

func (m *Machine) decline() {
	if m.phase != Ringing {
		m.do(Refuse{"Nobody is calling now."})
		return
	}
	m.say(content.Declined)
	m.end("")
}

func (m *Machine) ring(in Ring, now time.Time) {
	if in.User == m.self || !in.Room.Direct() {
		return // a channel's call is seen, and does not ring
	}
	until := in.Sent.Add(content.RingTime)
	if latest := now.Add(content.RingTime); until.After(latest) {
		until = latest
	}
	switch {
	case m.phase != Idle && m.call == in.Call:
		return
	case !until.After(now):
		m.do(Note{in.Room, in.User, content.Call{Event: content.Missed, Call: in.Call, Video: in.Video}})
	case m.phase == Idle:
		m.rings(in, until)
	case m.phase == Calling && m.room == in.Room:
		m.glare(in)
	case m.phase == Active && m.room == in.Room && m.members[in.Device] != nil:
		m.end("") // it has lost its state: the other call is over there
		m.rings(in, until)
	default:
		m.do(Say{in.Room, content.Call{Event: content.Busy, Call: in.Call, Video: in.Video}})
	}
}

func (m *Machine) rings(in Ring, until time.Time) {
	m.begin(Ringing, in.Room, in.Call, in.User, in.Video)
	m.ringer, m.until = in.Device, until
}

// glare is for two who call each other at once: of the two calls the one with the lower id is it. Both sides see both.
func (m *Machine) glare(in Ring) {
	if slices.Compare(in.Call[:], m.call[:]) > 0 {
		return // theirs gives way
	}
	m.begin(Active, in.Room, in.Call, in.User, m.video || in.Video)
	m.say(content.AnsweredElsewhere)
	m.add(in.Device, in.User, true)
}

func (m *Machine) said(in Said, now time.Time) {
	if m.phase == Idle || m.call != in.Call || m.room != in.Room || !m.room.Direct() {
		return
	}
	own := in.User == m.self
	switch in.Event {
	case content.AnsweredElsewhere:
		m.answered(in, own)
	case content.Missed:
		if m.phase == Ringing && !own {
			m.end("")
		}
	case content.Declined:
		if m.phase == Ringing && own {
			m.end("")
		} else if m.phase == Calling && !own {
			m.end("They declined the call.")
		}
	case content.Busy:
		if m.phase == Calling && !own {
			m.end("They are in another call.")
		}
	case content.Ended:
		if !own && (m.phase == Ringing || m.members[in.Device] != nil) {
			m.end("")
		}
	}
}

// answered hears that somebody has taken the call.
func (m *Machine) answered(in Said, own bool) {
	switch {
	case own && m.phase == Ringing:
		m.end("You answered on another device.")
	case own && m.phase == Active && m.caller != m.self && m.nobodyConnected() && slices.Compare(in.Device[:], m.device[:]) < 0:
		m.end("You answered on another device.") // both did at once: the lower id keeps it
	case !own && m.phase == Calling:
		m.phase, m.until = Active, time.Time{}
		m.add(in.Device, in.User, false)
	}
}

func (m *Machine) nobodyConnected() bool {
	for _, member := range m.members {
		if member.Connected {
			return false
		}
	}
	return true
}
