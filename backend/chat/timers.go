package chat

import (
	"encoding/binary"
	"errors"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
)

// maxExpire is how many messages one transaction erases.
const maxExpire = 500

func expiryKey(at int64, m id.MessageID) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(at)), m[:]...)
}

// loadDue finds when the next message is to be erased and whether receipts wait.
func (h *Hub) loadDue(tx *store.Tx) error {
	key, _, err := tx.Bucket(expiryBucket, h.Config.Hub[:]).Seek([]byte{0})
	if err != nil {
		return err
	}
	h.expiryDue = expiryTime(key)
	empty, err := tx.Bucket(receiptBucket, h.Config.Hub[:]).Empty()
	h.receiptsDue = time.Time{}
	if !empty {
		h.receiptsDue = time.Now()
	}
	return err
}

func expiryTime(key []byte) time.Time {
	if len(key) < 8 {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(key)))
}

// expireAt sets when a message is to be erased; the caller stores the row.
func (c *change) expireAt(conv Conversation, r *row, at time.Time) error {
	if at.IsZero() {
		return nil
	}
	r.ExpiresAt = max(millis(at), 1) // keys sort as unsigned numbers
	if c.expiryDue.IsZero() || at.Before(c.expiryDue) {
		c.expiryDue = at
	}
	bucket := c.tx.Bucket(expiryBucket, c.Config.Hub[:])
	return store.PutValue(bucket, expiryKey(r.ExpiresAt, r.ID), expiryRow{conv.id(), r.ID})
}

// maxAhead is how far the times of a hub and of others may lie in the future: clocks disagree.
const maxAhead = 24 * time.Hour

// boundedTime is a hub's time of receipt, in milliseconds, no later than can be.
func (c *change) boundedTime(ms uint64) uint64 {
	return min(ms, uint64(max(millis(c.now.Add(maxAhead)), 0)))
}

// expire erases every message whose time is over, also those that ended while the program did not run.
func (h *Hub) expire(now time.Time) error {
	if h.expiryDue.IsZero() || now.Before(h.expiryDue) {
		return nil
	}
	return h.update(func(c *change) error {
		bucket := c.tx.Bucket(expiryBucket, c.Config.Hub[:])
		for key, value := range bucket.Range(nil, expiryKey(millis(now)+1, id.NoMessage), false, maxExpire) {
			due, err := store.DecodeValue[expiryRow](value)
			if err != nil {
				return err
			}
			if err := errors.Join(bucket.Delete(key), c.expireMessage(due)); err != nil {
				return err
			}
		}
		key, _, err := bucket.Seek([]byte{0})
		c.expiryDue = expiryTime(key)
		return err
	})
}

func (c *change) expireMessage(due expiryRow) error {
	conv := c.conversationOf(due.Conversation)
	at, r, err := find(c.tx, conv, due.Message)
	if err != nil || r == nil {
		return err
	}
	return c.erase(conv, at, r)
}

// over reports whether a row's time has ended.
func (r *row) over(now time.Time) bool { return r.ExpiresAt != 0 && r.ExpiresAt <= millis(now) }
