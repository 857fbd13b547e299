package bolt

import (
	"bytes"
	"maps"
	"time"

	"go.etcd.io/bbolt"

	"gossip/common/id"
	"gossip/signaling/store"
)

// flushInterval is how long acknowledged cursors may stay in memory while batches are committed: a thousand members
// who acknowledge every message would else cost more than the message.
const flushInterval = time.Second

// cursors is the part of a journal's state that lives in memory; guarded by Store.mu.
type cursors struct {
	last    uint64 // sequence of the last append on disk
	devices map[id.DeviceID]uint64
}

// cursorState is a cursor on its way to disk.
type cursorState struct {
	cursorName
	seq  uint64
	gone bool
}

// loaded returns a journal's cursors, read from the file the first time. mu is held.
func (s *Store) loaded(j store.Journal) *cursors {
	if c := s.journals[j]; c != nil {
		return c
	}
	c := &cursors{devices: make(map[id.DeviceID]uint64)}
	err := guarded(func() error {
		return s.db.View(func(tx *bbolt.Tx) error { return c.read(tx, j) })
	})
	if err != nil {
		// Nothing worse follows than that a device gets again what it had; a batch that meets the same page says more.
		s.log.Error("cannot read the cursors of a journal", "journal", j, "error", err)
	}
	s.journals[j] = c
	return c
}

func (c *cursors) read(tx *bbolt.Tx, j store.Journal) error {
	h, err := readHead(tx.Bucket(journalsBucket), j)
	if err != nil || h.number == 0 {
		return err
	}
	c.last = h.last
	prefix := sequence(h.number)
	scan := tx.Bucket(cursorsBucket).Cursor()
	for k, v := scan.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = scan.Next() {
		seq, err := decodeSequence(v)
		if err != nil || len(k) != cursorKeySize {
			return errLayout
		}
		c.devices[id.DeviceID(k[numberSize:])] = seq
	}
	return nil
}

// Ack moves a cursor forward.
func (s *Store) Ack(j store.Journal, d id.DeviceID, seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut || (j == store.Journal{}) {
		return
	}
	c := s.loaded(j)
	seq = min(seq, c.last)
	if old, ok := c.devices[d]; ok && seq <= old {
		return
	}
	c.devices[d] = seq
	s.dirty[cursorName{j, d}] = struct{}{}
}

// Cursor returns where a device stands.
func (s *Store) Cursor(j store.Journal, d id.DeviceID) (uint64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut {
		return 0, false
	}
	seq, ok := s.loaded(j).devices[d]
	return seq, ok
}

// Cursors returns where all devices stand.
func (s *Store) Cursors(j store.Journal) map[id.DeviceID]uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut {
		return map[id.DeviceID]uint64{}
	}
	return maps.Clone(s.loaded(j).devices)
}

// Forget removes a cursor.
func (s *Store) Forget(j store.Journal, d id.DeviceID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut {
		return
	}
	c := s.loaded(j)
	if _, ok := c.devices[d]; !ok {
		return
	}
	delete(c.devices, d)
	s.dirty[cursorName{j, d}] = struct{}{}
}

// takeDirty returns the cursors to write with the next commit, none while the last ones are fresh, and all when forced.
func (s *Store) takeDirty(force bool) []cursorState {
	if !force && time.Since(s.flushed) < flushInterval {
		return nil
	}
	s.flushed = time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	states := make([]cursorState, 0, len(s.dirty))
	for name := range s.dirty {
		seq, ok := s.loaded(name.journal).devices[name.device]
		states = append(states, cursorState{name, seq, !ok})
	}
	clear(s.dirty)
	return states
}

// restoreDirty takes back cursors that did not reach the disk.
func (s *Store) restoreDirty(states []cursorState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, state := range states {
		s.dirty[state.cursorName] = struct{}{}
	}
}

func (b *batch) putCursors(states []cursorState) error {
	for _, state := range states {
		if state.gone && b.heads[state.journal] == nil && b.journals.Get(state.journal.Key()) == nil {
			continue
		}
		h, err := b.head(state.journal)
		if err != nil {
			return err
		}
		key := cursorKey(h.number, state.device)
		if state.gone {
			err = b.cursors.Delete(key)
		} else {
			err = b.cursors.Put(key, sequence(state.seq))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) isShut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shut
}
