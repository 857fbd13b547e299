package bolt

import (
	"bytes"
	"fmt"

	"go.etcd.io/bbolt"

	"gossip/signaling/store"
)

// Get returns a record.
func (s *Store) Get(kind, key string) (record store.Record, err error) {
	if err := checkNames(kind, key); err != nil {
		return store.Record{}, err
	}
	err = s.view(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(recordsBucket).Bucket([]byte(kind))
		if bucket == nil {
			return store.ErrNotFound
		}
		stored := bucket.Get([]byte(key))
		if stored == nil {
			return store.ErrNotFound
		}
		record, err = toRecord(key, stored)
		return err
	})
	return record, err
}

func toRecord(key string, stored []byte) (store.Record, error) {
	version, value, err := decodeRecord(stored)
	if err != nil {
		return store.Record{}, err
	}
	return store.Record{Key: key, Value: bytes.Clone(value), Version: version}, nil
}

// List returns the records with a prefix.
func (s *Store) List(kind, prefix string) (records []store.Record, err error) {
	if err := checkNames(kind, prefix+"-"); err != nil {
		return nil, err
	}
	err = s.view(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(recordsBucket).Bucket([]byte(kind))
		if bucket == nil {
			return nil
		}
		c := bucket.Cursor()
		for k, v := c.Seek([]byte(prefix)); k != nil && bytes.HasPrefix(k, []byte(prefix)); k, v = c.Next() {
			record, err := toRecord(string(k), v)
			if err != nil {
				return err
			}
			records = append(records, record)
		}
		return nil
	})
	return records, err
}

// Set writes a record if it has the given version.
func (s *Store) Set(kind, key string, version uint64, value []byte) (uint64, error) {
	if err := checkNames(kind, key); err != nil {
		return 0, err
	}
	if len(value) > store.MaxValue {
		return 0, fmt.Errorf("a value of %d bytes is over the limit of %d: %w", len(value), store.MaxValue, store.ErrInvalid)
	}
	next, conflict := uint64(0), error(nil)
	err := s.submit(func(b *batch) (err error) {
		next, conflict, err = b.set(kind, key, version, value)
		return err
	})
	if err == nil {
		err = conflict
	}
	if err != nil {
		return 0, err
	}
	return next, nil
}

// set returns a conflict apart from an error, which fails the whole batch.
func (b *batch) set(kind, key string, version uint64, value []byte) (next uint64, conflict, err error) {
	bucket, err := b.tx.Bucket(recordsBucket).CreateBucketIfNotExists([]byte(kind))
	if err != nil {
		return 0, nil, err
	}
	present, err := versionOf(bucket, key)
	if err != nil {
		return 0, nil, err
	}
	if present != version {
		return 0, store.ErrConflict, nil
	}
	if next, err = bucket.NextSequence(); err != nil {
		return 0, nil, err
	}
	b.changes = append(b.changes, change{kind, store.Change{
		Record: store.Record{Key: key, Value: bytes.Clone(value), Version: next},
	}})
	return next, nil, bucket.Put([]byte(key), encodeRecord(next, value))
}

// versionOf returns 0 for a record that is not there.
func versionOf(bucket *bbolt.Bucket, key string) (uint64, error) {
	stored := bucket.Get([]byte(key))
	if stored == nil {
		return 0, nil
	}
	version, _, err := decodeRecord(stored)
	return version, err
}

// Delete removes a record if it has the given version.
func (s *Store) Delete(kind, key string, version uint64) error {
	if err := checkNames(kind, key); err != nil {
		return err
	}
	var conflict error
	err := s.submit(func(b *batch) (err error) {
		conflict, err = b.delete(kind, key, version)
		return err
	})
	if err != nil {
		return err
	}
	return conflict
}

func (b *batch) delete(kind, key string, version uint64) (conflict, err error) {
	bucket := b.tx.Bucket(recordsBucket).Bucket([]byte(kind))
	if bucket == nil {
		return store.ErrNotFound, nil
	}
	present, err := versionOf(bucket, key)
	switch {
	case err != nil:
		return nil, err
	case present == 0:
		return store.ErrNotFound, nil
	case present != version:
		return store.ErrConflict, nil
	}
	b.changes = append(b.changes, change{kind, store.Change{
		Record: store.Record{Key: key, Version: version}, Deleted: true,
	}})
	return nil, bucket.Delete([]byte(key))
}

func checkNames(kind, key string) error {
	if kind == "" || key == "" || len(kind) > store.MaxKey || len(key) > store.MaxKey {
		return fmt.Errorf("a record's kind and key have 1 to %d bytes each, not %d and %d: %w", store.MaxKey, len(kind), len(key), store.ErrInvalid)
	}
	return nil
}
