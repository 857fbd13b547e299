package search

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gossip/backend/store"
	"gossip/common/id"
)

var (
	errKilled  = errors.New("killed before the commit")
	hub        = id.HubID{1}
	alice, bob = id.UserID{1}, id.UserID{2}
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newStore(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "store.db"), store.Key{1})
	check(t, err)
	t.Cleanup(func() { check(t, s.Close()) })
	return s
}

func placeAt(n int) (p Place) {
	copy(p[:], fmt.Sprintf("%024d", n))
	return p
}

// words are few, so that they meet.
var words = []string{"Zürich", "zurich", "Łódź", "ping", "pong", "pingpong", "straße", "x", "https://a.b/c", "日本", "👩‍👩‍👧"}

func drawText(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 6).Draw(t, "words"), rapid.SampledFrom([]string{" ", "\n", ""}).Draw(t, "between"))
}

// model is what the index must know, conversation by conversation.
type model map[byte]map[int]Entry

func (m model) clone() model {
	copied := model{}
	for conversation, entries := range m {
		copied[conversation] = maps.Clone(entries)
	}
	return copied
}

// scan answers a question by looking at every message.
func (m model) scan(q *Question, from map[id.UserID]bool, now int64) map[byte][]Found {
	found := map[byte][]Found{}
	for conversation, entries := range m {
		for _, n := range slices.Sorted(maps.Keys(entries)) {
			if e := entries[n]; fits(q, from, now, e) {
				found[conversation] = append(found[conversation], Found{e.Place, e.SentAt})
			}
		}
	}
	return found
}

// among is the filter for these authors; nil: anybody.
func among(users map[id.UserID]bool) func(id.UserID) bool {
	if users == nil {
		return nil
	}
	return func(user id.UserID) bool { return users[user] }
}

func fits(q *Question, from map[id.UserID]bool, now int64, e Entry) bool {
	folded := Fold(e.Text)
	for _, word := range q.Words {
		if !strings.Contains(folded, word) {
			return false
		}
	}
	link := strings.Contains(folded, "https://") || strings.Contains(folded, "http://")
	return (e.ExpiresAt == 0 || e.ExpiresAt > now) && (from == nil || from[e.From]) && e.SentAt >= q.Since && (q.Until == 0 || e.SentAt < q.Until) && (!q.Link || link)
}

func drawEntry(t *rapid.T, n int) Entry {
	return Entry{
		Place: placeAt(n), From: rapid.SampledFrom([]id.UserID{alice, bob}).Draw(t, "from"), SentAt: rapid.Int64Range(0, 50).Draw(t, "sent"),
		ExpiresAt: rapid.SampledFrom([]int64{0, 0, 20, 40}).Draw(t, "expires"), Text: drawText(t),
	}
}

// step makes one transaction of random changes and reports whether it was committed.
func step(t *rapid.T, s *store.Store, m model) bool {
	killed := rapid.IntRange(0, 5).Draw(t, "killed") == 0
	err := s.Update(func(tx *store.Tx) error {
		indexes := map[byte]*Index{}
		for range rapid.IntRange(1, 150).Draw(t, "changes") {
			conversation := rapid.ByteRange(0, 1).Draw(t, "conversation")
			if indexes[conversation] == nil {
				indexes[conversation] = Open(tx, hub, []byte{conversation})
			}
			if m[conversation] == nil {
				m[conversation] = map[int]Entry{}
			}
			n := rapid.IntRange(0, 400).Draw(t, "place")
			if rapid.IntRange(0, 3).Draw(t, "delete") == 0 {
				for end := n + rapid.SampledFrom([]int{1, 1, 1, 100, 400}).Draw(t, "count"); n < end; n++ {
					delete(m[conversation], n)
					if err := indexes[conversation].Delete(placeAt(n)); err != nil {
						return err
					}
				}
				continue
			}
			m[conversation][n] = drawEntry(t, n)
			if err := indexes[conversation].Put(m[conversation][n]); err != nil {
				return err
			}
		}
		for _, x := range indexes {
			if err := x.Flush(); err != nil {
				return err
			}
		}
		if killed {
			return errKilled
		}
		return nil
	})
	if err != nil && !(killed && errors.Is(err, errKilled)) {
		t.Fatal(err)
	}
	return !killed
}

// TestIndexKnowsWhatTheMessagesSay compares the index with a look at every message, under random inserts, edits, deletions,
// and transactions that fail.
func TestIndexKnowsWhatTheMessagesSay(t *testing.T) {
	s := newStore(t)
	rapid.Check(t, func(t *rapid.T) {
		check := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		check(s.Update(func(tx *store.Tx) error {
			return errors.Join(tx.Drop(blockBucket, hub[:], []byte{0}), tx.Drop(blockBucket, hub[:], []byte{1}))
		}))
		m := model{}
		for range rapid.IntRange(1, 6).Draw(t, "transactions") {
			if next := m.clone(); step(t, s, next) {
				m = next
			}
		}
		q := &Question{Link: rapid.IntRange(0, 4).Draw(t, "link") == 0, Since: rapid.Int64Range(0, 20).Draw(t, "since"), Until: rapid.Int64Range(0, 50).Draw(t, "until")}
		for _, word := range rapid.SliceOfN(rapid.SampledFrom(words), 0, 2).Draw(t, "words") {
			q.word(word)
		}
		from := rapid.SampledFrom([]map[id.UserID]bool{nil, nil, {alice: true}, {}}).Draw(t, "authors")
		found := map[byte][]Found{}
		check(s.View(func(tx *store.Tx) error {
			for conversation := range m {
				err := q.Filter(among(from), 30).Scan(context.Background(), tx, hub, []byte{conversation}, func(f Found) { found[conversation] = append(found[conversation], f) })
				if err != nil {
					return err
				}
			}
			return blocksFit(tx, m)
		}))
		for _, list := range found {
			slices.SortFunc(list, func(a, b Found) int { return bytes.Compare(a.Place[:], b.Place[:]) })
		}
		if want := m.scan(q, from, 30); !maps.EqualFunc(found, want, slices.Equal[[]Found]) {
			t.Fatalf("the question %+v found\n%v\nwant\n%v", q, found, want)
		}
	})
}

// blocksFit checks the shape of the blocks: none empty, none above its bounds without need.
func blocksFit(tx *store.Tx, m model) error {
	for conversation, entries := range m {
		count := 0
		for _, raw := range tx.Bucket(blockBucket, hub[:], []byte{conversation}).Range(nil, nil, false, 0) {
			v, err := viewOf(raw)
			if err != nil {
				return err
			}
			if v.count > maxEntries || v.count > 1 && len(v.texts) > maxTexts {
				return fmt.Errorf("a block of %d entries and %d bytes", v.count, len(v.texts))
			}
			count += v.count
		}
		if count != len(entries) {
			return fmt.Errorf("%d entries in the blocks, want %d", count, len(entries))
		}
	}
	return nil
}
