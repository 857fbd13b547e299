// Package storetest is the suite that every implementation of store.Store passes.
package storetest

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"testing"

	"gossip/common/id"
	"gossip/signaling/store"
)

// Open opens the store that lives in a folder, the one left there by an earlier Open too, and closes it at the end of the test.
type Open func(t testing.TB, dir string) store.Store

// Run runs the whole suite. It must be called from a top-level test, since the crash test starts the test binary
// again for that test alone.
func Run(t *testing.T, open Open) {
	if dir := os.Getenv(crashFolder); dir != "" {
		appendUntilKilled(t, open(t, dir))
		return
	}
	tests := []struct {
		name string
		test func(*testing.T, Open)
	}{
		{"Order", testOrder},
		{"Repeat", testRepeat},
		{"RepeatInOneBatch", testRepeatInOneBatch},
		{"ReadLimits", testReadLimits},
		{"JournalsApart", testJournalsApart},
		{"ConcurrentAppends", testConcurrentAppends},
		{"Invalid", testInvalid},
		{"Cursors", testCursors},
		{"CursorsAfterRestart", testCursorsAfterRestart},
		{"Trim", testTrim},
		{"LargeTrim", testLargeTrim},
		{"Drop", testDrop},
		{"SweepRetention", testSweepRetention},
		{"SweepExpired", testSweepExpired},
		{"SweepInbox", testSweepInbox},
		{"Records", testRecords},
		{"VersionsNeverRepeat", testVersionsNeverRepeat},
		{"OneWinner", testOneWinner},
		{"Counter", testCounter},
		{"Watch", testWatch},
		{"WatchOverflow", testWatchOverflow},
		{"WatchEnds", testWatchEnds},
		{"Closed", testClosed},
		{"Backup", testBackup},
		{"Crash", testCrash},
		{"Model", testModel},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, open) })
	}
}

// The journals and people of the tests.
var (
	general = store.Channel(id.ChannelID{1})
	random  = store.Channel(id.ChannelID{2})

	alice = id.DeviceID{0xa}
	bob   = id.DeviceID{0xb}
	carol = id.DeviceID{0xc}
)

// message returns the nth id.
func message(n int) id.MessageID {
	return id.MessageID{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n), 0x5a}
}

// entry returns the nth entry, with a frame that says which it is.
func entry(n int) store.Entry { return store.Entry{ID: message(n), Frame: frame(n)} }

func frame(n int) []byte { return fmt.Appendf(nil, "frame %d", n) }

// answer is what done was called with.
type answer struct {
	store.Position
	err error
}

// appendOne appends and waits.
func appendOne(s store.Store, j store.Journal, e store.Entry) answer {
	answered := make(chan answer, 1)
	s.Append(j, e, func(p store.Position, err error) { answered <- answer{p, err} })
	return <-answered
}

// fill appends entries from, ..., to-1 at once and waits for all of them.
func fill(t testing.TB, s store.Store, j store.Journal, from, to int) []store.Position {
	t.Helper()
	answered := make(chan answer, to-from)
	for n := from; n < to; n++ {
		s.Append(j, entry(n), func(p store.Position, err error) { answered <- answer{p, err} })
	}
	positions := make([]store.Position, 0, to-from)
	for range to - from {
		a := <-answered
		if a.err != nil {
			t.Fatal(a.err)
		}
		positions = append(positions, a.Position)
	}
	return positions
}

// readAll returns everything after a sequence.
func readAll(t testing.TB, s store.Store, j store.Journal, after uint64) []store.Stored {
	t.Helper()
	found, err := s.Read(j, after, 1<<30, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// wantHeld fails unless a journal holds exactly the given entries, made by entry, in this order.
func wantHeld(t testing.TB, s store.Store, j store.Journal, numbers ...int) {
	t.Helper()
	found := readAll(t, s, j, 0)
	if len(found) != len(numbers) {
		t.Fatalf("%v holds %d entries, want %d", j, len(found), len(numbers))
	}
	for i, n := range numbers {
		if found[i].ID != message(n) || !bytes.Equal(found[i].Frame, frame(n)) {
			t.Fatalf("%v: entry %d is %q, want %q", j, i, found[i].Frame, frame(n))
		}
	}
	if !slices.IsSortedFunc(found, func(a, b store.Stored) int { return int(a.Seq) - int(b.Seq) }) {
		t.Fatalf("%v is not in order", j)
	}
}

// wantBounds fails unless a journal has these bounds.
func wantBounds(t testing.TB, s store.Store, j store.Journal, first, last uint64, size int64) {
	t.Helper()
	f, l, n, err := s.Bounds(j)
	if err != nil || f != first || l != last || n != size {
		t.Fatalf("%v: first %d, last %d, %d bytes, %v; want %d, %d, %d", j, f, l, n, err, first, last, size)
	}
}

// sizes is the bytes of the frames from, ..., to-1.
func sizes(from, to int) (total int64) {
	for n := from; n < to; n++ {
		total += int64(len(frame(n)))
	}
	return total
}

// span returns from, ..., to-1.
func span(from, to int) []int {
	numbers := make([]int, 0, to-from)
	for n := from; n < to; n++ {
		numbers = append(numbers, n)
	}
	return numbers
}
