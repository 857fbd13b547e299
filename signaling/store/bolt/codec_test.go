package bolt

import (
	"bytes"
	"testing"
	"time"

	"gossip/common/id"
)

func TestMilliseconds(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 123_456_789, time.UTC)
	for _, tt := range []struct{ in, want time.Time }{
		{time.Time{}, time.Time{}},
		{at, at.Truncate(time.Millisecond)},
		{time.UnixMilli(0), time.UnixMilli(1)}, // 0 means never
		{time.UnixMilli(-5), time.UnixMilli(1)},
	} {
		if got := fromMilliseconds(milliseconds(tt.in)); !got.Equal(tt.want) {
			t.Errorf("%v became %v, want %v", tt.in, got, tt.want)
		}
	}
}

func FuzzEntry(f *testing.F) {
	f.Add([]byte{})
	f.Add(appendEntry(nil, entryHeader{at: 1_800_000_000_000, id: id.MessageID{1, 2, 3}}, []byte("frame")))
	f.Add(appendEntry(nil, entryHeader{at: 1, expires: 2}, nil))
	f.Add(bytes.Repeat([]byte{0xff}, entryHeaderSize))
	f.Add(make([]byte, entryHeaderSize-1))
	f.Fuzz(func(t *testing.T, value []byte) {
		h, frame, err := decodeEntry(value)
		if err != nil {
			return
		}
		if again := appendEntry(nil, h, frame); !bytes.Equal(again, value) {
			t.Errorf("%x became %x", value, again)
		}
		if got := milliseconds(fromMilliseconds(h.expires)); got != h.expires {
			t.Errorf("expires %d became %d", h.expires, got)
		}
	})
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte{})
	f.Add(encodeRecord(1, nil))
	f.Add(encodeRecord(1<<63, []byte("value")))
	f.Add(make([]byte, 8))
	f.Fuzz(func(t *testing.T, stored []byte) {
		version, value, err := decodeRecord(stored)
		if err != nil {
			return
		}
		if again := encodeRecord(version, value); version == 0 || !bytes.Equal(again, stored) {
			t.Errorf("%x became %x", stored, again)
		}
	})
}

func FuzzHead(f *testing.F) {
	f.Add(head{number: 1, last: 2, bytes: 3}.encode())
	f.Add(make([]byte, headSize))
	f.Add(bytes.Repeat([]byte{0xff}, headSize))
	f.Fuzz(func(t *testing.T, value []byte) {
		if h, err := decodeHead(value); err == nil && !bytes.Equal(h.encode(), value) {
			t.Errorf("%x became %+v", value, h)
		}
	})
}
