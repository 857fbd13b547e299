package history

import (
	"encoding/binary"
	"errors"
	"time"

	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

const expiryBucket = "expiry" // scope hub: time, message id -> expiryRow

type expiryRow struct {
	Conversation []byte       `cbor:"1,keyasint"`
	Message      id.MessageID `cbor:"2,keyasint"`
}

// maxExpire is how many messages one transaction erases.
const maxExpire = 500

func expiryKey(at int64, m id.MessageID) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(at)), m[:]...)
}

// loadDue finds when the next message is to be erased.
func (a *Archive) loadDue(tx *store.Tx) error {
	key, _, err := tx.Bucket(expiryBucket, a.Hub[:]).Seek([]byte{0})
	if err != nil {
		return err
	}
	a.expiryDue = expiryTime(key)
	return nil
}

// ExpiryDue is when Expire has something to do; the zero time: never.
func (a *Archive) ExpiryDue() time.Time { return a.expiryDue }

func expiryTime(key []byte) time.Time {
	if len(key) < 8 {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(key)))
}

// StartTimer starts the clock of a disappearing message at a time; the caller stores the row.
func (c *Change) StartTimer(conv Conversation, r *Row, from time.Time) error {
	if r.ExpiresIn == 0 || r.ExpiresAt != 0 {
		return nil
	}
	return c.expireAt(conv, r, content.Expiry(from, time.Duration(r.ExpiresIn)*time.Second))
}

// expireAt sets when a message is to be erased; the caller stores the row.
func (c *Change) expireAt(conv Conversation, r *Row, at time.Time) error {
	if at.IsZero() {
		return nil
	}
	r.ExpiresAt = max(Millis(at), 1) // keys sort as unsigned numbers
	if c.archive.expiryDue.IsZero() || at.Before(c.archive.expiryDue) {
		c.archive.expiryDue = at
	}
	bucket := c.tx.Bucket(expiryBucket, c.archive.Hub[:])
	return store.PutValue(bucket, expiryKey(r.ExpiresAt, r.ID), expiryRow{conv.Key(), r.ID})
}

// Expire erases messages whose time is over, also those that ended while the program did not run. Where these are very many it
// leaves some: then ExpiryDue is in the past still.
func (c *Change) Expire() error {
	bucket := c.tx.Bucket(expiryBucket, c.archive.Hub[:])
	for key, value := range bucket.Range(nil, expiryKey(Millis(c.now)+1, id.NoMessage), false, maxExpire) {
		due, err := store.DecodeValue[expiryRow](value)
		if err != nil {
			return err
		}
		if err := errors.Join(bucket.Delete(key), c.expireMessage(due)); err != nil {
			return err
		}
	}
	key, _, err := bucket.Seek([]byte{0})
	c.archive.expiryDue = expiryTime(key)
	return err
}

func (c *Change) expireMessage(due expiryRow) error {
	conv := c.archive.ConversationOf(due.Conversation)
	at, r, err := Find(c.tx, conv, due.Message)
	if err != nil || r == nil {
		return err
	}
	return c.Erase(conv, at, r)
}

// over reports whether a row's time has ended.
func (r *Row) over(now time.Time) bool { return r.ExpiresAt != 0 && r.ExpiresAt <= Millis(now) }
