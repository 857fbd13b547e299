package media

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func numbered(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

func number(packet []byte) int { return int(binary.BigEndian.Uint32(packet)) }

// sent is a packet on its way.
type sent struct {
	n  int
	at time.Duration
}

// weather draws when each of n packets arrives: unevenly, some never, some twice.
func weather(t *rapid.T, n int) []sent {
	spread := rapid.IntRange(0, 120).Draw(t, "jitter ms")
	var packets []sent
	for i := range n {
		copies := rapid.SampledFrom([]int{1, 1, 1, 1, 1, 1, 1, 1, 0, 2}).Draw(t, "copies")
		for range copies {
			late := time.Duration(rapid.IntRange(0, spread).Draw(t, "late ms")) * time.Millisecond
			packets = append(packets, sent{i, time.Duration(i)*frameTime + late})
		}
	}
	slices.SortStableFunc(packets, func(a, b sent) int { return int(a.at - b.at) })
	return packets
}

// run plays packets that come at their times, from a first sequence number on, and returns what was taken.
func run(b *jitterBuffer, packets []sent, first uint16, until time.Duration) (taken []due) {
	for now := time.Duration(0); now < until; now += frameTime {
		for len(packets) > 0 && packets[0].at <= now {
			p := packets[0]
			b.put(first+uint16(p.n), uint32(p.n)*frameSize, numbered(p.n), epoch.Add(p.at))
			packets = packets[1:]
		}
		taken = append(taken, b.take())
	}
	return taken
}

func TestJitterBufferPlaysEachPacketOnceAndInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const packets = 300
		b := newJitterBuffer()
		first := uint16(rapid.IntRange(0, 65535).Draw(t, "first"))
		last := -1
		for _, d := range run(b, weather(t, packets), first, 8*time.Second) {
			if d.kind == duePacket {
				if n := number(d.packet); n <= last {
					t.Fatalf("packet %d after packet %d", n, last)
				} else {
					last = n
				}
			}
			if d.kind == dueRecover && number(d.packet) <= last {
				t.Fatalf("a copy in packet %d after packet %d", number(d.packet), last)
			}
		}
		if len(b.packets) > b.aimFrames() {
			t.Fatalf("%d packets are left", len(b.packets))
		}
	})
}

// TestJitterBufferIsBounded feeds it anything.
func TestJitterBufferIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, now := newJitterBuffer(), epoch
		for range rapid.IntRange(1, 500).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "put") {
				b.put(rapid.Uint16().Draw(t, "sequence"), rapid.Uint32().Draw(t, "timestamp"), nil, now)
			} else {
				b.take()
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "ms")) * time.Millisecond)
			if len(b.packets) > bins+tooFull {
				t.Fatalf("%d packets wait", len(b.packets))
			}
			if aim := b.aim(); aim < shortest || aim > bins*binTime+frameTime {
				t.Fatalf("the aim is %v", aim)
			}
		}
	})
}

func steady(n int, late func(i int) time.Duration) []sent {
	packets := make([]sent, n)
	for i := range packets {
		packets[i] = sent{i, time.Duration(i)*frameTime + late(i)}
	}
	slices.SortStableFunc(packets, func(a, b sent) int { return int(a.at - b.at) })
	return packets
}

func count(taken []due, kind dueKind) (n int) {
	for _, d := range taken {
		if d.kind == kind {
			n++
		}
	}
	return n
}

func TestJitterBufferLosesNothingOnAQuietNetwork(t *testing.T) {
	b := newJitterBuffer()
	taken := run(b, steady(500, func(int) time.Duration { return 0 }), 65500, 10*time.Second)
	if made := count(taken, dueConceal) + count(taken, dueRecover); made != 0 {
		t.Errorf("%d frames were made up", made)
	}
	if aim := b.aim(); aim > 2*frameTime {
		t.Errorf("the aim is still %v", aim)
	}
}

func TestJitterBufferReordersWithinItsDelay(t *testing.T) {
	swapped := func(i int) time.Duration {
		if i%10 == 3 {
			return 30 * time.Millisecond
		}
		return 0
	}
	b := newJitterBuffer()
	taken := run(b, steady(500, swapped), 0, 10*time.Second)
	if played := count(taken, duePacket); played < 495 {
		t.Errorf("played %d of 500, counts %+v", played, b.counts)
	}
}

// TestJitterBufferLearns has the network turn bad: the aim grows until what comes late comes in time.
func TestJitterBufferLearns(t *testing.T) {
	rough := func(i int) time.Duration { return time.Duration(i*7919%100) * time.Millisecond }
	b := newJitterBuffer()
	run(b, steady(500, rough), 0, 10*time.Second)
	if aim := b.aim(); aim < 80*time.Millisecond || aim > 160*time.Millisecond {
		t.Errorf("the aim for 100 ms of jitter is %v", aim)
	}
}

func TestJitterBufferAfterACut(t *testing.T) {
	packets := slices.DeleteFunc(steady(700, func(int) time.Duration { return 0 }), func(p sent) bool { return p.n >= 200 && p.n < 450 })
	b := newJitterBuffer()
	taken := run(b, packets, 0, 14*time.Second)
	if made := count(taken, dueConceal); made > firstSilent {
		t.Errorf("made up %d frames of a cut of 5 s", made)
	}
	if played := count(taken, duePacket); played < 440 {
		t.Errorf("played %d of the 450 that came", played)
	}
	for _, d := range taken[450+b.aimFrames()+2 : 690] {
		if d.kind != duePacket {
			t.Fatalf("%d after the cut", d.kind)
		}
	}
}

func TestJitterBufferTakesASpeakerWhoBeginsAnew(t *testing.T) {
	for _, first := range []uint16{0, 100, 30000} {
		b := newJitterBuffer()
		run(b, steady(300, func(int) time.Duration { return 0 }), 200, 8*time.Second)
		before := b.counts
		taken := run(b, steady(100, func(int) time.Duration { return 0 }), first, 2*time.Second)
		if played := count(taken, duePacket); played < 80 {
			t.Errorf("from %d: played %d of 100 (%+v, then %+v)", first, played, before, b.counts)
		}
	}
}
