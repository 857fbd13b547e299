package history

import (
	"bytes"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
)

const (
	earlyBucket = "early" // of a conversation: target, message id -> Early
	maxEarly    = 1000    // in a conversation
	// earlyLifetime is how long a message waits for the one that it is about, once there are many of them.
	earlyLifetime = 24 * time.Hour
)

// Early is a message that came before the one that it is about.
type Early struct {
	From    id.UserID   `cbor:"1,keyasint"`
	Device  id.DeviceID `cbor:"2,keyasint"`
	Content []byte      `cbor:"3,keyasint"`
	At      int64       `cbor:"4,keyasint"`
}

// KeepEarly keeps a message until its target is here, unless too many wait for theirs.
func (c *Change) KeepEarly(conv Conversation, target, m id.MessageID, kept Early) error {
	early := conv.Bucket(c.tx, earlyBucket)
	if room, err := c.roomFor(conv, early); err != nil || !room {
		return err
	}
	return store.PutValue(early, append(target[:len(target):len(target)], m[:]...), kept)
}

// roomFor makes room among the messages that wait for others; false when there is none. What does not fit is not looked
// at again before something can have become too old: all of it would have to be read for each.
func (c *Change) roomFor(conv Conversation, early *store.Bucket) (bool, error) {
	full := c.archive.earlyFull
	if c.now.Before(full[conv]) {
		return false, nil
	}
	count, err := early.Len()
	if err != nil || count < maxEarly {
		return true, err
	}
	oldest := c.now
	for key, value := range early.Range(nil, nil, false, 0) {
		kept, err := store.DecodeValue[Early](value)
		if err != nil {
			return false, err
		}
		if at := TimeOf(kept.At); c.now.Sub(at) <= earlyLifetime {
			if at.Before(oldest) {
				oldest = at
			}
			continue
		}
		if err := early.Delete(key); err != nil {
			return false, err
		}
		count--
	}
	if count >= maxEarly {
		full[conv] = oldest.Add(earlyLifetime)
	}
	return count < maxEarly, nil
}

// TakeEarly hands over what waited for a message, and keeps it no longer.
func (c *Change) TakeEarly(conv Conversation, target id.MessageID, do func(Early) error) error {
	early := conv.Bucket(c.tx, earlyBucket)
	for key, value := range early.Range(target[:], behindAll(target), false, 0) {
		kept, err := store.DecodeValue[Early](value)
		if err != nil {
			return err
		}
		if err := early.Delete(key); err != nil {
			return err
		}
		delete(c.archive.earlyFull, conv)
		if err := do(kept); err != nil {
			return err
		}
	}
	return nil
}

// behindAll is a key behind those that begin with the message's id and go on with another id.
func behindAll(m id.MessageID) []byte {
	return append(m[:len(m):len(m)], bytes.Repeat([]byte{0xff}, len(id.UserID{})+1)...)
}
