package store

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// testKey is the key of every store in these tests, and of the fixture in testdata.
var testKey = Key(bytes.Repeat([]byte{7}, 32))

func openTest(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(path, testKey)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newTest(t testing.TB) *Store {
	t.Helper()
	return openTest(t, filepath.Join(t.TempDir(), "store.db"))
}

func update(t testing.TB, s *Store, do func(*Tx) error) {
	t.Helper()
	if err := s.Update(do); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s *Store, do func(*Tx) error) {
	t.Helper()
	if err := s.View(do); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, s *Store, bucket, key string, scope ...[]byte) (value []byte) {
	t.Helper()
	view(t, s, func(tx *Tx) (err error) {
		value, err = tx.Bucket(bucket, scope...).Get([]byte(key))
		return err
	})
	return value
}

func TestValuesSurviveReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "profile", "store.db")
	s := openTest(t, path)
	update(t, s, func(tx *Tx) error { return tx.Bucket("a").Put([]byte("k"), []byte("v")) })
	update(t, s, func(tx *Tx) error { return tx.Bucket("a").Put([]byte("empty"), nil) })
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, path)
	if got := get(t, s, "a", "k"); string(got) != "v" {
		t.Errorf("got %q", got)
	}
	if got := get(t, s, "a", "empty"); got == nil || len(got) != 0 {
		t.Errorf("an empty value came back as %v, not as empty", got)
	}
	if got := get(t, s, "a", "none"); got != nil {
		t.Errorf("an absent value came back as %q", got)
	}
	if got := get(t, s, "none", "k"); got != nil {
		t.Errorf("an absent bucket gave %q", got)
	}
}

func TestScopesAreSeparate(t *testing.T) {
	s := newTest(t)
	scopes := [][][]byte{nil, {{}}, {{1}}, {{1}, {2}}, {{1, 2}}, {{1}, {2}, {}}}
	update(t, s, func(tx *Tx) error {
		for i, scope := range scopes {
			if err := tx.Bucket("a", scope...).Put([]byte("k"), []byte{byte(i)}); err != nil {
				return err
			}
		}
		return nil
	})
	for i, scope := range scopes {
		if got := get(t, s, "a", "k", scope...); !bytes.Equal(got, []byte{byte(i)}) {
			t.Errorf("scope %v holds %v, want %d", scope, got, i)
		}
	}
	update(t, s, func(tx *Tx) error { return errors.Join(tx.Drop("a", []byte{1}), tx.Drop("never")) })
	if got := get(t, s, "a", "k", []byte{1}); got != nil {
		t.Errorf("a dropped bucket gave %v", got)
	}
	if got := get(t, s, "a", "k"); got == nil {
		t.Error("dropping a scoped bucket dropped the one without a scope")
	}
}

func TestFailedUpdateChangesNothing(t *testing.T) {
	s := newTest(t)
	refusal := errors.New("no")
	ran := false
	put := func(tx *Tx) {
		tx.OnCommit(func() { ran = true })
		if err := tx.Bucket("a").Put([]byte("k"), []byte("v")); err != nil {
			t.Error(err)
		}
	}
	if err := s.Update(func(tx *Tx) error { put(tx); return refusal }); err != refusal {
		t.Errorf("got %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		s.Update(func(tx *Tx) error { put(tx); panic("bug") })
	}()
	if got := get(t, s, "a", "k"); got != nil || ran {
		t.Errorf("a failed update left %q, OnCommit ran: %v", got, ran)
	}
	update(t, s, func(tx *Tx) error { put(tx); return nil })
	if got := get(t, s, "a", "k"); string(got) != "v" || !ran {
		t.Errorf("after a failed one, an update left %q, OnCommit ran: %v", got, ran)
	}
}

func TestReadOnlyAndClosed(t *testing.T) {
	s := newTest(t)
	update(t, s, func(tx *Tx) error { return tx.Bucket("a").Put([]byte("k"), []byte("v")) })
	err := s.View(func(tx *Tx) error { return tx.Bucket("a").Put([]byte("k"), nil) })
	if !errors.Is(err, ErrReadOnly) {
		t.Errorf("Put in a View: %v", err)
	}
	s.Close()
	for name, err := range map[string]error{"View": s.View(func(*Tx) error { return nil }), "Update": s.Update(func(*Tx) error { return nil })} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s after Close: %v", name, err)
		}
	}
}

func TestTooLargeValue(t *testing.T) {
	s := newTest(t)
	large := make([]byte, MaxValue+1)
	update(t, s, func(tx *Tx) error {
		if err := tx.Bucket("a").Put([]byte("k"), large); err == nil {
			t.Error("a value over the limit was taken")
		}
		return tx.Bucket("a").Put([]byte("k"), large[:MaxValue])
	})
	if got := get(t, s, "a", "k"); len(got) != MaxValue {
		t.Errorf("the largest value came back with %d bytes", len(got))
	}
}

func TestCommitFunctionsRunInOrder(t *testing.T) {
	s := newTest(t)
	var order []uint64
	done := make(chan error)
	for range 8 {
		go func() {
			done <- s.Update(func(tx *Tx) error {
				number, err := tx.Bucket("a").NextSequence()
				tx.OnCommit(func() { order = append(order, number) })
				return err
			})
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if want := []uint64{1, 2, 3, 4, 5, 6, 7, 8}; !slices.Equal(order, want) {
		t.Errorf("got %v", order)
	}
}

// keysOf reads a Range and checks that each value belongs to its key.
func keysOf(t *testing.T, tx *Tx, from, to string, reverse bool, limit int) string {
	t.Helper()
	bound := func(s string) []byte {
		if s == "" {
			return nil
		}
		return []byte(s)
	}
	var keys []string
	for key, value := range tx.Bucket("a").Range(bound(from), bound(to), reverse, limit) {
		if string(value) != "v"+string(key) {
			t.Errorf("key %q has value %q", key, value)
		}
		keys = append(keys, string(key))
	}
	return strings.Join(keys, "")
}

func TestRange(t *testing.T) {
	s := newTest(t)
	update(t, s, func(tx *Tx) error {
		for _, key := range []string{"b", "d", "f", "h"} {
			if err := tx.Bucket("a").Put([]byte(key), []byte("v"+key)); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range []struct {
		from, to string
		reverse  bool
		limit    int
		want     string
	}{
		{"", "", false, 0, "bdfh"}, {"", "", true, 0, "hfdb"}, {"d", "h", false, 0, "df"}, {"d", "h", true, 0, "fd"},
		{"c", "g", false, 0, "df"}, {"c", "g", true, 0, "fd"}, {"", "", false, 2, "bd"}, {"", "", true, 2, "hf"},
		{"", "b", false, 0, ""}, {"", "b", true, 0, ""}, {"i", "", false, 0, ""}, {"i", "", true, 0, ""}, {"", "z", true, 1, "h"},
	} {
		view(t, s, func(tx *Tx) error {
			if got := keysOf(t, tx, c.from, c.to, c.reverse, c.limit); got != c.want {
				t.Errorf("%+v: got %q", c, got)
			}
			return nil
		})
	}
}

func TestRangeWhileChanging(t *testing.T) {
	for _, reverse := range []bool{false, true} {
		s := newTest(t)
		update(t, s, func(tx *Tx) error {
			b := tx.Bucket("a")
			for i := range 500 {
				if err := b.Put(fmt.Appendf(nil, "%03d", i), []byte("v")); err != nil {
					return err
				}
			}
			return nil
		})
		seen := 0
		update(t, s, func(tx *Tx) error {
			b := tx.Bucket("a")
			for key := range b.Range(nil, nil, reverse, 0) {
				seen++
				if err := b.Delete(key); err != nil {
					return err
				}
			}
			empty, err := b.Empty()
			if !empty {
				t.Error("rows are left")
			}
			return err
		})
		if seen != 500 {
			t.Errorf("reverse %v: deleting in the loop, saw %d of 500 rows", reverse, seen)
		}
	}
}

func TestSeekLastLen(t *testing.T) {
	s := newTest(t)
	update(t, s, func(tx *Tx) error {
		b := tx.Bucket("a")
		if key, _, err := b.Last(); key != nil || err != nil {
			t.Errorf("Last of an absent bucket: %q, %v", key, err)
		}
		if empty, err := b.Empty(); !empty || err != nil {
			t.Errorf("Empty of an absent bucket: %v, %v", empty, err)
		}
		if err := errors.Join(b.Put([]byte("b"), []byte("1")), b.Put([]byte("d"), []byte("2"))); err != nil {
			return err
		}
		key, value, err := b.Seek([]byte("c"))
		if string(key) != "d" || string(value) != "2" || err != nil {
			t.Errorf("Seek: %q %q %v", key, value, err)
		}
		key, _, err = b.Last()
		count, countErr := b.Len()
		if string(key) != "d" || count != 2 {
			t.Errorf("Last %q, Len %d", key, count)
		}
		return errors.Join(err, countErr)
	})
}

func TestTypedValues(t *testing.T) {
	type row struct {
		Name string    `cbor:"1,keyasint"`
		At   time.Time `cbor:"2,keyasint"`
		ID   [4]byte   `cbor:"3,keyasint"`
	}
	s := newTest(t)
	want := row{"alice", time.Date(2026, 11, 20, 15, 4, 5, 123456789, time.UTC), [4]byte{1, 2, 3, 4}}
	update(t, s, func(tx *Tx) error { return PutValue(tx.Bucket("a"), []byte("k"), want) })
	view(t, s, func(tx *Tx) error {
		got, found, err := GetValue[row](tx.Bucket("a"), []byte("k"))
		if !found || !got.At.Equal(want.At) || got.Name != want.Name || got.ID != want.ID {
			t.Errorf("got %+v, %v", got, found)
		}
		if _, _, err := GetValue[int](tx.Bucket("a"), []byte("k")); !errors.Is(err, ErrDamaged) {
			t.Errorf("a row read as an int: %v", err)
		}
		_, found, _ = GetValue[row](tx.Bucket("a"), []byte("none"))
		if found {
			t.Error("found an absent row")
		}
		return err
	})
}

func TestKeyIsRedacted(t *testing.T) {
	key := NewKey()
	for _, text := range []string{fmt.Sprint(key), fmt.Sprintf("%x %+v %#v %s", key, key, key, &key)} {
		if strings.Contains(text, fmt.Sprintf("%x", key[:4])) || !strings.Contains(text, "[store key]") {
			t.Errorf("a key printed as %q", text)
		}
	}
	if key.Wipe(); key != (Key{}) {
		t.Error("Wipe left bytes")
	}
}
