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
		m.accept(false)
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
