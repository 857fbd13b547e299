package history

import (
	"gossip/backend/store"
	"gossip/common/id"
)

// receptionBucket, of a conversation, has message id, user -> Reception. It holds what is known of messages of one's own, as
// long as their rows are there; so it is bounded by these and by how many people tell.
const receptionBucket = "received"

// Reception is how far a message of one's own has come with one person: when that was, by their clock, in milliseconds.
type Reception struct {
	Delivered int64 `cbor:"1,keyasint,omitempty"`
	Read      int64 `cbor:"2,keyasint,omitempty"`
}

// State is the reception in one word.
func (r Reception) State() State {
	switch {
	case r.Read != 0:
		return StateRead
	case r.Delivered != 0:
		return StateDelivered
	}
	return StateSent
}

// Receptions reads what is known of a message of one's own.
func Receptions(tx *store.Tx, conv Conversation, m id.MessageID) (map[id.UserID]Reception, error) {
	known := map[id.UserID]Reception{}
	for key, value := range conv.Bucket(tx, receptionBucket).Range(m[:], behindAll(m), false, 0) {
		one, err := store.DecodeValue[Reception](value)
		if err != nil {
			return nil, err
		}
		known[id.UserID(key[len(m):])] = one
	}
	return known, nil
}

// NoteReception takes a person's word that they have a message of one's own, or have read it; false when that was known. The first
// word on each counts, as bounded by the message's own time and the present.
func (c *Change) NoteReception(conv Conversation, m *Row, by id.UserID, read bool, at int64) (news bool, err error) {
	key := append(m.ID[:len(m.ID):len(m.ID)], by[:]...)
	kept := conv.Bucket(c.tx, receptionBucket)
	before, _, err := store.GetValue[Reception](kept, key)
	if err != nil {
		return false, err
	}
	next, when := before, max(m.SentAt, min(at, Millis(c.now)))
	if next.Delivered == 0 {
		next.Delivered = when
	}
	if next.Read == 0 && read {
		next.Read = when
	}
	if next == before {
		return false, nil
	}
	return true, store.PutValue(kept, key, next)
}

// forgetReceptions drops what is known of a message that is erased.
func (c *Change) forgetReceptions(conv Conversation, r *Row) error {
	if r.From != c.archive.Self {
		return nil
	}
	kept := conv.Bucket(c.tx, receptionBucket)
	for key := range kept.Range(r.ID[:], behindAll(r.ID), false, 0) {
		if err := kept.Delete(key); err != nil {
			return err
		}
	}
	return nil
}
