package store

import (
	"bytes"
	"errors"
	"iter"

	"go.etcd.io/bbolt"
)

// Range goes through the rows with from <= key < to, the last first when reverse. A nil from or to means no bound on
// that side, a limit of 0 no limit. Keys and values are the caller's own. The bucket may be changed meanwhile: the
// loop goes on behind the key that it gave last.
//
// At a damaged value the loop ends early, and the View or Update around it returns the error, an Update dropping its
// changes: so no caller takes a part for the whole.
func (b *Bucket) Range(from, to []byte, reverse bool, limit int) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		walk := walk{bucket: b, from: from, to: to, reverse: reverse}
		for count := 0; limit <= 0 || count < limit; count++ {
			key, value, err := walk.next()
			if err != nil && b.tx.failed == nil {
				b.tx.failed = err
			}
			if err != nil || key == nil || !yield(key, value) {
				return
			}
		}
	}
}

// Seek returns the first row with a key at or after from; a nil key when there is none.
func (b *Bucket) Seek(from []byte) (key, value []byte, err error) {
	walk := walk{bucket: b, from: from}
	return walk.next()
}

// Last returns the row with the greatest key; a nil key when the bucket is empty.
func (b *Bucket) Last() (key, value []byte, err error) {
	walk := walk{bucket: b, reverse: true}
	return walk.next()
}

// walk is a Range under way.
type walk struct {
	bucket   *Bucket
	from, to []byte
	reverse  bool
	cursor   *bbolt.Cursor
	last     []byte // the key given last
	changes  int    // the bucket's changes that the cursor knows
}

func (w *walk) next() (key, value []byte, err error) {
	b := w.bucket
	if err := b.open(); err != nil || b.bolt == nil {
		return nil, nil, err
	}
	var openErr error
	err = guard(func() {
		found, sealed := w.step()
		if len(found) > bbolt.MaxKeySize {
			openErr = ErrDamaged // no Put made this: a length in the page is wrong
			return
		}
		if found == nil || !w.within(found) {
			return
		}
		if value, openErr = b.tx.store.unseal(b.associatedWith(found), sealed); openErr == nil {
			key = bytes.Clone(found)
		}
	})
	w.last, w.changes = key, b.changes
	return key, value, errors.Join(err, openErr)
}

func (w *walk) step() (key, sealed []byte) {
	switch {
	case w.last != nil && w.changes == w.bucket.changes && !w.reverse:
		return w.cursor.Next()
	case w.last != nil && w.changes == w.bucket.changes:
		if key, sealed = w.cursor.Prev(); key != nil {
			return key, sealed
		}
	}
	w.cursor = w.bucket.bolt.Cursor()
	if w.reverse {
		return w.seekBefore()
	}
	return w.seekAfter()
}

// seekAfter finds the first key that was not given yet.
func (w *walk) seekAfter() (key, sealed []byte) {
	if w.last == nil && w.from == nil {
		return w.cursor.First()
	}
	if w.last == nil {
		return w.cursor.Seek(w.from)
	}
	return w.cursor.Seek(append(bytes.Clone(w.last), 0)) // the next key in byte order
}

// seekBefore finds the last key that was not given yet. Deleting leaves empty pages in the tree until the commit;
// bbolt's Last goes round for ever when there is nothing else, and its Prev stops at them.
func (w *walk) seekBefore() (key, sealed []byte) {
	first, _ := w.bucket.bolt.Cursor().First()
	bound := w.to
	if w.last != nil {
		bound = w.last
	}
	if first == nil || (bound != nil && bytes.Compare(first, bound) >= 0) {
		return nil, nil
	}
	if bound == nil {
		return w.cursor.Last()
	}
	if key, _ = w.cursor.Seek(bound); key == nil {
		if key, sealed = w.cursor.Last(); bytes.Compare(key, bound) < 0 {
			return key, sealed
		}
	}
	for key == nil || bytes.Compare(key, bound) >= 0 { // ends at first, if not before
		key, sealed = w.cursor.Prev()
	}
	return key, sealed
}

func (w *walk) within(key []byte) bool {
	return bytes.Compare(key, w.from) >= 0 && (w.to == nil || bytes.Compare(key, w.to) < 0)
}
