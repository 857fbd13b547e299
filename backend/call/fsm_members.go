package call

import (
	"slices"
	"time"

	"gossip/common/id"
)

// How long a device may be missing in the roster while its connection stands: a hub that has lost its roster hears of
// everybody in this time.
const rosterPatience = 45 * time.Second

// reachAgain is how long after a connection has ended another is tried to a device that the roster still has.
const reachAgain = 5 * time.Second

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

// blocked ends what there is with a user: a direct call, or in a channel the connections with their devices.
func (m *Machine) blocked(user id.UserID, now time.Time) {
	for room, roster := range m.running {
		roster.Devices = slices.Clone(roster.Devices)
		for i := range roster.Devices {
			if roster.Devices[i].User == user {
				roster.Devices[i].User = id.NoUser
			}
		}
		m.running[room] = roster
	}
	switch {
	case m.phase == Idle:
	case !m.room.Direct():
		m.removed(Removed{m.room, user})
	case m.room.User == user && m.phase == Ringing:
		m.end("") // they are told nothing
	case m.room.User == user:
		m.hangUp(now)
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

// Members lists the other devices in the call, by id.
func (m *Machine) Members() []id.DeviceID {
	devices := make([]id.DeviceID, 0, len(m.members))
	for device := range m.members {
		devices = append(devices, device)
	}
	slices.SortFunc(devices, func(a, b id.DeviceID) int { return slices.Compare(a[:], b[:]) })
	return devices
}
