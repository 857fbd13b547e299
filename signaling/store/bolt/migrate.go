package bolt

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// The buckets of the file; codec.go says what stands in them.
var (
	metaBucket     = []byte("meta")
	journalsBucket = []byte("journals")
	entriesBucket  = []byte("entries")
	idsBucket      = []byte("ids")
	goneBucket     = []byte("gone")
	expiryBucket   = []byte("expiry")
	cursorsBucket  = []byte("cursors")
	recordsBucket  = []byte("records")
)

var formatKey = []byte("format")

// migrations turn a file of format n into one of format n+1; format 0 is an empty file. A migration, once released, never changes.
var migrations = []func(*bbolt.Tx) error{
	makeBuckets,
}

// migrate brings the file to the newest format in one transaction, and refuses one that a newer hub wrote.
func migrate(db *bbolt.DB) error {
	return guarded(func() error {
		format, err := formatOf(db)
		if err != nil {
			return err
		}
		if format > uint64(len(migrations)) {
			return fmt.Errorf("the file has format %d, this hub knows up to %d: install the newer gossip-hub that wrote it", format, len(migrations))
		}
		if format == uint64(len(migrations)) {
			return nil
		}
		return db.Update(func(tx *bbolt.Tx) error { return migrateFrom(tx, format) })
	})
}

func migrateFrom(tx *bbolt.Tx, format uint64) error {
	for n, step := range migrations[format:] {
		if err := step(tx); err != nil {
			return fmt.Errorf("migration %d: %w", format+uint64(n)+1, err)
		}
	}
	return tx.Bucket(metaBucket).Put(formatKey, sequence(uint64(len(migrations))))
}

// formatOf returns 0 for a file without content.
func formatOf(db *bbolt.DB) (format uint64, err error) {
	err = db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(metaBucket)
		if meta == nil {
			if k, _ := tx.Cursor().First(); k != nil {
				return fmt.Errorf("this is a bbolt file of another program: %w", errLayout)
			}
			return nil
		}
		format, err = decodeSequence(meta.Get(formatKey))
		return err
	})
	return format, err
}

func makeBuckets(tx *bbolt.Tx) error {
	for _, name := range [][]byte{metaBucket, journalsBucket, entriesBucket, idsBucket, goneBucket, expiryBucket, cursorsBucket, recordsBucket} {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return nil
}
