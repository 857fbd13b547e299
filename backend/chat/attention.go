package chat

import (
	"errors"
	"fmt"
	"time"

	"gossip/backend/history"
	"gossip/common/content"
	"gossip/common/id"
)

// What a person keeps beside a conversation, for themselves alone: a draft, that it is pinned, that it is muted.

// maxDraft bounds a draft, in bytes: it may be longer than a message, until it is cut.
const maxDraft = 4 * content.MaxText

// SaveDraft keeps what is written and not sent yet, and what it answers; nothing of both ends it. Readers of events hear of
// a draft's beginning and end only, not of every word.
func (h *Hub) SaveDraft(conv Conversation, text string, replyTo id.MessageID) error {
	if len(text) > maxDraft {
		return fmt.Errorf("a draft of more than %d bytes can't be kept; send it in parts", maxDraft)
	}
	return h.call(func() error {
		next := history.Draft{Text: text, ReplyTo: replyTo}
		if h.Draft(conv) == next {
			return nil
		}
		if h.Summary(conv) == nil && !h.known(conv) {
			return errUnknown
		}
		return h.update(func(c *change) error { return c.KeepDraft(conv, next) })
	})
}

// maxMute bounds how long a conversation is muted, but for good.
const maxMute = 10 * 365 * 24 * time.Hour

// Mute keeps notifications of a conversation away for so many seconds: 0 = no more, -1 = for good.
func (h *Hub) Mute(conv Conversation, seconds int64) error {
	if seconds < history.MutedForGood || seconds > int64(maxMute/time.Second) {
		return errors.New("a conversation can be muted for at most ten years, or for good")
	}
	return h.keep(conv, func(c *change, state *history.Summary) {
		switch seconds {
		case 0, history.MutedForGood:
			state.Muted = seconds
		default:
			state.Muted = history.Millis(c.now.Add(time.Duration(seconds) * time.Second))
		}
	})
}

// Pin keeps a conversation at the top of the list, or does no more.
func (h *Hub) Pin(conv Conversation, pinned bool) error {
	return h.keep(conv, func(_ *change, state *history.Summary) { state.Pinned = pinned })
}

// keep changes what the person keeps beside a conversation.
func (h *Hub) keep(conv Conversation, do func(c *change, state *history.Summary)) error {
	return h.call(func() error {
		if h.Summary(conv) == nil && !h.known(conv) {
			return errUnknown
		}
		return h.update(func(c *change) error {
			do(c, c.Conversation(conv))
			c.Touch(conv)
			return nil
		})
	})
}

var errUnknown = errors.New("this conversation is not known here; begin or join it first")

// known reports whether the conversation is one that can be taken part in.
func (h *Hub) known(conv Conversation) bool {
	if !conv.Direct() {
		return h.directory.Channel(conv.Channel) != nil
	}
	_, known := h.Roster.Card(conv.User)
	return known
}
