package history

import (
	"encoding/binary"

	"gossip/backend/store"
	"gossip/common/id"
)

const (
	sentBucket = "sent" // of a conversation: number -> Sent
	keptSent   = 5000   // copies in a conversation
)

// Sent is the copy of a message of this device that others may ask for by its number.
type Sent struct {
	Message id.MessageID `cbor:"1,keyasint"`
	Content []byte       `cbor:"2,keyasint"`
	Length  uint64       `cbor:"3,keyasint,omitempty"` // of the channel's log when it was encrypted: who was a member
	At      int64        `cbor:"4,keyasint"`           // milliseconds
}

func sentKey(number uint64) []byte { return binary.BigEndian.AppendUint64(nil, number) }

// KeepSent keeps the copy of a message, and drops one that is too old.
func (c *Change) KeepSent(conv Conversation, number uint64, m Sent) error {
	kept := conv.Bucket(c.tx, sentBucket)
	if number > keptSent {
		if err := kept.Delete(sentKey(number - keptSent)); err != nil {
			return err
		}
	}
	return store.PutValue(kept, sentKey(number), m)
}

// Sent returns the copy of a message by its number, if there is one still.
func (c *Change) Sent(conv Conversation, number uint64) (m Sent, found bool, err error) {
	return store.GetValue[Sent](conv.Bucket(c.tx, sentBucket), sentKey(number))
}

// forgetSent drops the copy of a message that is erased or deleted: who asks for it hears that it is gone.
func (c *Change) forgetSent(conv Conversation, r *Row) error {
	if r.From != c.archive.Self || r.Device != c.archive.Device || r.Number == 0 {
		return nil
	}
	return conv.Bucket(c.tx, sentBucket).Delete(sentKey(r.Number))
}
