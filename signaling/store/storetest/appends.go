package storetest

import (
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"gossip/signaling/store"
)

func testOrder(t *testing.T, open Open) {
	dir := t.TempDir()
	s := open(t, dir)
	before := time.Now().Truncate(time.Millisecond)
	for i, p := range fill(t, s, general, 0, 100) {
		if p.Seq != uint64(i+1) || p.Duplicate || p.At.Before(before) || p.At.After(time.Now()) {
			t.Fatalf("append %d was answered %+v", i, p)
		}
	}
	wantHeld(t, s, general, span(0, 100)...)
	wantBounds(t, s, general, 1, 100, sizes(0, 100))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	fill(t, s, general, 100, 120)
	wantHeld(t, s, general, span(0, 120)...)
	wantBounds(t, s, general, 1, 120, sizes(0, 120))
}

func testRepeat(t *testing.T, open Open) {
	dir := t.TempDir()
	s := open(t, dir)
	first := appendOne(s, general, entry(1))
	fill(t, s, general, 2, 10)
	for range 2 {
		again := appendOne(s, general, store.Entry{ID: message(1), Frame: []byte("other")})
		if again.err != nil || !again.Duplicate || again.Seq != first.Seq || !again.At.Equal(first.At) {
			t.Fatalf("repeated append was answered %+v, the first %+v", again, first)
		}
		s.Close()
		s = open(t, dir)
	}
	wantHeld(t, s, general, span(1, 10)...)
	if other := appendOne(s, random, entry(1)); other.Duplicate {
		t.Fatal("the same id in another journal is a duplicate")
	}
	if _, err := s.Trim(general, 1); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		swept time.Time
		known bool
	}{{first.At, true}, {first.At.Add(store.IDLifetime), true}, {first.At.Add(store.IDLifetime + time.Millisecond), false}} {
		sweep(t, s, step.swept)
		late := appendOne(s, general, entry(1))
		if late.err != nil || late.Duplicate != step.known || step.known && (late.Seq != first.Seq || !late.At.Equal(first.At)) {
			t.Fatalf("swept at %v, an id whose entry is gone was answered %+v, the first %+v", step.swept.Sub(first.At), late, first)
		}
	}
}

func testRepeatInOneBatch(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	answered := make(chan answer, 200)
	for n := range 200 {
		s.Append(general, entry(n/4), func(p store.Position, err error) { answered <- answer{p, err} })
	}
	for n := range 200 {
		if a := <-answered; a.err != nil || a.Seq != uint64(n/4+1) || a.Duplicate != (n%4 > 0) {
			t.Fatalf("append %d was answered %+v", n, a)
		}
	}
	wantHeld(t, s, general, span(0, 50)...)
}

func testReadLimits(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	fill(t, s, general, 10, 20) // eight bytes each
	tests := []struct {
		name              string
		after             uint64
		entries, bytes    int
		want, wantFirstAt int
	}{
		{"entries", 0, 3, 1000, 3, 1},
		{"bytes", 0, 100, 16, 2, 1},
		{"bytes between", 4, 100, 23, 2, 5},
		{"one at least", 4, 100, 1, 1, 5},
		{"the rest", 7, 100, 1000, 3, 8},
		{"past the end", 10, 100, 1000, 0, 0},
		{"nothing", 0, 0, 1000, 0, 0},
		{"after everything", math.MaxUint64, 1, 1000, 0, 0},
	}
	for _, tt := range tests {
		found, err := s.Read(general, tt.after, tt.entries, tt.bytes)
		if err != nil || len(found) != tt.want {
			t.Errorf("%s: %d entries, %v; want %d", tt.name, len(found), err, tt.want)
		} else if tt.want > 0 && found[0].Seq != uint64(tt.wantFirstAt) {
			t.Errorf("%s: begins at %d, want %d", tt.name, found[0].Seq, tt.wantFirstAt)
		}
	}
}

func testJournalsApart(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	journals := []store.Journal{general, random, store.Inbox(alice), store.Inbox(bob)}
	for n := range 40 {
		if a := appendOne(s, journals[n%4], entry(n)); a.err != nil || a.Seq != uint64(n/4+1) {
			t.Fatalf("append %d was answered %+v", n, a)
		}
	}
	for i, j := range journals {
		var want []int
		for n := i; n < 40; n += 4 {
			want = append(want, n)
		}
		wantHeld(t, s, j, want...)
	}
	wantHeld(t, s, store.Inbox(carol))
	wantBounds(t, s, store.Inbox(carol), 1, 0, 0)
}

// testConcurrentAppends lets fifty goroutines append to one journal: every sequence is given once, answers come in the
// journal's order, and each goroutine's entries stand in its own order.
func testConcurrentAppends(t *testing.T, open Open) {
	const writers, each = 50, 100
	s := open(t, t.TempDir())
	answers := make(chan uint64, writers*each)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range each {
				s.Append(general, entry(w*each+n), func(p store.Position, err error) {
					if err != nil {
						t.Error(err)
					}
					answers <- p.Seq
				})
			}
		})
	}
	wg.Wait()
	for want := range uint64(writers * each) {
		if seq := <-answers; seq != want+1 {
			t.Fatalf("answer %d is for sequence %d", want+1, seq)
		}
	}
	next := make(map[int]int)
	for _, found := range readAll(t, s, general, 0) {
		n := int(found.ID[2])<<8 | int(found.ID[3])
		if n%each != next[n/each] {
			t.Fatalf("writer %d: entry %d stands before entry %d", n/each, n%each, next[n/each])
		}
		next[n/each]++
	}
	if len(next) != writers {
		t.Fatalf("entries of %d writers, want %d", len(next), writers)
	}
}

func testInvalid(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	if a := appendOne(s, store.Journal{}, entry(1)); !errors.Is(a.err, store.ErrInvalid) {
		t.Errorf("append to no journal: %v", a.err)
	}
	large := store.Entry{ID: message(1), Frame: make([]byte, store.MaxFrame+1)}
	if a := appendOne(s, general, large); !errors.Is(a.err, store.ErrInvalid) {
		t.Errorf("append of too large a frame: %v", a.err)
	}
	large.Frame = large.Frame[1:]
	if a := appendOne(s, general, large); a.err != nil {
		t.Errorf("append of the largest frame: %v", a.err)
	}
	if a := appendOne(s, general, store.Entry{ID: message(2)}); a.err != nil || a.Seq != 2 {
		t.Errorf("append of an empty frame: %+v", a)
	}
	name := string(make([]byte, store.MaxKey+1))
	for _, names := range [][2]string{{"", "key"}, {"kind", ""}, {name, "key"}, {"kind", name}} {
		_, err := s.Set(names[0], names[1], 0, nil)
		_, errGet := s.Get(names[0], names[1])
		errDelete := s.Delete(names[0], names[1], 1)
		if !errors.Is(err, store.ErrInvalid) || !errors.Is(errGet, store.ErrInvalid) || !errors.Is(errDelete, store.ErrInvalid) {
			t.Errorf("names of %d and %d bytes: %v, %v, %v", len(names[0]), len(names[1]), err, errGet, errDelete)
		}
	}
	if _, err := s.Set("kind", "key", 0, make([]byte, store.MaxValue+1)); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("set of too large a value: %v", err)
	}
}
