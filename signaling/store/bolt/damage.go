package bolt

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// walkLimit is the size of a file up to which Open reads all of it. Beyond it only the frame of the file and its
// length are checked, since a hub with gigabytes waiting must start in seconds.
const walkLimit = 512 << 20

var errTruncated = errors.New("the file is cut short")

// damaged says what to do about a file that cannot be trusted.
func damaged(path string, err error) error {
	return fmt.Errorf("%s is damaged and was left as it is: move it away and put your newest backup in its place, then start the hub again: %w", path, err)
}

// inspect looks at the file without changing it, and refuses one that bbolt would crash on later.
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
	return db.View(func(tx *bbolt.Tx) error {
		if tx.Size() > info.Size() {
			return errTruncated
		}
		if info.Size() > walkLimit {
			return nil
		}
		return walk(tx)
	})
}

// walk runs bbolt's own check of the pages. Its goroutine must not be left behind, so all its findings are taken.
func walk(tx *bbolt.Tx) error {
	var first error
	for err := range tx.Check() {
		if first == nil {
			first = err
		}
	}
	return first
}

// guarded turns what bbolt does on a damaged page, a panic or a fault in the mapped file, into an error.
func guarded(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return do()
}
