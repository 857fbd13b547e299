package hub

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// stuckAfter is how long a round may stand still before another goroutine helps it on. Most rounds are over before
// anybody looks: waking up for that costs more than a write.
const stuckAfter = 5 * time.Millisecond

// sessionsPerWorker is how many sessions are worth a worker from the start, where there are processors for it: about two
// milliseconds of writing.
const sessionsPerWorker = 200

// round brings frames to a number of sessions. Several goroutines may work on it: each takes the next session, hands
// its frames over, which never blocks, and then, when the session was idle, writes to it, which may. When all are
// handed over the round is over, whatever is still being written: so whoever makes one round after the other gives each
// session its frames in order, and a slow one holds up nobody but itself.
type round struct {
	hub  *Hub
	size int
	// frames says what session i gets; nothing is nothing. It is called once for each.
	frames func(i int) (*session, []byte)
	// over is called once, by the goroutine that made the last handover, and must not block.
	over func()

	taken  atomic.Int64
	handed atomic.Int64
	queued atomic.Int64 // sessions that were still writing what they had before

	mu       sync.Mutex // guards the following
	watchdog *time.Timer
	seen     int64 // taken when the watchdog last looked
	ended    bool
}

// run works on the round, and sees that it goes on when this goroutine is held up.
func (r *round) run() {
	if r.size == 0 {
		r.over()
		return
	}
	if r.size > 1 {
		r.mu.Lock()
		r.watchdog = time.AfterFunc(stuckAfter, r.watch)
		r.mu.Unlock()
	}
	for range min(runtime.GOMAXPROCS(0), r.size/sessionsPerWorker) - 1 {
		r.hub.children.Go(r.work)
	}
	r.work()
}

func (r *round) work() {
	for {
		i := int(r.taken.Add(1)) - 1
		if i >= r.size {
			return
		}
		s, frames := r.frames(i)
		mustWrite := len(frames) > 0 && s.accept(frames)
		if len(frames) > 0 && !mustWrite {
			r.queued.Add(1)
		}
		if int(r.handed.Add(1)) == r.size {
			r.end()
		}
		if mustWrite {
			s.writeOut(frames)
		}
	}
}

// watch starts another worker when none of those at work has taken a session for a while.
func (r *round) watch() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	if taken := r.taken.Load(); taken != r.seen {
		r.seen = taken
	} else if int(taken) < r.size {
		r.hub.children.Go(r.work)
	}
	r.watchdog.Reset(stuckAfter)
}

func (r *round) end() {
	r.mu.Lock()
	r.ended = true
	if r.watchdog != nil {
		r.watchdog.Stop()
	}
	r.mu.Unlock()
	r.over()
}
