package hub

import (
	"context"
	"crypto/sha256"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
	"gossip/signaling/store"
)

// latestExpiry bounds what a device may write as a time: the year 9999 in Unix milliseconds.
const latestExpiry = 253402300799999

// takeData brings one data packet to its journal. It waits while too many packets of this device, or too many bytes
// of all, are under way: the connection's window then holds the sender back.
func (s *session) takeData(ctx context.Context, p *wire.DataPacket) *wire.Error {
	now := time.Now()
	if p.From != id.NoDevice || p.Seq != 0 || p.At != 0 || p.Expires > latestExpiry {
		return malformed("a packet in which this device has filled what is the hub's")
	}
	wait, flood := s.overRate(len(p.Payload), now)
	switch {
	case flood:
		return errFlood
	case wait > 0:
		s.refusePacket(p.ID, rateRefusal(wait))
		return nil
	}
	j, refusal := s.journalFor(p.To, p.Channel)
	if refusal != nil {
		s.refusePacket(p.ID, refusal)
		return nil
	}
	p.From = s.device
	entry, err := storedEntry(p)
	if err != nil {
		return malformed("a packet that is too large")
	}
	s.slots <- struct{}{}
	size := int64(len(entry))
	if err := s.hub.inMemory.Acquire(ctx, size); err != nil {
		<-s.slots
		return nil // the hub is going down
	}
	o := &outgoing{session: s, journal: j, id: p.ID, from: s.device, entry: entry, expires: p.Expires, size: size}
	s.hub.append(o, now)
	return nil
}

// journalFor returns where a packet goes, or why this device may not send it there.
func (s *session) journalFor(to id.DeviceID, channel id.ChannelID) (store.Journal, *wire.Error) {
	if channel != id.NoChannel {
		if s.hub.channels.Role(channel, s.user) == 0 {
			return store.Journal{}, errNotMember
		}
		return store.Channel(channel), nil
	}
	if _, known := s.hub.accounts.ByDevice(to); !known {
		return store.Journal{}, errUnknownDevice
	}
	return store.Inbox(to), nil
}

var (
	errNotMember     = refuse(wire.CodeNotMember, "There is no such channel here, or this user is not in it. Join it first.")
	errUnknownDevice = refuse(wire.CodeUnknownDevice, "There is no such device on this hub. Fetch the card of its user again.")
)

// outgoing is a data packet between its sender and its recipients.
type outgoing struct {
	session *session // the sender's
	journal store.Journal
	id      id.MessageID
	from    id.DeviceID
	entry   []byte
	expires uint64
	size    int64
}

// append puts the packet on disk; with retention 0 it only goes to who is online.
func (h *Hub) append(o *outgoing, now time.Time) {
	h.children.Add(1)
	if h.limits.Retention == 0 {
		h.appended(o, store.Position{At: now}, nil)
		return
	}
	e := store.Entry{ID: entryID(o.from, o.id), Frame: o.entry}
	if o.expires != 0 {
		e.Expires = time.UnixMilli(int64(o.expires))
	}
	h.store.Append(o.journal, e, func(at store.Position, err error) { h.appended(o, at, err) })
}

// entryID is what the journal tells packets apart by: the sender's id for it together with the sender, or else a device
// could keep another's packet from its recipients by sending one with the same id before.
func entryID(from id.DeviceID, packet id.MessageID) id.MessageID {
	sum := sha256.Sum256(append(from[:], packet[:]...))
	return id.MessageID(sum[:len(packet)])
}

// appended runs once the packet is on disk, in the order of the journal: it must not block.
func (h *Hub) appended(o *outgoing, at store.Position, err error) {
	if err != nil {
		refusal := o.session.refusalOf("append a packet", err)
		o.session.refuseUntil.Store(time.Now().Add(refusal.Wait()).UnixMilli())
		o.session.post(refusalFrame(o.id, refusal))
		o.release()
		return
	}
	ack := wire.Ack{At: uint64(at.At.UnixMilli())}
	if channel, ok := o.journal.Channel(); ok {
		ack.Channel, ack.Seq = channel, at.Seq
	}
	o.session.post(signal(wire.KindAck, o.id, &ack))
	if at.Duplicate || !h.rooms.publish(o, at) {
		o.release()
	}
}

// release makes room for the next packet: every recipient has this one, or it waits in their queues.
func (o *outgoing) release() {
	<-o.session.slots
	o.session.hub.inMemory.Release(o.size)
	o.session.hub.children.Done()
}

// takeStream passes a stream packet on to who is online; it is never kept, and dropped silently over the rate.
func (s *session) takeStream(p *wire.StreamPacket) *wire.Error {
	if p.From != id.NoDevice || p.Kind == wire.KindPresence || (p.To == id.NoDevice) == (p.Channel == id.NoChannel) {
		return malformed("a stream packet of this device")
	}
	wait, flood := s.overRate(len(p.Payload), time.Now())
	switch {
	case flood:
		return errFlood
	case wait > 0:
		s.hub.counters.transientDropped.Add(1)
		return nil
	}
	p.From = s.device
	if p.To != id.NoDevice {
		if to := s.hub.sessionOf(p.To); to != nil {
			to.post(frame(p))
		}
		return nil
	}
	if s.hub.channels.Role(p.Channel, s.user) != 0 {
		s.hub.rooms.publishFrame(store.Channel(p.Channel), s.device, frame(p))
	}
	return nil
}
