package media

import (
	"context"
	"sync"
)

// queue takes samples from a device's thread, which must not wait, and gives them to who reads. What nobody reads in time
// is left out, oldest first.
type queue struct {
	mu      sync.Mutex // guards the following
	samples []float32
	failed  error
	more    chan struct{} // has one entry when something changed
}

// mostWaiting is the samples that may wait: 200 ms.
const mostWaiting = 48000 / 5

func newQueue() *queue { return &queue{more: make(chan struct{}, 1)} }

func (q *queue) put(samples []float32) {
	q.mu.Lock()
	if q.failed != nil {
		q.mu.Unlock()
		return
	}
	q.samples = append(q.samples, samples...)
	if over := len(q.samples) - mostWaiting; over > 0 {
		q.samples = append(q.samples[:0], q.samples[over:]...)
	}
	q.mu.Unlock()
	q.wake()
}

// fail ends the reading with a sentence, after what is there.
func (q *queue) fail(err error) {
	q.mu.Lock()
	if q.failed == nil {
		q.failed = err
	}
	q.mu.Unlock()
	q.wake()
}

// end has no more read, not even what is there.
func (q *queue) end() {
	q.mu.Lock()
	q.samples, q.failed = nil, errClosed
	q.mu.Unlock()
	q.wake()
}

func (q *queue) wake() {
	select {
	case q.more <- struct{}{}:
	default:
	}
}

// read fills out, waiting for it.
func (q *queue) read(ctx context.Context, out []float32) error {
	for {
		if full, err := q.try(out); full || err != nil {
			return err
		}
		select {
		case <-q.more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (q *queue) try(out []float32) (bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.samples) >= len(out) {
		copy(out, q.samples)
		q.samples = append(q.samples[:0], q.samples[len(out):]...)
		return true, nil
	}
	return false, q.failed
}
