package chat

import (
	"errors"

	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

// maxRequests is how many strangers' conversations wait for the person at once. What further strangers send is dropped.
const maxRequests = 100

// stranger reports whether somebody has written whom the person has not accepted: nothing goes back to them that a person
// would notice, neither receipts nor typing.
func (h *Hub) stranger(conv Conversation) bool {
	state := h.conversations[conv]
	return state != nil && state.Stranger && state.Asked && !h.Roster.Person(conv.Hub, conv.User).Verified
}

// asks notes that somebody has written to this person: as a request, where they are a stranger.
func (c *change) asks(conv Conversation, r *row) {
	state := c.conversation(conv)
	if conv.Direct() && state.Stranger && r.From == conv.User {
		state.Asked = true
	}
}

// overrun reports whether one more stranger asks than can wait.
func (h *Hub) overrun(conv Conversation, from id.UserID) bool {
	if !conv.Direct() || from == h.self || h.Roster.Person(conv.Hub, from).Verified {
		return false
	}
	if state := h.conversations[conv]; state != nil && (!state.Stranger || state.Asked) {
		return false
	}
	waiting := 0
	for other, state := range h.conversations {
		if state.Stranger && state.Asked && !h.Roster.Blocked(other.User) {
			waiting++
		}
	}
	return waiting >= maxRequests
}

// maxAnswered is how many of a stranger's messages get their receipts when the stranger is accepted.
const maxAnswered = 200

// befriend takes the other in a direct conversation for no stranger any more. They get the receipts that were held back.
func (c *change) befriend(conv Conversation) error {
	state := c.conversation(conv)
	if !conv.Direct() || !state.Stranger {
		return nil
	}
	asked := state.Asked
	state.Stranger, state.Asked = false, false
	c.touch(conv)
	if !asked {
		return nil
	}
	for _, value := range bucket(c.tx, rowBucket, conv).Range(nil, nil, true, maxAnswered) {
		r, err := store.DecodeValue[row](value)
		if err != nil {
			return err
		}
		if r.From != conv.User || r.Type == 0 {
			continue
		}
		if err := c.owe(conv, r.From, content.Delivered, r.ID); err != nil {
			return err
		}
		if r.ReadAt != 0 {
			if err := c.owe(conv, r.From, content.Read, r.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// AcceptRequest takes a stranger who has written for somebody to talk with. Saying anything to them does so, too.
func (h *Hub) AcceptRequest(conv Conversation) error {
	return h.call(func() error {
		if state := h.conversations[conv]; state == nil || !conv.Direct() {
			return errors.New("nobody asks to talk with you here")
		}
		return h.update(func(c *change) error { return c.befriend(conv) })
	})
}

// refuses reports whether a message is dropped because its sender was blocked: all that they say directly, but for what
// devices arrange among themselves about messages of before.
func (h *Hub) refuses(conv Conversation, from id.UserID, body content.Body) bool {
	switch body.(type) {
	case content.Resend, content.Gone:
		return false
	}
	return conv.Direct() && from != h.self && h.Roster.Blocked(from)
}

// hidden reports whether a row is left out because its author was blocked. In direct conversations what was said before stays.
func (h *Hub) hidden(conv Conversation, r *row) bool {
	return !conv.Direct() && r.Notice == nil && r.From != id.NoUser && h.Roster.Blocked(r.From)
}

// BlockChanged has rows come and go in the channels where a user, who was blocked or is no more, has written.
func (h *Hub) BlockChanged(user id.UserID) error {
	return h.call(func() error {
		return h.update(func(c *change) error {
			for conv := range c.conversations {
				ch := c.channels[conv.Channel]
				if conv.Direct() || !ch.knows(user) {
					continue
				}
				if err := c.blockChanged(conv, user); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (c *change) blockChanged(conv Conversation, user id.UserID) error {
	if c.Roster.Blocked(user) {
		c.showTyping(typer{conv, user}, false)
		if err := c.unmarkFrom(conv, user); err != nil {
			return err
		}
	}
	c.touch(conv)
	c.emit(Event{Type: EventCleared, Conversation: conv.String()})
	return c.findPreview(conv)
}

// unmarkFrom takes what a user wrote out of the unread messages.
func (c *change) unmarkFrom(conv Conversation, user id.UserID) error {
	for key := range bucket(c.tx, unreadBucket, conv).Range(nil, nil, false, 0) {
		r, found, err := store.GetValue[row](bucket(c.tx, rowBucket, conv), key)
		if err != nil {
			return err
		}
		if found && r.From == user {
			if err := c.unmark(conv, place(key)); err != nil {
				return err
			}
		}
	}
	return nil
}
