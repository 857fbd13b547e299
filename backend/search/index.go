package search

import (
	"bytes"
	"fmt"
	"slices"

	"gossip/backend/store"
	"gossip/common/id"
)

// Index changes what is known of one conversation, inside a transaction. It keeps the block that it changed last: many
// changes near each other cost little more than one. Call Flush before the transaction ends.
//
// An error that wraps store.ErrDamaged means that the index of this conversation can't be used any more: Rebuild it.
type Index struct {
	bucket *store.Bucket
	block  *block // nil: none is open
	newest *Place // start of the newest block that is stored; nil: not known
}

// block is an open block. It holds the places from its start up to the start of the next one.
type block struct {
	start Place
	next  *Place // start of the next block; nil: not known, or there is none
	last  bool   // there is none
	items []item
	dirty bool
}

// Open returns the index of a conversation of a hub.
func Open(tx *store.Tx, hub id.HubID, conversation []byte) *Index {
	return &Index{bucket: tx.Bucket(blockBucket, hub[:], conversation)}
}

// inverted is a block's key: so the first key at or after a place's is that of the block that holds it, and the newest
// block comes first.
func inverted(p Place) []byte {
	key := make([]byte, PlaceLength)
	for i, b := range p {
		key[i] = ^b
	}
	return key
}

// startOf is the start of the block with this key.
func startOf(key []byte) (start Place, err error) {
	if len(key) != PlaceLength {
		return start, fmt.Errorf("%w (a key of the search index)", store.ErrDamaged)
	}
	return Place(inverted(Place(key))), nil
}

// Put takes a message in, in place of what stood at its place.
func (x *Index) Put(e Entry) error {
	if err := x.open(e.Place); err != nil {
		return err
	}
	f := folding{out: make([]byte, 0, len(e.Text))}
	f.fold(e.Text)
	it := item{place: e.Place, from: e.From, sentAt: e.SentAt, expiresAt: e.ExpiresAt, link: linked(f.out), text: f.out}
	at, found := x.block.find(e.Place)
	switch {
	case !found:
		return x.insert(at, it)
	case !x.block.items[at].equal(&it):
		x.block.items[at], x.block.dirty = it, true
	}
	return nil
}

// Delete takes out what stands at a place, if anything does.
func (x *Index) Delete(p Place) error {
	if err := x.open(p); err != nil {
		return err
	}
	at, found := x.block.find(p)
	if !found {
		return nil
	}
	x.block.items, x.block.dirty = slices.Delete(x.block.items, at, at+1), true
	return nil
}

// Flush stores the block that was changed last.
func (x *Index) Flush() error {
	b := x.block
	x.block = nil
	switch {
	case b == nil || !b.dirty:
		return nil
	case len(b.items) > 0:
		if b.last {
			x.newest = &b.start
		}
		return x.bucket.Put(inverted(b.start), encode(b.items))
	case b.last:
		x.newest = nil
	}
	return x.bucket.Delete(inverted(b.start))
}

func (b *block) find(p Place) (at int, found bool) {
	return slices.BinarySearchFunc(b.items, p, func(it item, p Place) int { return bytes.Compare(it.place[:], p[:]) })
}

// holds reports whether the place is surely this block's.
func (b *block) holds(p Place) bool {
	if b == nil || p.before(b.start) {
		return false
	}
	return b.last || b.next != nil && p.before(*b.next) || len(b.items) > 0 && !b.items[len(b.items)-1].place.before(p)
}

// open makes the block current that holds a place, or will.
func (x *Index) open(p Place) error {
	if x.block.holds(p) {
		return nil
	}
	if err := x.Flush(); err != nil {
		return err
	}
	if x.newest == nil {
		if err := x.load(nil); err != nil {
			return err
		}
		if x.block.holds(p) {
			return nil
		}
	}
	if err := x.load(inverted(p)); err != nil {
		return err
	}
	if x.block != nil {
		return nil
	}
	return x.begin(p)
}

// begin makes a block current that starts at a place before all others.
func (x *Index) begin(p Place) error {
	x.block = &block{start: p, last: x.newest == nil}
	if x.block.last {
		return nil
	}
	oldest, _, err := x.bucket.Last()
	if err != nil {
		return err
	}
	next, err := startOf(oldest)
	x.block.next = &next
	return err
}

// load makes the first block at or after a key current, none if there is none.
func (x *Index) load(from []byte) error {
	x.block = nil
	key, raw, err := x.bucket.Seek(from)
	if err != nil || key == nil {
		return err
	}
	start, err := startOf(key)
	if err != nil {
		return err
	}
	v, err := viewOf(raw)
	if err != nil {
		return err
	}
	if from == nil {
		x.newest = &start
	}
	x.block = &block{start: start, items: v.items(), last: start == *x.newest}
	return nil
}

// insert adds an item to the current block, which is split when it was full: behind its last item starts a new block, so
// that blocks are full where messages come in order; elsewhere it is halved.
func (x *Index) insert(at int, it item) error {
	b := x.block
	b.items, b.dirty = slices.Insert(b.items, at, it), true
	if len(b.items) == 1 || len(b.items) <= maxEntries && textsLength(b.items) <= maxTexts {
		return nil
	}
	cut := len(b.items) / 2
	if at == len(b.items)-1 {
		cut = at
	}
	upper := &block{start: b.items[cut].place, next: b.next, last: b.last, items: slices.Clone(b.items[cut:]), dirty: true}
	b.items, b.last = b.items[:cut], false
	if err := x.Flush(); err != nil {
		return err
	}
	x.block = upper
	return nil
}

// linked reports whether a folded text has a link.
func linked(folded []byte) bool {
	return bytes.Contains(folded, []byte("http://")) || bytes.Contains(folded, []byte("https://"))
}
