package main

import (
	"encoding/binary"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
)

// tap is the bearer of a device. Opened, it keeps what comes from the SSH library and counts packets by their length
// field, which AES-GCM leaves in clear (RFC 5647 section 7.3): opening a packet, and handing it through the library's
// goroutines, takes the device several times what it took the hub to make it, and on a machine that both share the
// device's time would pass for the hub's. The device goes on acknowledging. It gives the hub no more window, so a tap is
// for loads that stay within the first one (2 MiB).
type tap struct {
	net.Conn
	device *device
	tally  *tally
	open   atomic.Bool

	// Of the reading goroutine alone.
	header  []byte // of the next packet, as far as it has come
	skip    int    // bytes to the end of the packet under way
	packets uint64
	acked   uint64
	lastAck time.Time
	channel id.ChannelID
}

const (
	tagBytes     = 16  // after each packet (RFC 5647 section 6.3)
	overhead     = 20  // of SSH around the frames of one packet: padding, message type, channel, length
	frameBytes   = 399 // of one packet of the load, more or less the digits of its sequence
	leastCounted = 350 // bytes; shorter ones are presence and answers
)

// Read is net.Conn's until the tap is open; then it returns only when the connection ends.
func (t *tap) Read(b []byte) (int, error) {
	for {
		n, err := t.Conn.Read(b)
		if err != nil || !t.open.Load() {
			return n, err
		}
		t.take(b[:n])
	}
}

// take counts the deliveries in a piece of the stream.
func (t *tap) take(b []byte) {
	for len(b) > 0 {
		if t.skip > 0 {
			n := min(t.skip, len(b))
			t.skip -= n
			b = b[n:]
			continue
		}
		n := min(4-len(t.header), len(b))
		t.header = append(t.header, b[:n]...)
		if b = b[n:]; len(t.header) == 4 {
			length := int(binary.BigEndian.Uint32(t.header))
			t.header, t.skip = t.header[:0], length+tagBytes
			if length >= leastCounted {
				t.count(uint64((length - overhead + frameBytes/2) / frameBytes))
			}
		}
	}
}

// count notes deliveries, and acknowledges as a client does. The journal was empty, so its sequence is their number.
func (t *tap) count(n uint64) {
	t.packets += n
	t.tally.deliveries.Add(n)
	if now := time.Now(); t.packets-t.acked >= ackPackets || now.Sub(t.lastAck) >= ackEvery {
		t.acked, t.lastAck = t.packets, now
		t.tally.fail(t.device.signal(wire.KindAck, id.NoMessage, &wire.Ack{Channel: t.channel, Seq: t.packets}))
	}
}

// openTaps has most members only count: every sampledth one, and the senders, still open what they get, so that the
// latencies are those of members all along the round.
func (l *channelLoad) openTaps(senders int) {
	for i, d := range l.devices {
		if i >= senders && i%sampled != 0 {
			d.bearer.tally, d.bearer.channel = &l.tally, l.channel
			d.bearer.lastAck = time.Now().Add(-rand.N(ackEvery)) // people are not in step
			d.bearer.open.Store(true)
		}
	}
}

const sampled = 10
