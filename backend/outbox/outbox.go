// Package outbox keeps what one device has to send to a hub until the hub has it on its disk: messages that wait for what their
// encryption needs, then their packets, in order, and behind these a note of what each has carried, for those who ask again.
// What is in memory follows the transactions; after one that failed, Load reads it anew.
package outbox

import (
	"encoding/binary"
	"errors"
	"iter"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/wire"
)

// Buckets of what has to go out; both have the scope hub and keys that rise.
const (
	messageBucket = "pending" // number -> Message: not encrypted yet
	packetBucket  = "outbox"  // number -> Packet: encrypted, not acknowledged yet
)

// Bounds of what is under way.
const (
	maxInFlight = 256
	shortRetry  = time.Second
)

// Packet is an encrypted packet.
type Packet struct {
	Kind         wire.Kind    `cbor:"1,keyasint"`
	ID           id.MessageID `cbor:"2,keyasint"`
	To           id.DeviceID  `cbor:"3,keyasint,omitzero"`
	Channel      id.ChannelID `cbor:"4,keyasint,omitzero"`
	Payload      []byte       `cbor:"5,keyasint"`
	Expires      uint64       `cbor:"6,keyasint,omitempty"`
	Conversation []byte       `cbor:"7,keyasint"`
	Message      id.MessageID `cbor:"8,keyasint,omitzero"` // whose state depends on it
}

func (p *Packet) encode() *wire.DataPacket {
	return &wire.DataPacket{Kind: p.Kind, ID: p.ID, To: p.To, Channel: p.Channel, Payload: p.Payload, Expires: p.Expires}
}

// waiting is a Packet as the memory knows it.
type waiting struct {
	number       uint64
	id           id.MessageID
	message      id.MessageID
	conversation []byte
	sent         bool // in this connection
}

// Outbox is the order of what goes out to one hub. The bytes are in the store. It belongs to one goroutine.
type Outbox struct {
	hub      id.HubID
	held     map[string]int // conversation -> messages that are not encrypted yet
	waiting  []*waiting     // in order
	inFlight int
	packets  map[id.MessageID]*waiting
	copies   map[id.MessageID]*copies // message -> its packets
	retryAt  time.Time                // zero: nothing holds the packets back
}

// New makes the outbox for a hub; Load fills it.
func New(hub id.HubID) *Outbox { return &Outbox{hub: hub} }

// Load reads what waits. All packets are sent again.
func (o *Outbox) Load(tx *store.Tx) error {
	*o = Outbox{hub: o.hub, held: map[string]int{}, packets: map[id.MessageID]*waiting{}, copies: map[id.MessageID]*copies{}}
	for _, value := range tx.Bucket(messageBucket, o.hub[:]).Range(nil, nil, false, 0) {
		m, err := store.DecodeValue[Message](value)
		if err != nil {
			return err
		}
		o.held[string(m.Conversation)]++
	}
	for key, value := range tx.Bucket(packetBucket, o.hub[:]).Range(nil, nil, false, 0) {
		p, err := store.DecodeValue[Packet](value)
		if err != nil {
			return err
		}
		o.add(binary.BigEndian.Uint64(key), &p)
	}
	return nil
}

func numberKey(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// Post adds a packet behind the others, with the note of what it carries.
func (o *Outbox) Post(tx *store.Tx, p *Packet, note Note) error {
	bucket := tx.Bucket(packetBucket, o.hub[:])
	number, err := bucket.NextSequence()
	if err != nil {
		return err
	}
	o.add(number, p)
	return errors.Join(store.PutValue(bucket, numberKey(number), p), o.keepNote(tx, p.ID, note))
}

func (o *Outbox) add(number uint64, p *Packet) {
	w := &waiting{number: number, id: p.ID, message: p.Message, conversation: p.Conversation}
	o.waiting = append(o.waiting, w)
	o.packets[w.id] = w
	if w.message == id.NoMessage {
		return
	}
	if o.copies[w.message] == nil {
		o.copies[w.message] = &copies{}
	}
	o.copies[w.message].left++
}

// Empty reports whether nothing has to go out any more.
func (o *Outbox) Empty() bool { return len(o.waiting) == 0 && o.AllHeld() == 0 }

// Full reports whether more packets wait than may be under way: encrypting more would be too early.
func (o *Outbox) Full() bool { return len(o.waiting) >= maxInFlight }

// Has reports whether a packet is not acknowledged yet.
func (o *Outbox) Has(packet id.MessageID) bool { return o.packets[packet] != nil }

// Restart has every packet sent again, in order, from the first that is not acknowledged: the connection is another, or the hub
// refused a packet for now. Until the time given none is; the zero time: at once.
func (o *Outbox) Restart(until time.Time) {
	for _, w := range o.waiting {
		w.sent = false
	}
	o.inFlight, o.retryAt = 0, until
}

// RetryAt is when what is held back goes again; zero while nothing is.
func (o *Outbox) RetryAt() time.Time { return o.retryAt }

// Transmit sends packets in order while the window has room. After one that send does not take it pauses.
func (o *Outbox) Transmit(s *store.Store, now time.Time, send func(wire.Packet) error) error {
	if now.Before(o.retryAt) {
		return nil
	}
	o.retryAt = time.Time{}
	if o.inFlight >= maxInFlight || o.inFlight == len(o.waiting) {
		return nil
	}
	return s.View(func(tx *store.Tx) error {
		for w := range o.unsent() {
			p, found, err := store.GetValue[Packet](tx.Bucket(packetBucket, o.hub[:]), numberKey(w.number))
			if err != nil || !found {
				return errors.Join(err, errors.New("an outgoing packet is not in the store"))
			}
			if err := send(p.encode()); err != nil {
				o.retryAt = time.Now().Add(shortRetry)
				return nil
			}
			w.sent = true
			o.inFlight++
		}
		return nil
	})
}

// unsent goes through the packets that can be sent now.
func (o *Outbox) unsent() iter.Seq[*waiting] {
	return func(yield func(*waiting) bool) {
		for _, w := range o.waiting {
			if o.inFlight >= maxInFlight || !w.sent && !yield(w) {
				return
			}
		}
	}
}
