package outbox

import (
	"errors"

	"gossip/backend/store"
	"gossip/common/id"
)

// Buckets of what was sent, for those who ask again; both have the scope hub.
const (
	noteBucket  = "sent-packet" // packet id -> Note
	orderBucket = "sent-order"  // count -> packet id
	keptNotes   = 20000
)

// Note says what a packet carried.
type Note struct {
	Conversation []byte       `cbor:"1,keyasint"`
	Number       uint64       `cbor:"2,keyasint,omitempty"` // 0: nothing that a person would miss
	To           id.DeviceID  `cbor:"3,keyasint,omitzero"`
	Channel      id.ChannelID `cbor:"4,keyasint,omitzero"` // a sender key of this channel
}

// NoteOf returns what a packet carried, as long as that is known: the notes of the newest are kept.
func (o *Outbox) NoteOf(tx *store.Tx, packet id.MessageID) (note Note, found bool, err error) {
	return store.GetValue[Note](tx.Bucket(noteBucket, o.hub[:]), packet[:])
}

func (o *Outbox) keepNote(tx *store.Tx, packet id.MessageID, note Note) error {
	order, notes := tx.Bucket(orderBucket, o.hub[:]), tx.Bucket(noteBucket, o.hub[:])
	count, err := order.NextSequence()
	if err != nil {
		return err
	}
	if count > keptNotes {
		oldest := numberKey(count - keptNotes)
		old, err := order.Get(oldest)
		if err != nil {
			return err
		}
		if old != nil {
			if err := errors.Join(notes.Delete(old), order.Delete(oldest)); err != nil {
				return err
			}
		}
	}
	return errors.Join(order.Put(numberKey(count), packet[:]), store.PutValue(notes, packet[:], note))
}
