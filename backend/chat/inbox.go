package chat

import (
	"errors"
	"time"

	"gossip/backend/e2ee"
	"gossip/backend/history"
	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
)

// Buckets of packet ids that were handled, so that none counts twice; both have the scope hub.
const (
	seenBucket      = "seen"       // sending device, packet id -> nothing
	seenOrderBucket = "seen-order" // count -> key of seen
	keptSeen        = 20000
)

// receive handles a batch of packets in one transaction. If that fails, nothing of it has happened, and the
// connection is given up so that the hub brings the packets again.
func (h *Hub) receive(batch []arrival) {
	conn := h.conn
	var later []func()
	err := h.update(func(c *change) error {
		for _, a := range batch {
			if err := c.take(a.packet, &later); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.Log.Error("what the hub brought could not be stored", "hub", h.Config.Hub, "cause", err)
		h.tell(Event{Type: EventError, Error: &Trouble{Code: "store", Sentence: err.Error()}})
		if conn != nil {
			h.drop(conn)
		}
		return
	}
	for _, f := range later {
		f()
	}
	h.sendAcks(time.Now())
}

// take handles one packet. Only what the store can't do is an error; what a packet does wrong is logged.
func (c *change) take(p wire.Packet, later *[]func()) error {
	switch p := p.(type) {
	case *wire.DataPacket:
		return c.takeData(p)
	case *wire.SignalPacket:
		return c.takeSignal(p, later)
	case *wire.StreamPacket:
		return c.takeStream(p, later)
	}
	return nil
}

func (c *change) takeData(p *wire.DataPacket) error {
	p.At = c.boundedTime(p.At)
	fresh, err := c.advance(p.Channel, p.Seq)
	if err != nil || !fresh {
		return err
	}
	if fresh, err = c.firstSight(p); err != nil || !fresh {
		return err
	}
	from, device, ok := c.Roster.Owner(p.From, c.directory.Channel(p.Channel).Knows)
	switch {
	case p.From == c.device:
		c.Log.Warn("the hub gave back one of this device's own packets", "packet", p.ID)
		return nil
	case !ok:
		c.Log.Warn("a packet of a device that is on nobody's list was dropped", "device", p.From)
		return nil
	case p.Channel != id.NoChannel:
		return c.takeChannel(p, from, device)
	}
	return c.takeDirect(p, from, device)
}

// firstSight reports whether the packet was not handled before, and remembers it: by its sender too, or somebody could
// hide another's packet behind one of their own with the same id.
func (c *change) firstSight(p *wire.DataPacket) (bool, error) {
	packet := append(p.From[:], p.ID[:]...)
	seen, order := c.tx.Bucket(seenBucket, c.Config.Hub[:]), c.tx.Bucket(seenOrderBucket, c.Config.Hub[:])
	if mark, err := seen.Get(packet); err != nil || mark != nil {
		return false, err
	}
	count, err := order.NextSequence()
	if err != nil {
		return false, err
	}
	if count > keptSeen {
		oldest := numberKey(count - keptSeen)
		if old, err := order.Get(oldest); err != nil || old == nil {
			return true, err
		} else if err := errors.Join(seen.Delete(old), order.Delete(oldest)); err != nil {
			return false, err
		}
	}
	return true, errors.Join(seen.Put(packet, []byte{1}), order.Put(numberKey(count), packet))
}

func (c *change) takeChannel(p *wire.DataPacket, from id.UserID, device *identity.Device) error {
	ch := c.directory.Channel(p.Channel)
	if ch == nil || !ch.Knows(from) {
		c.Log.Warn("a packet of a device that is in no such channel was dropped", "device", p.From, "channel", p.Channel)
		return nil
	}
	plain, err := c.Engine.DecryptChannel(c.tx, p.Channel, p.From, p.Payload, c.now)
	if err != nil {
		return c.unreadable(p, from, err)
	}
	return c.takePlain(p, from, plain)
}

func (c *change) takeDirect(p *wire.DataPacket, from id.UserID, device *identity.Device) error {
	plain, err := c.Engine.DecryptFrom(c.tx, device, p.Kind, p.Payload, c.now)
	if err != nil {
		return c.unreadable(p, from, err)
	}
	return c.takePlain(p, from, plain)
}

// takePlain judges what a packet said.
func (c *change) takePlain(p *wire.DataPacket, from id.UserID, plain []byte) error {
	m, err := content.Parse(plain)
	if err != nil {
		c.Log.Warn("a message that makes no sense was dropped", "device", p.From, "cause", err)
		return nil
	}
	from = c.author(m, from, p.From)
	seen, err := m.Conversation, error(nil)
	if _, key := m.Body.(content.SenderKey); !key { // that names its device, which the engine checks
		seen, err = m.SeenBy(c.self, from)
	}
	if err == nil && p.Channel != id.NoChannel && seen.Channel != p.Channel {
		err = errors.New("it was written for another conversation")
	}
	if err != nil {
		c.Log.Warn("a message was dropped", "device", p.From, "cause", err)
		return nil
	}
	r := &received{
		conv: c.local(seen), from: from, device: p.From, message: m, encoded: plain, packet: p.ID,
		channel: p.Channel != id.NoChannel, seq: p.Seq, at: int64(p.At), major: p.At,
	}
	if r.channel {
		r.major = p.Seq
	}
	return c.accept(r)
}

// author is who says the message: the one whom it names itself, if that one lists the device, too. So nobody silences
// another by listing that one's device as theirs.
func (c *change) author(m *content.Message, owner id.UserID, device id.DeviceID) id.UserID {
	if m.Author != id.NoUser && m.Author != owner && c.Roster.Belongs(m.Author, device) == nil {
		return m.Author
	}
	return owner
}

// accept applies a message that is decrypted and in its right conversation.
func (c *change) accept(r *received) error {
	if key, ok := r.message.Body.(content.SenderKey); ok {
		return c.applySenderKey(r, key) // who sends it may have joined just now: it opens nothing until the log says so
	}
	if ch := c.directory.Channel(r.conv.Channel); !r.conv.Direct() && (ch == nil || !ch.Knows(r.from)) {
		c.Log.Warn("a message for a channel that its sender is not in was dropped", "device", r.device)
		return nil
	}
	if !r.conv.Direct() && !r.channel {
		r.major = c.cursors[r.conv.Channel].seqOrZero() // came for repair: count says where it belongs
	}
	if r.message.Number > maxNumber {
		c.Log.Warn("a message with a number that nobody can have reached was dropped", "device", r.device)
		return nil
	}
	refused := c.refuses(r.conv, r.from, r.message.Body)
	if r.message.Number == 0 && refused {
		return nil
	}
	if r.message.Number == 0 {
		return c.apply(r)
	}
	if c.overrun(r.conv, r.from) {
		c.Log.Warn("a stranger's message was dropped: too many wait to be accepted", "device", r.device, "limit", maxRequests)
		return nil
	}
	repair := c.retrying(r)
	if repair != nil {
		r.major = repair.Major
	}
	fresh, err := c.count(r)
	if err != nil || !fresh {
		return err
	}
	if repair != nil {
		if err := c.endRepair(repair); err != nil {
			return err
		}
	}
	if _, known, err := history.Find(c.tx, r.conv, r.message.ID); err != nil || known != nil || refused {
		return err
	}
	if r.from == c.self {
		err = c.befriend(r.conv)
	}
	return errors.Join(err, c.apply(r))
}

func (at *cursor) seqOrZero() uint64 {
	if at == nil {
		return 0
	}
	return at.seq
}

// takeSignal handles what the hub itself says.
func (c *change) takeSignal(p *wire.SignalPacket, later *[]func()) error {
	switch p.Kind {
	case wire.KindAck:
		var ack wire.Ack
		if !c.read(p, &ack) {
			return nil
		}
		return c.acknowledged(p.Re, ack)
	case wire.KindLive:
		var end wire.Ack
		if c.read(p, &end) && c.cursors[end.Channel] != nil {
			c.cursors[end.Channel].live = true
		}
	case wire.KindError:
		var refusal wire.Error
		if !c.read(p, &refusal) {
			return nil
		}
		if p.Re != id.NoMessage {
			c.callRefused(p.Re, &refusal)
			return c.refused(p.Re, &refusal)
		}
		return c.hubError(&refusal)
	case wire.KindChannelUpdate:
		var update wire.ChannelUpdate
		if c.read(p, &update) {
			*later = append(*later, func() { c.Hub.takeUpdate(update) })
		}
	case wire.KindCallRoster:
		var roster wire.CallRoster
		if c.read(p, &roster) {
			*later = append(*later, func() { c.Hub.takeCallRoster(p.Re, roster) })
		}
	case wire.KindICEServers:
		var servers wire.ICEServers
		if c.read(p, &servers) {
			*later = append(*later, func() { c.Hub.takeICEServers(servers.Servers) })
		}
	case wire.KindRemoved:
		var removed wire.Removed
		if c.read(p, &removed) {
			*later = append(*later, func() { c.Hub.removed(removed.User) })
		}
	}
	return nil
}

// read decodes a payload; a hub that breaks the protocol is logged and ignored.
func (c *change) read(p *wire.SignalPacket, payload any) bool {
	if err := wire.Unmarshal(p.Payload, payload); err != nil {
		c.Log.Warn("the hub sent something that makes no sense", "kind", string(p.Kind), "cause", err)
		return false
	}
	return true
}

// isStoreError tells what must end a transaction from what a packet did wrong.
func isStoreError(err error) bool {
	for _, cause := range []error{store.ErrDamaged, store.ErrDiskFull, store.ErrClosed, store.ErrReadOnly} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}

// lacksKey tells that a channel message waits for its sender key.
func lacksKey(err error) bool { return errors.Is(err, e2ee.ErrNoSenderKey) }
