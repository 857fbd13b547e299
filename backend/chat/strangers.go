package chat

import (
	"errors"

	"gossip/backend/history"
	"gossip/common/content"
	"gossip/common/id"
)

// maxRequests is how many strangers' conversations wait for the person at once. What further strangers send is dropped.
const maxRequests = 100

// stranger reports whether somebody has written whom the person has not accepted: nothing goes back to them that a person
// would notice, neither receipts nor typing.
func (h *Hub) stranger(conv Conversation) bool {
	state := h.Summary(conv)
	return state != nil && state.Stranger && state.Asked && !h.Roster.Person(conv.Hub, conv.User).Verified
}

// overrun reports whether one more stranger asks than can wait.
func (h *Hub) overrun(conv Conversation, from id.UserID) bool {
	if !conv.Direct() || from == h.self || h.Roster.Person(conv.Hub, from).Verified {
		return false
	}
	if state := h.Summary(conv); state != nil && (!state.Stranger || state.Asked) {
		return false
	}
	waiting := 0
	for other, state := range h.Summaries() {
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
	state := c.Conversation(conv)
	if !conv.Direct() || !state.Stranger {
		return nil
	}
	asked := state.Asked
	state.Stranger, state.Asked = false, false
	c.Touch(conv)
	if !asked {
		return nil
	}
	return c.Newest(conv, maxAnswered, func(_ history.Place, r *history.Row) (bool, error) {
		if r.From != conv.User || r.Type == 0 {
			return true, nil
		}
		err := c.owe(conv, r.From, content.Delivered, r.ID)
		if err == nil && r.ReadAt != 0 {
			err = c.owe(conv, r.From, content.Read, r.ID)
		}
		return true, err
	})
}

// AcceptRequest takes a stranger who has written for somebody to talk with. Saying anything to them does so, too.
func (h *Hub) AcceptRequest(conv Conversation) error {
	return h.call(func() error {
		if state := h.Summary(conv); state == nil || !conv.Direct() {
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

// BlockChanged has rows come and go in the channels where a user, who was blocked or is no more, has written.
func (h *Hub) BlockChanged(user id.UserID) error {
	return h.call(func() error {
		return h.update(func(c *change) error {
			for conv := range c.Summaries() {
				ch := c.directory.Channel(conv.Channel)
				if conv.Direct() || !ch.Knows(user) {
					continue
				}
				if c.Roster.Blocked(user) {
					c.showTyping(typer{conv, user}, false)
				}
				if err := c.Change.BlockChanged(conv, user); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
