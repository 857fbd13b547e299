package bolt

import (
	"encoding/binary"
	"errors"
	"time"

	"gossip/common/id"
	"gossip/signaling/store"
)

// The layouts of the file, all integers big-endian:
//
//	journals   Journal.Key                        -> number(8) last(8) bytes(8)
//	entries    number(8) seq(8)                   -> at(8) expires(8) id(16) frame
//	ids        number(8) id(16)                   -> seq(8), and at(8) once the entry is gone
//	gone       at(8) number(8) id(16)             -> nothing: the ids of entries that are gone
//	expiry     expires(8) number(8) seq(8)        -> nothing
//	cursors    number(8) device(32)               -> seq(8)
//	records    bucket of a kind: key              -> version(8) value
//	meta       "format"                           -> version(8)
//
// number is a journal's short name, given at its first append; at and expires are milliseconds since 1970, expires 0 = never.
// One flat bucket of each sort keeps a batch that touches thousands of inboxes to a few pages.

const (
	numberSize      = 8
	entryKeySize    = numberSize + 8
	entryHeaderSize = 8 + 8 + len(id.MessageID{})
	idKeySize       = numberSize + len(id.MessageID{})
	expiryKeySize   = 8 + entryKeySize
	cursorKeySize   = numberSize + len(id.DeviceID{})
	headSize        = 3 * 8
)

// errLayout is what a value with an impossible layout is answered with: the file was damaged or written by something else.
var errLayout = errors.New("a value in hub.db has an impossible layout; stop the hub and restore hub.db from a backup")

// head is the state of one journal.
type head struct {
	number uint64 // from 1
	last   uint64 // sequence of the last append ever
	bytes  int64  // of all frames held
}

func (h head) encode() []byte {
	value := make([]byte, 0, headSize)
	value = binary.BigEndian.AppendUint64(value, h.number)
	value = binary.BigEndian.AppendUint64(value, h.last)
	return binary.BigEndian.AppendUint64(value, uint64(h.bytes))
}

func decodeHead(value []byte) (head, error) {
	if len(value) != headSize {
		return head{}, errLayout
	}
	h := head{
		number: binary.BigEndian.Uint64(value),
		last:   binary.BigEndian.Uint64(value[8:]),
		bytes:  int64(binary.BigEndian.Uint64(value[16:])),
	}
	if h.number == 0 || h.bytes < 0 {
		return head{}, errLayout
	}
	return h, nil
}

// entryHeader is what stands before the frame of an entry.
type entryHeader struct {
	at      int64
	expires int64
	id      id.MessageID
}

// appendEntry appends the stored form of an entry to value.
func appendEntry(value []byte, h entryHeader, frame []byte) []byte {
	value = binary.BigEndian.AppendUint64(value, uint64(h.at))
	value = binary.BigEndian.AppendUint64(value, uint64(h.expires))
	value = append(value, h.id[:]...)
	return append(value, frame...)
}

// decodeEntry splits a stored entry; the frame shares value's memory.
func decodeEntry(value []byte) (entryHeader, []byte, error) {
	if len(value) < entryHeaderSize || len(value) > entryHeaderSize+store.MaxFrame {
		return entryHeader{}, nil, errLayout
	}
	h := entryHeader{
		at:      int64(binary.BigEndian.Uint64(value)),
		expires: int64(binary.BigEndian.Uint64(value[8:])),
		id:      id.MessageID(value[16:entryHeaderSize]),
	}
	if h.at < 0 || h.expires < 0 {
		return entryHeader{}, nil, errLayout
	}
	return h, value[entryHeaderSize:], nil
}

func encodeRecord(version uint64, value []byte) []byte {
	out := make([]byte, 0, 8+len(value))
	return append(binary.BigEndian.AppendUint64(out, version), value...)
}

// decodeRecord splits a stored record; the value shares stored's memory.
func decodeRecord(stored []byte) (version uint64, value []byte, err error) {
	if len(stored) < 8 || len(stored) > 8+store.MaxValue {
		return 0, nil, errLayout
	}
	version = binary.BigEndian.Uint64(stored)
	if version == 0 {
		return 0, nil, errLayout
	}
	return version, stored[8:], nil
}

func decodeSequence(value []byte) (uint64, error) {
	if len(value) != 8 {
		return 0, errLayout
	}
	return binary.BigEndian.Uint64(value), nil
}

func sequence(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

func entryKey(number, seq uint64) []byte {
	key := binary.BigEndian.AppendUint64(make([]byte, 0, entryKeySize), number)
	return binary.BigEndian.AppendUint64(key, seq)
}

// splitEntryKey is the inverse of entryKey.
func splitEntryKey(key []byte) (number, seq uint64, ok bool) {
	if len(key) != entryKeySize {
		return 0, 0, false
	}
	return binary.BigEndian.Uint64(key), binary.BigEndian.Uint64(key[8:]), true
}

func idKey(number uint64, m id.MessageID) []byte {
	key := binary.BigEndian.AppendUint64(make([]byte, 0, idKeySize), number)
	return append(key, m[:]...)
}

// goneKey sorts the ids of entries that are gone by when they came.
func goneKey(at int64, idKey []byte) []byte {
	key := binary.BigEndian.AppendUint64(make([]byte, 0, 8+idKeySize), uint64(at))
	return append(key, idKey...)
}

// decodeID splits what stands under an id; at is 0 while the entry is held and tells the time itself.
func decodeID(value []byte) (seq uint64, at int64, err error) {
	switch len(value) {
	case 8:
		return binary.BigEndian.Uint64(value), 0, nil
	case 16:
		return binary.BigEndian.Uint64(value), int64(binary.BigEndian.Uint64(value[8:])), nil
	}
	return 0, 0, errLayout
}

func expiryKey(expires int64, number, seq uint64) []byte {
	key := binary.BigEndian.AppendUint64(make([]byte, 0, expiryKeySize), uint64(expires))
	return append(key, entryKey(number, seq)...)
}

func cursorKey(number uint64, d id.DeviceID) []byte {
	key := binary.BigEndian.AppendUint64(make([]byte, 0, cursorKeySize), number)
	return append(key, d[:]...)
}

// milliseconds turns a time into what the file keeps; the zero time is 0, and nothing else is.
func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return max(1, t.UnixMilli())
}

// fromMilliseconds is the inverse of milliseconds.
func fromMilliseconds(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
