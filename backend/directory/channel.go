package directory

import (
	"time"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
)

// Channel is a channel of the hub: what the hub says of it, and what its log proves. Nil is a channel that nobody is in.
type Channel struct {
	ID      id.ChannelID
	Summary wire.ChannelSummary // as the hub gave it last
	State   *membership.State   // nil while no statement is here
	Trouble string              // why the hub's log is not believed; blocks sending
	Syncing bool                // its log is being fetched

	joined map[id.UserID]entry // who was ever in, and when they came in last
	warned time.Time           // when Distrust last said that a warning is due
}

// entry is when a member came in.
type entry struct {
	length uint64    // of the log, with the statement
	heard  time.Time // when the statement came here; zero before the last start
}

func newChannel(name id.ChannelID) *Channel {
	return &Channel{ID: name, joined: map[id.UserID]entry{}}
}

// joinGrace is how long after a message was encrypted a newcomer's statement may come who still gets it: the hub had
// them in when it took the message, and nobody had told this device.
const joinGrace = 5 * time.Second

// Entitled reports whether the user is in, and was when a message was encrypted: at that time, with the log so long.
func (ch *Channel) Entitled(user id.UserID, length uint64, at time.Time) bool {
	in, ever := ch.joined[user]
	return ever && ch.Member(user) && (in.length <= length || !in.heard.IsZero() && in.heard.Before(at.Add(joinGrace)))
}

// Member reports whether the user is in, by the log.
func (ch *Channel) Member(user id.UserID) bool {
	return ch != nil && ch.State != nil && ch.State.Has(user)
}

// Knows reports whether the user is in or was: what one wrote before leaving still counts.
func (ch *Channel) Knows(user id.UserID) bool {
	if ch == nil {
		return false
	}
	_, ever := ch.joined[user]
	return ever
}

// CameBy reports whether a user had come in when the log was so long.
func (ch *Channel) CameBy(user id.UserID, length uint64) bool {
	return ch.joined[user].length <= length
}

// Behind reports whether the hub has more of the log than is here.
func (ch *Channel) Behind() bool {
	return ch.State == nil || ch.Summary.Length > ch.State.Length
}

// extend applies one statement, and tells whether it brings a member back who was in before.
func (ch *Channel) extend(encoded []byte, hub id.DeviceID, now time.Time, belongs membership.Belongs) (s *membership.Statement, returns bool, err error) {
	state := ch.State
	if state == nil {
		state = &membership.State{}
	}
	if s, err = state.Apply(encoded, hub, belongs); err != nil {
		return nil, false, err
	}
	ch.State = state
	if s.User != id.NoUser && (s.Action == membership.Create || s.Action == membership.Join) {
		_, returns = ch.joined[s.User]
		ch.joined[s.User] = entry{state.Length, now}
	}
	return s, returns, nil
}

// Why a hub's log is not believed.
const (
	older     = "The hub shows an older list of this channel's members than before, so nothing is sent there. Ask its operator whether the hub was restored from a copy."
	Rewritten = "The hub has rewritten the list of this channel's members, so nothing is sent there any more. Ask the members by another way, and its operator."
)

// Contradiction says how the hub's word contradicts the log that is here, "" when it does not: a hub can't take back what it has
// shown.
func (ch *Channel) Contradiction() string {
	switch {
	case ch.Summary.Length < ch.State.Length:
		return older
	case ch.Summary.Length == ch.State.Length && ch.Summary.Head != ch.State.Head:
		return Rewritten
	}
	return ""
}
