package chat

import (
	"time"

	"gossip/backend/outbox"
)

// maxEncrypt is how many messages are encrypted in one transaction.
const maxEncrypt = 64

// enqueue stores a message for sending, and encrypts it at once when nothing stands against it.
func (c *change) enqueue(conv Conversation, m *outbox.Message) error {
	m.Conversation = conv.Key()
	if c.outbox.Held(m.Conversation) == 0 && c.ready(conv, m) {
		return c.encrypt(conv, m)
	}
	return c.outbox.Hold(c.tx, m)
}

// flush encrypts what waits and can go now, and sends what is encrypted.
func (h *Hub) flush() {
	if h.conn == nil {
		return
	}
	if !h.outbox.Full() && h.anyReady() {
		before := h.outbox.AllHeld()
		if err := h.update((*change).encryptHeld); err != nil {
			h.Log.Error("messages could not be encrypted", "hub", h.Config.Hub, "cause", err)
			return
		}
		// Where nothing went, the first of each conversation lacks somebody's card: when that comes is soon enough.
		if h.outbox.AllHeld() < before && h.anyReady() {
			h.wake()
		}
	}
	if err := h.outbox.Transmit(h.Store, time.Now(), h.conn.Send); err != nil {
		h.Log.Error("packets could not be sent", "hub", h.Config.Hub, "cause", err)
	}
}

// anyReady reports whether a conversation of which messages are held has all that their encryption needs; for the others
// it asks the hub.
func (h *Hub) anyReady() bool {
	ready := false
	for conversation := range h.outbox.Holding() {
		ready = h.prepared(h.ConversationOf(conversation)) || ready
	}
	return ready
}

// encryptHeld encrypts messages that were held, in order, as many as one transaction takes.
func (c *change) encryptHeld() error {
	ready := func(m *outbox.Message) bool { return c.ready(c.ConversationOf(m.Conversation), m) }
	encrypt := func(m *outbox.Message) error { return c.encrypt(c.ConversationOf(m.Conversation), m) }
	return c.outbox.Release(c.tx, maxEncrypt, ready, encrypt)
}

// retryDue is when what was held back goes again; zero while nothing is or there is no connection.
func (h *Hub) retryDue() time.Time {
	if h.conn == nil {
		return time.Time{}
	}
	return h.outbox.RetryAt()
}
