package hub

import (
	"slices"
	"sync"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
)

// callGrace is how long a device that has lost its connection stays in its call: the call itself goes from device to
// device, and the device tells itself again when it is back.
const callGrace = 30 * time.Second

// longestCall bounds how long ago a device may say that a call began.
const longestCall = 24 * time.Hour

// calls are the rosters of the calls that run in channels. Nothing of them is on disk: after a restart they are what the
// devices tell. Calls between two people are none of the hub's business and not here.
//
// Every roster is told by notices while mu is held, so that each device gets them in the order of the changes.
type calls struct {
	hub *Hub

	mu sync.Mutex // guards the following; before those of hub, channels and notices
	in map[id.ChannelID]*call
	of map[id.DeviceID]id.ChannelID // a device is in one call at a time
}

// call is one that runs. Somebody is in it.
type call struct {
	id      id.CallID
	started uint64 // Unix milliseconds
	devices map[id.DeviceID]*participant
}

// participant is a device in a call.
type participant struct {
	user    id.UserID
	joined  uint64    // Unix milliseconds
	session *session  // the one in which it told itself
	left    time.Time // when that session ended; zero while it lasts
}

func newCalls(h *Hub) *calls {
	return &calls{hub: h, in: map[id.ChannelID]*call{}, of: map[id.DeviceID]id.ChannelID{}}
}

// join puts a session's device into the call of a channel, and tells everyone whom it concerns.
func (c *calls) join(s *session, re id.MessageID, p *wire.StartCall, now time.Time) *wire.Error {
	c.mu.Lock()
	defer c.mu.Unlock()
	// Looked at under mu: whoever takes the user out of the channel waits for it, and then finds the device here.
	if c.hub.channels.Role(p.Channel, s.user) == 0 {
		return errNotMember
	}
	running := c.in[p.Channel]
	if refusal := c.roomLocked(running, p.Channel, s.device); refusal != nil {
		return refusal
	}
	if before, is := c.of[s.device]; is && before != p.Channel {
		c.dropLocked(before, s.device)
	}
	if running == nil {
		running = &call{id: p.Call, started: told(p.Started, now), devices: map[id.DeviceID]*participant{}}
		c.in[p.Channel] = running
	}
	in := running.devices[s.device]
	if in != nil {
		in.session, in.left = s, time.Time{}
		c.answerLocked(s, re, p.Channel)
		return nil
	}
	running.devices[s.device] = &participant{user: s.user, joined: max(told(p.Joined, now), running.started), session: s}
	c.of[s.device] = p.Channel
	c.answerLocked(s, re, p.Channel)
	s.charge(1+c.tellLocked(p.Channel, running, s)/callSessions, now)
	return nil
}

// callSessions is how many sessions may be told of a change to a call for one more packet of who makes it.
const callSessions = 16

// told is what a device says of the past, within bounds; now when it says nothing.
func told(milliseconds uint64, now time.Time) uint64 {
	latest := uint64(now.UnixMilli())
	if milliseconds == 0 || milliseconds > latest {
		return latest
	}
	return max(milliseconds, uint64(now.Add(-longestCall).UnixMilli()))
}

// roomLocked says whether one device more has room in the call of a channel.
func (c *calls) roomLocked(running *call, channel id.ChannelID, device id.DeviceID) *wire.Error {
	limits := c.hub.limits
	switch {
	case running == nil && len(c.in) >= limits.Calls && !c.aloneElsewhere(channel, device):
		return errTooManyCalls
	case running != nil && running.devices[device] == nil && len(running.devices) >= limits.CallDevices:
		return errCallFull
	}
	return nil
}

// aloneElsewhere reports whether a device's going to another channel ends a call.
func (c *calls) aloneElsewhere(channel id.ChannelID, device id.DeviceID) bool {
	before, is := c.of[device]
	return is && before != channel && len(c.in[before].devices) == 1
}

var (
	errTooManyCalls = refuse(wire.CodeLimit, "As many calls are running on this hub as it allows. Try again later, or ask its operator.")
	errCallFull     = refuse(wire.CodeLimit, "This call is full. Try again when somebody has left it.")
)

// hangUp takes a session's device out of a call.
func (c *calls) hangUp(s *session, re id.MessageID, p *wire.HangUp, now time.Time) *wire.Error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hub.channels.Role(p.Channel, s.user) == 0 {
		return errNotMember
	}
	running := c.in[p.Channel]
	if running == nil || running.id != p.Call || running.devices[s.device] == nil {
		c.answerLocked(s, re, p.Channel)
		return nil
	}
	told := c.dropLocked(p.Channel, s.device)
	c.answerLocked(s, re, p.Channel)
	s.charge(1+told/callSessions, now)
	return nil
}

// ask answers with the roster of a channel's call.
func (c *calls) ask(s *session, re id.MessageID, channel id.ChannelID) *wire.Error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hub.channels.Role(channel, s.user) == 0 {
		return errNotMember
	}
	c.answerLocked(s, re, channel)
	return nil
}

// greet tells a session that has entered of the calls that run in its user's channels.
func (c *calls) greet(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for channel := range c.in {
		if c.hub.channels.Role(channel, s.user) != 0 {
			c.answerLocked(s, id.NoMessage, channel)
		}
	}
}

// sessionEnded lets the device's time in its call run out, unless it has told itself in another session since.
func (c *calls) sessionEnded(s *session, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	channel, is := c.of[s.device]
	if !is {
		return
	}
	if in := c.in[channel].devices[s.device]; in.session == s {
		in.session, in.left = nil, now
	}
}

// expire takes out of their calls the devices that have been away for too long.
func (c *calls) expire(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for device, channel := range c.of {
		if in := c.in[channel].devices[device]; in.session == nil && now.Sub(in.left) >= callGrace {
			c.dropLocked(channel, device)
		}
	}
}

// removeMember takes a user who is no longer in a channel out of its call.
func (c *calls) removeMember(channel id.ChannelID, user id.UserID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	running := c.in[channel]
	if running == nil {
		return
	}
	for device, in := range running.devices {
		if in.user == user {
			c.dropLocked(channel, device)
		}
	}
}

// removeDevice takes a device that its user no longer lists out of its call.
func (c *calls) removeDevice(device id.DeviceID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if channel, is := c.of[device]; is {
		c.dropLocked(channel, device)
	}
}

// dropLocked takes a device out of a call, which ends when nobody is left, and returns how many sessions it told.
func (c *calls) dropLocked(channel id.ChannelID, device id.DeviceID) int {
	running := c.in[channel]
	delete(running.devices, device)
	delete(c.of, device)
	if len(running.devices) == 0 {
		delete(c.in, channel)
	}
	return c.tellLocked(channel, running, nil)
}

// tellLocked tells the members of a channel who is in its call, but one who is told otherwise.
func (c *calls) tellLocked(channel id.ChannelID, running *call, but *session) int {
	members := c.hub.sessionsOf(c.hub.channels.Members(channel)...)
	members = slices.DeleteFunc(members, func(s *session) bool { return s == but })
	c.hub.notices.tell(members, signal(wire.KindCallRoster, id.NoMessage, running.roster(channel)))
	return len(members)
}

// answerLocked tells one session who is in the call of a channel.
func (c *calls) answerLocked(s *session, re id.MessageID, channel id.ChannelID) {
	roster := &wire.CallRoster{Channel: channel}
	if running := c.in[channel]; running != nil {
		roster = running.roster(channel)
	}
	c.hub.notices.tell([]*session{s}, signal(wire.KindCallRoster, re, roster))
}

// roster is the call as the wire has it.
func (c *call) roster(channel id.ChannelID) *wire.CallRoster {
	r := &wire.CallRoster{Channel: channel, Call: c.id, Started: c.started}
	for device, in := range c.devices {
		r.Devices = append(r.Devices, wire.CallDevice{Device: device, Joined: in.joined})
	}
	slices.SortFunc(r.Devices, wire.CallDevice.Compare)
	return r
}

// count is how many calls run, and how many devices are in them.
func (c *calls) count() (running, devices int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.in), len(c.of)
}
