package hub

import (
	"fmt"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
	"gossip/signaling/store"
)

// How much is read of a journal at a time when a device catches up.
const (
	resumeEntries = 256
	resumeBytes   = maxBatch - resumeEntries*32 // leaves room for what stamp adds
)

// takeAck moves the device's cursor in a journal; the first ack for it starts the journal's delivery.
func (s *session) takeAck(p *wire.SignalPacket) *wire.Error {
	if !s.acks.AllowN(time.Now(), 1) {
		return errFlood
	}
	var ack wire.Ack
	if err := wire.Unmarshal(p.Payload, &ack); err != nil || ack.At != 0 {
		return malformed("an acknowledgement of this device")
	}
	j := store.Inbox(s.device)
	if ack.Channel != id.NoChannel {
		j = store.Channel(ack.Channel)
		if s.hub.channels.Role(ack.Channel, s.user) == 0 {
			s.refusePacket(p.ID, errNotMember)
			return nil
		}
	}
	s.mu.Lock()
	_, follows := s.subscriptions[j]
	s.mu.Unlock()
	if follows {
		s.hub.store.Ack(j, s.device, ack.Seq)
		s.hub.dirty.add(j)
		return nil
	}
	s.subscribe(j, ack.Seq)
	s.endUnlessMember(ack.Channel)
	return nil
}

// endUnlessMember undoes a subscription whose user was removed from the channel while it was made: whoever removed the user
// may have looked for it too early.
func (s *session) endUnlessMember(channel id.ChannelID) {
	if channel == id.NoChannel || s.hub.channels.Role(channel, s.user) != 0 {
		return
	}
	order := s.hub.orderOf(channel)
	order.Lock()
	defer order.Unlock()
	if s.hub.channels.Role(channel, s.user) != 0 {
		return // the user has joined again
	}
	s.hub.unsubscribe(channel, s.user)
	if err := s.hub.endMember(channel, s.user); err != nil {
		s.hub.log.Error("end in a channel", "device", s.device, "err", err)
	}
}

// subscribe starts the delivery of a journal after seq, or after the device's cursor when that is further.
func (s *session) subscribe(j store.Journal, seq uint64) {
	sub := s.hub.rooms.enter(s.hub, s, j)
	if s.hub.limits.Retention == 0 {
		sub.room.join(sub, ^uint64(0)) // nothing is ever published with a sequence
		s.tellLive(j, 0)
	} else {
		sub.after = s.startOf(j, seq)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		s.hub.children.Go(func() { s.hub.rooms.leave(sub) })
		return
	}
	s.subscriptions[j] = sub
	if s.hub.limits.Retention == 0 {
		return
	}
	s.resuming = append(s.resuming, sub)
	if len(s.resuming) == 1 {
		s.hub.children.Go(s.resume)
	}
}

// startOf fixes where a device goes on in a journal, makes its cursor, and tells what is lost to it.
func (s *session) startOf(j store.Journal, seq uint64) uint64 {
	first, last, _, err := s.hub.store.Bounds(j)
	if err != nil {
		s.hub.log.Error("read the bounds of a journal", "device", s.device, "journal", j, "err", err)
	}
	cursor, known := s.hub.store.Cursor(j, s.device)
	if channel, ok := j.Channel(); ok && !known {
		if err := s.hub.begin(channel, s.user, s.device); err != nil {
			s.hub.log.Error("start in a channel", "device", s.device, "err", err)
		}
		cursor = last
	}
	start := min(max(cursor, seq), last) // a device may know more than a hub that was restored from a backup
	s.hub.store.Ack(j, s.device, start)
	s.hub.dirty.add(j)
	if first > start+1 {
		s.tellExpired(j, start, first-1-start)
	}
	return start
}

// tellExpired tells a device how many packets it will not get: the hub's limits have taken them.
func (s *session) tellExpired(j store.Journal, after, count uint64) {
	channel, _ := j.Channel()
	detail, err := wire.Marshal(&wire.ExpiredNotice{Channel: channel, After: after, Count: count})
	if err != nil {
		panic(err) // a struct of numbers
	}
	s.deliver(refusalFrame(id.NoMessage, &wire.Error{
		Code: wire.CodeExpired, Sentence: fmt.Sprintf("%d messages expired on the hub before this device fetched them.", count), Detail: detail,
	}))
}

// resume catches up with one journal after the other, and ends when all are live.
func (s *session) resume() {
	for {
		s.mu.Lock()
		if len(s.resuming) == 0 {
			s.mu.Unlock()
			return
		}
		sub := s.resuming[0]
		s.mu.Unlock()
		s.catchUp(sub)
		s.mu.Lock()
		s.resuming = s.resuming[1:]
		if len(s.resuming) == 0 {
			s.resuming = nil
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
	}
}

// catchUp sends what the journal holds, until the subscription can go live.
func (s *session) catchUp(sub *subscription) {
	for upTo := sub.after; ; {
		published, left := sub.state()
		if left || s.isGone() {
			return
		}
		entries, err := s.hub.store.Read(sub.room.journal, upTo, resumeEntries, resumeBytes)
		if err != nil {
			s.cut(s.refusalOf("read a journal", err), keepQueue)
			return
		}
		if len(entries) > 0 {
			upTo = s.sendStored(sub.room.journal, upTo, entries)
			continue
		}
		// What was published and is not there to be read is gone: trimmed or expired.
		if upTo = max(upTo, published); sub.room.join(sub, upTo) {
			s.tellLive(sub.room.journal, upTo)
			return
		}
	}
}

// tellLive tells a device that it has been sent all that a journal holds: what follows is new.
func (s *session) tellLive(j store.Journal, upTo uint64) {
	channel, _ := j.Channel()
	s.post(signal(wire.KindLive, id.NoMessage, &wire.Ack{Channel: channel, Seq: upTo}))
}

// sendStored sends entries in one write, without the device's own, and returns the last sequence. The device's cursor passes
// its own entries as far as nothing of others lies before them that it has not acknowledged.
func (s *session) sendStored(j store.Journal, upTo uint64, entries []store.Stored) uint64 {
	batch := make([]byte, 0, maxBatch)
	for _, e := range entries {
		if from, err := senderOf(e.Frame); err != nil {
			s.hub.log.Error("stored packet is damaged; restore the hub's data from a backup", "device", s.device, "journal", j, "seq", e.Seq, "err", err)
		} else if from != s.device {
			batch = stampStored(batch, e)
		}
		if cursor, ok := s.hub.store.Cursor(j, s.device); ok && cursor == upTo && len(batch) == 0 {
			s.hub.store.Ack(j, s.device, e.Seq)
		}
		upTo = e.Seq
	}
	if len(batch) > 0 {
		s.send(batch)
		s.hub.counters.deliveries.Add(uint64(len(entries)))
	}
	return upTo
}
