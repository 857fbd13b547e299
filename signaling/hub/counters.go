package hub

import "sync/atomic"

// counters say what the hub has done since it began.
type counters struct {
	logins, deliveries, writes, replaced, slow, flooded, rateRefused, transientDropped atomic.Uint64
}

// Stats are counts since the hub began, and what is there now.
type Stats struct {
	Sessions         int
	Calls            int // that run in channels
	CallDevices      int // in them
	Logins           uint64
	Deliveries       uint64 // packets handed to sessions
	Writes           uint64 // writes that carried them
	Replaced         uint64 // sessions ended by a second connection of their device
	Slow             uint64 // sessions cut because they did not read
	Flooded          uint64 // sessions cut because they sent too much
	RateRefused      uint64 // packets refused for their rate
	TransientDropped uint64 // stream packets dropped for their rate
}

// Stats returns the present counts.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	sessions := len(h.sessions)
	h.mu.Unlock()
	c := &h.counters
	running, inCalls := h.calls.count()
	return Stats{
		Sessions: sessions, Calls: running, CallDevices: inCalls, Logins: c.logins.Load(), Deliveries: c.deliveries.Load(), Writes: c.writes.Load(), Replaced: c.replaced.Load(),
		Slow: c.slow.Load(), Flooded: c.flooded.Load(), RateRefused: c.rateRefused.Load(), TransientDropped: c.transientDropped.Load(),
	}
}
