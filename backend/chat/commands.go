package chat

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"gossip/backend/history"
	"gossip/backend/outbox"
	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
	"gossip/common/membership"
)

// Send stores a message for sending and returns its id; what happens to it comes as events. It works without a
// connection.
func (h *Hub) Send(conv Conversation, draft Draft) (m id.MessageID, err error) {
	err = h.call(func() error {
		text := content.Text{
			Markdown: draft.Text, ReplyTo: draft.ReplyTo, ExpiresIn: h.lifetime(conv, draft.ExpiresIn), Mentions: h.named(conv, draft.Text),
		}
		if err := cmp.Or(h.mayWrite(conv), h.checkBody(conv, text)); err != nil {
			return err
		}
		return h.update(func(c *change) error {
			if err := c.begin(conv, draft.ExpiresIn, &text); err != nil {
				return err
			}
			m, err = c.send(conv, text)
			return err
		})
	})
	return m, err
}

// begin sets the timer that the person wants for what they begin, where nothing was said yet in a direct conversation, and gives
// it to the first text.
func (c *change) begin(conv Conversation, wanted time.Duration, text *content.Text) error {
	state, timer := c.Summary(conv), c.Preferences().Timer
	if !conv.Direct() || timer == 0 || state != nil && (state.LastID != id.NoMessage || state.TimerSet != (history.Stamp{}) || state.Forgotten) {
		return nil
	}
	if err := c.sayNow(conv, content.Timer{ExpiresIn: timer}); err != nil {
		return err
	}
	text.ExpiresIn = c.lifetime(conv, wanted)
	return nil
}

// lifetime is after what time a message disappears, by what its author wants; 0 = never.
func (h *Hub) lifetime(conv Conversation, wanted time.Duration) time.Duration {
	state := h.Summary(conv)
	switch {
	case wanted == Stays || wanted == 0 && state == nil:
		return 0
	case wanted == 0:
		return time.Duration(state.Timer) * time.Second
	}
	return wanted
}

func (c *change) send(conv Conversation, text content.Text) (id.MessageID, error) {
	m, encoded, err := c.compose(conv, text)
	if err != nil {
		return id.NoMessage, err
	}
	r := &history.Row{
		ID: m.ID, From: c.self, Device: c.device, Type: content.TypeText, Text: text.Markdown, SentAt: history.Millis(m.SentAt),
		ReplyTo: text.ReplyTo, ExpiresIn: int64(text.ExpiresIn / time.Second), State: history.StateQueued, Number: m.Number,
		Log: c.logLength(conv),
	}
	if err := c.Insert(conv, history.Unsent(m.Number, m.ID), r); err != nil {
		return id.NoMessage, err
	}
	delete(c.typing.told, conv)
	if err := c.befriend(conv); err != nil {
		return id.NoMessage, err
	}
	if kept := c.Draft(conv); !kept.Empty() && strings.HasPrefix(text.Markdown, kept.Text) {
		if err := c.KeepDraft(conv, history.Draft{}); err != nil { // it is what was sent
			return id.NoMessage, err
		}
	}
	return m.ID, c.enqueue(conv, &outbox.Message{ID: m.ID, Number: m.Number, Content: encoded, Expires: outerExpiry(text, c.now)})
}

// mayWrite refuses what could never be sent. What is only blocked for now waits in the outbox.
func (h *Hub) mayWrite(conv Conversation) error {
	if conv.Direct() {
		if conv.User == h.self {
			return errors.New("this is you; choose somebody else to write to")
		}
		if _, known := h.Roster.Card(conv.User); !known {
			return errors.New("this person is not known here yet; look them up by name first")
		}
	} else if ch := h.directory.Channel(conv.Channel); !ch.Member(h.self) {
		return errors.New("you are not a member of this channel; join it to write")
	}
	if why := h.blocked(conv); why != "" {
		return errors.New(why)
	}
	return nil
}

// checkBody refuses what no message can say, before anything is touched.
func (h *Hub) checkBody(conv Conversation, body content.Body) error {
	m := content.Message{ID: id.NewMessageID(), Conversation: outer(conv), SentAt: time.Now().UTC(), Author: h.self, Body: body}
	if content.Numbered(body) {
		m.Number = 1
	}
	_, err := m.Marshal()
	return err
}

// say sends something about a conversation or a message, after it was applied here as every other device will.
func (h *Hub) say(conv Conversation, body content.Body, check func(tx *store.Tx) error) error {
	return h.call(func() error {
		if err := cmp.Or(h.mayWrite(conv), h.checkBody(conv, body)); err != nil {
			return err
		}
		if check != nil {
			if err := h.Store.View(check); err != nil {
				return err
			}
		}
		return h.update(func(c *change) error { return c.sayNow(conv, body) })
	})
}

func (c *change) sayNow(conv Conversation, body content.Body) error {
	m, encoded, err := c.compose(conv, body)
	if err != nil {
		return err
	}
	own := &received{conv: conv, from: c.self, device: c.device, message: m, encoded: encoded}
	if err := errors.Join(c.apply(own), c.befriend(conv)); err != nil {
		return err
	}
	return c.enqueue(conv, &outbox.Message{ID: m.ID, Number: m.Number, Content: encoded})
}

// checkTarget finds the message that a command is about and asks whether it is allowed.
func checkTarget(conv Conversation, target id.MessageID, allowed func(r *history.Row) error) func(tx *store.Tx) error {
	return func(tx *store.Tx) error {
		_, r, err := history.Find(tx, conv, target)
		if err != nil {
			return err
		}
		if r == nil || r.Deleted {
			return history.ErrNoMessage
		}
		return allowed(r)
	}
}

// Edit replaces the text of one's own message.
func (h *Hub) Edit(conv Conversation, m id.MessageID, text string) error {
	edit := content.Edit{Target: m, Markdown: text}
	err := h.call(func() error {
		edit.Mentions = h.named(conv, text)
		return nil
	})
	if err != nil {
		return err
	}
	return h.say(conv, edit, checkTarget(conv, m, func(r *history.Row) error {
		return content.MayEdit(h.self, r.From, r.Type)
	}))
}

// Delete takes a message back for everybody.
func (h *Hub) Delete(conv Conversation, m id.MessageID) error {
	return h.say(conv, content.Delete{Targets: []id.MessageID{m}}, checkTarget(conv, m, func(r *history.Row) error {
		return content.MayDelete(h.self, r.From, h.moderates(conv, h.self), r.Type)
	}))
}

// React puts an emoji under a message, or takes it away.
func (h *Hub) React(conv Conversation, m id.MessageID, emoji string, remove bool) error {
	return h.say(conv, content.Reaction{Target: m, Emoji: emoji, Remove: remove}, checkTarget(conv, m, func(r *history.Row) error {
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
func (h *Hub) moderates(conv Conversation, user id.UserID) bool {
	ch := h.directory.Channel(conv.Channel)
	return ch != nil && ch.State != nil && ch.State.Role(user) >= membership.Moderator
}
