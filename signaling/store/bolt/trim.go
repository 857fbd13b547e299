package bolt

import (
	"bytes"
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"

	"gossip/common/id"
	"gossip/signaling/store"
)

// trimStep is how many entries one batch removes at most for one caller, so that appends never wait long for a large trim.
const trimStep = 2048

// held is an entry to be removed.
type held struct {
	seq     uint64
	at      int64
	expires int64
	id      id.MessageID
	size    int64
}

// Trim removes the entries up to a sequence. The cursors reach the disk with it: a crash must not leave a device before
// entries that went because it had them.
func (s *Store) Trim(j store.Journal, upTo uint64) (removed int, err error) {
	for {
		n := 0
		trim := func(b *batch) (err error) {
			n, err = b.trim(j, upTo)
			return err
		}
		err := s.wait(operation{run: trim, flush: true})
		if err != nil {
			return removed, err
		}
		removed += n
		if n < trimStep {
			return removed, nil
		}
	}
}

// trim removes up to trimStep of the oldest entries.
func (b *batch) trim(j store.Journal, upTo uint64) (removed int, err error) {
	h, err := b.existing(j)
	if h == nil || err != nil {
		return 0, err
	}
	var oldest []held
	err = eachEntry(b.tx, h.number, 0, func(seq uint64, e entryHeader, frame []byte) bool {
		if seq > upTo || len(oldest) == trimStep {
			return false
		}
		oldest = append(oldest, held{seq, e.at, e.expires, e.id, int64(len(frame))})
		return true
	})
	if err != nil {
		return 0, err
	}
	for _, entry := range oldest {
		if err := b.remove(h, entry); err != nil {
			return 0, err
		}
	}
	return len(oldest), nil
}

// existing returns a journal's head, nil when there is no such journal.
func (b *batch) existing(j store.Journal) (*head, error) {
	if b.heads[j] == nil && b.journals.Get(j.Key()) == nil {
		return nil, nil
	}
	return b.head(j)
}

// remove takes an entry out of every bucket but the memory of its id, which forgetIDs ends.
func (b *batch) remove(h *head, entry held) error {
	h.bytes -= entry.size
	if entry.expires != 0 {
		if err := b.expiry.Delete(expiryKey(entry.expires, h.number, entry.seq)); err != nil {
			return err
		}
	}
	name := idKey(h.number, entry.id)
	if err := b.ids.Put(name, append(sequence(entry.seq), sequence(uint64(entry.at))...)); err != nil {
		return err
	}
	if err := b.gone.Put(goneKey(entry.at, name), nil); err != nil {
		return err
	}
	return b.entries.Delete(entryKey(h.number, entry.seq))
}

// Drop removes a journal's entries and cursors; its head stays, so that its sequences are never used twice.
func (s *Store) Drop(j store.Journal) error {
	if _, err := s.Trim(j, ^uint64(0)); err != nil {
		return err
	}
	s.mu.Lock()
	for d := range s.loaded(j).devices {
		delete(s.journals[j].devices, d)
		delete(s.dirty, cursorName{j, d})
	}
	s.mu.Unlock()
	return s.submit(func(b *batch) error { return b.dropCursors(j) })
}

func (b *batch) dropCursors(j store.Journal) error {
	h, err := b.existing(j)
	if h == nil || err != nil {
		return err
	}
	var keys [][]byte
	prefix := sequence(h.number)
	c := b.cursors.Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		if err := b.cursors.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// Sweep removes what is too old, too much or expired.
func (s *Store) Sweep(now time.Time, retention time.Duration, inboxBytes int64) error {
	if err := s.sweepExpired(now.UnixMilli()); err != nil {
		return err
	}
	oldest := int64(0)
	if retention > 0 {
		oldest = now.Add(-retention).UnixMilli()
	}
	cuts, err := s.overdue(oldest, inboxBytes)
	if err != nil {
		return err
	}
	for j, upTo := range cuts {
		if _, err := s.Trim(j, upTo); err != nil {
			return err
		}
	}
	if err := s.repeatedly(func(b *batch) (int, error) { return b.forgetIDs(now.Add(-store.IDLifetime).UnixMilli()) }); err != nil {
		return err
	}
	return s.flush()
}

// repeatedly runs a step in batches of its own until it has removed less than trimStep.
func (s *Store) repeatedly(step func(*batch) (removed int, err error)) error {
	for {
		n := 0
		err := s.submit(func(b *batch) (err error) {
			n, err = step(b)
			return err
		})
		if err != nil || n < trimStep {
			return err
		}
	}
}

// forgetIDs forgets up to trimStep ids of entries that are gone and came before the moment.
func (b *batch) forgetIDs(moment int64) (removed int, err error) {
	var over [][]byte
	c := b.gone.Cursor()
	for k, _ := c.First(); k != nil && len(over) < trimStep; k, _ = c.Next() {
		if len(k) != 8+idKeySize {
			return 0, errLayout
		}
		if int64(binary.BigEndian.Uint64(k)) >= moment {
			break
		}
		over = append(over, bytes.Clone(k))
	}
	for _, k := range over {
		if err := b.ids.Delete(k[8:]); err != nil {
			return 0, err
		}
		if err := b.gone.Delete(k); err != nil {
			return 0, err
		}
	}
	return len(over), nil
}

// overdue returns up to which sequence each journal that is over a limit must be trimmed.
func (s *Store) overdue(oldest, inboxBytes int64) (map[store.Journal]uint64, error) {
	cuts := make(map[store.Journal]uint64)
	err := s.view(func(tx *bbolt.Tx) error {
		return tx.Bucket(journalsBucket).ForEach(func(k, v []byte) error {
			j, err := store.ParseJournal(k)
			if err != nil {
				return err
			}
			h, err := decodeHead(v)
			if err != nil {
				return err
			}
			excess := int64(0)
			if j.IsInbox() && inboxBytes > 0 {
				excess = h.bytes - inboxBytes
			}
			return eachEntry(tx, h.number, 0, func(seq uint64, e entryHeader, frame []byte) bool {
				if e.at >= oldest && excess <= 0 {
					return false
				}
				excess -= int64(len(frame))
				cuts[j] = seq
				return true
			})
		})
	})
	return cuts, err
}

// sweepExpired removes the entries whose own time has come, wherever they stand in their journals.
func (s *Store) sweepExpired(moment int64) error {
	return s.repeatedly(func(b *batch) (int, error) { return b.expire(moment) })
}

// expire removes up to trimStep expired entries.
func (b *batch) expire(moment int64) (removed int, err error) {
	due, err := b.due(moment)
	if len(due) == 0 || err != nil {
		return 0, err
	}
	journals, err := b.numbered()
	if err != nil {
		return 0, err
	}
	for _, key := range due {
		number, seq, _ := splitEntryKey(key)
		e, frame, err := decodeEntry(b.entries.Get(key))
		if err != nil {
			return 0, err
		}
		h, err := b.head(journals[number])
		if err != nil {
			return 0, err
		}
		if err := b.remove(h, held{seq, e.at, e.expires, e.id, int64(len(frame))}); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

// due returns the entry keys of up to trimStep expired entries.
func (b *batch) due(moment int64) (keys [][]byte, err error) {
	c := b.expiry.Cursor()
	for k, _ := c.First(); k != nil && len(keys) < trimStep; k, _ = c.Next() {
		if len(k) != expiryKeySize {
			return nil, errLayout
		}
		if int64(binary.BigEndian.Uint64(k)) > moment {
			break
		}
		keys = append(keys, bytes.Clone(k[8:]))
	}
	return keys, nil
}

// numbered returns all journals by their numbers, those that the batch has just made too.
func (b *batch) numbered() (map[uint64]store.Journal, error) {
	if err := b.putHeads(); err != nil {
		return nil, err
	}
	journals := make(map[uint64]store.Journal)
	err := b.journals.ForEach(func(k, v []byte) error {
		j, err := store.ParseJournal(k)
		if err != nil {
			return err
		}
		h, err := decodeHead(v)
		journals[h.number] = j
		return err
	})
	return journals, err
}
