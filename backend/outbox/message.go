package outbox

import (
	"errors"
	"iter"

	"gossip/backend/store"
	"gossip/common/id"
)

// Message is what waits for what its encryption needs: the connection, cards, a channel's log.
type Message struct {
	Conversation []byte        `cbor:"1,keyasint"`
	ID           id.MessageID  `cbor:"2,keyasint"`
	Number       uint64        `cbor:"3,keyasint,omitempty"`
	Content      []byte        `cbor:"4,keyasint"`           // padded
	Devices      []id.DeviceID `cbor:"5,keyasint,omitempty"` // only these; else
	Users        []id.UserID   `cbor:"6,keyasint,omitempty"` // only the devices of these; else everyone in the conversation
	Expires      int64         `cbor:"7,keyasint,omitempty"` // milliseconds
	Fresh        bool          `cbor:"8,keyasint,omitempty"` // starts a new session first
}

// Broadcast reports whether the message goes to the whole conversation.
func (m *Message) Broadcast() bool { return len(m.Devices) == 0 && len(m.Users) == 0 }

// Hold keeps a message until Release lets it go.
func (o *Outbox) Hold(tx *store.Tx, m *Message) error {
	bucket := tx.Bucket(messageBucket, o.hub[:])
	number, err := bucket.NextSequence()
	if err != nil {
		return err
	}
	o.held[string(m.Conversation)]++
	return store.PutValue(bucket, numberKey(number), m)
}

// Held counts the messages of a conversation that are held.
func (o *Outbox) Held(conversation []byte) int { return o.held[string(conversation)] }

// AllHeld counts the messages that are held.
func (o *Outbox) AllHeld() (count int) {
	for _, held := range o.held {
		count += held
	}
	return count
}

// Holding goes through the conversations of which messages are held, in no order.
func (o *Outbox) Holding() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for conversation, held := range o.held {
			if held > 0 && !yield([]byte(conversation)) {
				return
			}
		}
	}
}

// Release hands over messages in order, at most limit, as far as they are ready: nothing overtakes within a conversation.
func (o *Outbox) Release(tx *store.Tx, limit int, ready func(*Message) bool, send func(*Message) error) error {
	bucket := tx.Bucket(messageBucket, o.hub[:])
	blocked := map[string]bool{}
	done := 0
	for key, value := range bucket.Range(nil, nil, false, 0) {
		m, err := store.DecodeValue[Message](value)
		if err != nil {
			return err
		}
		conversation := string(m.Conversation)
		if blocked[conversation] || !ready(&m) {
			blocked[conversation] = true
			continue
		}
		if err := errors.Join(send(&m), bucket.Delete(key)); err != nil {
			return err
		}
		o.held[conversation]--
		if done++; done >= limit {
			break
		}
	}
	return nil
}

// Cancel drops those messages of a conversation that are held and that drop says yes to.
func (o *Outbox) Cancel(tx *store.Tx, conversation []byte, drop func(*Message) (bool, error)) error {
	bucket := tx.Bucket(messageBucket, o.hub[:])
	for key, value := range bucket.Range(nil, nil, false, 0) {
		m, err := store.DecodeValue[Message](value)
		if err != nil {
			return err
		}
		if string(m.Conversation) != string(conversation) {
			continue
		}
		yes, err := drop(&m)
		if err != nil {
			return err
		}
		if !yes {
			continue
		}
		if err := bucket.Delete(key); err != nil {
			return err
		}
		o.held[string(conversation)]--
	}
	return nil
}
