package hub

import (
	"sync"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
	"gossip/signaling/store"
)

// takeStatement answers cup from a device: one signed change to a channel, or the making of one.
func (s *session) takeStatement(p *wire.SignalPacket) *wire.Error {
	channel, index, err := s.hub.Post(p.Payload)
	if err != nil {
		s.refusePacket(p.ID, s.refusalOf("post a statement", err))
		return nil
	}
	s.deliver(signal(wire.KindAck, p.ID, &wire.Ack{Channel: channel, Seq: index}))
	return nil
}

// Post takes a statement into its channel's log, changes who gets the channel's packets, and tells whom it concerns,
// in the order of the log. Refusals are *wire.Error. One that stands in the log already is routed again, in case the
// disk failed the first time, but nobody is told twice: anyone may send it again.
func (h *Hub) Post(encoded []byte) (id.ChannelID, uint64, error) {
	ordered, unlock := h.lockOrder(encoded)
	defer unlock()
	before := h.channels.Length(ordered)
	channel, index, statement, err := h.channels.Post(encoded)
	if err != nil {
		return channel, 0, err
	}
	err = h.route(channel, statement)
	if index >= before {
		h.announce(channel, index, encoded, statement)
	}
	return channel, index, err
}

// lockOrder makes posting to a channel and telling of it a unit; channels whose ids begin alike share a lock.
func (h *Hub) lockOrder(encoded []byte) (channel id.ChannelID, unlock func()) {
	channel = id.ChannelOf(encoded)
	if statement, err := membership.Parse(encoded); err == nil && statement.Action != membership.Create {
		channel = statement.Channel
	}
	order := h.orderOf(channel)
	order.Lock()
	return channel, order.Unlock
}

// orderOf is the lock of a channel's posting.
func (h *Hub) orderOf(channel id.ChannelID) *sync.Mutex {
	return &h.posting[int(channel[0])%len(h.posting)]
}

// route changes who gets a channel's packets. A statement that came twice changes nothing the second time.
func (h *Hub) route(channel id.ChannelID, statement *membership.Statement) error {
	subject := statement.User
	if statement.Action == membership.Remove {
		subject = statement.Subject
	}
	if subject == id.NoUser {
		return nil // the hub's own channels begin empty
	}
	member := h.channels.Role(channel, subject) != 0
	switch statement.Action {
	case membership.Create, membership.Join:
		if member {
			return h.begin(channel, subject, h.accounts.Devices(subject)...)
		}
	case membership.Leave, membership.Remove:
		if !member {
			h.unsubscribe(channel, subject)
			h.calls.removeMember(channel, subject)
			return h.endMember(channel, subject)
		}
	}
	return nil
}

// unsubscribe ends the delivery of a channel to a user's sessions.
func (h *Hub) unsubscribe(channel id.ChannelID, user id.UserID) {
	j := store.Channel(channel)
	for _, s := range h.sessionsOf(user) {
		s.mu.Lock()
		sub := s.subscriptions[j]
		delete(s.subscriptions, j)
		s.mu.Unlock()
		if sub != nil {
			h.rooms.leave(sub)
		}
	}
}

// announce tells the members, and whoever the statement is about, of a change; and everyone, when it shows in the list
// of public channels.
func (h *Hub) announce(channel id.ChannelID, index uint64, encoded []byte, statement *membership.Statement) {
	concerned := h.channels.Members(channel)
	for _, user := range []id.UserID{statement.User, statement.Subject} {
		if user != id.NoUser && h.channels.Role(channel, user) == 0 {
			concerned = append(concerned, user)
		}
	}
	h.notices.tell(h.sessionsOf(concerned...), signal(wire.KindChannelUpdate, id.NoMessage, &wire.ChannelUpdate{
		Channel: channel, From: index, Statements: [][]byte{encoded},
	}))
	switch statement.Action {
	case membership.Invite:
		if summary, visible := h.summary(channel, statement.Subject); visible {
			h.notices.tell(h.sessionsOf(statement.Subject), summaryFrame(summary))
		}
	case membership.Create, membership.Rename, membership.SetTopic:
		if summary, public := h.summary(channel, id.NoUser); public {
			h.notices.tell(h.strangersTo(channel), summaryFrame(summary))
		}
	}
}

// strangersTo lists the sessions of everyone who is not in a channel.
func (h *Hub) strangersTo(channel id.ChannelID) []*session {
	var others []*session
	for _, s := range h.everyone() {
		if h.channels.Role(channel, s.user) == 0 {
			others = append(others, s)
		}
	}
	return others
}

func summaryFrame(summary wire.ChannelSummary) []byte {
	return signal(wire.KindChannelUpdate, id.NoMessage, &wire.ChannelUpdate{Summaries: []wire.ChannelSummary{summary}})
}
