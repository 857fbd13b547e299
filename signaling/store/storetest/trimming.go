package storetest

import (
	"maps"
	"math"
	"testing"
	"time"

	"gossip/common/id"
	"gossip/signaling/store"
)

func testCursors(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	if _, ok := s.Cursor(general, alice); ok {
		t.Fatal("a device that never acknowledged has a cursor")
	}
	s.Ack(general, alice, 0)
	if seq, ok := s.Cursor(general, alice); seq != 0 || !ok {
		t.Fatalf("cursor after Ack 0: %d, %v", seq, ok)
	}
	fill(t, s, general, 0, 10)
	for _, step := range []struct{ ack, want uint64 }{{3, 3}, {2, 3}, {0, 3}, {7, 7}, {math.MaxUint64, 10}, {9, 10}} {
		s.Ack(general, alice, step.ack)
		if seq, _ := s.Cursor(general, alice); seq != step.want {
			t.Fatalf("cursor after Ack %d: %d, want %d", step.ack, seq, step.want)
		}
	}
	s.Ack(general, bob, 4)
	s.Ack(random, carol, 5)
	if got, want := s.Cursors(general), (map[id.DeviceID]uint64{alice: 10, bob: 4}); !maps.Equal(got, want) {
		t.Fatalf("cursors %v, want %v", got, want)
	}
	s.Forget(general, alice)
	s.Forget(general, carol)
	if got, want := s.Cursors(general), (map[id.DeviceID]uint64{bob: 4}); !maps.Equal(got, want) {
		t.Fatalf("cursors after Forget %v, want %v", got, want)
	}
}

func testCursorsAfterRestart(t *testing.T, open Open) {
	dir := t.TempDir()
	s := open(t, dir)
	fill(t, s, general, 0, 10)
	s.Ack(general, alice, 3)
	s.Ack(general, bob, 4)
	s.Close()
	s = open(t, dir)
	if got, want := s.Cursors(general), (map[id.DeviceID]uint64{alice: 3, bob: 4}); !maps.Equal(got, want) {
		t.Fatalf("cursors %v, want %v", got, want)
	}
	s.Ack(general, alice, 2) // never back, not even over a restart
	s.Ack(general, carol, 9)
	s.Forget(general, bob)
	s.Close()
	s = open(t, dir)
	if got, want := s.Cursors(general), (map[id.DeviceID]uint64{alice: 3, carol: 9}); !maps.Equal(got, want) {
		t.Fatalf("cursors %v, want %v", got, want)
	}
}

func testTrim(t *testing.T, open Open) {
	dir := t.TempDir()
	s := open(t, dir)
	fill(t, s, general, 0, 10)
	fill(t, s, random, 0, 10)
	for _, step := range []struct {
		upTo    uint64
		removed int
	}{{0, 0}, {4, 4}, {4, 0}, {2, 0}, {100, 6}, {100, 0}} {
		if removed, err := s.Trim(general, step.upTo); err != nil || removed != step.removed {
			t.Fatalf("Trim %d removed %d, %v; want %d", step.upTo, removed, err, step.removed)
		}
	}
	wantBounds(t, s, general, 11, 10, 0)
	wantHeld(t, s, random, span(0, 10)...)
	s.Close()
	s = open(t, dir)
	wantBounds(t, s, general, 11, 10, 0)
	if a := appendOne(s, general, entry(20)); a.err != nil || a.Seq != 11 || a.Duplicate {
		t.Fatalf("append after trimming everything was answered %+v", a)
	}
	if removed, err := s.Trim(store.Inbox(carol), 5); removed != 0 || err != nil {
		t.Fatalf("Trim of a journal that is not there: %d, %v", removed, err)
	}
}

func testLargeTrim(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	fill(t, s, general, 0, 10_000)
	if removed, err := s.Trim(general, 9_990); removed != 9_990 || err != nil {
		t.Fatalf("Trim removed %d, %v", removed, err)
	}
	wantHeld(t, s, general, span(9_990, 10_000)...)
	wantBounds(t, s, general, 9_991, 10_000, sizes(9_990, 10_000))
}

func testDrop(t *testing.T, open Open) {
	dir := t.TempDir()
	s := open(t, dir)
	fill(t, s, general, 0, 10)
	fill(t, s, random, 0, 3)
	s.Ack(general, alice, 5)
	s.Ack(random, alice, 2)
	if err := s.Drop(general); err != nil {
		t.Fatal(err)
	}
	if err := s.Drop(store.Inbox(carol)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		wantHeld(t, s, general)
		wantBounds(t, s, general, 11, 10, 0)
		if len(s.Cursors(general)) != 0 || len(s.Cursors(random)) != 1 {
			t.Fatalf("cursors %v and %v", s.Cursors(general), s.Cursors(random))
		}
		s.Close()
		s = open(t, dir)
	}
	wantHeld(t, s, random, span(0, 3)...)
	if a := appendOne(s, general, entry(20)); a.Seq != 11 || a.Duplicate {
		t.Fatalf("append after Drop was answered %+v", a)
	}
}

func testSweepRetention(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	positions := fill(t, s, general, 0, 10)
	at := positions[9].At
	for _, step := range []struct {
		now       time.Time
		retention time.Duration
		held      int
	}{
		{at.Add(time.Hour), 0, 10},
		{at.Add(time.Hour), 2 * time.Hour, 10},
		{positions[0].At.Add(time.Hour), time.Hour, 10},
		{at.Add(time.Hour + time.Millisecond), time.Hour, 0},
	} {
		if err := s.Sweep(step.now, step.retention, 0); err != nil {
			t.Fatal(err)
		}
		if held := len(readAll(t, s, general, 0)); held != step.held {
			t.Fatalf("after a sweep with a retention of %v: %d entries, want %d", step.retention, held, step.held)
		}
	}
	wantBounds(t, s, general, 11, 10, 0)
}

func testSweepExpired(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	now := time.Now()
	fill(t, s, general, 0, 3)
	gone, soon := entry(3), entry(4)
	gone.Expires, soon.Expires = now.Add(-time.Second), now.Add(time.Hour)
	if a := appendOne(s, general, gone); a.err != nil || a.Seq != 4 {
		t.Fatalf("append of an expired entry was answered %+v", a)
	}
	if a := appendOne(s, general, soon); a.err != nil {
		t.Fatal(a.err)
	}
	fill(t, s, general, 5, 8)
	wantHeld(t, s, general, 0, 1, 2, 4, 5, 6, 7)
	if found := readAll(t, s, general, 4); !found[0].Expires.Equal(soon.Expires.Truncate(time.Millisecond)) {
		t.Fatalf("expires %v, want %v", found[0].Expires, soon.Expires)
	}
	wantBounds(t, s, general, 1, 8, sizes(0, 8))
	sweep(t, s, now)
	wantBounds(t, s, general, 1, 8, sizes(0, 8)-sizes(3, 4))
	sweep(t, s, now.Add(time.Hour))
	wantHeld(t, s, general, 0, 1, 2, 5, 6, 7)
	if again := appendOne(s, general, soon); !again.Duplicate || again.Seq != 5 {
		t.Fatalf("the id of an entry that has expired was answered %+v", again)
	}
	if removed, err := s.Trim(general, 8); removed != 6 || err != nil {
		t.Fatalf("Trim removed %d, %v", removed, err)
	}
}

func sweep(t *testing.T, s store.Store, now time.Time) {
	t.Helper()
	if err := s.Sweep(now, 0, 0); err != nil {
		t.Fatal(err)
	}
}

func testSweepInbox(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	inbox := store.Inbox(alice)
	fill(t, s, inbox, 10, 50) // eight bytes each
	fill(t, s, general, 10, 50)
	for _, step := range []struct {
		limit int64
		first uint64
	}{{0, 1}, {320, 1}, {319, 2}, {80, 31}, {81, 31}, {1, 41}} {
		if err := s.Sweep(time.Now(), time.Hour, step.limit); err != nil {
			t.Fatal(err)
		}
		wantBounds(t, s, inbox, step.first, 40, 8*int64(41-step.first))
	}
	wantBounds(t, s, general, 1, 40, 320)
}
