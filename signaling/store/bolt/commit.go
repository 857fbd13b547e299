package bolt

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"gossip/signaling/store"
)

// entriesFill is how full bbolt leaves a page that it splits: entries of a journal only ever come at its end.
const entriesFill = 0.9

// batch is one transaction under way. It belongs to the committing goroutine.
type batch struct {
	tx       *bbolt.Tx
	journals *bbolt.Bucket
	entries  *bbolt.Bucket
	ids      *bbolt.Bucket
	gone     *bbolt.Bucket
	expiry   *bbolt.Bucket
	cursors  *bbolt.Bucket
	heads    map[store.Journal]*head // every journal that the batch has touched
	changes  []change                // for the watchers, once the batch is on disk
}

// change is a store.Change of a kind.
type change struct {
	kind string
	store.Change
}

func newBatch(tx *bbolt.Tx) *batch {
	b := &batch{
		tx:       tx,
		journals: tx.Bucket(journalsBucket),
		entries:  tx.Bucket(entriesBucket),
		ids:      tx.Bucket(idsBucket),
		gone:     tx.Bucket(goneBucket),
		expiry:   tx.Bucket(expiryBucket),
		cursors:  tx.Bucket(cursorsBucket),
		heads:    make(map[store.Journal]*head),
	}
	b.entries.FillPercent = entriesFill
	return b
}

// commitLoop is the committing goroutine: it ends when the queue is closed and empty, and closes the file.
func (s *Store) commitLoop() {
	defer close(s.ended)
	var operations []operation
	for range s.queue.wake {
		var closed bool
		operations, closed = s.queue.take(operations)
		if len(operations) > 0 {
			s.commit(operations, false)
			clear(operations)
		} else if closed {
			s.commit(nil, true)
			break
		}
		if closed {
			s.queue.signal() // once more for what is left, or for the end
		}
	}
	s.closeWatchers()
	if s.broken != nil {
		s.err = s.broken // closing would wait for the lost transaction's locks; the file goes free with the process
		return
	}
	s.err = s.db.Close()
}

// commit puts a batch on disk as one transaction and answers each of its operations.
func (s *Store) commit(operations []operation, last bool) {
	flushed := s.takeDirty(last || slices.ContainsFunc(operations, func(op operation) bool { return op.flush }))
	if len(operations) == 0 && len(flushed) == 0 {
		return
	}
	done, err := s.write(operations, flushed)
	s.note(err)
	if err != nil {
		s.restoreDirty(flushed)
		err = fmt.Errorf("the hub cannot write to its disk: %w", err)
	} else {
		s.publish(done)
	}
	answer(operations, err)
}

// write runs the transaction of a batch. After one that bbolt did not survive there are no more.
func (s *Store) write(operations []operation, flushed []cursorState) (done *batch, err error) {
	if s.broken != nil {
		return nil, s.broken
	}
	err = guarded(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			done = newBatch(tx)
			return done.apply(operations, flushed)
		})
	})
	if _, ok := errors.AsType[brokenError](err); ok {
		s.broken = err
	}
	return done, err
}

// note logs when writing begins to fail and when it works again.
func (s *Store) note(err error) {
	if err != nil && !s.failing {
		s.log.Error("cannot write hub.db: nothing is accepted until this is mended", "file", s.path, "error", err)
	}
	if err == nil && s.failing {
		s.log.Info("hub.db can be written again", "file", s.path)
	}
	s.failing = err != nil
}

// apply makes all changes of a batch; an error undoes them all.
func (b *batch) apply(operations []operation, flushed []cursorState) error {
	for i := range operations {
		if err := b.applyOne(&operations[i]); err != nil {
			return err
		}
	}
	if err := b.putCursors(flushed); err != nil {
		return err
	}
	return b.putHeads()
}

func (b *batch) applyOne(op *operation) error {
	switch {
	case op.run != nil:
		return op.run(b)
	case op.refused != nil:
		return nil
	}
	return b.append(op)
}

// answer tells everyone waiting for a batch how it went.
func answer(operations []operation, err error) {
	for i := range operations {
		op := &operations[i]
		switch {
		case op.run != nil:
			op.finished <- err
		case op.refused != nil:
			op.done(store.Position{}, op.refused)
		case err != nil:
			op.done(store.Position{}, err)
		default:
			op.done(op.position, nil)
		}
	}
}

// submit runs something within the next batch and returns when that is on disk.
func (s *Store) submit(run func(*batch) error) error {
	return s.wait(operation{run: run})
}

// flush puts the cursors on disk.
func (s *Store) flush() error {
	return s.wait(operation{run: func(*batch) error { return nil }, flush: true})
}

func (s *Store) wait(op operation) error {
	op.finished = make(chan error, 1)
	if !s.queue.add(op) {
		return store.ErrClosed
	}
	return <-op.finished
}

// view runs a read transaction, and says it plainly when the store is closed.
func (s *Store) view(read func(*bbolt.Tx) error) error {
	err := guarded(func() error { return s.db.View(read) })
	if s.isShut() {
		return store.ErrClosed
	}
	return err
}

// publish makes known what a batch has put on disk.
func (s *Store) publish(b *batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for j, h := range b.heads {
		if c := s.journals[j]; c != nil {
			c.last = max(c.last, h.last)
		}
	}
	for i := range b.changes {
		s.notify(&b.changes[i])
	}
}

// now is the time of an append. A hub's clock that was set back makes At go back too; sequences never do.
func now() int64 { return max(1, time.Now().UnixMilli()) }
