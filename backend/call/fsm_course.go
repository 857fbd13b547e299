package call

import (
	"time"

	"gossip/common/content"
	"gossip/common/id"
)

func (m *Machine) start(in Start, now time.Time) {
	switch {
	case m.phase == Ringing && m.room == in.Room:
		m.video = m.video || in.Video
		m.accept(in.Video) // the other was faster
		return
	case m.phase != Idle && m.room == in.Room:
		m.do(Refuse{"You are in this call already."})
		return
	case m.phase != Idle:
		m.do(Refuse{"You are in another call; hang up first."})
		return
	case m.away[in.Room.Hub]:
		m.do(Refuse{"There is no connection to the hub now, so nobody can be called. Try again when it is back."})
		return
	}
	m.begin(Calling, in.Room, in.Call, m.self, in.Video)
	m.do(Open{in.Video})
	if in.Room.Direct() {
		m.until = now.Add(content.RingTime)
		m.say(content.Ring)
		return
	}
	m.phase, m.started = Active, now
	roster := m.running[in.Room]
	if len(roster.Devices) > 0 {
		m.call, m.started = roster.Call, roster.Started
	} else {
		m.say(content.Ring)
	}
	m.do(Enter{Room: m.room, Call: m.call})
}

// begin sets what belongs to one call.
func (m *Machine) begin(phase Phase, room Room, call id.CallID, caller id.UserID, video bool) {
	m.phase, m.room, m.call, m.caller, m.video = phase, room, call, caller, video
	m.ringer, m.until, m.started, m.joined, m.ended = id.NoDevice, time.Time{}, time.Time{}, time.Time{}, ""
	clear(m.members)
	clear(m.dropped)
}

// end goes back to no call.
func (m *Machine) end(why string) {
	for _, device := range m.Members() {
		m.do(Drop{device})
	}
	if m.phase != Ringing {
		m.do(Shut{})
	}
	m.begin(Idle, Room{}, id.NoCall, id.NoUser, false)
	m.ended = why
}

func (m *Machine) hangUp(now time.Time) {
	switch m.phase {
	case Idle:
		m.do(Refuse{"You are in no call."})
	case Ringing:
		m.decline()
	case Calling:
		m.say(content.Missed)
		m.end("")
	case Active:
		m.leave(now)
		m.end("")
	}
}

// leave says that this device goes: to the other, or to the hub. Who is last in a channel ends the call.
func (m *Machine) leave(now time.Time) {
	if !m.room.Direct() {
		m.do(Leave{m.room, m.call})
		if len(m.members) > 0 {
			return
		}
	}
	m.do(Say{m.room, content.Call{Event: content.Ended, Call: m.call, Video: m.video, Duration: m.length(now)}})
}

// length is how long the call has been, in whole seconds.
func (m *Machine) length(now time.Time) time.Duration {
	if m.started.IsZero() {
		return 0
	}
	return min(max(0, now.Sub(m.started)).Truncate(time.Second), content.MaxCall)
}

func (m *Machine) tick(now time.Time) {
	switch {
	case m.phase == Calling && !now.Before(m.until):
		m.say(content.Missed)
		m.end("They did not answer.")
	case m.phase == Ringing && !now.Before(m.until):
		m.do(Note{m.room, m.caller, content.Call{Event: content.Missed, Call: m.call, Video: m.video}})
		m.end("")
	case m.phase == Active && !m.room.Direct():
		for _, device := range m.Members() {
			if since := m.members[device].Missing; !since.IsZero() && !m.away[m.room.Hub] && now.Sub(since) >= rosterPatience {
				m.drop(device)
			}
		}
		m.reach(now)
	}
}
