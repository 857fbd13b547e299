package turn

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// TestBadStreams: what is no frame ends the connection, whoever sends it, and nothing spins.
func TestBadStreams(t *testing.T) {
	s := start(t, "127.0.0.1", nil)
	spin := message(0x0001, lifetimeAttr, 0, 0, 0, 0)
	spin[2], spin[3] = 0xff, 0xec // with its header 65536: nothing, for who counts in 16 bits
	for name, bytes := range map[string][]byte{
		"HTTP": []byte("GET / HTTP/1.1\r\nHost: hub\r\n\r\n"), "zeros": make([]byte, 64), "too large": spin, "channel data of nobody": {0x7f, 0xff, 0xff, 0xff},
		"SSH": []byte("SSH-2.0-x\r\n"), "ones": {0xff, 0xff, 0xff, 0xff},
	} {
		conn, err := net.Dial("tcp", netJoin("127.0.0.1", s.port))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(bytes); err != nil {
			t.Fatal(err)
		}
		conn.SetReadDeadline(time.Now().Add(patience))
		if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
			t.Errorf("%s: the connection is left open: %v", name, err)
		}
		conn.Close()
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// listenerOf is a listener of a server that does not run.
func listenerOf() *streamListener {
	return &streamListener{
		server: &Server{clients: map[client]*relay{}}, ended: make(chan struct{}), streams: map[*stream]bool{}, from: map[netip.Addr]int{},
	}
}

// pipe is a connection from an address.
type pipe struct {
	net.Conn
	from string
}

func (p pipe) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(p.from)) }

func TestStreamsAnAddress(t *testing.T) {
	l := listenerOf()
	one, far := net.Pipe()
	defer far.Close()
	var last *stream
	for i := range streamsPerAddress {
		if last = l.admit(pipe{one, "8.8.8.8:9"}); last == nil {
			t.Fatalf("stream %d is refused", i)
		}
	}
	if l.admit(pipe{one, "8.8.8.8:9"}) != nil || l.admit(pipe{one, "8.8.4.4:9"}) == nil {
		t.Error("one too many of an address, or none of another")
	}
	last.Close()
	last.Close()
	if l.admit(pipe{one, "8.8.8.8:9"}) == nil || l.admit(pipe{one, "8.8.8.8:9"}) != nil {
		t.Error("a closed stream makes room for one")
	}
}

// TestIdleStreams: a connection without a relay that says nothing is closed.
func TestIdleStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		s := listenerOf().admit(pipe{near, "8.8.8.8:9"})
		begin := time.Now()
		if _, err := s.Read(make([]byte, maxDatagram)); !isTimeout(err) || time.Since(begin) != strangerTime {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		begin = time.Now()
		if _, err := s.Write(make([]byte, 8)); !isTimeout(err) || time.Since(begin) != streamWriteTime {
			t.Errorf("a client that does not read, after %v: %v", time.Since(begin), err)
		}
	})
}

// TestAcceptEndsLast: pion/turn closes the relays when Accept has ended, and must not work on a request then.
func TestAcceptEndsLast(t *testing.T) {
	l := listenerOf()
	var err error
	if l.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	defer far.Close()
	s := l.admit(pipe{near, "8.8.8.8:9"})
	accepted := make(chan error, 1)
	go func() {
		_, err := l.Accept()
		accepted <- err
	}()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(make([]byte, maxDatagram)); err == nil {
		t.Error("a stream is read after the end")
	}
	select {
	case <-accepted:
		t.Error("Accept ends while a stream is served")
	case <-time.After(50 * time.Millisecond):
	}
	s.Close()
	if err := <-accepted; !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}
