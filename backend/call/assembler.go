package call

import (
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
)

// Bounds of how pictures are put together.
const (
	maxPackets    = 512                    // that wait, and of one frame
	maxFrameDelay = 500 * time.Millisecond // that a missing packet is waited for
)

// assembler puts VP8 frames (RFC 7741) together from packets that come late, twice, or not at all. The peer decides what is in
// them: it may take neither more room than maxPackets nor more time than the packets themselves.
type assembler struct {
	packets [maxPackets]*rtp.Packet // by sequence, from next on
	begun   bool
	next    int64     // sequence of the first packet that belongs to no frame yet; it does not wrap
	newest  int64     // sequence
	missing int64     // sequence of the packet that is waited for; -1 while none is
	since   time.Time // when that began
	torn    bool      // something is missing since the last frame
}

// frame is one picture, compressed.
type frame struct {
	data      []byte
	timestamp uint32 // of videoClock
	torn      bool   // something before it is missing
}

// push takes a packet.
func (a *assembler) push(p *rtp.Packet) {
	if !a.begun {
		first := int64(p.SequenceNumber) + 1<<16 // so that what is a little older is not below zero
		a.begun, a.next, a.newest, a.missing = true, first, first, -1
	}
	sequence := a.newest + int64(int16(p.SequenceNumber-uint16(a.newest)))
	switch {
	case sequence < a.next:
		return // it was waited for long enough, or is a repeat
	case sequence >= a.next+maxPackets:
		a.packets = [maxPackets]*rtp.Packet{}
		a.next, a.torn = sequence, true
	}
	a.newest = max(a.newest, sequence)
	a.packets[sequence%maxPackets] = p
}

// wait gives up a packet that has been waited for for too long, and what belongs to it, and reports whether it did.
func (a *assembler) wait(now time.Time) (gaveUp bool) {
	missing := a.next
	for missing <= a.newest && a.packets[missing%maxPackets] != nil {
		missing++
	}
	switch {
	case missing > a.newest:
		a.missing = -1
	case missing != a.missing:
		a.missing, a.since = missing, now
	case now.Sub(a.since) >= maxFrameDelay:
		for a.next <= missing || a.packets[a.next%maxPackets] == nil {
			a.packets[a.next%maxPackets] = nil
			a.next++
		}
		a.torn = true
		return true
	}
	return false
}

// pop returns the next frame that is whole, nil while there is none. now is when the last packet came.
func (a *assembler) pop(now time.Time) *frame {
	for {
		end, whole := a.end()
		switch {
		case whole:
			if f := a.cut(end); f != nil {
				f.torn, a.torn = a.torn, false
				return f
			}
			a.torn = true
		case !a.wait(now):
			return nil
		}
	}
}

// end finds where the frame that begins at next ends: behind the packet with the marker, or before another time.
func (a *assembler) end() (end int64, whole bool) {
	first := a.packets[a.next%maxPackets]
	if first == nil {
		return 0, false
	}
	for end = a.next; end < a.next+maxPackets; end++ {
		p := a.packets[end%maxPackets]
		switch {
		case p == nil:
			return 0, false
		case p.Timestamp != first.Timestamp:
			return end, true
		case p.Marker:
			return end + 1, true
		}
	}
	return end, true // too long for a frame: cut finds out whether it is one
}

// cut takes the packets before end out; nil when they make no frame.
func (a *assembler) cut(end int64) *frame {
	var f frame
	good := true
	for begin := a.next; a.next < end; a.next++ {
		p := a.packets[a.next%maxPackets]
		a.packets[a.next%maxPackets] = nil
		var vp8 codecs.VP8Packet
		payload, err := vp8.Unmarshal(p.Payload)
		head := vp8.S == 1 && vp8.PID == 0
		good = good && err == nil && head == (a.next == begin)
		f.data, f.timestamp = append(f.data, payload...), p.Timestamp
	}
	if !good || len(f.data) == 0 {
		return nil
	}
	return &f
}
