package chat

import (
	"gossip/backend/history"
	"gossip/backend/outbox"
	"gossip/backend/store"
	"gossip/common/id"
)

// DeleteConversation erases all that a conversation holds here: its history, what is known of receipts, the draft, and what
// waits for a connection to be sent. A direct one is listed again when something new is said; a channel that one is in stays
// listed. The others keep what they have.
func (h *Hub) DeleteConversation(conv Conversation) error {
	return h.call(func() error {
		if h.Summary(conv) == nil && h.Draft(conv).Empty() {
			return errUnknown
		}
		return h.update(func(c *change) error {
			if err := c.cancel(conv); err != nil {
				return err
			}
			staysListed := !conv.Direct() && c.directory.Channel(conv.Channel).Member(c.self)
			if err := c.Clear(conv, staysListed); err != nil || c.Summary(conv) == nil {
				return err
			}
			return c.forgetMissing(conv)
		})
	})
}

// forgetMissing ends the asking for what did not come, or could not be read, before.
func (c *change) forgetMissing(conv Conversation) error {
	for _, r := range c.repairs {
		if c.ConversationOf(r.Conversation) != conv {
			continue
		}
		if err := c.dropRepair(r); err != nil {
			return err
		}
	}
	for key, value := range conv.Bucket(c.tx, numberBucket).Range(nil, nil, false, 0) {
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
	return c.outbox.Cancel(c.tx, conv.Key(), func(m *outbox.Message) (bool, error) {
		if !m.Broadcast() {
			return false, nil
		}
		_, r, err := history.Find(c.tx, conv, m.ID)
		return r != nil, err
	})
}
