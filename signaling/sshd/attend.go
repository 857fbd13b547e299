package sshd

import "time"

// A connection that is served gets few requests beside its packets: keepalives. A goroutine that waits for them would
// make each idle connection a tenth larger, so one attendant looks after all of them, shortly after bytes have come.

// attendAfter is how long after bytes came the attendant looks: long enough for the library to have made requests of
// them, short enough for a keepalive.
const attendAfter = 50 * time.Millisecond

// stir has the attendant look at a connection soon.
func (c *connection) stir() {
	if !c.served.Load() || !c.stirred.CompareAndSwap(false, true) {
		return
	}
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stirred = append(s.stirred, c)
	if len(s.stirred) == 1 {
		time.AfterFunc(attendAfter, s.attend)
	}
}

// attend sees that what waits on the connections that were stirred is answered. It never blocks.
func (s *Server) attend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.stirred {
		c.stirred.Store(false)
		if s.open[c] && len(c.requests)+len(c.channels)+len(c.ofChannel) > 0 && c.answering.CompareAndSwap(false, true) {
			s.connections.Go(c.answerWaiting)
		}
	}
	s.stirred = nil
}

// answerWaiting refuses what waits on a connection that is served; a keepalive asks for no more than that.
func (c *connection) answerWaiting() {
	defer c.answering.Store(false)
	for {
		select {
		case asked, open := <-c.channels:
			if !open {
				return
			}
			refuseChannel(asked)
		case request, open := <-c.requests:
			if !open {
				return
			}
			request.Reply(false, nil)
		case request, open := <-c.ofChannel:
			if !open {
				return
			}
			request.Reply(false, nil)
		default:
			return
		}
	}
}
