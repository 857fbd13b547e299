package media

import "time"

const (
	frameSize = 960 // samples of a packet
	frameTime = 20 * time.Millisecond

	firstSilent = 5    // frames made up in a row before the buffer waits anew: Opus has faded out by then
	mostLost    = 25   // frames in a row that are made up to keep the time; a longer gap is jumped over
	farAway     = 1000 // sequence numbers between two streams, or between now and a packet from long ago
	tooFull     = 20   // frames above the aim at which waiting speech is left out at once
)

// due is what a speaker's next 20 ms are made of.
type due struct {
	kind   dueKind
	packet []byte
	jumped bool // what comes does not continue what was played
}

type dueKind int

const (
	dueSilence dueKind = iota // nothing to play: not begun, or waiting
	duePacket                 // packet is the one
	dueRecover                // packet is the one after, and carries a copy
	dueConceal                // nobody knows
)

// jitterCounts are in packets.
type jitterCounts struct{ lost, late, duplicate, jumped uint64 }

// jitterBuffer puts the packets of one speaker in order and decides each 20 ms what to play, so that the delay is as short
// as the network's unevenness allows. It is pure: time comes in as an argument, and it belongs to its caller.
type jitterBuffer struct {
	packets map[int64][]byte // by sequence number, counted on beyond 16 bits
	highest int64
	next    int64 // the one to play
	floor   int64 // what is before it was played, or missed
	begun   bool
	waiting bool // collects until as much is there as the aim says
	madeUp  int  // frames made up since the packets ran out; next stands still meanwhile
	behind  int  // packets in a row from before next
	level   float64
	arrival arrivals
	counts  jitterCounts
}

func newJitterBuffer() *jitterBuffer {
	b := &jitterBuffer{arrival: newArrivals()}
	b.reset()
	return b
}

// reset begins a new stream and keeps what was learnt of the network.
func (b *jitterBuffer) reset() {
	b.packets = make(map[int64][]byte)
	b.begun, b.waiting, b.madeUp, b.behind, b.level = false, true, 0, 0, 0
	b.arrival.restart()
}

// put takes a packet as it comes. It keeps the payload.
func (b *jitterBuffer) put(sequence uint16, timestamp uint32, payload []byte, now time.Time) {
	if !b.begun {
		b.begun = true
		b.highest, b.next, b.floor = int64(sequence), int64(sequence), int64(sequence)-farAway
	}
	n := b.highest + int64(int16(sequence-uint16(b.highest)))
	if n > b.highest+farAway || n < b.next-farAway {
		b.reset()
		b.put(sequence, timestamp, payload, now)
		return
	}
	if b.late(n) {
		b.behind++
		if b.behind > 10 && len(b.packets) == 0 {
			b.reset() // the speaker began anew with other numbers
			b.put(sequence, timestamp, payload, now)
		}
		return
	}
	b.behind = 0
	if _, double := b.packets[n]; double {
		b.counts.duplicate++
		return
	}
	if b.waiting && len(b.packets) == 0 {
		b.next = n
	}
	b.arrival.note(timestamp, now)
	b.packets[n] = payload
	b.highest = max(b.highest, n)
	b.shrink()
}

// late reports whether a packet's time has passed. While the buffer waits, an older one may still come first.
func (b *jitterBuffer) late(n int64) bool {
	if n >= b.next {
		return false
	}
	if b.waiting && n >= b.floor {
		b.next = n
		return false
	}
	b.counts.late++
	return true
}

// shrink leaves out the oldest speech when far more waits than is needed, as after a cut.
func (b *jitterBuffer) shrink() {
	aim := int64(b.aimFrames())
	if b.highest-b.next+1 <= aim+tooFull {
		return
	}
	b.jump(b.highest - aim + 1)
}

func (b *jitterBuffer) jump(to int64) {
	for n := b.next; n < to; n++ {
		delete(b.packets, n)
	}
	b.next, b.floor, b.madeUp = to, to, 0
	b.level = float64(b.waitingFrames())
	b.counts.jumped++
}

func (b *jitterBuffer) aimFrames() int { return int((b.aim() + frameTime - 1) / frameTime) }

// aim is the delay that the network needs.
func (b *jitterBuffer) aim() time.Duration { return b.arrival.aim() }

// waitingFrames is how much could be played if nothing more came.
func (b *jitterBuffer) waitingFrames() int {
	if len(b.packets) == 0 {
		return 0
	}
	return int(b.highest - b.next + 1)
}

// first is the oldest packet that is there; the buffer must not be empty.
func (b *jitterBuffer) first() int64 {
	for n := b.next; n <= b.highest; n++ {
		if _, there := b.packets[n]; there {
			return n
		}
	}
	return b.highest
}

// take says what to play for the next 20 ms.
func (b *jitterBuffer) take() due {
	if b.waiting {
		if len(b.packets) == 0 || b.waitingFrames() < b.aimFrames() {
			return due{kind: dueSilence}
		}
		b.waiting, b.madeUp = false, 0
		b.next = b.first()
		b.level = float64(b.waitingFrames())
		return b.play(true)
	}
	b.level += (float64(b.waitingFrames()) - b.level) / 16
	if len(b.packets) == 0 {
		return b.ranOut()
	}
	gap := b.first() - b.next
	if gap > mostLost {
		b.jump(b.first())
		return b.play(true)
	}
	// What was made up while nothing came stands for the packets that turn out to be lost.
	skip := min(int64(b.madeUp), gap)
	b.next += skip
	b.counts.lost += uint64(skip)
	b.madeUp = 0
	if gap == skip {
		return b.play(false)
	}
	b.counts.lost++
	b.next++
	if gap == skip+1 {
		return due{kind: dueRecover, packet: b.packets[b.next]}
	}
	return due{kind: dueConceal}
}

func (b *jitterBuffer) play(jumped bool) due {
	packet := b.packets[b.next]
	delete(b.packets, b.next)
	b.next++
	return due{kind: duePacket, packet: packet, jumped: jumped}
}

// ranOut makes up a little while: most packets that are missing are late, not lost.
func (b *jitterBuffer) ranOut() due {
	b.madeUp++
	if b.madeUp > firstSilent {
		b.waiting, b.floor = true, b.next
		return due{kind: dueSilence}
	}
	return due{kind: dueConceal}
}

// pace says whether to play faster (1), slower (-1) or as it is (0), to come to the aim. The margins keep it from going to
// and fro.
func (b *jitterBuffer) pace() int {
	delay, aim := time.Duration(b.level*float64(frameTime)), b.aim()
	switch {
	case b.waiting || len(b.packets) == 0:
		return 0
	case delay > aim+frameTime*3/2:
		return 1
	case delay < aim-frameTime:
		return -1
	}
	return 0
}

// stretched tells how many samples playing faster left out (positive) or playing slower added (negative).
func (b *jitterBuffer) stretched(samples int) { b.level -= float64(samples) / frameSize }
