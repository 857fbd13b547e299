package history

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"time"

	"gossip/common/id"
)

// Place is where a row stands in its conversation: three big-endian numbers, so that keys sort. The first is the
// journal's sequence (channel) or the hub's time in milliseconds (direct); the second the number that the sending
// device gave, so that a device's messages stay in its order; the third keeps equal ones apart.
type Place [24]byte

// unsentMajor places messages of one's own that the hub has not taken yet last.
const unsentMajor = ^uint64(0)

// NewPlace is the place of what came.
func NewPlace(major, minor uint64, m id.MessageID) (p Place) {
	binary.BigEndian.PutUint64(p[:], major)
	binary.BigEndian.PutUint64(p[8:], minor)
	copy(p[16:], m[:])
	return p
}

// Unsent is the place of a message of one's own that the hub has not taken yet: behind all that came.
func Unsent(number uint64, m id.MessageID) Place { return NewPlace(unsentMajor, number, m) }

// noticePlace is behind all messages of the same first number, and behind earlier notices.
func noticePlace(major, count uint64, notice id.MessageID) Place {
	return NewPlace(major, math.MaxInt64+count, notice)
}

func (p Place) major() uint64       { return binary.BigEndian.Uint64(p[:]) }
func (p Place) position() Position  { return Position(hex.EncodeToString(p[:])) }
func (p Place) next() []byte        { return append(p[:len(p):len(p)], 0) } // the first key behind it
func (p Place) before(q Place) bool { return bytes.Compare(p[:], q[:]) < 0 }

// parsePosition reads a Position; the zero one is behind every row.
func parsePosition(p Position) (at Place, err error) {
	if p == "" {
		return Place(bytes.Repeat([]byte{0xff}, len(at))), nil
	}
	raw, err := hex.DecodeString(string(p))
	if err != nil || len(raw) != len(at) {
		return at, errors.New("not a position: use one that a message of this conversation has")
	}
	return Place(raw), nil
}

// Millis is a time as rows have it.
func Millis(t time.Time) int64 { return t.UnixMilli() }

// TimeOf turns Millis back; 0 is no time.
func TimeOf(ms int64) (t time.Time) {
	if ms != 0 {
		t = time.UnixMilli(ms)
	}
	return t
}

// timestampLayout is RFC 3339 with milliseconds; in UTC it sorts as text.
const timestampLayout = "2006-01-02T15:04:05.000Z07:00"

// Timestamp is a time of a row as text; "" for none.
func Timestamp(ms int64) string {
	if ms == 0 {
		return ""
	}
	return TimeOf(ms).UTC().Format(timestampLayout)
}
