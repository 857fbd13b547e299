package storetest

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gossip/common/id"
	"gossip/signaling/store"
)

// testClosed closes while appends are under way: each is answered, and what was answered without an error is kept.
func testClosed(t *testing.T, open Open) {
	dir := t.TempDir()
	s := open(t, dir)
	const n = 5000
	answered := make(chan answer, n)
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range n {
			s.Append(general, entry(i), func(p store.Position, err error) { answered <- answer{p, err} })
		}
	})
	first := <-answered
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	kept := 0
	for a := range n {
		if a > 0 {
			first = <-answered
		}
		if first.err == nil {
			kept++
		} else if !errors.Is(first.err, store.ErrClosed) {
			t.Fatal(first.err)
		}
	}
	wantClosed(t, s)
	wantHeld(t, open(t, dir), general, span(0, kept)...)
}

// wantClosed fails unless everything says that the store is closed.
func wantClosed(t *testing.T, s store.Store) {
	t.Helper()
	_, errRead := s.Read(general, 0, 1, 1)
	_, _, _, errBounds := s.Bounds(general)
	_, errTrim := s.Trim(general, 1)
	_, errGet := s.Get("user", "alice")
	_, errSet := s.Set("user", "alice", 0, nil)
	_, errList := s.List("user", "")
	for name, err := range map[string]error{
		"Read": errRead, "Bounds": errBounds, "Trim": errTrim, "Get": errGet, "Set": errSet, "List": errList,
		"Delete": s.Delete("user", "alice", 1), "Drop": s.Drop(general), "Sweep": s.Sweep(time.Now(), 0, 0),
		"Backup": s.Backup(nil), "Append": appendOne(s, general, entry(1)).err,
	} {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s of a closed store: %v", name, err)
		}
	}
	s.Ack(general, alice, 1)
	s.Forget(general, alice)
	if _, ok := s.Cursor(general, alice); ok || len(s.Cursors(general)) != 0 {
		t.Error("a closed store has cursors")
	}
}

// backupName is the file name under which Backup's bytes are opened again.
const backupName = "hub.db"

// testBackup takes a copy while appends go on and opens it as a store: it is one moment of the original.
func testBackup(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	fill(t, s, general, 0, 100)
	set(t, s, "user", "alice", 0, "card")
	s.Ack(general, alice, 60)
	var wg sync.WaitGroup
	wg.Go(func() { fill(t, s, general, 100, 5000) })
	dir := t.TempDir()
	file, err := os.OpenFile(filepath.Join(dir, backupName), os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		err = errors.Join(s.Backup(file), file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	restored := open(t, dir)
	_, last, _, err := restored.Bounds(general)
	if err != nil || last < 100 {
		t.Fatalf("the backup ends at %d, %v", last, err)
	}
	wantHeld(t, restored, general, span(0, int(last))...)
	if got, want := restored.Cursors(general), (map[id.DeviceID]uint64{alice: 60}); !maps.Equal(got, want) {
		t.Fatalf("cursors %v, want %v", got, want)
	}
	if r, err := restored.Get("user", "alice"); err != nil || string(r.Value) != "card" {
		t.Fatalf("record %q, %v", r.Value, err)
	}
}
