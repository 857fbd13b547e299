package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"gossip/signaling/store"
)

func testRecords(t *testing.T, open Open) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := s.Get("user", "alice"); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("Get of nothing: %v", err)
	}
	if _, err := s.Set("user", "alice", 1, nil); !errors.Is(err, store.ErrConflict) {
		t.Fatalf("Set of version 1 of nothing: %v", err)
	}
	if err := s.Delete("user", "alice", 0); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("Delete of nothing: %v", err)
	}
	for _, name := range []string{"bob", "alice", "ali", "bobby"} {
		set(t, s, "user", name, 0, "the card of "+name)
	}
	set(t, s, "invite", "alice", 0, "")
	if _, err := s.Set("user", "alice", 0, nil); !errors.Is(err, store.ErrConflict) {
		t.Fatalf("Set of what exists as new: %v", err)
	}
	s.Close()
	s = open(t, dir)
	if got := listed(t, s, "user", ""); got != "ali alice bob bobby " {
		t.Fatalf("listed %q", got)
	}
	if got := listed(t, s, "user", "bob"); got != "bob bobby " {
		t.Fatalf("listed %q", got)
	}
	if got := listed(t, s, "nothing", "") + listed(t, s, "user", "c"); got != "" {
		t.Fatalf("listed %q", got)
	}
	if r, err := s.Get("user", "bob"); err != nil || r.Key != "bob" || string(r.Value) != "the card of bob" {
		t.Fatalf("Get: %+v, %v", r, err)
	}
}

func set(t testing.TB, s store.Store, kind, key string, version uint64, value string) uint64 {
	t.Helper()
	next, err := s.Set(kind, key, version, []byte(value))
	if err != nil || next == 0 || next == version {
		t.Fatalf("Set %s %s: version %d, %v", kind, key, next, err)
	}
	return next
}

func listed(t testing.TB, s store.Store, kind, prefix string) (names string) {
	t.Helper()
	records, err := s.List(kind, prefix)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		names += r.Key + " "
	}
	return names
}

// testVersionsNeverRepeat is the case in which a version that began again at 1 would let a stale writer win.
func testVersionsNeverRepeat(t *testing.T, open Open) {
	dir := t.TempDir()
	s := open(t, dir)
	stale := set(t, s, "channel", "general", 0, "first")
	if err := s.Delete("channel", "general", stale+1); !errors.Is(err, store.ErrConflict) {
		t.Fatalf("Delete of another version: %v", err)
	}
	if err := s.Delete("channel", "general", stale); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get("channel", "general"); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("Get of what was deleted: %v", err)
	}
	s.Close()
	s = open(t, dir)
	fresh := set(t, s, "channel", "general", 0, "second")
	if fresh == stale {
		t.Fatal("a version was used twice")
	}
	if _, err := s.Set("channel", "general", stale, nil); !errors.Is(err, store.ErrConflict) {
		t.Fatalf("Set by the stale writer: %v", err)
	}
	if err := s.Delete("channel", "general", stale); !errors.Is(err, store.ErrConflict) {
		t.Fatalf("Delete by the stale writer: %v", err)
	}
}

func testOneWinner(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	version := uint64(0)
	for round := range 10 {
		var winners atomic.Int32
		var next atomic.Uint64
		var wg sync.WaitGroup
		for n := range 20 {
			wg.Go(func() {
				v, err := s.Set("name", "gossip", version, fmt.Appendf(nil, "%d", n))
				if err == nil {
					winners.Add(1)
					next.Store(v)
				} else if !errors.Is(err, store.ErrConflict) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if winners.Load() != 1 {
			t.Fatalf("round %d: %d winners", round, winners.Load())
		}
		version = next.Load()
	}
}

// testCounter increments one record from ten goroutines by compare-and-set: no increment is lost.
func testCounter(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			for done := 0; done < 10; {
				r, err := s.Get("counter", "n")
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					t.Error(err)
					return
				}
				n, _ := strconv.Atoi(string(r.Value))
				if _, err := s.Set("counter", "n", r.Version, strconv.AppendInt(nil, int64(n+1), 10)); err == nil {
					done++
				} else if !errors.Is(err, store.ErrConflict) {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if r, err := s.Get("counter", "n"); err != nil || string(r.Value) != "100" {
		t.Fatalf("counted %s, %v", r.Value, err)
	}
}

func testWatch(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	set(t, s, "user", "before", 0, "")
	changes, stop := s.Watch("user")
	v1 := set(t, s, "user", "alice", 0, "one")
	set(t, s, "invite", "alice", 0, "other kind")
	v2 := set(t, s, "user", "alice", v1, "two")
	if _, err := s.Set("user", "alice", v1, nil); !errors.Is(err, store.ErrConflict) {
		t.Fatal(err)
	}
	if err := s.Delete("user", "alice", v2); err != nil {
		t.Fatal(err)
	}
	for _, want := range []store.Change{
		{Record: store.Record{Key: "alice", Value: []byte("one"), Version: v1}},
		{Record: store.Record{Key: "alice", Value: []byte("two"), Version: v2}},
		{Record: store.Record{Key: "alice", Version: v2}, Deleted: true},
	} {
		got := <-changes
		if got.Key != want.Key || got.Version != want.Version || got.Deleted != want.Deleted || !bytes.Equal(got.Value, want.Value) {
			t.Fatalf("change %+v, want %+v", got, want)
		}
	}
	stop()
	stop()
	set(t, s, "user", "after", 0, "")
	if c, ok := <-changes; ok {
		t.Fatalf("change %+v after stop", c)
	}
}

func testWatchOverflow(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	slow, stopSlow := s.Watch("user")
	defer stopSlow()
	var wg sync.WaitGroup
	for n := range store.WatchBuffer + 10 {
		wg.Go(func() { set(t, s, "user", strconv.Itoa(n), 0, "") })
	}
	wg.Wait()
	seen := 0
	for range slow { // ends, since the channel was closed
		seen++
	}
	if seen != store.WatchBuffer {
		t.Fatalf("a watcher that slept got %d changes, want %d", seen, store.WatchBuffer)
	}
	again, stopAgain := s.Watch("user")
	defer stopAgain()
	set(t, s, "user", "one more", 0, "")
	if c := <-again; c.Key != "one more" {
		t.Fatalf("change %+v after watching again", c)
	}
}

func testWatchEnds(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	changes, stop := s.Watch("user")
	s.Close()
	if _, ok := <-changes; ok {
		t.Fatal("a change came from Close")
	}
	stop()
	late, stopLate := s.Watch("user")
	if _, ok := <-late; ok {
		t.Fatal("a change came from a closed store")
	}
	stopLate()
}
