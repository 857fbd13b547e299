package outbox

import (
	"slices"

	"gossip/backend/store"
	"gossip/common/id"
)

// copies counts the packets of one message.
type copies struct {
	Delivery
	left int
}

// Delivery is what has become of a message of which every copy is settled.
type Delivery struct {
	Conversation []byte
	Message      id.MessageID
	Kept         int    // copies that the hub has
	Seq, At      uint64 // where the first of them stands, which goes to the other person: there both see the message
	Problem      string // of a copy that was refused for good
}

// Acknowledged notes that the hub has a packet on its disk, where and since when, in milliseconds. It returns the conversation, nil
// for a packet that was not under way, and what has become of the message when this was its last copy.
func (o *Outbox) Acknowledged(tx *store.Tx, packet id.MessageID, seq, at uint64) (conversation []byte, done *Delivery, err error) {
	return o.settle(tx, packet, func(d *Delivery) {
		if d.Kept++; d.Kept == 1 {
			d.Seq, d.At = seq, at
		}
	})
}

// Refused notes that the hub does not take a packet, for good. A problem "" is none of the message's.
func (o *Outbox) Refused(tx *store.Tx, packet id.MessageID, problem string) (done *Delivery, err error) {
	_, done, err = o.settle(tx, packet, func(d *Delivery) {
		if problem != "" {
			d.Problem = problem
		}
	})
	return done, err
}

// settle drops a packet that needs no more care.
func (o *Outbox) settle(tx *store.Tx, packet id.MessageID, note func(*Delivery)) (conversation []byte, done *Delivery, err error) {
	w := o.remove(packet)
	if w == nil {
		return nil, nil, nil
	}
	if err := tx.Bucket(packetBucket, o.hub[:]).Delete(numberKey(w.number)); err != nil {
		return nil, nil, err
	}
	c := o.copies[w.message]
	if c == nil {
		return w.conversation, nil, nil
	}
	note(&c.Delivery)
	if c.left--; c.left > 0 {
		return w.conversation, nil, nil
	}
	delete(o.copies, w.message)
	c.Conversation, c.Message = w.conversation, w.message
	return w.conversation, &c.Delivery, nil
}

// remove takes a packet out and returns it, nil when it is not there.
func (o *Outbox) remove(packet id.MessageID) *waiting {
	w := o.packets[packet]
	if w == nil {
		return nil
	}
	delete(o.packets, packet)
	if i := slices.Index(o.waiting, w); i >= 0 { // acknowledgements come in order: it is among the first
		o.waiting = slices.Delete(o.waiting, i, i+1)
	}
	if w.sent {
		o.inFlight--
	}
	return w
}
