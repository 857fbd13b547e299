package store

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"syscall"

	bbolterrors "go.etcd.io/bbolt/errors"
)

// What a person may have to act on. Each text is a sentence.
var (
	ErrInUse    = errors.New("this profile is open in another window or process; close that one first, or use another profile")
	ErrDamaged  = errors.New("the profile's store is damaged and was left as it is; put back a copy of store.db, or move it away to start afresh")
	ErrWrongKey = errors.New("this key does not open the profile's store, or the store's first page is damaged; nothing was changed. Check that store.db and its key belong together")
	ErrNewer    = errors.New("the profile was written by a newer version of Gossip; install that version or a later one to open it")
	ErrDiskFull = errors.New("the disk is full, so the change was not saved; free some space and try again")
	ErrClosed   = errors.New("the profile is closed; open it again")
	ErrReadOnly = errors.New("a change was tried inside a read-only view of the store")
)

// sentence puts what bbolt and the system say into words for a person. It keeps the cause. Where bbolt can't make the
// file grow it gives the system's words only, not its error.
func sentence(err error) error {
	for _, known := range []error{ErrInUse, ErrDamaged, ErrWrongKey, ErrNewer, ErrDiskFull, ErrClosed, ErrReadOnly} {
		if errors.Is(err, known) {
			return err
		}
	}
	for _, row := range causes {
		if errors.Is(err, row.cause) || row.sentence == ErrDiskFull && strings.Contains(err.Error(), row.cause.Error()) {
			return fmt.Errorf("%w (%w)", row.sentence, err)
		}
	}
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("the profile's folder can't be read and written by you; check its owner and permissions: %w", err)
	}
	return fmt.Errorf("the profile's store: %w", err)
}

var causes = []struct{ cause, sentence error }{
	{bbolterrors.ErrTimeout, ErrInUse},
	{bbolterrors.ErrInvalid, ErrDamaged},
	{bbolterrors.ErrChecksum, ErrDamaged},
	{bbolterrors.ErrVersionMismatch, ErrDamaged},
	{bbolterrors.ErrInvalidMapping, ErrDamaged},
	{bbolterrors.ErrDatabaseNotOpen, ErrClosed},
	{bbolterrors.ErrTxNotWritable, ErrReadOnly},
	{bbolterrors.ErrDatabaseReadOnly, ErrReadOnly},
	{syscall.ENOSPC, ErrDiskFull},
	{syscall.EDQUOT, ErrDiskFull},
	{syscall.EFBIG, ErrDiskFull},
}

// guard runs one call into bbolt and turns what a damaged page makes of it (an assertion's panic, a fault in the
// mapped memory) into ErrDamaged: a damaged file must not end the program.
func guard(call func()) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w (%v)", ErrDamaged, cause)
		}
	}()
	call()
	return nil
}
