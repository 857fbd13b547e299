package call

import (
	"time"

	"gossip/common/content"
	"gossip/common/id"
)

// Input is something that happens to a call. These are all of them:
type Input interface{ input() }

type (
	// Start begins a call in a room, or joins the one that runs in a channel.
	Start struct {
		Room  Room
		Call  id.CallID // where none runs
		Video bool
	}
	// Accept takes the call that rings.
	Accept struct{}
	// Decline refuses the call that rings.
	Decline struct{}
	// HangUp gives up calling, or leaves.
	HangUp struct{}
	// Ring is somebody's call, at the time when they sent it.
	Ring struct {
		Room   Room
		Call   id.CallID
		User   id.UserID
		Device id.DeviceID
		Video  bool
		Sent   time.Time
	}
	// Said is any other word on a call in a conversation, of another's or of one's own other device.
	Said struct {
		Room   Room
		Call   id.CallID
		User   id.UserID
		Device id.DeviceID
		Event  content.CallEvent
	}
	// Offered is the offer of a device that is entitled to be in the room.
	Offered struct {
		Room   Room
		Call   id.CallID
		User   id.UserID
		Device id.DeviceID
	}
	// Told is the hub's roster of a channel.
	Told struct {
		Room   Room
		Roster Roster
	}
	// HubBack says that there is a connection to a hub again, HubAway that there is none.
	HubBack struct{ Hub id.HubID }
	HubAway struct{ Hub id.HubID }
	// Removed says that a user is no longer in a channel.
	Removed struct {
		Room Room
		User id.UserID
	}
	// Blocked says that the person wants nothing to do with a user any more.
	Blocked struct{ User id.UserID }
	// Refused says that the hub does not let this device into the call of a channel: a sentence.
	Refused struct {
		Room     Room
		Sentence string
	}
	// Connected says that media go to and come from a device.
	Connected struct{ Device id.DeviceID }
	// Closed says that a device has ended its connection, Lost that nothing came from it for too long.
	Closed struct{ Device id.DeviceID }
	Lost   struct{ Device id.DeviceID }
	// Tick says that time has passed.
	Tick struct{}
)

func (Start) input()     {}
func (Accept) input()    {}
func (Decline) input()   {}
func (HangUp) input()    {}
func (Ring) input()      {}
func (Said) input()      {}
func (Offered) input()   {}
func (Told) input()      {}
func (HubBack) input()   {}
func (HubAway) input()   {}
func (Removed) input()   {}
func (Blocked) input()   {}
func (Refused) input()   {}
func (Connected) input() {}
func (Closed) input()    {}
func (Lost) input()      {}
func (Tick) input()      {}

// Effect is something to be done about it. These are all of them:
type Effect interface{ effect() }

type (
	// Say tells the room.
	Say struct {
		Room  Room
		Event content.Call
	}
	// Note shows what has become of another's call on this device only.
	Note struct {
		Room  Room
		By    id.UserID
		Event content.Call
	}
	// Open turns the microphone on, Shut everything off.
	Open struct{ Video bool }
	Shut struct{}
	// Connect makes a connection to a device, by an offer or to wait for one; Drop ends it.
	Connect struct {
		Device id.DeviceID
		User   id.UserID
		Offer  bool
	}
	Drop struct{ Device id.DeviceID }
	// Enter and Leave tell the hub.
	Enter struct {
		Room            Room
		Call            id.CallID
		Started, Joined time.Time
	}
	Leave struct {
		Room Room
		Call id.CallID
	}
	// Refuse answers a command that can't be: a sentence.
	Refuse struct{ Sentence string }
)

func (Say) effect()     {}
func (Note) effect()    {}
func (Open) effect()    {}
func (Shut) effect()    {}
func (Connect) effect() {}
func (Drop) effect()    {}
func (Enter) effect()   {}
func (Leave) effect()   {}
func (Refuse) effect()  {}

// Phase is where this device stands.
type Phase string

// The phases.
const (
	Idle    Phase = ""
	Ringing Phase = "ringing" // somebody calls
	Calling Phase = "calling" // somebody is called and has not answered
	Active  Phase = "active"  // in a call
)

// Member is another device in the call.
type Member struct {
	User      id.UserID
	Connected bool      // it was, at least once
	Missing   time.Time // since when the hub's roster lacks it; zero while it is there, and in direct calls
}

// Machine is the state of the one call that a device can be in. It is pure: Step changes it and says what to do.
type Machine struct {
	self   id.UserID
	device id.DeviceID

	phase   Phase
	room    Room
	call    id.CallID
	video   bool
	caller  id.UserID
	ringer  id.DeviceID // that rings, in Ringing
	until   time.Time   // when ringing ends
	started time.Time   // when somebody was connected first; in channels, when the call began
	joined  time.Time
	members map[id.DeviceID]*Member
	away    map[id.HubID]bool
	dropped map[id.DeviceID]time.Time // of this call, when
	running map[Room]Roster
	ended   string // why the last call ended: a sentence, or nothing to say

	effects []Effect
}

// NewMachine returns the machine of a device that is in no call.
func NewMachine(self id.UserID, device id.DeviceID) *Machine {
	return &Machine{self: self, device: device, members: map[id.DeviceID]*Member{}, away: map[id.HubID]bool{}, dropped: map[id.DeviceID]time.Time{}, running: map[Room]Roster{}}
}

// Step takes an input and returns what is to be done, in order.
func (m *Machine) Step(in Input, now time.Time) []Effect {
	m.effects = nil
	switch in := in.(type) {
	case Start:
		m.start(in, now)
	case Accept:
		m.accept(now)
	case Decline:
		m.decline()
	case HangUp:
		m.hangUp(now)
	case Ring:
		m.ring(in, now)
	case Said:
		m.said(in, now)
	case Offered:
		m.offered(in)
	case Told:
		m.told(in, now)
	case HubBack:
		m.hubBack(in.Hub)
	case HubAway:
		m.away[in.Hub] = true
	case Removed:
		m.removed(in)
	case Blocked:
		m.blocked(in.User, now)
	case Refused:
		if m.phase == Active && m.room == in.Room {
			m.end(in.Sentence)
		}
	case Connected:
		m.connected(in.Device, now)
	case Closed:
		m.gone(in.Device, true, now)
	case Lost:
		m.gone(in.Device, false, now)
	case Tick:
		m.tick(now)
	}
	return m.effects
}

func (m *Machine) do(e ...Effect) { m.effects = append(m.effects, e...) }

func (m *Machine) say(event content.CallEvent) {
	m.do(Say{m.room, content.Call{Event: event, Call: m.call, Video: m.video}})
}

func (m *Machine) start(in Start, now time.Time) {
	switch {
	case m.phase == Ringing && m.room == in.Room:
		m.video = m.video || in.Video
		m.accept(now) // the other was faster
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
