package hubtest

import (
	"net"
	"net/netip"
	"sync"
)

// network is a listener in memory. It outlives the servers that accept from it one after the other.
type network struct {
	mu      sync.Mutex // guards the following
	up      *listener  // nil while no server runs
	conns   map[*Conn]bool
	dialled int
}

// listener is what one server accepts from.
type listener struct {
	net   *network
	queue chan *Conn
	done  chan struct{}
	once  sync.Once
}

// backlog is how many connections wait for a server to accept them.
const backlog = 1024

func newNetwork() *network { return &network{conns: map[*Conn]bool{}} }

// listen opens the network for a new server.
func (n *network) listen() *listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.up = &listener{net: n, queue: make(chan *Conn, backlog), done: make(chan struct{})}
	return n.up
}

// dial connects from an address; not valid ones get one of their own.
func (n *network) dial(from netip.Addr) (*Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.up == nil {
		return nil, errDown
	}
	n.dialled++
	if !from.IsValid() {
		from = netip.AddrFrom4([4]byte{10, byte(n.dialled >> 16), byte(n.dialled >> 8), byte(n.dialled)})
	}
	near := net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, uint16(1024+n.dialled%60000)))
	client, server := Pipe(near, hubAddress())
	select {
	case n.up.queue <- server:
	default:
		return nil, errDown
	}
	n.conns[client] = true
	return client, nil
}

// cutAll cuts every connection and refuses new ones until listen.
func (n *network) cutAll() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.up = nil
	for c := range n.conns {
		c.Cut()
	}
	clear(n.conns)
}

func hubAddress() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.1:1720"))
}

// Accept is that of net.Listener, as the following are.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.queue:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close refuses new connections.
func (l *listener) Close() error {
	l.once.Do(func() {
		close(l.done)
		l.net.mu.Lock()
		defer l.net.mu.Unlock()
		if l.net.up == l {
			l.net.up = nil
		}
	})
	return nil
}

// Addr is the hub's.
func (l *listener) Addr() net.Addr { return hubAddress() }
