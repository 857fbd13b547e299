package chat

import (
	"encoding/binary"
	"errors"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/wire"
)

// Buckets of what has to go out; both have the scope hub and keys that rise.
const (
	pendingBucket = "pending" // number -> pending: not encrypted yet
	outboxBucket  = "outbox"  // number -> outgoing: encrypted, not acknowledged yet
)

// Bounds of what is under way.
const (
	maxInFlight = 256
	maxEncrypt  = 64 // messages encrypted in one transaction
	shortRetry  = time.Second
	longestWait = 5 * time.Minute // that a hub can ask for
)

// pending is a message that waits for what its encryption needs: the connection, cards, a channel's log.
type pending struct {
	Conversation []byte        `cbor:"1,keyasint"`
	Message      id.MessageID  `cbor:"2,keyasint"`
	Number       uint64        `cbor:"3,keyasint,omitempty"`
	Content      []byte        `cbor:"4,keyasint"`           // padded
	Devices      []id.DeviceID `cbor:"5,keyasint,omitempty"` // only these; else
	Users        []id.UserID   `cbor:"6,keyasint,omitempty"` // only the devices of these; else everyone in the conversation
	Expires      int64         `cbor:"7,keyasint,omitempty"` // milliseconds
	Fresh        bool          `cbor:"8,keyasint,omitempty"` // starts a new session first
}

// broadcast reports whether the message goes to the whole conversation.
func (p *pending) broadcast() bool { return len(p.Devices) == 0 && len(p.Users) == 0 }

// outgoing is an encrypted packet.
type outgoing struct {
	Kind         wire.Kind    `cbor:"1,keyasint"`
	ID           id.MessageID `cbor:"2,keyasint"`
	To           id.DeviceID  `cbor:"3,keyasint,omitzero"`
	Channel      id.ChannelID `cbor:"4,keyasint,omitzero"`
	Payload      []byte       `cbor:"5,keyasint"`
	Expires      uint64       `cbor:"6,keyasint,omitempty"`
	Conversation []byte       `cbor:"7,keyasint"`
	Message      id.MessageID `cbor:"8,keyasint,omitzero"` // whose state depends on it
}

func (o *outgoing) packet() *wire.DataPacket {
	return &wire.DataPacket{Kind: o.Kind, ID: o.ID, To: o.To, Channel: o.Channel, Payload: o.Payload, Expires: o.Expires}
}

// waiting is an outgoing packet as the memory knows it.
type waiting struct {
	number  uint64
	id      id.MessageID
	message id.MessageID
	conv    []byte
	sent    bool // in this connection
}

// progress counts the copies of one message.
type progress struct {
	left    int
	kept    int    // acknowledged
	problem string // of a copy that was refused for good
	seq, at uint64 // where the first copy stands, which goes to the other person: there both see the message
}

// outbox is the order of what goes out. The bytes are in the store.
type outbox struct {
	queued   map[Conversation]int // pending messages
	waiting  []*waiting           // in order
	inFlight int
	packets  map[id.MessageID]*waiting
	progress map[id.MessageID]*progress
	retryAt  time.Time // zero: nothing holds the outbox back
	again    time.Time // when the hub may be asked again for what the pending ones lack
}

func numberKey(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func (h *Hub) loadOutbox(tx *store.Tx) error {
	h.outbox = outbox{queued: map[Conversation]int{}, packets: map[id.MessageID]*waiting{}, progress: map[id.MessageID]*progress{}}
	for _, value := range tx.Bucket(pendingBucket, h.Config.Hub[:]).Range(nil, nil, false, 0) {
		p, err := store.DecodeValue[pending](value)
		if err != nil {
			return err
		}
		h.outbox.queued[h.ConversationOf(p.Conversation)]++
	}
	for key, value := range tx.Bucket(outboxBucket, h.Config.Hub[:]).Range(nil, nil, false, 0) {
		o, err := store.DecodeValue[outgoing](value)
		if err != nil {
			return err
		}
		h.outbox.add(binary.BigEndian.Uint64(key), &o)
	}
	return nil
}

func (o *outbox) add(number uint64, packet *outgoing) {
	w := &waiting{number: number, id: packet.ID, message: packet.Message, conv: packet.Conversation}
	o.waiting = append(o.waiting, w)
	o.packets[w.id] = w
	if w.message == id.NoMessage {
		return
	}
	if o.progress[w.message] == nil {
		o.progress[w.message] = &progress{}
	}
	o.progress[w.message].left++
}

// restart has everything sent again: the connection is another, or the hub refused a packet for now.
func (o *outbox) restart() {
	for _, w := range o.waiting {
		w.sent = false
	}
	o.inFlight = 0
}

// remove takes a packet out and returns it, nil when it is not there.
func (o *outbox) remove(packet id.MessageID) *waiting {
	w := o.packets[packet]
	if w == nil {
		return nil
	}
	delete(o.packets, packet)
	for i := range o.waiting { // acknowledgements come in order: it is among the first
		if o.waiting[i] == w {
			o.waiting = append(o.waiting[:i], o.waiting[i+1:]...)
			break
		}
	}
	if w.sent {
		o.inFlight--
	}
	return w
}

// enqueue stores a message for sending, and encrypts it at once when nothing stands against it.
func (c *change) enqueue(conv Conversation, p *pending) error {
	p.Conversation = conv.Key()
	if c.outbox.queued[conv] == 0 && c.ready(conv, p) {
		return c.encrypt(conv, p)
	}
	bucket := c.tx.Bucket(pendingBucket, c.Config.Hub[:])
	number, err := bucket.NextSequence()
	if err != nil {
		return err
	}
	c.outbox.queued[conv]++
	return store.PutValue(bucket, numberKey(number), p)
}

// pending counts the messages that are not encrypted yet.
func (o *outbox) pending() (count int) {
	for _, queued := range o.queued {
		count += queued
	}
	return count
}

// flush encrypts what waits and can go now, and sends what is encrypted.
func (h *Hub) flush() {
	if h.conn == nil {
		return
	}
	if len(h.outbox.waiting) < maxInFlight && h.anyReady() {
		before := h.outbox.pending()
		if err := h.update((*change).encryptPending); err != nil {
			h.Log.Error("messages could not be encrypted", "hub", h.Config.Hub, "cause", err)
			return
		}
		// Where nothing went, the first of each conversation lacks somebody's card: when that comes is soon enough.
		if h.outbox.pending() < before && h.anyReady() {
			h.wake()
		}
	}
	h.transmit()
}

// anyReady reports whether a conversation with pending messages has all that their encryption needs; for the others
// it asks the hub.
func (h *Hub) anyReady() bool {
	ready := false
	for conv, count := range h.outbox.queued {
		if count > 0 && h.prepared(conv) {
			ready = true
		}
	}
	return ready
}

// encryptPending encrypts pending messages in order, as many as one transaction takes.
func (c *change) encryptPending() error {
	bucket := c.tx.Bucket(pendingBucket, c.Config.Hub[:])
	held := map[Conversation]bool{} // nothing overtakes within a conversation
	done := 0
	for key, value := range bucket.Range(nil, nil, false, 0) {
		p, err := store.DecodeValue[pending](value)
		if err != nil {
			return err
		}
		conv := c.ConversationOf(p.Conversation)
		if held[conv] || !c.ready(conv, &p) {
			held[conv] = true
			continue
		}
		if err := errors.Join(c.encrypt(conv, &p), bucket.Delete(key)); err != nil {
			return err
		}
		c.outbox.queued[conv]--
		if done++; done >= maxEncrypt {
			break
		}
	}
	return nil
}

// retryDue is when what was held back goes again; zero while nothing is or there is no connection.
func (h *Hub) retryDue() time.Time {
	if h.conn == nil {
		return time.Time{}
	}
	return h.outbox.retryAt
}

// transmit sends encrypted packets in order while the window has room.
func (h *Hub) transmit() {
	if now := time.Now(); now.Before(h.outbox.retryAt) {
		return
	}
	h.outbox.retryAt = time.Time{}
	if h.outbox.inFlight >= maxInFlight || h.outbox.inFlight == len(h.outbox.waiting) {
		return
	}
	err := h.Store.View(func(tx *store.Tx) error {
		bucket := tx.Bucket(outboxBucket, h.Config.Hub[:])
		for _, w := range h.outbox.waiting {
			if w.sent {
				continue
			}
			if h.outbox.inFlight >= maxInFlight {
				return nil
			}
			o, found, err := store.GetValue[outgoing](bucket, numberKey(w.number))
			if err != nil || !found {
				return errors.Join(err, errors.New("an outgoing packet is not in the store"))
			}
			if err := h.conn.Send(o.packet()); err != nil {
				h.outbox.retryAt = time.Now().Add(shortRetry)
				return nil
			}
			w.sent = true
			h.outbox.inFlight++
		}
		return nil
	})
	if err != nil {
		h.Log.Error("packets could not be sent", "hub", h.Config.Hub, "cause", err)
	}
}
