package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gossip/backend/store"
	"gossip/common/id"
)

// What the benchmarks search: about 60 bytes a message, whose words are as unequally frequent as those of a language.
const (
	benchMessages      = 100_000
	benchConversations = 20
	benchPeople        = 30
	benchWords         = 5000
)

// writer makes texts.
type writer struct {
	rng   *rand.Rand
	words []string
	ranks *rand.Zipf
}

func newWriter() *writer {
	w := &writer{rng: rand.New(rand.NewPCG(1, 1720))}
	w.ranks = rand.NewZipf(w.rng, 1.1, 3, benchWords-1)
	for range benchWords {
		word := make([]byte, 2+w.rng.IntN(8))
		for i := range word {
			word[i] = "etaoinshrdlucmfwypvbgk"[int(w.rng.ExpFloat64()*5)%22]
		}
		w.words = append(w.words, string(word))
	}
	return w
}

func (w *writer) text() string {
	var b strings.Builder
	for length := 30 + w.rng.IntN(60); b.Len() < length; b.WriteByte(' ') {
		b.WriteString(w.words[w.ranks.Uint64()])
	}
	return b.String()
}

func benchPerson(n int) id.UserID { return id.UserID{byte(n), 7} }

// entry is the message of that number: those in the conversations come in turn.
func (w *writer) entry(n int) (conversation []byte, e Entry) {
	text := w.text()
	if n == benchMessages/3 {
		text = "the needle lies in the haystack of Zürich"
	}
	return []byte{byte(n % benchConversations)}, Entry{Place: placeAt(n), From: benchPerson(w.rng.IntN(benchPeople)), SentAt: int64(n), Text: text}
}

// library is a store with the messages of the benchmarks.
func library(b *testing.B) *store.Store {
	b.Helper()
	s, w := newStore(b), newWriter()
	for from := 0; from < benchMessages; from += 5000 {
		check(b, s.Update(func(tx *store.Tx) error { return w.add(tx, from, 5000) }))
	}
	return s
}

func (w *writer) add(tx *store.Tx, from, count int) error {
	indexes := map[string]*Index{}
	for n := from; n < from+count; n++ {
		conversation, e := w.entry(n)
		x := indexes[string(conversation)]
		if x == nil {
			x = Open(tx, hub, conversation)
			indexes[string(conversation)] = x
		}
		if err := x.Put(e); err != nil {
			return err
		}
	}
	for _, x := range indexes {
		if err := x.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkSearch finds the newest 50 of 100,000 messages.
func BenchmarkSearch(b *testing.B) {
	s, w := library(b), newWriter()
	common, second := w.words[0], w.words[1]
	for name, row := range map[string]struct {
		words         []string
		from          map[id.UserID]bool
		conversations int
	}{
		"rare word":       {words: []string{"needle"}},
		"common word":     {words: []string{common}},
		"one letter":      {words: []string{"e"}},
		"two words":       {words: []string{common, second}},
		"rare and common": {words: []string{"zurich", common[:1]}},
		"miss":            {words: []string{"xylophone"}},
		"from":            {from: map[id.UserID]bool{benchPerson(3): true}},
		"from and word":   {words: []string{common}, from: map[id.UserID]bool{benchPerson(3): true}},
		"in and word":     {words: []string{common}, conversations: 1},
	} {
		b.Run(name, func(b *testing.B) {
			q, count := &Question{Words: row.words}, 0
			for b.Loop() {
				count = searchAll(b, s, q.Filter(among(row.from), 0), max(row.conversations, 0))
			}
			b.ReportMetric(float64(count), "hits")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/search")
		})
	}
}

func searchAll(b *testing.B, s *store.Store, f *Filter, conversations int) int {
	if conversations == 0 {
		conversations = benchConversations
	}
	newest := Newest[int]{Limit: 51, Compare: func(a, b int) int { return a - b }}
	check(b, s.View(func(tx *store.Tx) error {
		for i := range conversations {
			if err := f.Scan(context.Background(), tx, hub, []byte{byte(i)}, func(found Found) { newest.Add(i, found) }); err != nil {
				return err
			}
		}
		return nil
	}))
	return len(newest.All())
}

// written is how many bytes this process has written so far, where the system tells it.
func written(b *testing.B) (bytes float64) {
	b.Helper()
	raw, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		fmt.Sscanf(line, "wchar: %f", &bytes)
	}
	return bytes
}

// BenchmarkInsert adds messages to a full library: what the index adds to a transaction that stores each as a row anyway.
func BenchmarkInsert(b *testing.B) {
	for _, batch := range []int{1, 16, 256} {
		for _, indexed := range []bool{false, true} {
			b.Run(fmt.Sprintf("batch=%d/indexed=%v", batch, indexed), func(b *testing.B) {
				s, w, n := library(b), newWriter(), benchMessages
				before := written(b)
				b.ResetTimer()
				for i := 0; i < b.N; i++ {
					check(b, s.Update(func(tx *store.Tx) error {
						for j := range batch {
							conversation, e := w.entry(n + j)
							if err := store.PutValue(tx.Bucket("message", conversation), e.Place[:], e); err != nil {
								return err
							}
						}
						if !indexed {
							return nil
						}
						return w.add(tx, n, batch)
					}))
					n += batch
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batch), "ns/msg")
				b.ReportMetric((written(b)-before)/float64(b.N*batch), "B-written/msg")
			})
		}
	}
}

// BenchmarkFileSize tells what the index of a message takes on the disk.
func BenchmarkFileSize(b *testing.B) {
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "store.db")
		s, err := store.Open(path, store.Key{1})
		check(b, err)
		w := newWriter()
		for from := 0; from < benchMessages; from += 500 {
			check(b, s.Update(func(tx *store.Tx) error { return w.add(tx, from, 500) }))
		}
		check(b, s.Close())
		info, err := os.Stat(path)
		check(b, err)
		b.ReportMetric(float64(info.Size())/benchMessages, "B-file/msg")
	}
}
