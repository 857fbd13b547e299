package sshd

import (
	"context"
	"time"
)

// keepalive is the global request that every SSH implementation answers, if only by refusing it.
const keepalive = "keepalive@openssh.com"

// askIdle finds connections whose other end has vanished without a word: it asks those that have been silent for
// IdleTime, and closes them when the answer does not come within half of that again.
func (s *Server) askIdle(ctx context.Context) {
	every := time.NewTicker(s.limits.IdleTime / 4)
	defer every.Stop()
	for {
		select {
		case now := <-every.C:
			for _, c := range s.tracked() {
				c.stir()
				c.askIfIdle(now, s.limits.IdleTime)
			}
		case <-ctx.Done():
			return
		}
	}
}

func (c *connection) askIfIdle(now time.Time, idle time.Duration) {
	silent := now.Sub(time.Unix(0, c.raw.lastRead.Load()))
	switch {
	case silent < idle:
	case silent > idle+idle/2:
		c.server.log.Debug("device does not answer", "device", c.device)
		c.Close()
	case c.asked.CompareAndSwap(false, true):
		c.server.connections.Go(func() {
			c.ssh.SendRequest(keepalive, true, nil) // returns with the answer or with the connection's end
			c.asked.Store(false)
		})
	}
}

func (s *Server) track(c *connection, open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if open {
		s.open[c] = true
	} else {
		delete(s.open, c)
	}
}

func (s *Server) tracked() []*connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*connection, 0, len(s.open))
	for c := range s.open {
		all = append(all, c)
	}
	return all
}
