package hub

import (
	"slices"
	"sync"
	"time"
)

// noticePause is the least time between two rounds of notices: what comes meanwhile is merged, so that a thousand
// people who join a channel of a thousand do not make a million writes.
const noticePause = 50 * time.Millisecond

// notices are frames for sessions wherever they stand, such as presence and channel updates: told in order, by one
// goroutine that is there while there are any, and never waiting for a slow session.
type notices struct {
	hub *Hub

	mu      sync.Mutex // guards the following
	pending []notice
	running bool
}

type notice struct {
	to    []*session
	frame []byte
}

// tell queues a notice and never blocks.
func (n *notices) tell(to []*session, frame []byte) {
	if len(to) == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pending = append(n.pending, notice{to, slices.Clip(frame)})
	if !n.running {
		n.running = true
		n.hub.children.Go(n.run)
	}
}

func (n *notices) run() {
	for {
		n.mu.Lock()
		pending := n.pending
		n.pending = nil
		n.running = len(pending) > 0
		n.mu.Unlock()
		if len(pending) == 0 {
			return
		}
		n.spread(pending)
		time.Sleep(noticePause)
	}
}

// spread makes one round of notices, each session's in one write, and returns when all are handed over.
func (n *notices) spread(pending []notice) {
	var sessions []*session
	frames := map[*session][]byte{}
	for _, notice := range pending {
		for _, s := range notice.to {
			if _, seen := frames[s]; !seen {
				sessions = append(sessions, s)
				frames[s] = notice.frame // shared: its capacity is its length
				continue
			}
			frames[s] = append(frames[s], notice.frame...)
		}
	}
	over := make(chan struct{})
	r := &round{
		hub: n.hub, size: len(sessions), over: func() { close(over) },
		frames: func(i int) (*session, []byte) { return sessions[i], frames[sessions[i]] },
	}
	n.hub.children.Go(r.run)
	<-over
}
