package turn

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"testing"
	"testing/iotest"
	"time"

	"github.com/pion/stun/v4"
)

func TestFrames(t *testing.T) {
	request := stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw
	channel := []byte{0x40, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0}
	in := bufio.NewReader(iotest.OneByteReader(bytes.NewReader(append(append(bytes.Clone(channel), request...), channel...))))
	frame := make([]byte, maxDatagram)
	for _, want := range [][]byte{channel, request, channel} {
		n, err := readFrame(in, frame)
		if err != nil || !bytes.Equal(frame[:n], want) {
			t.Fatalf("got %x, %v, want %x", frame[:n], err, want)
		}
	}
	if _, err := readFrame(in, frame); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func TestBadFrames(t *testing.T) {
	request := stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw
	noCookie, odd, huge := bytes.Clone(request), bytes.Clone(request), bytes.Clone(request)
	noCookie[4]++
	odd[3] = 3
	binary.BigEndian.PutUint16(huge[2:], 65516)
	for name, raw := range map[string][]byte{
		"no cookie": noCookie, "odd length": odd, "huge": huge, "other bits": {0x80, 0, 0, 0}, "large channel data": {0x40, 0, 0xff, 0xff},
	} {
		rest := bytes.NewReader(append(raw, make([]byte, 70000)...))
		if _, err := readFrame(bufio.NewReaderSize(rest, maxDatagram), make([]byte, maxDatagram)); !errors.Is(err, errFrame) {
			t.Errorf("%s: %v", name, err)
		}
		if read := 70000 + len(raw) - rest.Len(); read > maxDatagram {
			t.Errorf("%s: %d bytes were read", name, read)
		}
	}
}

// TestFrameSizes: no frame is larger than a datagram, nor than where it is to go.
func TestFrameSizes(t *testing.T) {
	channel := make([]byte, maxDatagram+4)
	channel[0] = 0x40
	binary.BigEndian.PutUint16(channel[2:], maxDatagram-channelSize)
	for into, fits := range map[int]bool{maxDatagram + 4: true, maxDatagram: true, maxDatagram - 1: false, 0: false} {
		if _, err := readFrame(bufio.NewReaderSize(bytes.NewReader(channel), maxDatagram), make([]byte, into)); (err == nil) != fits {
			t.Errorf("into %d bytes: %v", into, err)
		}
	}
	binary.BigEndian.PutUint16(channel[2:], maxDatagram)
	if _, err := readFrame(bufio.NewReaderSize(bytes.NewReader(channel), 4096), make([]byte, 4096)); !errors.Is(err, errFrame) {
		t.Errorf("a frame larger than a datagram: %v", err)
	}
}

// FuzzFrames: whatever a stream holds, a frame is a part of it, has the size that it says, and reading comes to an end.
func FuzzFrames(f *testing.F) {
	f.Add(stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw)
	f.Add([]byte{0x40, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0x7f, 0xff, 0, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		in := bufio.NewReaderSize(bytes.NewReader(raw), maxDatagram)
		frame := make([]byte, maxDatagram)
		for at := 0; ; {
			n, err := readFrame(in, frame)
			if err != nil {
				return
			}
			if n < channelSize || !bytes.Equal(frame[:n], raw[at:at+n]) {
				t.Fatalf("a frame of %d bytes at %d of %x", n, at, raw)
			}
			at += n
		}
	})
}

func TestLifetimes(t *testing.T) {
	for name, tt := range map[string]struct {
		raw       []byte
		lifetime  time.Duration
		refreshed bool
		ok        bool
	}{
		"allocated":  {message(allocateSuccess, lifetimeAttr, 0, 0, 2, 88), 600 * time.Second, false, true},
		"refreshed":  {message(refreshSuccess, lifetimeAttr, 0, 0, 0, 1), time.Second, true, true},
		"ended":      {message(refreshSuccess, lifetimeAttr, 0, 0, 0, 0), 0, true, true},
		"no answer":  {message(0x0004, lifetimeAttr, 0, 0, 2, 88), 0, false, false},
		"an error":   {message(0x0114, lifetimeAttr, 0, 0, 2, 88), 0, false, false},
		"without":    {message(refreshSuccess, 0x0024, 0, 0, 2, 88), 0, false, false},
		"cut short":  {message(refreshSuccess, lifetimeAttr, 0, 0, 2, 88)[:26], 0, false, false},
		"too short":  {[]byte{1, 4}, 0, false, false},
		"wrong size": {message(refreshSuccess, lifetimeAttr, 0, 0, 2, 88, 9), 0, false, false},
	} {
		lifetime, refreshed, ok := lifetimeOf(tt.raw)
		if lifetime != tt.lifetime || refreshed != tt.refreshed || ok != tt.ok {
			t.Errorf("%s: %v, %v, %v", name, lifetime, refreshed, ok)
		}
	}
}

// FuzzLifetimes: the end of a message is the end, whatever its attributes say of their size.
func FuzzLifetimes(f *testing.F) {
	f.Add(message(refreshSuccess, lifetimeAttr, 0, 0, 2, 88))
	f.Add(message(allocateSuccess, 0x0024, 1, 2, 3))
	f.Fuzz(func(_ *testing.T, raw []byte) { lifetimeOf(raw) })
}

// FuzzServer sends anything at all to a whole server, by UDP and by TCP; it must go on answering.
func FuzzServer(f *testing.F) {
	f.Add(stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw)
	f.Add(stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest), stun.NewUsername("x"), stun.NewRealm(realm), stun.NewNonce("y"),
		stun.MessageIntegrity("z")).Raw)
	f.Add([]byte{0x40, 0, 0, 4, 1, 2, 3, 4})
	s, err := New(Options{Address: "127.0.0.1:0", MinPort: 40000, MaxPort: 60000, Allocations: 8, Bandwidth: 1 << 20, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	f.Cleanup(func() { cancel(); <-ended })
	address := netJoin("127.0.0.1", s.port)
	request := stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, network := range []string{"udp", "tcp"} {
			s.requests.tidy(time.Now().Add(time.Hour)) // the rate is not what is tried here
			conn, err := net.Dial(network, address)
			if err != nil {
				t.Fatal(err)
			}
			conn.SetDeadline(time.Now().Add(patience))
			conn.Write(raw)
			conn.Close()
		}
		conn, err := net.Dial("udp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		if _, err := conn.Write(request); err != nil {
			t.Fatal(err)
		}
		if n, err := conn.Read(make([]byte, maxDatagram)); err != nil || n < headerSize {
			t.Fatalf("no answer after %x: %v", raw, err)
		}
	})
}
