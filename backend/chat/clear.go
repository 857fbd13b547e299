package chat

import (
	"errors"

	"gossip/backend/search"
	"gossip/backend/store"
	"gossip/common/id"
)

// DeleteConversation erases all that a conversation holds here: its history, what is known of receipts, the draft, and what
// waits for a connection to be sent. A direct one is listed again when something new is said; a channel that one is in stays
// listed. The others keep what they have.
func (h *Hub) DeleteConversation(conv Conversation) error {
	return h.call(func() error {
		if h.conversations[conv] == nil && h.drafts[conv].empty() {
			return errUnknown
		}
		return h.update(func(c *change) error {
			if err := errors.Join(c.cancel(conv), c.saveDraft(conv, draft{})); err != nil {
				return err
			}
			if c.conversations[conv] == nil {
				return nil
			}
			c.reset(conv)
			return errors.Join(c.dropRows(conv), c.forgetMissing(conv))
		})
	})
}

// reset makes the summary of a conversation that of an empty one. What was agreed with the others stays, as does the place
// and the time behind which new rows go.
func (c *change) reset(conv Conversation) {
	old := c.conversation(conv)
	*old = conversation{
		Timer: old.Timer, TimerSet: old.TimerSet, Notices: old.Notices, Major: old.Major, Sent: old.Sent, Muted: old.Muted,
		Stranger: old.Stranger, Forgotten: conv.Direct() || !c.channels[conv.Channel].member(c.self),
		Pinned: old.Pinned && !conv.Direct(),
	}
	c.touch(conv)
	c.emit(Event{Type: EventCleared, Conversation: conv.String()})
	c.emit(Event{Type: EventConversations})
}

// dropRows erases the rows of a conversation and all that depends on them. The expiry index names only their ids; what it has
// of them goes when it is due.
func (c *change) dropRows(conv Conversation) error {
	for _, name := range []string{rowBucket, placeBucket, unreadBucket, earlyBucket, sentBucket, receivedBucket} {
		if err := c.tx.Drop(name, conv.Hub[:], conv.id()); err != nil {
			return err
		}
	}
	delete(c.earlyFull, conv)
	delete(c.indexes, conv)
	return search.Forget(c.tx, conv.Hub, conv.id())
}

// forgetMissing ends the asking for what did not come, or could not be read, before.
func (c *change) forgetMissing(conv Conversation) error {
	for _, r := range c.repairs {
		if c.conversationOf(r.Conversation) != conv {
			continue
		}
		if err := c.dropRepair(r); err != nil {
			return err
		}
	}
	for key, value := range bucket(c.tx, numberBucket, conv).Range(nil, nil, false, 0) {
		n, err := store.DecodeValue[numbers](value)
		if err != nil {
			return err
		}
		if len(n.Missing) == 0 {
			continue
		}
		n.Missing = nil
		if err := c.saveNumbers(conv, id.DeviceID(key), n); err != nil {
			return err
		}
	}
	return nil
}

// cancel takes back what was said in a conversation and is not encrypted yet. What was said about other messages still goes.
func (c *change) cancel(conv Conversation) error {
	waiting := c.tx.Bucket(pendingBucket, c.Config.Hub[:])
	for key, value := range waiting.Range(nil, nil, false, 0) {
		p, err := store.DecodeValue[pending](value)
		if err != nil {
			return err
		}
		if c.conversationOf(p.Conversation) != conv || !p.broadcast() {
			continue
		}
		if _, r, err := find(c.tx, conv, p.Message); err != nil {
			return err
		} else if r == nil {
			continue
		}
		if err := waiting.Delete(key); err != nil {
			return err
		}
		c.outbox.queued[conv]--
	}
	return nil
}
