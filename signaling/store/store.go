// Package store is the seam for scale: what a hub asks of the engine that keeps its state. Every write is one append
// to one journal or one compare-and-set of one record, never a transaction over several keys, so that the embedded
// engine (package bolt) can be exchanged for a distributed one without touching the rest of the hub.
package store

import (
	"errors"
	"io"
	"time"

	"gossip/common/id"
)

// The sizes that every store accepts at most.
const (
	MaxFrame = 1 << 20 // bytes of one Entry.Frame; the wire's own limit is lower
	MaxValue = 4 << 20 // bytes of one record's value
	MaxKey   = 512     // bytes of a record's kind and of its key
)

var (
	// ErrNotFound is returned for a record that does not exist.
	ErrNotFound = errors.New("no such record")
	// ErrConflict is returned by Set and Delete when the record's version is not the one given: read it again and decide anew.
	ErrConflict = errors.New("the record was changed by someone else meanwhile")
	// ErrInvalid is returned, wrapped, for an argument that no store can keep: an empty key, too large a frame or value.
	ErrInvalid = errors.New("not storable")
	// ErrBusy is given to appends while more waits for the disk than the store holds in memory: try again later.
	ErrBusy = errors.New("the hub's disk does not keep up; try again in a few seconds")
	// ErrClosed is returned by everything after Close.
	ErrClosed = errors.New("the store is closed")
)

// Entry is what an append keeps.
type Entry struct {
	ID      id.MessageID // the sender's; the same one again in the same journal is the same entry
	Expires time.Time    // when the entry itself goes, to the millisecond; zero: with the retention only
	Frame   []byte       // opaque; at most MaxFrame bytes
}

// Position is where an append stands in its journal.
type Position struct {
	Seq       uint64    // from 1, growing, never used twice, not even after Drop
	At        time.Time // when the hub took it, to the millisecond
	Duplicate bool      // the entry was there before: Seq and At are those of the first append
}

// Stored is an entry as it is read back.
type Stored struct {
	Seq uint64
	At  time.Time
	Entry
}

// Journals are numbered sequences of entries with a cumulative cursor for each reading device.
type Journals interface {
	// Append queues an entry; the frame belongs to the store until done is called. done is called exactly once, in
	// the order of the appends, from the store's own goroutine and under no lock, once the entry is on disk or has
	// failed; it must not block. Appending is idempotent while the entry is held, and for IDLifetime after it
	// came: a sender that dies before it knows may ask again after everybody else has acknowledged. Errors: ErrInvalid, ErrBusy,
	// ErrClosed, or the disk's own, after which the entry may be appended again with the same id.
	Append(j Journal, e Entry, done func(Position, error))

	// Read returns the entries after a sequence, in order, without those that have expired: at most maxEntries, and
	// frames of at most maxBytes together, but always one if there is one. Sequences may have gaps.
	Read(j Journal, after uint64, maxEntries, maxBytes int) ([]Stored, error)

	// Ack moves the cursor of a device to a sequence: everything up to it is safely kept there. It never goes back,
	// nor past the last entry. It holds in memory at once and reaches the disk lazily: a crash may lose it, which only
	// makes a device see again what it then drops by its id. A device's first Ack (0 will do) makes its cursor.
	Ack(j Journal, d id.DeviceID, seq uint64)

	// Cursor returns where a device stands in a journal; false when it has no cursor there.
	Cursor(j Journal, d id.DeviceID) (uint64, bool)

	// Cursors returns a copy of all cursors of a journal.
	Cursors(j Journal) map[id.DeviceID]uint64

	// Forget removes the cursor of a device that no longer reads the journal, as lazily as Ack sets it.
	Forget(j Journal, d id.DeviceID)

	// Bounds returns the sequence of the oldest entry held, that of the last one ever appended and the bytes of all
	// frames held. With nothing held first is last+1.
	Bounds(j Journal) (first, last uint64, bytes int64, err error)

	// Trim removes the entries up to and including a sequence and returns how many it removed.
	Trim(j Journal, upTo uint64) (removed int, err error)

	// Sweep removes, from all journals, what has expired by itself and what was appended before now minus the
	// retention, and from each inbox the oldest entries until its frames are within inboxBytes.
	// A retention or a size that is not positive does not limit.
	Sweep(now time.Time, retention time.Duration, inboxBytes int64) error

	// Drop removes a journal's entries and cursors. Should it come back, its sequences go on from where they were.
	Drop(j Journal) error
}

// Record is one versioned value.
type Record struct {
	Key     string
	Value   []byte
	Version uint64 // changes with every Set and is never used twice for a kind, not even after Delete
}

// Change is what a watcher is told.
type Change struct {
	Record
	Deleted bool // Value is empty and Version that of the deleted record
}

// Records are small values, each changed alone by compare-and-set. Kinds and keys are 1 to MaxKey bytes of any text.
type Records interface {
	// Get returns a record or ErrNotFound.
	Get(kind, key string) (Record, error)

	// Set writes a value if the record has the given version (0: if there is none) and returns the new version once
	// it is on disk. Otherwise it returns ErrConflict and changes nothing.
	Set(kind, key string, version uint64, value []byte) (uint64, error)

	// Delete removes a record that has the given version. ErrNotFound, ErrConflict.
	Delete(kind, key string, version uint64) error

	// List returns the records whose key begins with a prefix, in the order of their keys' bytes.
	List(kind, prefix string) ([]Record, error)

	// Watch delivers every later change of a kind, in order. It never makes the store wait: the channel holds
	// WatchBuffer changes, and is closed when it overflows, upon which the watcher watches and lists again. It is
	// closed too by stop and by Close.
	Watch(kind string) (changes <-chan Change, stop func())
}

// IDLifetime is how long the id of an entry is remembered after it was appended, whatever became of the entry.
const IDLifetime = 24 * time.Hour

// WatchBuffer is how many changes a watcher may be behind.
const WatchBuffer = 256

// Store is everything that a hub keeps.
type Store interface {
	Journals
	Records

	// Backup writes a consistent copy of everything while the store goes on serving.
	Backup(w io.Writer) error

	// Close puts everything queued on disk, and the cursors, and releases the store. It may be called again.
	Close() error
}
