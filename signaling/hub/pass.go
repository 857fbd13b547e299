package hub

import (
	"time"

	"gossip/common/id"
)

// pass is the round that brings one batch of deliveries to everyone in a room. Its end starts the room's next pass.
type pass struct {
	round
	room       *room
	deliveries []*delivery
	targets    []target
	batch      []byte // all frames
	first      uint64 // the lowest sequence of the batch; 0 when it holds none
	senders    []id.DeviceID
}

func newPass(r *room, deliveries []*delivery, targets []target, size int) *pass {
	p := &pass{room: r, deliveries: deliveries, targets: targets}
	p.round = round{hub: r.hub, size: len(targets), frames: p.framesOf, over: p.finish}
	if len(deliveries) == 1 {
		p.batch = deliveries[0].frame
	} else {
		p.batch = make([]byte, 0, size)
	}
	for _, d := range deliveries {
		if len(deliveries) > 1 {
			p.batch = append(p.batch, d.frame...)
		}
		if p.first == 0 {
			p.first = d.seq
		}
		if !contains(p.senders, d.from) {
			p.senders = append(p.senders, d.from)
		}
	}
	return p
}

// contains is for the few senders of one batch.
func contains(devices []id.DeviceID, d id.DeviceID) bool {
	for i := range devices {
		if devices[i] == d {
			return true
		}
	}
	return false
}

// A room in which most are behind slows its senders down rather than have everyone cut: after a pass it waits until half
// have caught up, but never so long that the slow ones hold up the others much.
const (
	crowd       = 8 // sessions; in a smaller room a slow one is one too many to wait for
	crowdPause  = 5 * time.Millisecond
	crowdPauses = 20
)

// finish ends the pass, at once or when most of the room have caught up.
func (p *pass) finish() {
	if p.size >= crowd && 2*int(p.queued.Load()) > p.size {
		p.hub.children.Go(p.finishLater)
		return
	}
	p.handOver()
}

func (p *pass) finishLater() {
	for range crowdPauses {
		time.Sleep(crowdPause)
		behind := 0
		for _, sub := range p.targets {
			if sub.session.isWriting() {
				behind++
			}
		}
		if 2*behind <= p.size {
			break
		}
	}
	p.handOver()
}

// handOver lets the senders go on and gives the room to its next pass.
func (p *pass) handOver() {
	p.hub.counters.deliveries.Add(uint64(len(p.deliveries) * len(p.targets)))
	for _, d := range p.deliveries {
		if d.sent != nil {
			d.sent.release()
		}
	}
	if next := p.room.next(); next != nil {
		p.hub.children.Go(next.run)
	}
}

// framesOf is the batch, without what the subscriber sent itself or has had from the store.
func (p *pass) framesOf(i int) (*session, []byte) {
	sub := p.targets[i]
	if p.first == 0 || p.first > sub.after {
		if !contains(p.senders, sub.session.device) {
			if len(p.batch) > smallWrite {
				sub.session.busy.Store(true)
			}
			return sub.session, p.batch
		}
	}
	var frames []byte
	for _, d := range p.deliveries {
		if d.from == sub.session.device {
			p.passOwn(sub.session.device, d.seq)
			continue
		}
		if d.seq == 0 || d.seq > sub.after {
			frames = append(frames, d.frame...)
		}
	}
	return sub.session, frames
}

// passOwn moves the sender's cursor past its own packet, when it has everything before.
func (p *pass) passOwn(device id.DeviceID, seq uint64) {
	h := p.hub
	if cursor, ok := h.store.Cursor(p.room.journal, device); ok && seq != 0 && cursor == seq-1 {
		h.store.Ack(p.room.journal, device, seq)
		h.dirty.add(p.room.journal)
	}
}
