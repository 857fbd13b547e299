package chat

import (
	"errors"
	"time"

	"gossip/common/content"
	"gossip/common/id"
	"gossip/common/membership"
)

// ErrNoMessage means that there is no such message, or that it is gone.
var ErrNoMessage = errors.New("this message is not here, or not any more")

// Send stores a message for sending and returns its id; what happens to it comes as events. It works without a
// connection.
func (h *Hub) Send(conv Conversation, draft Draft) (m id.MessageID, err error) {
	err = h.call(func() error {
		return h.update(func(c *change) error {
			m, err = c.send(conv, draft)
			return err
		})
	})
	return m, err
}

func (c *change) send(conv Conversation, draft Draft) (id.MessageID, error) {
	if err := c.mayWrite(conv); err != nil {
		return id.NoMessage, err
	}
	state := c.conversation(conv)
	expires := draft.ExpiresIn
	if expires == 0 {
		expires = time.Duration(state.Timer) * time.Second
	}
	text := content.Text{Markdown: draft.Text, ReplyTo: draft.ReplyTo, ExpiresIn: expires}
	m, encoded, err := c.compose(conv, text)
	if err != nil {
		return id.NoMessage, err
	}
	r := &row{
		ID: m.ID, From: c.self, Device: c.device, Type: content.TypeText, Text: draft.Text, SentAt: millis(m.SentAt),
		ReplyTo: draft.ReplyTo, ExpiresIn: int64(expires / time.Second), State: StateQueued, Number: m.Number,
	}
	if err := c.insert(conv, newPlace(unsentMajor, m.Number, m.ID), r); err != nil {
		return id.NoMessage, err
	}
	delete(c.typing.told, conv)
	return m.ID, c.enqueue(conv, &pending{Message: m.ID, Number: m.Number, Content: encoded, Expires: outerExpiry(text, c.now)})
}

// mayWrite refuses what could never be sent. What is only blocked for now waits in the outbox.
func (c *change) mayWrite(conv Conversation) error {
	if conv.Direct() {
		if conv.User == c.self {
			return errors.New("this is you; choose somebody else to write to")
		}
		if _, known := c.Roster.Card(conv.User); !known {
			return errors.New("this person is not known here yet; look them up by name first")
		}
	} else if ch := c.channels[conv.Channel]; !ch.member(c.self) {
		return errors.New("you are not a member of this channel; join it to write")
	}
	if why := c.blocked(conv); why != "" {
		return errors.New(why)
	}
	return nil
}

// say sends something about a conversation or a message, after it was applied here as every other device will.
func (h *Hub) say(conv Conversation, body content.Body, check func(c *change) error) error {
	return h.call(func() error {
		return h.update(func(c *change) error {
			if err := c.mayWrite(conv); err != nil {
				return err
			}
			if check != nil {
				if err := check(c); err != nil {
					return err
				}
			}
			m, encoded, err := c.compose(conv, body)
			if err != nil {
				return err
			}
			own := &received{conv: conv, from: c.self, device: c.device, message: m, encoded: encoded}
			if err := c.apply(own); err != nil {
				return err
			}
			return c.enqueue(conv, &pending{Message: m.ID, Number: m.Number, Content: encoded})
		})
	})
}

// checkTarget finds the message that a command is about and asks whether it is allowed.
func checkTarget(conv Conversation, target id.MessageID, allowed func(c *change, r *row) error) func(c *change) error {
	return func(c *change) error {
		_, r, err := find(c.tx, conv, target)
		if err != nil {
			return err
		}
		if r == nil || r.Deleted {
			return ErrNoMessage
		}
		return allowed(c, r)
	}
}

// Edit replaces the text of one's own message.
func (h *Hub) Edit(conv Conversation, m id.MessageID, text string) error {
	return h.say(conv, content.Edit{Target: m, Markdown: text}, checkTarget(conv, m, func(c *change, r *row) error {
		return content.MayEdit(c.self, r.From, r.Type)
	}))
}

// Delete takes a message back for everybody.
func (h *Hub) Delete(conv Conversation, m id.MessageID) error {
	return h.say(conv, content.Delete{Targets: []id.MessageID{m}}, checkTarget(conv, m, func(c *change, r *row) error {
		return content.MayDelete(c.self, r.From, c.moderates(conv, c.self), r.Type)
	}))
}

// React puts an emoji under a message, or takes it away.
func (h *Hub) React(conv Conversation, m id.MessageID, emoji string, remove bool) error {
	return h.say(conv, content.Reaction{Target: m, Emoji: emoji, Remove: remove}, checkTarget(conv, m, func(c *change, r *row) error {
		return content.MayReact(r.Type)
	}))
}

// SetTimer sets after what time messages of the conversation disappear; 0 keeps them.
func (h *Hub) SetTimer(conv Conversation, d time.Duration) error {
	return h.say(conv, content.Timer{ExpiresIn: d}, nil)
}

// Retry sends a message again that has failed.
func (h *Hub) Retry(conv Conversation, m id.MessageID) error {
	return h.call(func() error { return h.retry(conv, m) })
}

// Wake looks again at what waits in a conversation: a person has decided something that may set it free.
func (h *Hub) Wake(conv Conversation) {
	h.call(func() error {
		h.showDirect([]id.UserID{conv.User})
		return nil
	})
}

// ErrNoChannel means that the channel is not known, or not open to oneself.
var ErrNoChannel = errors.New("this channel is not known here; check its name, or ask for an invitation")

// ErrNoUser means that nobody on the hub is called so.
var ErrNoUser = errors.New("nobody on this hub is called so; check the spelling, or ask them for their name")

// moderates reports whether the user may delete others' messages there.
func (c *change) moderates(conv Conversation, user id.UserID) bool {
	ch := c.channels[conv.Channel]
	return ch != nil && ch.state != nil && ch.state.Role(user) >= membership.Moderator
}
