package hub

import (
	"slices"
	"sync"

	"gossip/common/id"
	"gossip/signaling/store"
)

// rooms are the journals that somebody online follows.
type rooms struct {
	mu sync.Mutex // guards the following
	by map[store.Journal]*room
}

// room is who follows one journal live, and what is on its way to them.
type room struct {
	hub     *Hub
	journal store.Journal

	mu        sync.Mutex // guards the following
	followers int        // subscriptions, live or not: the room is there while there are any
	live      []*subscription
	targets   []target // copy of live that passes work on; nil after live changed
	pending   []*delivery
	published uint64 // the last sequence that came to pending
	running   bool   // a goroutine owns the next pass
}

// subscription is a session that follows a journal.
type subscription struct {
	session *session
	room    *room
	after   uint64 // everything up to this sequence came from the store; does not change once it is live
	left    bool   // guarded by room.mu: it must not go live any more
}

// target is a live subscription as passes see it. They stand side by side, so that a pass finds the next at once.
type target struct {
	session *session
	after   uint64
}

func targetsOf(live []*subscription) []target {
	targets := make([]target, len(live))
	for i, sub := range live {
		targets[i] = target{sub.session, sub.after}
	}
	return targets
}

// delivery is one frame for all who are in the room, but its sender.
type delivery struct {
	seq   uint64 // 0: not of the journal
	from  id.DeviceID
	frame []byte
	sent  *outgoing // nil: nobody waits
}

// enter makes the subscription known, so that the room sees all that is committed from now on. It is not live yet.
func (r *rooms) enter(h *Hub, s *session, j store.Journal) *subscription {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil {
		r.by = map[store.Journal]*room{}
	}
	in := r.by[j]
	if in == nil {
		in = &room{hub: h, journal: j}
		r.by[j] = in
	}
	in.mu.Lock()
	in.followers++
	in.mu.Unlock()
	return &subscription{session: s, room: in}
}

// leave ends a subscription.
func (r *rooms) leave(sub *subscription) {
	r.mu.Lock()
	defer r.mu.Unlock()
	in := sub.room
	in.mu.Lock()
	defer in.mu.Unlock()
	sub.left = true
	if at := slices.Index(in.live, sub); at >= 0 {
		last := len(in.live) - 1
		in.live[at], in.live[last] = in.live[last], nil
		in.live = in.live[:last]
		in.targets = nil
	}
	if in.followers--; in.followers == 0 {
		delete(r.by, in.journal)
	}
}

// find returns the room of a journal, or nil when nobody online follows it.
func (r *rooms) find(j store.Journal) *room {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.by[j]
}

// publish passes on what has been put on disk. False when nobody is there.
func (r *rooms) publish(o *outgoing, at store.Position) bool {
	in := r.find(o.journal)
	if in == nil {
		return false
	}
	frame := stamp(make([]byte, 0, len(o.entry)+32), o.entry, at.Seq, uint64(at.At.UnixMilli()), o.expires)
	in.publish(&delivery{seq: at.Seq, from: o.from, frame: frame, sent: o})
	return true
}

// publishFrame passes on what no journal holds.
func (r *rooms) publishFrame(j store.Journal, from id.DeviceID, frame []byte) {
	if in := r.find(j); in != nil {
		in.publish(&delivery{from: from, frame: frame})
	}
}

// publish queues a delivery for the next pass. It does not block.
func (r *room) publish(d *delivery) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending = append(r.pending, d)
	r.published = max(r.published, d.seq)
	if !r.running {
		r.running = true
		r.hub.children.Go(r.run)
	}
}

// join makes a subscription live if it has everything that was published; false when there is more to read first. One
// that has left meanwhile needs nothing more.
func (r *room) join(sub *subscription, upTo uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case sub.left:
		return true
	case r.published > upTo:
		return false
	}
	sub.after = upTo
	r.live = append(r.live, sub)
	r.targets = nil
	return true
}

// state is the last sequence that has come through the room, and whether the subscription has left it.
func (sub *subscription) state() (published uint64, left bool) {
	sub.room.mu.Lock()
	defer sub.room.mu.Unlock()
	return sub.room.published, sub.left
}

// run makes passes while something is pending. It returns when another goroutine has taken the next pass over.
func (r *room) run() {
	if p := r.next(); p != nil {
		p.run()
	}
}

// next takes what fits into one write, and who gets it. nil, and no owner, when nothing is pending.
func (r *room) next() *pass {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.pending) == 0 {
		r.running, r.pending = false, nil
		return nil
	}
	count, size := 0, 0
	for count < len(r.pending) && (count == 0 || size+len(r.pending[count].frame) <= maxBatch) {
		size += len(r.pending[count].frame)
		count++
	}
	taken := r.pending[:count:count]
	r.pending = r.pending[count:]
	if r.targets == nil {
		r.targets = targetsOf(r.live)
	}
	return newPass(r, taken, r.targets, size)
}
