package hub

import "sync"

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
	n.pending = append(n.pending, notice{to, frame})
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
		if len(pending) == 0 {
			n.running = false
			n.mu.Unlock()
			return
		}
		n.mu.Unlock()
		for _, notice := range pending {
			for _, s := range notice.to {
				s.post(notice.frame)
			}
		}
	}
}
