package search

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gossip/backend/store"
)

func someItems() []item {
	return []item{
		{place: placeAt(1), from: alice, sentAt: 10, text: []byte("good morning")},
		{place: placeAt(2), from: bob, sentAt: 20, expiresAt: 30, link: true, text: []byte("https://a.b/c")},
		{place: placeAt(3), from: alice, sentAt: 15, text: []byte{}},
	}
}

func TestBlockKeepsItsItems(t *testing.T) {
	v, err := viewOf(encode(someItems()))
	check(t, err)
	for i, got := range v.items() {
		if want := someItems()[i]; !got.equal(&want) {
			t.Errorf("item %d is %+v, want %+v", i, got, want)
		}
	}
	for offset, want := range map[int]int{0: 0, 12: 0, 13: 1, 26: 1, 27: 2} {
		if got := v.holding(offset); got != want {
			t.Errorf("offset %d is of item %d, want %d", offset, got, want)
		}
	}
}

// FuzzBlock checks that no bytes of a block make the program fail, and that a sound one is what it encodes to.
func FuzzBlock(f *testing.F) {
	f.Add(encode(someItems()))
	f.Add(encode(someItems()[:1]))
	f.Add([]byte{blockVersion, 0, 0, 0, 0})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := viewOf(raw)
		if err != nil {
			if !errors.Is(err, store.ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		for _, q := range []*Question{{}, {Words: []string{"o", "g"}}, {Link: true}} {
			q.Filter(nil, 5).scan(&v, func(Found) {})
		}
		again, err := viewOf(encode(v.items()))
		if err != nil || again.count != v.count {
			t.Fatalf("encoded again it is %+v, %v", again, err)
		}
	})
}

// TestTamperedBlock changes every byte of a block in turn: it is refused, or means something else, but breaks nothing.
func TestTamperedBlock(t *testing.T) {
	raw := encode(someItems())
	for i := range raw {
		changed := bytes.Clone(raw)
		changed[i] ^= 0xff
		if v, err := viewOf(changed); err == nil {
			(&Question{Words: []string{"good"}}).Filter(nil, 0).scan(&v, func(Found) {})
		}
		if _, err := viewOf(raw[:i]); err == nil {
			t.Fatalf("%d bytes of %d are taken for a block", i, len(raw))
		}
	}
}

// TestDamageIsReported puts a block into the store that can't be read.
func TestDamageIsReported(t *testing.T) {
	s := newStore(t)
	check(t, s.Update(func(tx *store.Tx) error {
		return tx.Bucket(blockBucket, hub[:], []byte{1}).Put(inverted(placeAt(5)), []byte("nonsense"))
	}))
	for what, err := range map[string]error{
		"a search": s.View(func(tx *store.Tx) error {
			return (&Question{}).Filter(nil, 0).Scan(context.Background(), tx, hub, []byte{1}, func(Found) {})
		}),
		"an insert":   s.Update(func(tx *store.Tx) error { return Open(tx, hub, []byte{1}).Put(Entry{Place: placeAt(6)}) }),
		"a deletion":  s.Update(func(tx *store.Tx) error { return Open(tx, hub, []byte{1}).Delete(placeAt(4)) }),
		"its removal": s.Update(func(tx *store.Tx) error { return Rebuild(tx, hub, []byte{1}) }),
	} {
		if wanted := what != "its removal"; errors.Is(err, store.ErrDamaged) != wanted || !wanted && err != nil {
			t.Errorf("%s says %v", what, err)
		}
	}
}

// TestNoTextInTheFile looks for what was indexed in the bytes of the file, and in the keys of its rows.
func TestNoTextInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := store.Open(path, store.Key{1})
	check(t, err)
	secret := "the picnic is at the old mill"
	check(t, s.Update(func(tx *store.Tx) error {
		x := Open(tx, hub, []byte("conversation-17"))
		return errors.Join(x.Put(Entry{Place: placeAt(1), From: alice, Text: strings.ToUpper(secret)}), x.Flush())
	}))
	check(t, s.View(func(tx *store.Tx) error {
		count := 0
		for key, value := range tx.Bucket(blockBucket, hub[:], []byte("conversation-17")).Range(nil, nil, false, 0) {
			if count++; len(key) != PlaceLength || !bytes.Contains(value, []byte(secret)) {
				t.Errorf("the block %x does not hold the text", key)
			}
		}
		if count != 1 {
			t.Errorf("%d blocks", count)
		}
		return nil
	}))
	check(t, s.Close())
	file, err := os.ReadFile(path)
	check(t, err)
	for _, needle := range []string{secret, "picnic", "PICNIC", "conversation-17"} {
		if bytes.Contains(file, []byte(needle)) {
			t.Errorf("the file holds %q", needle)
		}
	}
}
