package bolt

import (
	"bytes"
	"fmt"

	"go.etcd.io/bbolt"

	"gossip/signaling/store"
)

// Append queues an entry for the next batch.
func (s *Store) Append(j store.Journal, e store.Entry, done func(store.Position, error)) {
	op := operation{
		journal: j, frame: e.Frame, done: done,
		entry: entryHeader{expires: milliseconds(e.Expires), id: e.ID},
	}
	switch {
	case j == store.Journal{}:
		op.refused = fmt.Errorf("an entry needs a journal: %w", store.ErrInvalid)
	case len(e.Frame) > store.MaxFrame:
		op.refused = fmt.Errorf("a frame of %d bytes is over the limit of %d: %w", len(e.Frame), store.MaxFrame, store.ErrInvalid)
	}
	if !s.queue.add(op) {
		go done(store.Position{}, store.ErrClosed) // the committing goroutine is gone, and the caller may hold a lock
	}
}

// append gives an entry the next sequence of its journal, unless the journal knows its id already.
func (b *batch) append(op *operation) error {
	h, err := b.head(op.journal)
	if err != nil {
		return err
	}
	name := idKey(h.number, op.entry.id)
	if known := b.ids.Get(name); known != nil {
		return b.repeat(op, h.number, known)
	}
	h.last++
	h.bytes += int64(len(op.frame))
	op.position = store.Position{Seq: h.last, At: fromMilliseconds(op.entry.at)}
	if err := b.ids.Put(name, sequence(h.last)); err != nil {
		return err
	}
	if op.entry.expires != 0 {
		if err := b.expiry.Put(expiryKey(op.entry.expires, h.number, h.last), nil); err != nil {
			return err
		}
	}
	value := make([]byte, 0, entryHeaderSize+len(op.frame))
	return b.entries.Put(entryKey(h.number, h.last), appendEntry(value, op.entry, op.frame))
}

// repeat answers an append whose id is known with the position that it has, or had.
func (b *batch) repeat(op *operation, number uint64, known []byte) error {
	seq, at, err := decodeID(known)
	if err != nil {
		return err
	}
	if at == 0 {
		first, _, err := decodeEntry(b.entries.Get(entryKey(number, seq)))
		if err != nil {
			return err
		}
		at = first.at
	}
	op.position = store.Position{Seq: seq, At: fromMilliseconds(at), Duplicate: true}
	return nil
}

// head returns the state of a journal for the batch to change, and makes the journal if there is none.
func (b *batch) head(j store.Journal) (*head, error) {
	if h := b.heads[j]; h != nil {
		return h, nil
	}
	h, err := readHead(b.journals, j)
	if err != nil {
		return nil, err
	}
	if h.number == 0 {
		if h.number, err = b.journals.NextSequence(); err != nil {
			return nil, err
		}
	}
	b.heads[j] = &h
	return &h, nil
}

// readHead returns the zero head for a journal that is not there.
func readHead(journals *bbolt.Bucket, j store.Journal) (head, error) {
	value := journals.Get(j.Key())
	if value == nil {
		return head{}, nil
	}
	return decodeHead(value)
}

func (b *batch) putHeads() error {
	for j, h := range b.heads {
		if err := b.journals.Put(j.Key(), h.encode()); err != nil {
			return err
		}
	}
	return nil
}

// Read returns the entries after a sequence that have not expired.
func (s *Store) Read(j store.Journal, after uint64, maxEntries, maxBytes int) (found []store.Stored, err error) {
	if after == ^uint64(0) {
		return nil, nil
	}
	moment := now()
	err = s.view(func(tx *bbolt.Tx) error {
		h, err := readHead(tx.Bucket(journalsBucket), j)
		if err != nil || h.number == 0 {
			return err
		}
		size := 0
		return eachEntry(tx, h.number, after+1, func(seq uint64, e entryHeader, frame []byte) bool {
			if e.expires != 0 && e.expires <= moment {
				return true
			}
			if size += len(frame); len(found) >= maxEntries || (size > maxBytes && len(found) > 0) {
				return false
			}
			found = append(found, store.Stored{
				Seq: seq, At: fromMilliseconds(e.at),
				Entry: store.Entry{ID: e.id, Expires: fromMilliseconds(e.expires), Frame: bytes.Clone(frame)},
			})
			return true
		})
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// eachEntry visits the entries of a journal from a sequence on until visit returns false. Frames are the file's own memory.
func eachEntry(tx *bbolt.Tx, number, from uint64, visit func(seq uint64, e entryHeader, frame []byte) bool) error {
	c := tx.Bucket(entriesBucket).Cursor()
	for k, v := c.Seek(entryKey(number, from)); k != nil; k, v = c.Next() {
		n, seq, ok := splitEntryKey(k)
		if !ok {
			return errLayout
		}
		if n != number {
			return nil
		}
		e, frame, err := decodeEntry(v)
		if err != nil {
			return err
		}
		if !visit(seq, e, frame) {
			return nil
		}
	}
	return nil
}

// Bounds returns what a journal holds.
func (s *Store) Bounds(j store.Journal) (first, last uint64, size int64, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		h, err := readHead(tx.Bucket(journalsBucket), j)
		if err != nil {
			return err
		}
		first, last, size = h.last+1, h.last, h.bytes
		return eachEntry(tx, h.number, 0, func(seq uint64, _ entryHeader, _ []byte) bool {
			first = seq
			return false
		})
	})
	return first, last, size, err
}
