package store

import (
	"errors"

	"go.etcd.io/bbolt"
)

// Tx is a transaction: a consistent picture of the whole store and, inside Update, changes that happen together or not
// at all. It belongs to the goroutine that runs the function it was given to and ends with it.
type Tx struct {
	store   *Store
	bolt    *bbolt.Tx
	buckets map[string]*Bucket // by name in the file
	commits []func()
	failed  error // the first error inside a Range, which its loop can't return
}

// View runs do on a read-only picture of the store. It does not wait for writers. Don't call Update inside it.
// It returns do's error, or ErrDamaged where a Range inside met a damaged value.
func (s *Store) View(do func(*Tx) error) error {
	tx, err := s.begin(false)
	if err != nil {
		return err
	}
	defer guard(func() { tx.bolt.Rollback() })
	return tx.run(do)
}

// Update runs do and makes its changes durable with one fsync, or drops them all when do fails, panics, or the disk
// refuses. One Update runs at a time. Don't call View or Update inside it.
func (s *Store) Update(do func(*Tx) error) error {
	s.writer.Lock()
	defer s.writer.Unlock()
	tx, err := s.begin(true)
	if err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed {
			guard(func() { tx.bolt.Rollback() })
		}
	}()
	if err := tx.run(do); err != nil {
		return err
	}
	var commitErr error
	err = guard(func() { commitErr = tx.bolt.Commit() })
	if err = errors.Join(err, commitErr); err != nil {
		return sentence(err)
	}
	committed = true
	for _, run := range tx.commits {
		run()
	}
	return nil
}

func (t *Tx) run(do func(*Tx) error) error {
	if err := do(t); err != nil {
		return err
	}
	return t.failed
}

func (s *Store) begin(writable bool) (*Tx, error) {
	var bolt *bbolt.Tx
	var beginErr error
	err := guard(func() { bolt, beginErr = s.db.Begin(writable) })
	if err = errors.Join(err, beginErr); err != nil {
		return nil, sentence(err)
	}
	return &Tx{store: s, bolt: bolt, buckets: make(map[string]*Bucket)}, nil
}

// OnCommit has run called after this transaction's changes are durable, in the order of commits and before the next
// Update starts: so it must be quick and must not use the store. It is not called when the transaction fails.
func (t *Tx) OnCommit(run func()) { t.commits = append(t.commits, run) }

// Bucket returns the bucket of that name, for example Bucket("messages", hub[:], channel[:]). It exists from the
// first Put on; an absent one is empty. The name is a constant of the program and stands in clear in the file; the
// scopes do not.
func (t *Tx) Bucket(name string, scope ...[]byte) *Bucket {
	full := t.store.scopes.bucketName(name, scope)
	if b, known := t.buckets[string(full)]; known {
		return b
	}
	b := &Bucket{tx: t, name: full, associated: associatedPrefix(full)}
	b.prefix = len(b.associated)
	t.buckets[string(full)] = b
	return b
}

// Drop deletes the bucket with all its rows; an absent one is no error.
func (t *Tx) Drop(name string, scope ...[]byte) error {
	b := t.Bucket(name, scope...)
	err := b.open()
	if err != nil || b.bolt == nil {
		return err
	}
	var dropErr error
	err = guard(func() { dropErr = t.bolt.DeleteBucket(b.name) })
	if err = errors.Join(err, dropErr); err != nil {
		return sentence(err)
	}
	b.bolt, b.looked, b.changes = nil, false, b.changes+1
	return nil
}
