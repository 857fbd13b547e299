package hub

import (
	"encoding/binary"
	"errors"

	"gossip/common/id"
	"gossip/common/wire"
	"gossip/signaling/store"
)

// What the journal keeps of a data packet is the sending device and then its frame without Seq, At and Expires, which
// the store keeps beside it. stamp adds those three without decoding: they are the last keys of the map, in this order.

// frameHeader is the length and the class before the CBOR map.
const frameHeader = 4 + 1

// The encodings that stamp relies on (RFC 8949 section 3.1): a map of fewer than 24 pairs has one byte of header.
const (
	cborMap    = 0xa0
	keySeq     = 8
	keyAt      = 9
	keyExpires = 10
)

// storedEntry makes what the journal keeps. The packet is the sender's, with From set.
func storedEntry(p *wire.DataPacket) ([]byte, error) {
	bare := *p
	bare.Seq, bare.At, bare.Expires = 0, 0, 0
	out := make([]byte, len(p.From), len(p.From)+len(p.Payload)+160)
	copy(out, p.From[:])
	return wire.AppendFrame(out, &bare)
}

// senderOf returns the device that sent a stored entry.
func senderOf(entry []byte) (id.DeviceID, error) {
	if len(entry) < len(id.DeviceID{})+frameHeader+1 {
		return id.NoDevice, errors.New("a stored packet is too short")
	}
	return id.DeviceID(entry[:len(id.DeviceID{})]), nil
}

// stamp appends the frame of a stored entry as it is delivered.
func stamp(dst, entry []byte, seq, at, expires uint64) []byte {
	frame := entry[len(id.DeviceID{}):]
	start := len(dst)
	dst = append(dst, frame...)
	pairs := dst[start+frameHeader] - cborMap
	add := func(key byte, value uint64) {
		if value != 0 {
			dst = appendUint(append(dst, key), value)
			pairs++
		}
	}
	add(keySeq, seq)
	add(keyAt, at)
	add(keyExpires, expires)
	dst[start+frameHeader] = cborMap | pairs
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst
}

// appendUint appends an unsigned integer in the shortest form (RFC 8949 section 4.2.1).
func appendUint(dst []byte, v uint64) []byte {
	switch {
	case v < 24:
		return append(dst, byte(v))
	case v <= 0xff:
		return append(dst, 24, byte(v))
	case v <= 0xffff:
		return binary.BigEndian.AppendUint16(append(dst, 25), uint16(v))
	case v <= 0xffffffff:
		return binary.BigEndian.AppendUint32(append(dst, 26), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(dst, 27), v)
}

// stampStored is stamp for an entry read back.
func stampStored(dst []byte, e store.Stored) []byte {
	var expires uint64
	if !e.Expires.IsZero() {
		expires = uint64(e.Expires.UnixMilli())
	}
	return stamp(dst, e.Frame, e.Seq, uint64(e.At.UnixMilli()), expires)
}
