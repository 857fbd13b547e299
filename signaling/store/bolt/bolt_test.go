package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"gossip/common/id"
	"gossip/signaling/store"
	"gossip/signaling/store/storetest"
)

func TestStore(t *testing.T) { storetest.Run(t, openStore) }

// openStore opens a store for a test; the file is verified before, when there is one, and after.
func openStore(t testing.TB, dir string) store.Store { return openBolt(t, dir) }

func openBolt(t testing.TB, dir string) *Store {
	t.Helper()
	verify(t, dir)
	s, err := Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		verify(t, dir)
	})
	return s
}

// verify checks a closed file: bbolt's own check of its pages, and that all buckets agree with one another.
func verify(t testing.TB, dir string) {
	t.Helper()
	path := filepath.Join(dir, FileName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: lockTimeout})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	defer db.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			t.Errorf("%s: %v", path, err)
		}
		return verifyBuckets(tx)
	})
	if err != nil {
		t.Errorf("%s: %v", path, err)
	}
}

// verifyBuckets recounts the heads from the entries, and finds each entry under its id and its expiry, and no others.
func verifyBuckets(tx *bbolt.Tx) error {
	heads, err := verifyHeads(tx)
	if err != nil {
		return err
	}
	entries, expiring, sizes := 0, 0, make(map[uint64]int64)
	err = tx.Bucket(entriesBucket).ForEach(func(k, v []byte) error {
		number, seq, ok := splitEntryKey(k)
		e, frame, err := decodeEntry(v)
		if err != nil || !ok || heads[number].number == 0 || seq > heads[number].last {
			return fmt.Errorf("entry %x: %v", k, err)
		}
		if found, at, err := decodeID(tx.Bucket(idsBucket).Get(idKey(number, e.id))); err != nil || found != seq || at != 0 {
			return fmt.Errorf("entry %x is not found by its id: %d, %v", k, found, err)
		}
		if e.expires != 0 {
			if expiring++; tx.Bucket(expiryBucket).Get(expiryKey(e.expires, number, seq)) == nil {
				return fmt.Errorf("entry %x is not found by its expiry", k)
			}
		}
		entries++
		sizes[number] += int64(len(frame))
		return nil
	})
	if err != nil {
		return err
	}
	gone, err := verifyGone(tx)
	if err != nil {
		return err
	}
	if ids, expiries := count(tx, idsBucket), count(tx, expiryBucket); ids != entries+gone || expiries != expiring {
		return fmt.Errorf("%d entries, %d of them expiring, and %d that are gone, but %d ids and %d expiries", entries, expiring, gone, ids, expiries)
	}
	for number, h := range heads {
		if h.bytes != sizes[number] {
			return fmt.Errorf("journal %d holds %d bytes, its head says %d", number, sizes[number], h.bytes)
		}
	}
	return nil
}

// verifyGone counts the ids of entries that are gone, and finds each with the time that it came.
func verifyGone(tx *bbolt.Tx) (gone int, err error) {
	return gone, tx.Bucket(goneBucket).ForEach(func(k, _ []byte) error {
		gone++
		if _, at, err := decodeID(tx.Bucket(idsBucket).Get(k[8:])); err != nil || at != int64(binary.BigEndian.Uint64(k)) {
			return fmt.Errorf("the id %x of an entry that is gone: %d, %v", k, at, err)
		}
		return nil
	})
}

func verifyHeads(tx *bbolt.Tx) (map[uint64]head, error) {
	heads := make(map[uint64]head)
	err := tx.Bucket(journalsBucket).ForEach(func(k, v []byte) error {
		h, err := decodeHead(v)
		if err != nil || heads[h.number].number != 0 {
			return fmt.Errorf("journal %x: number %d, %v", k, h.number, err)
		}
		heads[h.number] = h
		_, err = store.ParseJournal(k)
		return err
	})
	if err != nil {
		return nil, err
	}
	return heads, tx.Bucket(cursorsBucket).ForEach(func(k, v []byte) error {
		number, _, _ := splitEntryKey(k[:entryKeySize])
		if seq, err := decodeSequence(v); err != nil || len(k) != cursorKeySize || seq > heads[number].last {
			return fmt.Errorf("cursor %x at %d, %v", k, seq, err)
		}
		return nil
	})
}

func count(tx *bbolt.Tx, bucket []byte) (n int) {
	c := tx.Bucket(bucket).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		n++
	}
	return n
}

var general = store.Channel(id.ChannelID{1})

// appendOne appends and waits.
func appendOne(s store.Store, e store.Entry) (store.Position, error) {
	type answer struct {
		store.Position
		err error
	}
	answered := make(chan answer, 1)
	s.Append(general, e, func(p store.Position, err error) { answered <- answer{p, err} })
	a := <-answered
	return a.Position, a.err
}

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	openBolt(t, dir)
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, FileName): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", path, info.Mode().Perm(), err, want)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("beside the store there is %v, %v", files, err)
	}
}

// TestGroupCommit checks that appends share transactions: while one is on its way to disk the next gathers.
func TestGroupCommit(t *testing.T) {
	s := openBolt(t, t.TempDir())
	before := transaction(t, s)
	fill(t, s, general, 5000)
	if took := transaction(t, s) - before; took > 500 {
		t.Errorf("5,000 appends took %d transactions", took)
	}
}

func transaction(t *testing.T, s *Store) (number int) {
	t.Helper()
	if err := s.db.View(func(tx *bbolt.Tx) error { number = tx.ID(); return nil }); err != nil {
		t.Fatal(err)
	}
	return number
}

// TestBroken lets a transaction panic, as bbolt does on a damaged page: it and everything after it is answered.
func TestBroken(t *testing.T) {
	s := openBolt(t, t.TempDir())
	fill(t, s, general, 10)
	for _, run := range []func(*batch) error{
		func(*batch) error { panic("assertion failed") },
		func(*batch) error { return nil },
	} {
		if err := s.submit(run); err == nil || !strings.Contains(err.Error(), "restore hub.db from a backup (assertion failed)") {
			t.Fatalf("%v", err)
		}
	}
	if _, err := appendOne(s, store.Entry{ID: id.MessageID{1}}); err == nil {
		t.Error("a broken store took an entry")
	}
	if found, err := s.Read(general, 0, 100, 1000); err != nil || len(found) == 0 {
		t.Errorf("%d entries, %v", len(found), err)
	}
	if err := s.Close(); err == nil {
		t.Error("a broken store closed without an error")
	}
	s.db.Close() // the test's panic left no lock behind
}

// TestDoneMayCall checks that done runs under no lock: it may call whatever does not wait for a commit.
func TestDoneMayCall(t *testing.T) {
	s := openBolt(t, t.TempDir())
	answered := make(chan error, 1)
	s.Append(general, store.Entry{ID: id.MessageID{1}}, func(p store.Position, _ error) {
		s.Ack(general, id.DeviceID{1}, p.Seq)
		if seq, _ := s.Cursor(general, id.DeviceID{1}); seq != p.Seq {
			answered <- fmt.Errorf("cursor %d, want %d", seq, p.Seq)
			return
		}
		if found, err := s.Read(general, 0, 10, 10); err != nil || len(found) != 1 {
			answered <- fmt.Errorf("%d entries, %w", len(found), err)
			return
		}
		_, stop := s.Watch("user")
		stop()
		s.Append(general, store.Entry{ID: id.MessageID{2}}, func(_ store.Position, err error) { answered <- err })
	})
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
}

func TestQueueBusy(t *testing.T) {
	q := queue{wake: make(chan struct{}, 1)}
	frame := make([]byte, store.MaxFrame)
	added := 0
	for ; added < 1000; added++ {
		q.add(operation{frame: frame, done: func(store.Position, error) {}})
		if q.operations[added].refused != nil {
			break
		}
	}
	if want := queuedBytes / (store.MaxFrame + operationBytes); added != want {
		t.Fatalf("%d frames were queued, want %d", added, want)
	}
	if last := q.operations[added]; !errors.Is(last.refused, store.ErrBusy) || last.frame != nil {
		t.Fatalf("the one too many: %v, %d bytes", last.refused, len(last.frame))
	}
	for taken := 0; taken < added; {
		batch, _ := q.take(nil)
		if len(batch) == 0 || len(batch) > batchBytes/store.MaxFrame+1 {
			t.Fatalf("a batch of %d", len(batch))
		}
		taken += len(batch)
	}
	if q.take(nil); q.bytes != 0 || len(q.operations) != 0 {
		t.Fatalf("%d bytes, %d operations are left", q.bytes, len(q.operations))
	}
}
