// Package bolt is the embedded store of a hub: one bbolt file, hub.db, and one committing goroutine that takes
// everything that was queued meanwhile into one transaction and so into one fsync.
package bolt

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"gossip/common/id"
	"gossip/signaling/store"
)

// FileName is the name of the store's file in the data folder.
const FileName = "hub.db"

// lockTimeout is how long Open waits for another process to let the file go.
const lockTimeout = time.Second

// mapSize is the address space reserved for the file. Within it a growing file need not be mapped anew, which
// would make the next commit wait for every reader, a running backup too. On Windows bbolt would make the file
// itself that large, and 32 bits have no room for it.
func mapSize() int {
	if runtime.GOOS == "windows" || strconv.IntSize < 64 {
		return 0
	}
	return 1 << (strconv.IntSize - 30) // 16 GiB
}

// Store is a store.Store in one file. Lock order: queue.mu and mu are never held together.
type Store struct {
	db     *bbolt.DB
	path   string
	log    *slog.Logger
	queue  queue
	closed sync.Once
	ended  chan struct{} // closed when the committing goroutine has ended
	err    error         // of closing the file; written once, before ended is read by Close

	mu       sync.Mutex // mu guards the following
	journals map[store.Journal]*cursors
	dirty    map[cursorName]struct{} // cursors that differ from the file's
	watchers map[string]map[*watcher]struct{}
	shut     bool

	flushed time.Time // when cursors last went to disk; the committing goroutine's own
	broken  error     // of a transaction that bbolt did not survive: nothing is written after it; the committing goroutine's own
	failing bool      // whether the last commit failed, so that a full disk is logged once; the committing goroutine's own
}

var _ store.Store = (*Store)(nil)

// cursorName names one device's cursor in one journal.
type cursorName struct {
	journal store.Journal
	device  id.DeviceID
}

// Open opens the store in a folder, and makes both if they are not there (modes 0700 and 0600). A file that is
// damaged, in use by another process or of a newer format is left as it is and the error says what to do.
func Open(dir string, log *slog.Logger) (*Store, error) {
	return open(dir, log, options())
}

// options are bbolt's. The list of free pages is not written: in a file that was once large it is itself a megabyte,
// and a commit of one entry took two to six times as long. Open finds the free pages anew, which costs no more than
// reading the file, as inspect does anyway.
func options() *bbolt.Options {
	return &bbolt.Options{
		Timeout:         lockTimeout,
		NoFreelistSync:  true,
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: mapSize(),
		NoStatistics:    true,
	}
}

func open(dir string, log *slog.Logger, o *bbolt.Options) (*Store, error) {
	path := filepath.Join(dir, FileName)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the data folder: %w", err)
	}
	if err := create(dir, path); err != nil {
		return nil, fmt.Errorf("cannot make %s: %w", path, err)
	}
	if err := inspect(path); err != nil {
		return nil, err
	}
	var db *bbolt.DB
	err := guarded(func() (err error) {
		db, err = bbolt.Open(path, 0o600, o)
		return err
	})
	if err != nil {
		return nil, explain(path, err)
	}
	if err := migrate(db); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), db.Close())
	}
	s := &Store{
		db: db, path: path, log: log, ended: make(chan struct{}),
		journals: make(map[store.Journal]*cursors),
		dirty:    make(map[cursorName]struct{}),
		watchers: make(map[string]map[*watcher]struct{}),
	}
	s.queue.wake = make(chan struct{}, 1)
	go s.commitLoop()
	return s, nil
}

// create makes an empty store under another name and gives it its own only when it is whole, so that a hub.db
// that is empty or cut short is always a damaged one.
func create(dir, path string) error {
	if _, err := os.Lstat(path); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	temporary, err := os.CreateTemp(dir, FileName+".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	if err := temporary.Close(); err != nil {
		return err
	}
	db, err := bbolt.Open(temporary.Name(), 0o600, &bbolt.Options{NoFreelistSync: true})
	if err != nil {
		return err
	}
	if err := errors.Join(migrate(db), db.Close()); err != nil {
		return err
	}
	err = os.Link(temporary.Name(), path) // never replaces a file that another process made meanwhile
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil { // a file system without hard links
		return os.Rename(temporary.Name(), path)
	}
	return nil
}

// explain turns an error of opening the file into a sentence that says what to do.
func explain(path string, err error) error {
	if errors.Is(err, bolterrors.ErrTimeout) {
		return fmt.Errorf("%s is in use by another process: stop the other hub, or give this one a data folder of its own with --data: %w", path, err)
	}
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("no permission for %s: run the hub as the user who owns it: %w", path, err)
	}
	return damaged(path, err)
}

// Close puts everything queued on disk and releases the file.
func (s *Store) Close() error {
	s.closed.Do(s.queue.close)
	<-s.ended
	return s.err
}
