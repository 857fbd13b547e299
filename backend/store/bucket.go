package store

import (
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
)

// Bucket is an ordered set of rows: keys in byte order (1 to 32768 bytes, in clear in the file), values sealed.
type Bucket struct {
	tx         *Tx
	name       []byte // in the file
	bolt       *bbolt.Bucket
	looked     bool   // bolt is what the file has, nil for an absent bucket
	associated []byte // its first prefix bytes name the bucket; the rest is scratch for a row's key
	prefix     int
	changes    int // counts Put, Delete and Drop: a Range under way seeks again
}

// open finds the bucket in the file; bolt stays nil when there is none.
func (b *Bucket) open() error {
	if b.looked {
		return nil
	}
	err := guard(func() { b.bolt = b.tx.bolt.Bucket(b.name) })
	b.looked = err == nil
	return err
}

// create is open for a bucket that is about to be written.
func (b *Bucket) create() error {
	if err := b.open(); err != nil || b.bolt != nil {
		return err
	}
	var createErr error
	err := guard(func() { b.bolt, createErr = b.tx.bolt.CreateBucket(b.name) })
	if err = errors.Join(err, createErr); err != nil {
		return sentence(err)
	}
	return nil
}

func (b *Bucket) associatedWith(key []byte) []byte {
	b.associated = append(b.associated[:b.prefix], key...)
	return b.associated
}

// Get returns the value at key as a slice of the caller's own, or nil, nil when there is none. The error wraps
// ErrDamaged.
func (b *Bucket) Get(key []byte) ([]byte, error) {
	if err := b.open(); err != nil || b.bolt == nil {
		return nil, err
	}
	var value []byte
	var openErr error
	err := guard(func() {
		if sealed := b.bolt.Get(key); sealed != nil {
			value, openErr = b.tx.store.unseal(b.associatedWith(key), sealed)
		}
	})
	return value, errors.Join(err, openErr)
}

// Put sets the value at key, at most MaxValue bytes. It keeps no reference to either.
func (b *Bucket) Put(key, value []byte) error {
	if len(value) > MaxValue {
		return fmt.Errorf("a row of %d bytes is too large for the profile's store; at most %d fit", len(value), MaxValue)
	}
	if err := b.create(); err != nil {
		return err
	}
	b.changes++
	sealed := b.tx.store.seal(b.associatedWith(key), value)
	var putErr error
	err := guard(func() { putErr = b.bolt.Put(key, sealed) })
	if err = errors.Join(err, putErr); err != nil {
		return sentence(err)
	}
	return nil
}

// Delete removes the row at key; an absent one is no error.
func (b *Bucket) Delete(key []byte) error {
	if err := b.open(); err != nil || b.bolt == nil {
		return err
	}
	b.changes++
	var deleteErr error
	err := guard(func() { deleteErr = b.bolt.Delete(key) })
	if err = errors.Join(err, deleteErr); err != nil {
		return sentence(err)
	}
	return nil
}

// NextSequence returns 1, 2, 3 and so on: a number that this bucket has not given before. Drop starts it anew.
func (b *Bucket) NextSequence() (uint64, error) {
	if err := b.create(); err != nil {
		return 0, err
	}
	var number uint64
	var nextErr error
	err := guard(func() { number, nextErr = b.bolt.NextSequence() })
	if err = errors.Join(err, nextErr); err != nil {
		return 0, sentence(err)
	}
	return number, nil
}

// Len counts the rows without opening them; it walks all of them.
func (b *Bucket) Len() (int, error) {
	if err := b.open(); err != nil || b.bolt == nil {
		return 0, err
	}
	count := 0
	err := guard(func() {
		cursor := b.bolt.Cursor()
		for key, _ := cursor.First(); key != nil; key, _ = cursor.Next() {
			count++
		}
	})
	return count, err
}

// Empty tells whether the bucket has no rows.
func (b *Bucket) Empty() (bool, error) {
	if err := b.open(); err != nil || b.bolt == nil {
		return true, err
	}
	empty := true
	err := guard(func() {
		key, _ := b.bolt.Cursor().First()
		empty = key == nil
	})
	return empty, err
}
