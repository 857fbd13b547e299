package channel

import (
	"cmp"
	"slices"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
)

// Role of a user in a channel, 0 for who is not in it.
func (c *Channels) Role(channel id.ChannelID, user id.UserID) membership.Role {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if e := c.channels[channel]; e != nil {
		return e.state.Role(user)
	}
	return 0
}

// Members lists a channel's members in the order of their ids.
func (c *Channels) Members(channel id.ChannelID) []id.UserID {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if e := c.channels[channel]; e != nil {
		return e.state.Users()
	}
	return nil
}

// All lists every channel, in no order.
func (c *Channels) All() []id.ChannelID {
	c.mu.RLock()
	defer c.mu.RUnlock()
	all := make([]id.ChannelID, 0, len(c.channels))
	for channel := range c.channels {
		all = append(all, channel)
	}
	return all
}

// Of lists the channels that a user is a member of.
func (c *Channels) Of(user id.UserID) []id.ChannelID {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var in []id.ChannelID
	for _, channel := range c.byUser[user] {
		if c.channels[channel].state.Has(user) {
			in = append(in, channel)
		}
	}
	return in
}

// Visible reports whether a user may know of the channel and read its log: public, member or invited.
func (c *Channels) Visible(channel id.ChannelID, user id.UserID) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e := c.channels[channel]
	return e != nil && e.visible(user)
}

func (e *entry) visible(user id.UserID) bool {
	return e.state.Public || e.state.Has(user) || e.state.Invited[user]
}

// Log returns at most limit statements of a channel's log from an index on, and at most about half a packet of bytes.
func (c *Channels) Log(channel id.ChannelID, from uint64, limit int) [][]byte {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e := c.channels[channel]
	if e == nil || from >= uint64(len(e.statements)) {
		return nil
	}
	part := e.statements[from:]
	part = part[:min(len(part), limit)]
	size := 0
	for i, statement := range part {
		if size += len(statement); size > wire.MaxFrame/2 {
			return slices.Clone(part[:i])
		}
	}
	return slices.Clone(part)
}

// Length is how many statements a channel's log has.
func (c *Channels) Length(channel id.ChannelID) uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if e := c.channels[channel]; e != nil {
		return e.state.Length
	}
	return 0
}

// Summary is where a channel stands for a user; the journal's end (Last) is the caller's to fill in.
func (c *Channels) Summary(channel id.ChannelID, user id.UserID) (wire.ChannelSummary, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e := c.channels[channel]
	if e == nil || !e.visible(user) {
		return wire.ChannelSummary{}, false
	}
	return e.summary(user), true
}

// Summaries lists the channels that a user may know of, those that concern the user first, then by name.
func (c *Channels) Summaries(user id.UserID) []wire.ChannelSummary {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var all []wire.ChannelSummary
	for _, e := range c.channels {
		if e.visible(user) {
			all = append(all, e.summary(user))
		}
	}
	slices.SortFunc(all, func(a, b wire.ChannelSummary) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name), slices.Compare(a.Channel[:], b.Channel[:]))
	})
	return all
}

func rank(s wire.ChannelSummary) int {
	if s.Member || s.Invited {
		return 0
	}
	return 1
}

func (e *entry) summary(user id.UserID) wire.ChannelSummary {
	return wire.ChannelSummary{
		Channel: e.state.ID, Name: e.state.Name, Topic: e.state.Topic, Public: e.state.Public,
		Members: uint(len(e.state.Members)), Length: e.state.Length, Head: e.state.Head,
		Member: e.state.Has(user), Invited: e.state.Invited[user],
	}
}
