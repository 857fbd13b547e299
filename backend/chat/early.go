package chat

import (
	"time"

	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

// earlyRow is a message that came before the one that it is about.
type earlyRow struct {
	From    id.UserID   `cbor:"1,keyasint"`
	Device  id.DeviceID `cbor:"2,keyasint"`
	Content []byte      `cbor:"3,keyasint"`
	At      int64       `cbor:"4,keyasint"`
}

func (c *change) keepEarly(r *received, target id.MessageID) error {
	early := bucket(c.tx, earlyBucket, r.conv)
	if room, err := c.roomFor(r.conv, early); err != nil || !room {
		return err
	}
	key := append(target[:len(target):len(target)], r.message.ID[:]...)
	return store.PutValue(early, key, earlyRow{r.from, r.device, r.encoded, r.at})
}

// earlyLifetime is how long a message waits for the one that it is about, once there are many of them.
const earlyLifetime = 24 * time.Hour

// roomFor makes room among the messages that wait for others; false when there is none. What does not fit is not looked
// at again before something can have become too old: all of it would have to be read for each.
func (c *change) roomFor(conv Conversation, early *store.Bucket) (bool, error) {
	if c.now.Before(c.earlyFull[conv]) {
		return false, nil
	}
	count, err := early.Len()
	if err != nil || count < maxEarly {
		return true, err
	}
	oldest := c.now
	for key, value := range early.Range(nil, nil, false, 0) {
		kept, err := store.DecodeValue[earlyRow](value)
		if err != nil {
			return false, err
		}
		if at := timeOf(kept.At); c.now.Sub(at) <= earlyLifetime {
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
		c.earlyFull[conv] = oldest.Add(earlyLifetime)
	}
	return count < maxEarly, nil
}

// applyEarly applies what waited for this message.
func (c *change) applyEarly(conv Conversation, target id.MessageID) error {
	early := bucket(c.tx, earlyBucket, conv)
	for key, value := range early.Range(target[:], behindAll(target), false, 0) {
		kept, err := store.DecodeValue[earlyRow](value)
		if err != nil {
			return err
		}
		if err := early.Delete(key); err != nil {
			return err
		}
		delete(c.earlyFull, conv)
		m, err := content.Parse(kept.Content)
		if err != nil {
			continue // was read before: cannot be
		}
		if err := c.apply(&received{conv: conv, from: kept.From, device: kept.Device, message: m, encoded: kept.Content, at: kept.At}); err != nil {
			return err
		}
	}
	return nil
}
