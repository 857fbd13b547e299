package search

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"

	"gossip/backend/store"
	"gossip/common/id"
)

// Filter is a question with its names looked up.
type Filter struct {
	words        [][]byte             // the longest first: the rarest, as a rule
	from         func(id.UserID) bool // nil: anybody
	since, until int64
	link         bool
	now          int64
}

// Filter makes the filter of the question, for a search at a time in Unix milliseconds: the words, dates and marks of the
// question and, unless from is nil, only messages of those for whom it is true; it is asked often.
func (q *Question) Filter(from func(id.UserID) bool, now int64) *Filter {
	f := &Filter{from: from, since: q.Since, until: q.Until, link: q.Link, now: now}
	if f.until == 0 {
		f.until = math.MaxInt64
	}
	for _, word := range q.Words {
		f.words = append(f.words, []byte(word))
	}
	slices.SortStableFunc(f.words, func(a, b []byte) int { return cmp.Compare(len(b), len(a)) })
	return f
}

// Scan calls visit with every message of a conversation that fits, in no particular order. Its error wraps store.ErrDamaged
// where the index of this conversation can't be used any more; what was found before stays true.
func (f *Filter) Scan(ctx context.Context, tx *store.Tx, hub id.HubID, conversation []byte, visit func(Found)) error {
	bucket := tx.Bucket(blockBucket, hub[:], conversation)
	var from []byte
	for {
		key, raw, err := bucket.Seek(from)
		if err != nil || key == nil {
			return err
		}
		v, err := viewOf(raw)
		if err != nil {
			return err
		}
		f.scan(&v, visit)
		if err := ctx.Err(); err != nil {
			return err
		}
		from = append(key, 0) // the next key in byte order
	}
}

// scan looks through one block.
func (f *Filter) scan(v *view, visit func(Found)) {
	authors := f.authors(v)
	switch {
	case f.from != nil && !slices.Contains(authors, true):
	case len(f.words) == 0:
		for i := range v.count {
			f.judge(v, i, authors, visit)
		}
	default:
		for at := 0; at < len(v.texts); {
			next := bytes.Index(v.texts[at:], f.words[0])
			if next < 0 {
				return
			}
			i := v.holding(at + next)
			f.judge(v, i, authors, visit)
			at = v.end(i)
		}
	}
}

// authors tells which of a block's authors are meant; nil: all.
func (f *Filter) authors(v *view) (meant []bool) {
	if f.from == nil {
		return nil
	}
	for at := 0; at < len(v.authors); at += authorLength {
		meant = append(meant, f.from(id.UserID(v.authors[at:at+authorLength])))
	}
	return meant
}

// judge visits the entry that has the first word when it has everything else.
func (f *Filter) judge(v *view, i int, authors []bool, visit func(Found)) {
	sent, expires := v.sentAt(i), v.expiresAt(i)
	switch {
	case sent < f.since || sent >= f.until, expires != 0 && expires <= f.now, f.link && !v.link(i), authors != nil && !authors[v.author(i)]:
		return
	}
	if len(f.words) > 1 {
		text := v.text(i)
		for _, word := range f.words[1:] {
			if !bytes.Contains(text, word) {
				return
			}
		}
	}
	visit(Found{Place: v.place(i), SentAt: sent})
}
