package hub

import (
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"gossip/common/id"
	"gossip/common/wire"
	"gossip/signaling/store"
)

// session is one device that is logged in. An idle one has no goroutine but its reader.
type session struct {
	hub *Hub

	// What every delivery touches stands together, in two lines of the processor's cache.
	conn         Conn
	mu           sync.Mutex   // guards writing, gone, queue, queued, drained, subscriptions and resuming
	writing      bool         // some goroutine writes, and takes what is in queue afterwards
	gone         bool         // cut or ended: nothing more is queued
	busy         atomic.Bool  // has had a batch of data: its writes are large
	queue        [][]byte     // frames, shared with other sessions
	queued       int          // bytes of queue
	writingSince atomic.Int64 // tick at which the write under way began; 0: none is
	device       id.DeviceID

	user          id.UserID
	drained       chan struct{} // closed when nothing waits any more; nil when nobody asks
	subscriptions map[store.Journal]*subscription
	resuming      []*subscription // still to be caught up, by the goroutine that runs while there are any

	// Of the reader alone.
	packets, acks rate.Limiter
	refused       int       // packets in a row over the rate
	refusedLast   time.Time // when the last of them came
	dropped       int       // bytes read after the session was cut
	slots         chan struct{}
	ended         chan struct{} // closed when the reader has ended

	refuseUntil atomic.Int64 // Unix milliseconds until when data packets are refused, so that order holds
}

func (h *Hub) newSession(conn Conn, user id.UserID) *session {
	sustained, burst := rate.Limit(h.limits.PacketsPerSecond), h.limits.PacketBurst
	return &session{
		hub: h, conn: conn, device: conn.Device(), user: user,
		packets: *rate.NewLimiter(sustained, burst), acks: *rate.NewLimiter(sustained*acksPerPacket, burst*acksPerPacket),
		slots: make(chan struct{}, slotsPerSession), ended: make(chan struct{}), subscriptions: map[store.Journal]*subscription{},
	}
}

// What becomes of the queue of a session that is cut.
const (
	keepQueue = true
	dropQueue = false
)

// cut ends a session for a reason that the device is told, if it still reads.
func (s *session) cut(why *wire.Error, keep bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cutLocked(why, keep)
}

// cutLocked is cut with mu held. Nothing is queued after it: a device must not get what follows on what it missed.
func (s *session) cutLocked(why *wire.Error, keep bool) {
	if s.gone {
		return
	}
	s.gone = true
	if !keep {
		s.queue = nil
	}
	s.queue = append(s.queue, refusalFrame(id.NoMessage, why))
	s.wakeLocked()
	if !s.writing {
		s.writing = true
		s.hub.children.Go(s.drain)
	}
	switch why {
	case errSlow:
		s.hub.counters.slow.Add(1)
	case errFlood:
		s.hub.counters.flooded.Add(1)
	}
	s.hub.log.Debug("session cut", "device", s.device, "code", why.Code)
	s.hub.children.Go(s.linger)
}

// linger closes the connection when the device had the time to read why, and itself did not.
func (s *session) linger() {
	timer := time.NewTimer(lingerTime)
	defer timer.Stop()
	select {
	case <-timer.C:
		s.conn.Close()
	case <-s.ended:
	}
}

// end forgets the session after its reader has ended.
func (s *session) end() {
	s.conn.Close()
	close(s.ended)
	s.mu.Lock()
	s.gone, s.queue, s.queued = true, nil, 0
	s.wakeLocked()
	left := s.subscriptions
	s.subscriptions = nil
	s.mu.Unlock()
	for _, sub := range left {
		s.hub.rooms.leave(sub)
	}
	s.hub.leave(s)
	s.hub.calls.sessionEnded(s, time.Now())
}

// isGone reports whether the session was cut or has ended.
func (s *session) isGone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gone
}
