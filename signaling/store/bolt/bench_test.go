package bolt

import (
	"fmt"
	"testing"

	"gossip/common/id"
	"gossip/signaling/store"
)

// payload is the size of a frame in the benchmarks: a short message, encrypted.
const payload = 300

// BenchmarkAppend measures durable appends, each with its own frame and random id, with so many under way at one time,
// into one channel and over a thousand inboxes.
func BenchmarkAppend(b *testing.B) {
	for _, journals := range []int{1, 1000} {
		for _, inFlight := range []int{1, 64, 1000, 10_000} {
			b.Run(fmt.Sprintf("journals=%d/inflight=%d", journals, inFlight), func(b *testing.B) {
				benchmarkAppend(b, openStore(b, b.TempDir()), journals, inFlight)
			})
		}
	}
}

func benchmarkAppend(b *testing.B, s store.Store, journals, inFlight int) {
	frame := make([]byte, payload)
	slots := make(chan struct{}, inFlight)
	done := func(_ store.Position, err error) {
		if err != nil {
			b.Error(err)
		}
		<-slots
	}
	b.SetBytes(payload)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		slots <- struct{}{}
		s.Append(store.Inbox(id.DeviceID{byte(n % journals), byte(n % journals >> 8)}), store.Entry{ID: id.NewMessageID(), Frame: frame}, done)
	}
	for range inFlight { // wait for the rest
		slots <- struct{}{}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
}

// BenchmarkRead measures what a device costs that resumes: a hundred entries from the middle of a channel of 100,000.
func BenchmarkRead(b *testing.B) {
	const held = 100_000
	s := openStore(b, b.TempDir())
	channel := store.Channel(id.ChannelID{1})
	fill(b, s, channel, held)
	b.ReportAllocs()
	b.SetBytes(100 * payload)
	for n := 0; b.Loop(); n++ {
		found, err := s.Read(channel, uint64(n*7919%(held-100)), 100, 1<<20)
		if err != nil || len(found) != 100 {
			b.Fatalf("%d entries, %v", len(found), err)
		}
	}
}

// BenchmarkOpen measures the start of a hub with 100,000 entries waiting.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	s := openStore(b, dir)
	fill(b, s, store.Channel(id.ChannelID{1}), 100_000)
	for b.Loop() {
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		s = openStore(b, dir)
	}
}

// BenchmarkAck measures the acknowledgements of a thousand members.
func BenchmarkAck(b *testing.B) {
	s := openStore(b, b.TempDir())
	channel := store.Channel(id.ChannelID{1})
	fill(b, s, channel, 100_000)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		s.Ack(channel, id.DeviceID{byte(n), byte(n >> 8 & 3)}, uint64(n/1000))
	}
}

// fill appends entries of payload bytes and waits for the last.
func fill(t testing.TB, s store.Store, j store.Journal, entries int) {
	t.Helper()
	answered := make(chan error, entries)
	for range entries {
		s.Append(j, store.Entry{ID: id.NewMessageID(), Frame: make([]byte, payload)}, func(_ store.Position, err error) { answered <- err })
	}
	for range entries {
		if err := <-answered; err != nil {
			t.Fatal(err)
		}
	}
}
