package call

import (
	"cmp"
	"slices"
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

// How long a device may be missing in the roster while its connection stands: a hub that has lost its roster hears of
// everybody in this time.
const rosterPatience = 45 * time.Second

// reachAgain is how long after a connection has ended another is tried to a device that the roster still has.
const reachAgain = 5 * time.Second

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

func (m *Machine) accept(now time.Time) {
	if m.phase != Ringing {
		m.do(Refuse{"Nobody is calling now."})
		return
	}
	m.phase, m.until = Active, time.Time{}
	m.do(Open{m.video})
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
	video := m.video
	m.begin(Active, in.Room, in.Call, in.User, video || in.Video)
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
		if m.phase == Ringing && own || m.phase == Calling && !own {
			m.end(choose(own, "", "They declined the call."))
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

func choose(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
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

// add takes a device in.
func (m *Machine) add(device id.DeviceID, user id.UserID, offer bool) {
	m.members[device] = &Member{User: user}
	m.do(Connect{device, user, offer})
}

// offered hears the offer of a newcomer; Connect makes its connection where there is none.
func (m *Machine) offered(in Offered) {
	if m.call != in.Call || m.room != in.Room || m.members[in.Device] != nil || in.Device == m.device {
		return
	}
	switch {
	case m.phase == Active && !m.room.Direct():
		m.add(in.Device, in.User, false)
	case m.phase == Calling && in.User == m.room.User:
		m.phase, m.until = Active, time.Time{}
		m.add(in.Device, in.User, false)
	case m.phase == Active && m.room.Direct() && in.User == m.room.User && m.caller == m.self && m.nobodyConnected():
		for _, device := range m.Members() { // two of theirs answered at once, and one gave way
			m.drop(device)
		}
		m.add(in.Device, in.User, false)
	}
}

func (m *Machine) drop(device id.DeviceID) {
	delete(m.members, device)
	m.do(Drop{device})
}

func (m *Machine) told(in Told, now time.Time) {
	if len(in.Roster.Devices) == 0 {
		delete(m.running, in.Room)
	} else {
		m.running[in.Room] = in.Roster
	}
	if m.phase != Active || m.room != in.Room {
		return
	}
	self := slices.IndexFunc(in.Roster.Devices, func(l Listed) bool { return l.Device == m.device })
	if self < 0 {
		m.missing(nil, now)
		return
	}
	if m.call != in.Roster.Call { // of two that began at once the hub has taken the other
		m.call = in.Roster.Call
	}
	m.started, m.joined = in.Roster.Started, in.Roster.Devices[self].Joined
	m.missing(in.Roster.Devices, now)
	m.reach(now)
}

// reach connects to all who are in by the roster, after a pause where that has failed: a newcomer offers to all who were
// in before.
func (m *Machine) reach(now time.Time) {
	devices := m.running[m.room].Devices
	self := slices.IndexFunc(devices, func(l Listed) bool { return l.Device == m.device })
	for i, l := range devices {
		if self >= 0 && l.Device != m.device && m.members[l.Device] == nil && l.User != id.NoUser && now.Sub(m.dropped[l.Device]) >= reachAgain {
			m.add(l.Device, l.User, i < self)
		}
	}
}

// missing notes who is no longer in the roster: their connection says soon whether they have left, or the hub has forgotten them.
func (m *Machine) missing(listed []Listed, now time.Time) {
	for _, device := range m.Members() {
		member := m.members[device]
		switch {
		case slices.ContainsFunc(listed, func(l Listed) bool { return l.Device == device }):
			member.Missing = time.Time{}
		case member.Missing.IsZero():
			member.Missing = now
		}
	}
}

func (m *Machine) hubBack(hub id.HubID) {
	delete(m.away, hub)
	for room := range m.running {
		if room.Hub == hub {
			delete(m.running, room) // the hub tells anew what runs
		}
	}
	if m.phase == Active && m.room.Hub == hub && !m.room.Direct() {
		m.do(Enter{m.room, m.call, m.started, m.joined})
	}
}

func (m *Machine) removed(in Removed) {
	if in.User == m.self {
		delete(m.running, in.Room)
	}
	if m.phase == Idle || m.room != in.Room {
		return
	}
	if in.User == m.self {
		m.end("You are no longer in this channel, so you have left its call.")
		return
	}
	for _, device := range m.Members() {
		if m.members[device].User == in.User {
			m.drop(device)
		}
	}
}

func (m *Machine) connected(device id.DeviceID, now time.Time) {
	member := m.members[device]
	if member == nil {
		return
	}
	member.Connected = true
	if m.started.IsZero() {
		m.started = now
	}
}

// gone handles a connection that has ended. Where the other closed it, they have said so themselves.
func (m *Machine) gone(device id.DeviceID, closed bool, now time.Time) {
	member := m.members[device]
	if member == nil {
		return
	}
	if !m.room.Direct() {
		m.drop(device)
		m.dropped[device] = now
		return
	}
	switch {
	case closed:
		m.end("")
	case member.Connected:
		m.leave(now)
		m.end("The connection was lost.")
	case m.caller == m.self:
		m.leave(now)
		m.end("No connection could be made: a firewall or NAT is in the way, and no relay could help.")
	default: // perhaps another of one's own devices has the call: who called says how it went
		m.end("No connection could be made: a firewall or NAT is in the way, and no relay could help.")
	}
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

// Members lists the other devices in the call, by id.
func (m *Machine) Members() []id.DeviceID {
	devices := make([]id.DeviceID, 0, len(m.members))
	for device := range m.members {
		devices = append(devices, device)
	}
	slices.SortFunc(devices, func(a, b id.DeviceID) int { return cmp.Or(slices.Compare(a[:], b[:])) })
	return devices
}
