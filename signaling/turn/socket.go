package turn

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/pion/logging"
)

// clientSocket is a UDP socket on which clients talk to the server.
type clientSocket struct {
	net.PacketConn
	server *Server
	ended  chan struct{} // closed when nobody reads any more
}

// ReadFrom takes the next datagram that is worth it. It ends only when the socket is closed.
func (c *clientSocket) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.PacketConn.ReadFrom(p)
		switch {
		case errors.Is(err, net.ErrClosed):
			close(c.ended)
			return n, from, err
		case err != nil:
			time.Sleep(errorPause)
		case c.server.admit(p[:n], from):
			return n, from, nil
		}
	}
}

// WriteTo sends to a client.
func (c *clientSocket) WriteTo(p []byte, to net.Addr) (int, error) {
	c.server.granted(to, p)
	return c.PacketConn.WriteTo(p, to)
}

// Bounds of clients that come by TCP.
const (
	maxStreams        = 4096
	streamsPerAddress = 256
	strangerTime      = 30 * time.Second // without a relay
	silentTime        = 15 * time.Minute // with one; clients refresh every few minutes
	streamWriteTime   = 10 * time.Second
)

// streamListener accepts the clients that come by TCP.
type streamListener struct {
	net.Listener
	server *Server
	ended  chan struct{} // closed when no client is left and none will come

	serving sync.WaitGroup // streams that are open

	mu      sync.Mutex // guards the following
	closing bool
	streams map[*stream]bool
	from    map[netip.Addr]int // how many of each address
}

// Accept returns the next client for whom there is room. After Close it returns when the last one has gone: pion/turn closes
// the relays then, which must not happen while it still works on a request.
func (l *streamListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			l.serving.Wait()
			close(l.ended)
			return nil, err
		case err != nil:
			time.Sleep(errorPause)
		default:
			if s := l.admit(conn); s != nil {
				return s, nil
			}
			conn.Close()
		}
	}
}

// admit makes a stream of a connection, or returns nil when there are too many.
func (l *streamListener) admit(conn net.Conn) *stream {
	ip := sourceOf(conn.RemoteAddr())
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing || len(l.streams) >= maxStreams || l.from[ip] >= streamsPerAddress {
		l.server.counters.overRate.Add(1)
		return nil
	}
	s := &stream{Conn: conn, listener: l, source: ip, frames: bufio.NewReaderSize(conn, maxDatagram)}
	l.streams[s] = true
	l.from[ip]++
	l.serving.Add(1)
	return s
}

// Close accepts nobody any more, and cuts who is there.
func (l *streamListener) Close() error {
	l.mu.Lock()
	l.closing = true
	for s := range l.streams {
		s.Conn.Close()
	}
	l.mu.Unlock()
	return l.Listener.Close()
}

// stream is a client that comes by TCP.
type stream struct {
	net.Conn
	listener *streamListener
	source   netip.Addr
	frames   *bufio.Reader
	once     sync.Once
}

// Read returns one whole frame.
func (s *stream) Read(p []byte) (int, error) {
	for {
		patience := strangerTime
		if s.listener.server.relayOf(s.RemoteAddr()) != nil {
			patience = silentTime
		}
		if err := s.SetReadDeadline(time.Now().Add(patience)); err != nil {
			return 0, err
		}
		n, err := readFrame(s.frames, p)
		if err != nil || s.listener.server.admit(p[:n], s.RemoteAddr()) {
			return n, err
		}
	}
}

// Write sends to the client, who must read.
func (s *stream) Write(p []byte) (int, error) {
	s.listener.server.granted(s.RemoteAddr(), p)
	if err := s.SetWriteDeadline(time.Now().Add(streamWriteTime)); err != nil {
		return 0, err
	}
	n, err := s.Conn.Write(p)
	if err != nil {
		s.Conn.Close() // a part of a frame may have gone
	}
	return n, err
}

// Close ends the stream; pion/turn does so when it is done with it.
func (s *stream) Close() error {
	err := net.ErrClosed
	s.once.Do(func() {
		err = s.Conn.Close()
		l := s.listener
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.streams, s)
		if l.from[s.source]--; l.from[s.source] == 0 {
			delete(l.from, s.source)
		}
		l.serving.Done()
	})
	return err
}

// listenTries is how often a port is looked for that is free for UDP and TCP, IPv4 and IPv6 alike.
const listenTries = 16

// listen opens the sockets for clients.
func (s *Server) listen(address string) error {
	host, port, err := splitAddress(address)
	if err != nil {
		return err
	}
	families := []string{"4", "6"} // every address is those of both, as net.Listen has it
	switch {
	case host.IsUnspecified():
	case host.Is4():
		s.host, families = host, families[:1]
	default:
		s.host, families = host, families[1:]
	}
	for range listenTries {
		s.port = port
		if err = s.open(host, families); err == nil || port != 0 {
			break
		}
		err = errors.Join(err, s.Close())
		s.sockets, s.streams, s.listens = nil, nil, nil
	}
	if err != nil {
		return fmt.Errorf("cannot listen on %s for STUN and TURN: %w; choose another address with --turn, or --turn off", address, err)
	}
	return nil
}

// open opens a UDP and a TCP socket of each family, on one port.
func (s *Server) open(host netip.Addr, families []string) error {
	name := ""
	if !host.IsUnspecified() {
		name = host.String()
	}
	s.listens = map[bool]bool{}
	for _, family := range families {
		listener, err := net.Listen("tcp"+family, netJoin(name, s.port))
		if err != nil {
			if family == "6" && len(s.streams) > 0 {
				return nil // a machine without IPv6
			}
			return err
		}
		s.port = uint16(listener.Addr().(*net.TCPAddr).Port)
		s.streams = append(s.streams, &streamListener{
			Listener: listener, server: s, ended: make(chan struct{}), streams: map[*stream]bool{}, from: map[netip.Addr]int{},
		})
		conn, err := net.ListenPacket("udp"+family, netJoin(name, s.port))
		if err != nil {
			return err
		}
		s.listens[family == "6"] = true
		s.sockets = append(s.sockets, &clientSocket{PacketConn: conn, server: s, ended: make(chan struct{})})
	}
	return nil
}

func splitAddress(address string) (host netip.Addr, port uint16, err error) {
	name, service, err := net.SplitHostPort(address)
	if err != nil {
		return host, 0, fmt.Errorf("%q is not an address and a port: write it like 0.0.0.0:3478 or [::]:3478", address)
	}
	number, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return host, 0, fmt.Errorf("%q has no port: write it like 0.0.0.0:3478", address)
	}
	if name == "" {
		return netip.IPv6Unspecified(), uint16(number), nil
	}
	resolved, err := net.ResolveIPAddr("ip", name)
	if err != nil {
		return host, 0, fmt.Errorf("%q is not an address of this machine: %w", name, err)
	}
	host, _ = netip.AddrFromSlice(resolved.IP)
	return host.Unmap(), uint16(number), nil
}

func netJoin(host string, port uint16) string { return net.JoinHostPort(host, strconv.Itoa(int(port))) }

// silence drops pion/turn's log: it names addresses in full, and what an operator needs to know is in Stats.
type silence struct{}

// NewLogger returns a logger that drops everything.
func (silence) NewLogger(string) logging.LeveledLogger {
	return logging.NewDefaultLeveledLoggerForScope("turn", logging.LogLevelDisabled, nil)
}
