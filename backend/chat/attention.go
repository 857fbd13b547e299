package chat

import (
	"errors"
	"fmt"
	"time"

	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

// What a person keeps beside a conversation, for themselves alone: a draft, that it is pinned, that it is muted.

const (
	draftBucket = "draft" // scope hub: channel or user -> draft
	// maxDraft bounds a draft, in bytes: it may be longer than a message, until it is cut.
	maxDraft = 4 * content.MaxText
)

// draft is what was written in a conversation and not sent.
type draft struct {
	Text    string       `cbor:"1,keyasint"`
	ReplyTo id.MessageID `cbor:"2,keyasint,omitzero"`
}

func (d draft) empty() bool { return d.Text == "" && d.ReplyTo == id.NoMessage }

func (h *Hub) loadDrafts(tx *store.Tx) error {
	h.drafts = map[Conversation]draft{}
	for key, value := range tx.Bucket(draftBucket, h.Config.Hub[:]).Range(nil, nil, false, 0) {
		kept, err := store.DecodeValue[draft](value)
		if err != nil {
			return err
		}
		h.drafts[h.conversationOf(key)] = kept
	}
	return nil
}

// SaveDraft keeps what is written and not sent yet, and what it answers; nothing of both ends it. Readers of events hear of
// a draft's beginning and end only, not of every word.
func (h *Hub) SaveDraft(conv Conversation, text string, replyTo id.MessageID) error {
	if len(text) > maxDraft {
		return fmt.Errorf("a draft of more than %d bytes can't be kept; send it in parts", maxDraft)
	}
	return h.call(func() error {
		next := draft{text, replyTo}
		if h.drafts[conv] == next {
			return nil
		}
		if h.conversations[conv] == nil && !h.known(conv) {
			return errUnknown
		}
		return h.update(func(c *change) error { return c.saveDraft(conv, next) })
	})
}

func (c *change) saveDraft(conv Conversation, next draft) error {
	_, before := c.drafts[conv]
	bucket := c.tx.Bucket(draftBucket, c.Config.Hub[:])
	var err error
	if next.empty() {
		delete(c.drafts, conv)
		err = bucket.Delete(conv.id())
	} else {
		c.drafts[conv] = next
		err = store.PutValue(bucket, conv.id(), next)
	}
	if before == next.empty() {
		c.tellOf(conv)
	}
	return err
}

// tellOf has a conversation told of after this transaction; one that is nothing but a draft changes the list, too.
func (c *change) tellOf(conv Conversation) {
	c.told[conv] = true
	if state := c.conversations[conv]; state == nil || state.Forgotten {
		c.emit(Event{Type: EventConversations})
	}
}

// mutedForGood is conversation.Muted without an end.
const mutedForGood = -1

// maxMute bounds how long a conversation is muted, but for good.
const maxMute = 10 * 365 * 24 * time.Hour

func (s *conversation) muted(now time.Time) bool {
	return s.Muted == mutedForGood || s.Muted > millis(now)
}

// Mute keeps notifications of a conversation away for so many seconds: 0 = no more, -1 = for good.
func (h *Hub) Mute(conv Conversation, seconds int64) error {
	if seconds < mutedForGood || seconds > int64(maxMute/time.Second) {
		return errors.New("a conversation can be muted for at most ten years, or for good")
	}
	return h.keep(conv, func(c *change, state *conversation) {
		switch seconds {
		case 0, mutedForGood:
			state.Muted = seconds
		default:
			state.Muted = millis(c.now.Add(time.Duration(seconds) * time.Second))
		}
	})
}

// Pin keeps a conversation at the top of the list, or does no more.
func (h *Hub) Pin(conv Conversation, pinned bool) error {
	return h.keep(conv, func(_ *change, state *conversation) { state.Pinned = pinned })
}

// keep changes what the person keeps beside a conversation.
func (h *Hub) keep(conv Conversation, do func(c *change, state *conversation)) error {
	return h.call(func() error {
		if h.conversations[conv] == nil && !h.known(conv) {
			return errUnknown
		}
		return h.update(func(c *change) error {
			do(c, c.conversation(conv))
			c.touch(conv)
			return nil
		})
	})
}

var errUnknown = errors.New("this conversation is not known here; begin or join it first")

// known reports whether the conversation is one that can be taken part in.
func (h *Hub) known(conv Conversation) bool {
	if !conv.Direct() {
		return h.channels[conv.Channel] != nil
	}
	_, known := h.Roster.Card(conv.User)
	return known
}
