package chat

import (
	"gossip/backend/history"
	"gossip/common/id"
)

// notice adds a row of the program behind everything that is there.
func (c *change) notice(conv Conversation, n history.Notice, by id.UserID) (id.MessageID, error) {
	r := &history.Row{ID: id.NewMessageID(), From: by, SentAt: history.Millis(c.now), State: history.StateReceived, Notice: &n}
	return r.ID, c.Notice(conv, c.reached(conv), r)
}

// reached is the place up to which everything in a conversation has come: rows or not.
func (c *change) reached(conv Conversation) uint64 {
	if conv.Direct() {
		return uint64(history.Millis(c.now))
	}
	return c.cursors[conv.Channel].seqOrZero()
}
