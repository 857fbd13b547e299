package turn

import (
	"bufio"
	"encoding/binary"
	"errors"
	"time"
)

// maxDatagram is how large a packet of a client may be, in bytes: what Ethernet carries, and a header.
const maxDatagram = 1600

const (
	headerSize  = 20 // of a STUN message (RFC 8489 section 5)
	channelSize = 4  // of the header of channel data (RFC 8656 section 12.4)
	magicCookie = 0x2112A442
)

// STUN message types (RFC 8489 section 5, RFC 8656 section 17).
const (
	allocateSuccess = 0x0103
	refreshSuccess  = 0x0104
	classBits       = 0x0110
	lifetimeAttr    = 0x000D
)

// isRequest reports whether a datagram is a STUN request, which is answered; what else is taken belongs to a relay.
func isRequest(datagram []byte) bool {
	return len(datagram) >= headerSize && datagram[0] < 0x40 && binary.BigEndian.Uint16(datagram)&classBits == 0 &&
		binary.BigEndian.Uint32(datagram[4:]) == magicCookie
}

var errFrame = errors.New("turn: neither STUN nor channel data, or too large")

// readFrame reads one STUN message, or one message of channel data with its padding (RFC 8656 section 12.5), from a stream.
// Nothing is read of one that is too large.
func readFrame(r *bufio.Reader, into []byte) (int, error) {
	head, err := r.Peek(channelSize)
	if err != nil {
		return 0, err
	}
	size := int(binary.BigEndian.Uint16(head[2:]))
	switch {
	case head[0] < 0x40 && size%4 == 0:
		size += headerSize
	case head[0] >= 0x40 && head[0] < 0x80:
		size = channelSize + (size+3)&^3
	default:
		return 0, errFrame
	}
	if size > maxDatagram || size > len(into) {
		return 0, errFrame
	}
	frame, err := r.Peek(size)
	if err != nil {
		return 0, err
	}
	if head[0] < 0x40 && binary.BigEndian.Uint32(frame[4:]) != magicCookie {
		return 0, errFrame
	}
	copy(into, frame)
	return r.Discard(size)
}

// lifetimeOf is the lifetime in an answer that grants one, to a new relay or to one that there was.
func lifetimeOf(response []byte) (lifetime time.Duration, refreshed, ok bool) {
	if len(response) < headerSize {
		return 0, false, false
	}
	answer := binary.BigEndian.Uint16(response)
	if answer != allocateSuccess && answer != refreshSuccess {
		return 0, false, false
	}
	for rest := response[headerSize:]; len(rest) >= 4; {
		kind, size := binary.BigEndian.Uint16(rest), int(binary.BigEndian.Uint16(rest[2:]))
		if kind == lifetimeAttr && size == 4 && len(rest) >= 8 {
			return time.Duration(binary.BigEndian.Uint32(rest[4:])) * time.Second, answer == refreshSuccess, true
		}
		rest = rest[min(len(rest), 4+(size+3)&^3):]
	}
	return 0, false, false
}
