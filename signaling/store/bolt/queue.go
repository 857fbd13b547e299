package bolt

import (
	"slices"
	"sync"

	"gossip/signaling/store"
)

// The size of one batch: what one transaction holds in memory, and how long an operation may wait for the others.
const (
	batchOperations = 4096
	batchBytes      = 8 << 20
)

// queuedBytes is how much may wait for the disk before appends are answered with store.ErrBusy.
const queuedBytes = 256 << 20

// operationBytes is what a waiting operation costs beside its frame.
const operationBytes = 192

// operation is one append, or, when run is not nil, anything else.
type operation struct {
	journal store.Journal
	entry   entryHeader
	frame   []byte
	refused error // answered in its turn without touching the file
	done    func(store.Position, error)

	position store.Position // the answer

	run      func(*batch) error // an error fails the whole batch
	flush    bool               // write the cursors too, however fresh the last ones are
	finished chan error         // of run; buffered
}

// queue gathers operations in the order of their arrival.
type queue struct {
	wake chan struct{} // holds a token while something is waiting

	mu         sync.Mutex // mu guards the following
	operations []operation
	bytes      int
	closed     bool
}

// add queues an operation; false when the queue is closed.
func (q *queue) add(op operation) bool {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return false
	}
	if op.run == nil && op.refused == nil && q.bytes+len(op.frame) > queuedBytes {
		op.refused, op.frame = store.ErrBusy, nil
	}
	op.entry.at = now() // under the lock, so that times follow sequences
	first := len(q.operations) == 0
	q.operations = append(q.operations, op)
	q.bytes += op.size()
	q.mu.Unlock()
	if first {
		q.signal()
	}
	return true
}

func (op *operation) size() int { return operationBytes + len(op.frame) }

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.signal()
}

// take moves the next batch into reuse, whose memory it may take, and reports whether the queue is closed.
func (q *queue) take(reuse []operation) (batch []operation, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, size := 0, 0
	for n < len(q.operations) && n < batchOperations && size < batchBytes {
		size += q.operations[n].size()
		n++
	}
	batch = append(reuse[:0], q.operations[:n]...)
	q.operations = slices.Delete(q.operations, 0, n)
	q.bytes -= size
	if len(q.operations) > 0 {
		q.signal()
	}
	return batch, q.closed
}
