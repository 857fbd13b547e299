package storetest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"gossip/common/id"
	"gossip/signaling/store"
)

// model is a store in memory, as simple as can be: what testModel holds the real one against.
type model struct {
	journals map[store.Journal]*modelJournal
	records  map[string]map[string]store.Record
}

type modelJournal struct {
	last    uint64
	held    []store.Stored
	gone    []store.Stored // whose ids are remembered
	cursors map[id.DeviceID]uint64
}

func newModel() *model {
	return &model{journals: make(map[store.Journal]*modelJournal), records: make(map[string]map[string]store.Record)}
}

func (m *model) journal(j store.Journal) *modelJournal {
	if m.journals[j] == nil {
		m.journals[j] = &modelJournal{cursors: make(map[id.DeviceID]uint64)}
	}
	return m.journals[j]
}

// append returns the position that the store must answer; at is that of the store's answer.
func (j *modelJournal) append(e store.Entry, at time.Time) store.Position {
	for _, h := range slices.Concat(j.held, j.gone) {
		if h.ID == e.ID {
			return store.Position{Seq: h.Seq, At: h.At, Duplicate: true}
		}
	}
	j.last++
	j.held = append(j.held, store.Stored{Seq: j.last, At: at, Entry: e})
	return store.Position{Seq: j.last, At: at}
}

func (j *modelJournal) read(after uint64, maxEntries, maxBytes int) (found []store.Stored) {
	size := 0
	for _, h := range j.held {
		if h.Seq <= after || expired(h, time.Now()) {
			continue
		}
		if size += len(h.Frame); len(found) >= maxEntries || size > maxBytes && len(found) > 0 {
			break
		}
		found = append(found, h)
	}
	return found
}

func expired(h store.Stored, now time.Time) bool {
	return !h.Expires.IsZero() && !h.Expires.After(now)
}

func (j *modelJournal) ack(d id.DeviceID, seq uint64) {
	j.cursors[d] = max(j.cursors[d], min(seq, j.last))
}

func (j *modelJournal) bounds() (first, last uint64, size int64) {
	first = j.last + 1
	if len(j.held) > 0 {
		first = j.held[0].Seq
	}
	for _, h := range j.held {
		size += int64(len(h.Frame))
	}
	return first, j.last, size
}

func (j *modelJournal) trim(upTo uint64) int {
	before := len(j.held)
	j.remove(func(h store.Stored) bool { return h.Seq <= upTo })
	return before - len(j.held)
}

// remove takes entries out and keeps their ids.
func (j *modelJournal) remove(match func(store.Stored) bool) {
	j.held = slices.DeleteFunc(j.held, func(h store.Stored) bool {
		if match(h) {
			j.gone = append(j.gone, h)
			return true
		}
		return false
	})
}

func (m *model) sweep(now time.Time, retention time.Duration, inboxBytes int64) {
	for name, j := range m.journals {
		j.remove(func(h store.Stored) bool {
			return expired(h, now) || retention > 0 && h.At.Before(now.Add(-retention))
		})
		for name.IsInbox() && inboxBytes > 0 && len(j.held) > 0 {
			if _, _, size := j.bounds(); size <= inboxBytes {
				break
			}
			j.trim(j.held[0].Seq)
		}
		j.gone = slices.DeleteFunc(j.gone, func(h store.Stored) bool { return h.At.Before(now.Add(-store.IDLifetime)) })
	}
}

func (m *model) drop(j store.Journal) {
	m.journal(j).trim(m.journal(j).last)
	clear(m.journal(j).cursors)
}

// change applies a Set (value not nil) or Delete and returns the error that the store must answer; next is the
// version that it gave.
func (m *model) change(kind, key string, version, next uint64, value []byte) error {
	present := m.records[kind][key].Version
	switch {
	case value == nil && present == 0:
		return store.ErrNotFound
	case present != version:
		return store.ErrConflict
	case value == nil:
		delete(m.records[kind], key)
		return nil
	}
	if m.records[kind] == nil {
		m.records[kind] = make(map[string]store.Record)
	}
	m.records[kind][key] = store.Record{Key: key, Value: value, Version: next}
	return nil
}

func (m *model) list(kind, prefix string) (records []store.Record) {
	for _, key := range slices.Sorted(maps.Keys(m.records[kind])) {
		if strings.HasPrefix(key, prefix) {
			records = append(records, m.records[kind][key])
		}
	}
	return records
}

// sameError tells whether two errors are the same one of the package, or both nil.
func sameError(got, want error) bool {
	return got == nil && want == nil || want != nil && errors.Is(got, want)
}
