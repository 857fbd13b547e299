package storetest

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gossip/common/id"
	"gossip/signaling/store"
)

// machine runs random operations on a store and on the model; each answer must be the same. rapid prints the seed
// and the shortest history that fails.
type machine struct {
	t     *testing.T
	open  Open
	dir   string
	store store.Store
	model *model
}

// The names that histories are made of: few, so that they meet.
var (
	someJournals = rapid.SampledFrom([]store.Journal{general, store.Inbox(alice), store.Inbox(bob)})
	someDevices  = rapid.SampledFrom([]id.DeviceID{alice, bob, carol})
	someKinds    = rapid.SampledFrom([]string{"user", "invite"})
	someKeys     = rapid.SampledFrom([]string{"a", "ab", "abc", "b"})
	someIDs      = rapid.IntRange(0, 30)
	someSeqs     = rapid.Uint64Range(0, 40)
	// Either gone long ago or not during the test: what is between is the clock's affair.
	someExpiries = rapid.SampledFrom([]time.Duration{0, 0, 0, -time.Hour, time.Hour, 3 * time.Hour})
)

func testModel(t *testing.T, open Open) {
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "model")
		if err != nil {
			r.Fatal(err)
		}
		m := &machine{t: t, open: open, dir: dir, store: open(t, dir), model: newModel()}
		r.Repeat(map[string]func(*rapid.T){
			"append": m.append,
			"fill":   m.fill,
			"read":   m.read,
			"ack":    m.ack,
			"forget": m.forget,
			"trim":   m.trim,
			"drop":   m.drop,
			"sweep":  m.sweep,
			"set":    m.set,
			"delete": m.delete,
			"reopen": m.reopen,
			"":       m.check,
		})
		if err := m.store.Close(); err != nil {
			r.Fatal(err)
		}
		os.RemoveAll(dir)
	})
}

func (m *machine) append(r *rapid.T) {
	j := someJournals.Draw(r, "journal")
	m.appendEntry(r, j, someIDs.Draw(r, "id"))
}

func (m *machine) fill(r *rapid.T) {
	j := someJournals.Draw(r, "journal")
	for range rapid.IntRange(1, 5).Draw(r, "count") {
		m.appendEntry(r, j, someIDs.Draw(r, "id"))
	}
}

func (m *machine) appendEntry(r *rapid.T, j store.Journal, n int) {
	e := store.Entry{ID: message(n), Frame: rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(r, "frame")}
	if in := someExpiries.Draw(r, "expires"); in != 0 {
		e.Expires = time.Now().Add(in).Truncate(time.Millisecond)
	}
	a := appendOne(m.store, j, e)
	want := m.model.journal(j).append(e, a.At)
	if a.err != nil || a.Seq != want.Seq || !a.At.Equal(want.At) || a.Duplicate != want.Duplicate {
		r.Fatalf("append was answered %+v, want %+v", a, want)
	}
}

func (m *machine) read(r *rapid.T) {
	j, after := someJournals.Draw(r, "journal"), someSeqs.Draw(r, "after")
	maxEntries, maxBytes := rapid.IntRange(0, 20).Draw(r, "entries"), rapid.IntRange(0, 100).Draw(r, "bytes")
	found, err := m.store.Read(j, after, maxEntries, maxBytes)
	if want := m.model.journal(j).read(after, maxEntries, maxBytes); err != nil || !slices.EqualFunc(found, want, sameStored) {
		r.Fatalf("read %v, %v; want %v", found, err, want)
	}
}

func sameStored(a, b store.Stored) bool {
	return a.Seq == b.Seq && a.At.Equal(b.At) && a.ID == b.ID && a.Expires.Equal(b.Expires) && bytes.Equal(a.Frame, b.Frame)
}

func (m *machine) ack(r *rapid.T) {
	j, d, seq := someJournals.Draw(r, "journal"), someDevices.Draw(r, "device"), someSeqs.Draw(r, "seq")
	m.store.Ack(j, d, seq)
	m.model.journal(j).ack(d, seq)
}

func (m *machine) forget(r *rapid.T) {
	j, d := someJournals.Draw(r, "journal"), someDevices.Draw(r, "device")
	m.store.Forget(j, d)
	delete(m.model.journal(j).cursors, d)
}

func (m *machine) trim(r *rapid.T) {
	j, upTo := someJournals.Draw(r, "journal"), someSeqs.Draw(r, "up to")
	removed, err := m.store.Trim(j, upTo)
	if want := m.model.journal(j).trim(upTo); err != nil || removed != want {
		r.Fatalf("trim removed %d, %v; want %d", removed, err, want)
	}
}

func (m *machine) drop(r *rapid.T) {
	j := someJournals.Draw(r, "journal")
	if err := m.store.Drop(j); err != nil {
		r.Fatal(err)
	}
	m.model.drop(j)
}

func (m *machine) sweep(r *rapid.T) {
	now := time.Now().Add(rapid.SampledFrom([]time.Duration{0, 2 * time.Hour, 4 * time.Hour, 30 * time.Hour}).Draw(r, "later"))
	retention := rapid.SampledFrom([]time.Duration{0, time.Hour, 24 * time.Hour}).Draw(r, "retention")
	inboxBytes := rapid.Int64Range(0, 100).Draw(r, "inbox bytes")
	if err := m.store.Sweep(now, retention, inboxBytes); err != nil {
		r.Fatal(err)
	}
	m.model.sweep(now, retention, inboxBytes)
}

func (m *machine) set(r *rapid.T) {
	kind, key := someKinds.Draw(r, "kind"), someKeys.Draw(r, "key")
	version, value := m.version(r, kind, key), rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(r, "value")
	next, err := m.store.Set(kind, key, version, value)
	if want := m.model.change(kind, key, version, next, value); !sameError(err, want) {
		r.Fatalf("set: %v, want %v", err, want)
	}
}

func (m *machine) delete(r *rapid.T) {
	kind, key := someKinds.Draw(r, "kind"), someKeys.Draw(r, "key")
	version := m.version(r, kind, key)
	err := m.store.Delete(kind, key, version)
	if want := m.model.change(kind, key, version, 0, nil); !sameError(err, want) {
		r.Fatalf("delete: %v, want %v", err, want)
	}
}

// version is the right one three times in four.
func (m *machine) version(r *rapid.T, kind, key string) uint64 {
	if rapid.IntRange(0, 3).Draw(r, "stale") == 0 {
		return rapid.Uint64Range(0, 20).Draw(r, "version")
	}
	return m.model.records[kind][key].Version
}

func (m *machine) reopen(r *rapid.T) {
	if err := m.store.Close(); err != nil {
		r.Fatal(err)
	}
	m.store = m.open(m.t, m.dir)
}

// check compares everything that can be seen; rapid runs it after each operation.
func (m *machine) check(r *rapid.T) {
	for name, j := range m.model.journals {
		first, last, size := j.bounds()
		f, l, n, err := m.store.Bounds(name)
		if err != nil || f != first || l != last || n != size {
			r.Fatalf("%v: %d to %d, %d bytes, %v; want %d to %d, %d bytes", name, f, l, n, err, first, last, size)
		}
		if got := m.store.Cursors(name); !maps.Equal(got, j.cursors) {
			r.Fatalf("%v: cursors %v, want %v", name, got, j.cursors)
		}
		found, err := m.store.Read(name, 0, 1000, 1<<20)
		if want := j.read(0, 1000, 1<<20); err != nil || !slices.EqualFunc(found, want, sameStored) {
			r.Fatalf("%v: read %v, %v; want %v", name, found, err, want)
		}
	}
	for _, kind := range []string{"user", "invite"} {
		m.checkRecords(r, kind, rapid.SampledFrom([]string{"", "a", "ab", "b", "c"}).Draw(r, "prefix"))
	}
}

func (m *machine) checkRecords(r *rapid.T, kind, prefix string) {
	got, err := m.store.List(kind, prefix)
	want := m.model.list(kind, prefix)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		r.Fatalf("list %s %q: %v, %v; want %v", kind, prefix, got, err, want)
	}
}
