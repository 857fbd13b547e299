package bolt

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

var errTruncated = errors.New("the file is cut short")

// damaged says what to do about a file that cannot be trusted.
func damaged(path string, err error) error {
	return fmt.Errorf("%s is damaged and was left as it is: move it away and put your newest backup in its place, then start the hub again: %w", path, err)
}

// inspect reads the whole file without changing it, and refuses one that bbolt would crash on. It holds the file's
// lock, so that no other process writes meanwhile.
func inspect(path string) error {
	err := guarded(func() error { return inspectFile(path) })
	if errors.Is(err, bolterrors.ErrTimeout) || errors.Is(err, os.ErrPermission) {
		return explain(path, err)
	}
	if err != nil {
		return damaged(path, err)
	}
	return nil
}

func inspectFile(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		return errTruncated // bbolt would take it for a new file
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: lockTimeout})
	if err != nil {
		return err
	}
	defer db.Close()
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return db.View(func(tx *bbolt.Tx) error {
		size := db.Info().PageSize
		if tx.Size() > info.Size() {
			return errTruncated
		}
		w := pageWalk{file: file, size: uint64(size), high: uint64(tx.Size()) / uint64(size), seen: make(map[uint64]struct{})}
		return w.walk(uint64(tx.Cursor().Bucket().Root()), bounds{}, maxDepth)
	})
}

// brokenError is a panic of bbolt or a fault in the mapped file: a damaged page that was met at work. A transaction that
// ended so may still hold bbolt's locks.
type brokenError struct{ cause any }

func (e brokenError) Error() string {
	return fmt.Sprintf("hub.db is damaged; stop the hub and restore hub.db from a backup (%v)", e.cause)
}

// guarded turns what bbolt does on a damaged page into a brokenError.
func guarded(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = brokenError{r}
		}
	}()
	return do()
}
