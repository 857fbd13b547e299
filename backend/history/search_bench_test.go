package history

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"gossip/backend/search"
	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

// benchRows is how many messages the profile of the benchmarks holds, in benchChannels channels and with bob.
const (
	benchRows     = 100_000
	benchChannels = 19
)

// benchWords are as unequally frequent as these benchmarks need.
var benchWords = strings.Fields("the weather on monday will be better than that of the last week so let us meet at the old mill and bring something to eat")

func benchText(n int) string {
	text := fmt.Sprint("message ", n)
	for i := 0; len(text) < 60; i++ {
		text += " " + benchWords[(n*7+i*i)%len(benchWords)]
	}
	if n == benchRows/3 {
		return "the needle lies in the haystack of Zürich"
	}
	return text
}

func (p *profile) benchConversation(n int) Conversation {
	if n%(benchChannels+1) == 0 {
		return p.withBob()
	}
	return Conversation{Hub: p.hubID, Channel: id.ChannelID{byte(n % (benchChannels + 1))}}
}

// insertRows stores rows of bob's as if they had come.
func (p *profile) insertRows(from, count int) error {
	return p.update(func(c *Change) error {
		for n := from; n < from+count; n++ {
			r := &Row{
				ID: id.NewMessageID(), From: bob, Type: content.TypeText, Text: benchText(n),
				SentAt: Millis(c.now), State: StateReceived,
			}
			if err := c.Insert(p.benchConversation(n), NewPlace(uint64(n+1), 1, r.ID), r); err != nil {
				return err
			}
		}
		return nil
	})
}

// longHistory is a profile with 100,000 messages.
func longHistory(b *testing.B) *profile {
	b.Helper()
	p := newProfile(b)
	for from := 0; from < benchRows; from += 5000 {
		check(b, p.insertRows(from, 5000))
	}
	p.told = nil
	return p
}

// BenchmarkSearch finds the newest 50 of 100,000 messages and reads them.
func BenchmarkSearch(b *testing.B) {
	p := longHistory(b)
	ofBob, here := map[id.UserID]bool{bob: true}, map[Conversation]bool{p.withBob(): true}
	for _, row := range []struct {
		name, question string
		search         Search
	}{
		{"rare word", "needle", Search{}}, {"common word", "the", Search{}}, {"two words", "weather mill", Search{}}, {"a miss", "xylophone", Search{}},
		{"from", "", Search{From: ofBob}}, {"in", "the", Search{In: here}},
	} {
		b.Run(row.name, func(b *testing.B) {
			s, hits := row.search, 0
			s.Question, s.Limit = search.Parse(row.question, time.Now()), 50
			for b.Loop() {
				found, err := p.archive.Search(context.Background(), s)
				check(b, err)
				hits = len(found.List)
			}
			b.ReportMetric(float64(hits), "hits")
			b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/search")
		})
	}
}

// BenchmarkIndexedInsert stores messages, each in its conversation, with all that belongs to them.
func BenchmarkIndexedInsert(b *testing.B) {
	for _, batch := range []int{1, 256} {
		b.Run(fmt.Sprint("batch=", batch), func(b *testing.B) {
			p, n := longHistory(b), benchRows
			before := written(b)
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				check(b, p.insertRows(n, batch))
				n += batch
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batch), "ns/msg")
			b.ReportMetric((written(b)-before)/float64(b.N*batch), "B-written/msg")
		})
	}
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

// BenchmarkIndexOldProfile makes 100,000 messages of before searchable.
func BenchmarkIndexOldProfile(b *testing.B) {
	p := longHistory(b)
	p.unindex()
	for b.Loop() {
		check(b, p.store.Update(func(tx *store.Tx) error { return tx.Drop("search_state") }))
		check(b, p.archive.catchUp(context.Background()))
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/profile")
}
