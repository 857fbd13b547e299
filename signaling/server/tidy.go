package server

import (
	"context"
	"runtime/debug"
	"time"
)

// Logins leave deep stacks and much garbage behind, and a hub that is idle after them would keep both: the collector
// runs by what is allocated. Each collection halves the stacks that are too large.
const (
	tidyEvery  = 10 * time.Second
	tidyLogins = 100 // since the last time
	tidyRounds = 4
)

// tidy returns memory to the system after many logins.
func (s *Server) tidy(ctx context.Context) error {
	every := time.NewTicker(tidyEvery)
	defer every.Stop()
	logins, rounds := uint64(0), 0
	for {
		select {
		case <-every.C:
			if now := s.hub.Stats().Logins; now-logins >= tidyLogins {
				logins, rounds = now, tidyRounds
			}
			if rounds > 0 {
				rounds--
				debug.FreeOSMemory()
			}
		case <-ctx.Done():
			return nil
		}
	}
}
