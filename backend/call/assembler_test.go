package call

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// packetsOf are frames as packets: each frame of so many, numbered from a sequence on. The data of a packet is its number.
func packetsOf(first uint16, sizes ...int) (packets []*rtp.Packet) {
	for frame, size := range sizes {
		for i := range size {
			head := byte(0)
			if i == 0 {
				head = 0x10
			}
			packets = append(packets, &rtp.Packet{
				Header:  rtp.Header{SequenceNumber: first + uint16(len(packets)), Timestamp: uint32(frame) * 3000, Marker: i == size-1},
				Payload: []byte{head, byte(len(packets))},
			})
		}
	}
	return packets
}

// assemble gives packets to an assembler, each a while after the other, and returns what comes out: the data of each frame,
// with a ! before one that something is missing before.
func assemble(packets []*rtp.Packet, every time.Duration) (frames []string) {
	var a assembler
	now := noon
	for _, p := range packets {
		now = now.Add(every)
		a.push(p)
		for f := a.pop(now); f != nil; f = a.pop(now) {
			mark := ""
			if f.torn {
				mark = "!"
			}
			frames = append(frames, mark+string(bytes.Map(func(r rune) rune { return r + 'a' }, f.data)))
		}
	}
	return frames
}

func TestAssembler(t *testing.T) {
	p := packetsOf(65533, 2, 3, 1, 2, 2) // ab cde f gh ij, over the end of the numbers
	without := func(gone ...int) (rest []*rtp.Packet) {
		for i, one := range p {
			keep := true
			for _, g := range gone {
				keep = keep && g != i
			}
			if keep {
				rest = append(rest, one)
			}
		}
		return rest
	}
	unmarked := packetsOf(7, 2, 2)
	unmarked[1].Marker = false
	jump := append(packetsOf(10, 1, 1), packetsOf(30000, 1, 1)...)
	const slow = 300 * time.Millisecond // two of these are too long
	for name, c := range map[string]struct {
		packets []*rtp.Packet
		every   time.Duration
		want    []string
	}{
		"in order":             {p, 0, []string{"ab", "cde", "f", "gh", "ij"}},
		"out of order":         {[]*rtp.Packet{p[0], p[4], p[2], p[3], p[1], p[5], p[7], p[6]}, 0, []string{"ab", "cde", "f", "gh"}},
		"twice":                {[]*rtp.Packet{p[0], p[0], p[1], p[0], p[1], p[2], p[3], p[2], p[4]}, 0, []string{"ab", "cde"}},
		"one is late":          {[]*rtp.Packet{p[0], p[1], p[2], p[4], p[5], p[3]}, 200 * time.Millisecond, []string{"ab", "cde", "f"}},
		"a middle is lost":     {without(3), slow, []string{"ab", "!f", "gh", "ij"}},
		"a head is lost":       {without(2), slow, []string{"ab", "!f", "gh", "ij"}},
		"a tail is lost":       {without(4), slow, []string{"ab", "!f", "gh", "ij"}},
		"lost, and not yet":    {without(3), time.Millisecond, []string{"ab"}},
		"no marker":            {unmarked, 0, []string{"ab", "cd"}},
		"begins in a frame":    {p[1:], 0, []string{"!cde", "f", "gh", "ij"}},
		"another place":        {jump, 0, []string{"a", "b", "!a", "b"}},
		"older than the first": {[]*rtp.Packet{p[2], p[0], p[1], p[3], p[4]}, 0, []string{"cde"}},
	} {
		got := assemble(c.packets, c.every)
		if len(got) != len(c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
	}
}

// TestAssemblerTakesAnything gives it packets by chance: each costs little, and what it keeps is bounded.
func TestAssemblerTakesAnything(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var a assembler
	begun, now := time.Now(), noon
	for range 300_000 {
		a.push(&rtp.Packet{
			Header:  rtp.Header{SequenceNumber: uint16(random.Uint32()), Timestamp: random.Uint32(), Marker: random.IntN(9) == 0},
			Payload: []byte{byte(random.Uint32()), byte(random.Uint32()), byte(random.Uint32())}[:random.IntN(4)],
		})
		now = now.Add(time.Duration(random.IntN(3000)) * time.Microsecond)
		for f := a.pop(now); f != nil; f = a.pop(now) {
			if len(f.data) > 3*maxPackets {
				t.Fatalf("a frame of %d bytes", len(f.data))
			}
		}
	}
	t.Logf("300,000 packets took %v", time.Since(begun))
}

// FuzzAssembler reads packets from bytes: two of sequence, one of time and flags, the rest is payload.
func FuzzAssembler(f *testing.F) {
	f.Add([]byte{0, 1, 3, 0x10, 1, 0, 2, 5, 0, 2, 0, 9, 255, 0x90, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		var a assembler
		now := noon
		for len(data) >= 5 {
			a.push(&rtp.Packet{
				Header:  rtp.Header{SequenceNumber: uint16(data[0])<<8 | uint16(data[1]), Timestamp: uint32(data[2] >> 1), Marker: data[2]&1 != 0},
				Payload: data[3:5],
			})
			now = now.Add(time.Duration(data[2]) * time.Millisecond)
			for f := a.pop(now); f != nil; f = a.pop(now) {
				if len(f.data) == 0 {
					t.Error("a frame without data")
				}
			}
			data = data[5:]
		}
	})
}

// TestFrameTimes has a peer's clock wrap, jump and stand: times go on, and never back.
func TestFrameTimes(t *testing.T) {
	var f frames
	for _, c := range []struct {
		timestamp uint32
		want      time.Duration
	}{{4294960000, 0}, {4294960000 + 900, 10 * time.Millisecond}, {804, 90 * time.Millisecond}, {804, 90 * time.Millisecond}, {700, 90 * time.Millisecond}, {700 + 1<<30, 90*time.Millisecond + longestStep}} {
		if got := f.time(c.timestamp); got.Round(time.Millisecond) != c.want {
			t.Errorf("%d is at %v, want %v", c.timestamp, got, c.want)
		}
	}
}
