package hub

import (
	"sync"
	"sync/atomic"
	"time"

	"gossip/common/id"
)

// stuckAfter is how long a pass may stand still before another goroutine helps it on.
const stuckAfter = 2 * time.Millisecond

// pass brings one batch of deliveries to everyone in a room. Several goroutines may work on it: each takes the next
// target, hands the batch over, which never blocks, and then, when the target was idle, writes to it, which may. The
// goroutine that makes the last handover starts the room's next pass, so a target always gets batches in order and a
// slow one holds up nobody but itself.
type pass struct {
	room       *room
	deliveries []*delivery
	targets    []*subscription
	batch      []byte // all frames
	first      uint64 // the lowest sequence of the batch; 0 when it holds none
	senders    []id.DeviceID

	taken  atomic.Int64 // targets
	handed atomic.Int64

	mu       sync.Mutex // guards the following
	watchdog *time.Timer
	seen     int64 // taken when the watchdog last looked
	over     bool
}

func newPass(r *room, deliveries []*delivery, targets []*subscription, size int) *pass {
	p := &pass{room: r, deliveries: deliveries, targets: targets}
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

// spread works on the pass, and sees that it goes on when this goroutine is held up.
func (p *pass) spread() {
	if len(p.targets) == 0 {
		p.end()
		return
	}
	if len(p.targets) > 1 {
		p.mu.Lock()
		p.watchdog = time.AfterFunc(stuckAfter, p.watch)
		p.mu.Unlock()
	}
	p.work()
}

// watch starts another worker when none of those at work has taken a target for a while.
func (p *pass) watch() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	if taken := p.taken.Load(); taken != p.seen {
		p.seen = taken
	} else if taken < int64(len(p.targets)) {
		p.room.hub.children.Go(p.work)
	}
	p.watchdog.Reset(stuckAfter)
}

func (p *pass) work() {
	for {
		i := p.taken.Add(1) - 1
		if i >= int64(len(p.targets)) {
			return
		}
		sub := p.targets[i]
		frames := p.framesFor(sub)
		mustWrite := len(frames) > 0 && sub.session.accept(frames)
		if p.handed.Add(1) == int64(len(p.targets)) {
			p.end()
		}
		if mustWrite {
			sub.session.writeOut(frames)
		}
	}
}

// end lets the senders go on and gives the room to its next pass.
func (p *pass) end() {
	p.mu.Lock()
	p.over = true
	if p.watchdog != nil {
		p.watchdog.Stop()
	}
	p.mu.Unlock()
	p.room.hub.counters.deliveries.Add(uint64(len(p.deliveries) * len(p.targets)))
	for _, d := range p.deliveries {
		if d.sent != nil {
			d.sent.release()
		}
	}
	if next := p.room.next(); next != nil {
		p.room.hub.children.Go(next.spread)
	}
}

// framesFor is the batch, without what the subscriber sent itself or has had from the store.
func (p *pass) framesFor(sub *subscription) []byte {
	own := contains(p.senders, sub.session.device)
	if !own && (p.first == 0 || p.first > sub.after) {
		return p.batch
	}
	var frames []byte
	for _, d := range p.deliveries {
		if d.from == sub.session.device {
			p.passOwn(sub, d.seq)
			continue
		}
		if d.seq == 0 || d.seq > sub.after {
			frames = append(frames, d.frame...)
		}
	}
	return frames
}

// passOwn moves the sender's cursor past its own packet, when it has everything before.
func (p *pass) passOwn(sub *subscription, seq uint64) {
	h, device := p.room.hub, sub.session.device
	if cursor, ok := h.store.Cursor(p.room.journal, device); ok && seq != 0 && cursor == seq-1 {
		h.store.Ack(p.room.journal, device, seq)
	}
}
