// Package store keeps what a profile knows in one bbolt file, every value sealed.
//
// A value is sealed with XChaCha20-Poly1305 under a key derived from the profile's store key; the names of its bucket
// and of its row are the associated data, so that a value moved elsewhere in the file no longer opens. Row keys and
// bucket names stand in clear, since they order the rows; the scopes of a bucket (which hub, which conversation) are
// hashed under the key. So a stranger who has the file learns how many rows there are, how long they are and their
// keys, nothing more: put no text and no name of a person into a row key. A deleted row's sealed bytes stay in the
// file's free pages until they are used again.
//
// Damage: Open checks the first pages and the list of free pages, and every value proves itself when it is read. The pages
// of the tree in between carry no checksum; what bbolt makes of a wrong one (a panic, a fault, a value that does not open)
// comes back as ErrDamaged where it can be caught. A tree that was bent into a circle is not found out before it is read.
//
// Format versions of the file:
//
//	1 (2026-11)  the first
package store

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// pageSize is the same on every machine, so that a profile can be carried to another one.
const pageSize = 4096

// lockWait is how long Open waits for another process that is just ending.
const lockWait = 300 * time.Millisecond

// Store is an open file. Its methods may be called from several goroutines.
type Store struct {
	db     *bbolt.DB
	path   string
	values cipher.AEAD
	scopes scopeHash

	writer sync.Mutex // held through Update and its OnCommit functions, so that those run in commit order
}

// Open opens the file at path, or makes it when there is none, and brings an older format up to date after it has
// copied the file to path.format-N. Every error is a sentence for a person and wraps one of the Err values of this
// package or the system's error; in none of these cases is the file changed. A file that another process has open is
// ErrInUse; one that it is just writing may look damaged, so package vault takes the profile's lock first.
func Open(path string, key Key) (*Store, error) {
	return open(path, key, migrations)
}

func open(path string, key Key, steps []migration) (*Store, error) {
	if err := prepare(path, key, steps); err != nil {
		return nil, err
	}
	db, err := openFile(path)
	if err != nil {
		return nil, err
	}
	s, err := newStore(db, path, key)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := s.migrate(steps); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// prepare makes the file when there is none, and otherwise looks at it without changing a byte.
func prepare(path string, key Key, steps []migration) error {
	_, err := os.Stat(path)
	switch {
	case err == nil:
		return checkFile(path)
	case errors.Is(err, os.ErrNotExist):
		return create(path, key, newest(steps))
	default:
		return sentence(err)
	}
}

// create builds the whole file beside its place and then renames it, so that no crash leaves a half-made one.
func create(path string, key Key, format uint32) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return sentence(err)
	}
	temporary := path + ".new"
	if err := os.Remove(temporary); err != nil && !errors.Is(err, os.ErrNotExist) {
		return sentence(err)
	}
	db, err := openFile(temporary)
	if err != nil {
		return err
	}
	s, err := newStore(db, temporary, key)
	if err == nil {
		err = s.Update(func(tx *Tx) error { return tx.putFormat(format) })
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return sentence(err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return sentence(err)
	}
	return syncFolder(filepath.Dir(path))
}

func openFile(path string) (*bbolt.DB, error) {
	var db *bbolt.DB
	var file *os.File
	var openErr error
	err := guard(func() {
		db, openErr = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout:      lockWait,
			PageSize:     pageSize,
			FreelistType: bbolt.FreelistMapType,
			NoStatistics: true,
			OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
				file, err = os.OpenFile(name, flag, mode)
				return file, err
			},
		})
	})
	if err != nil && file != nil {
		file.Close() // gives the lock back; the error that counts is the damage
	}
	if err = errors.Join(err, openErr); err != nil {
		return nil, sentence(err)
	}
	return db, nil
}

func newStore(db *bbolt.DB, path string, key Key) (*Store, error) {
	values, scopes, err := key.derive()
	if err != nil {
		return nil, fmt.Errorf("prepare the store's keys: %w", err)
	}
	return &Store{db: db, path: path, values: values, scopes: scopes}, nil
}

// Close waits for the transactions under way, then closes the file. It is idempotent. Calls after it return ErrClosed.
func (s *Store) Close() error {
	s.writer.Lock()
	defer s.writer.Unlock()
	if err := s.db.Close(); err != nil {
		return sentence(err)
	}
	return nil
}

// syncFolder makes a rename in the folder durable, where the system can.
func syncFolder(folder string) error {
	dir, err := os.Open(folder)
	if err != nil {
		return sentence(err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrInvalid) && !errors.Is(err, os.ErrPermission) {
		return sentence(err)
	}
	return nil
}
