package chat

import (
	"time"

	"gossip/backend/history"
)

// maxAhead is how far the times of a hub and of others may lie in the future: clocks disagree.
const maxAhead = 24 * time.Hour

// boundedTime is a hub's time of receipt, in milliseconds, no later than can be.
func (c *change) boundedTime(ms uint64) uint64 {
	return min(ms, uint64(max(history.Millis(c.now.Add(maxAhead)), 0)))
}

// expire erases the messages whose time is over.
func (h *Hub) expire(now time.Time) error {
	if due := h.ExpiryDue(); due.IsZero() || now.Before(due) {
		return nil
	}
	return h.update(func(c *change) error { return c.Expire() })
}
