package turn

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	pion "github.com/pion/turn/v5"
	"golang.org/x/time/rate"

	"gossip/common/id"
)

const (
	maxPeers    = 256 // addresses that one relay may exchange packets with
	maxChannels = 256 // channels (RFC 8656 section 12) of one relay
	// portTries is how many ports are tried for a relay: as many as are taken when nearly all are.
	portTries = 64
)

// relayKey tells the relays of this machine apart.
type relayKey struct {
	six  bool
	port uint16
}

func keyOf(a netip.AddrPort) relayKey { return relayKey{a.Addr().Is6(), a.Port()} }

// relay is the socket of one allocation. It counts what passes, and decides where it may go.
type relay struct {
	net.PacketConn
	server *Server
	user   *usage
	public netip.AddrPort // as others see it
	local  netip.AddrPort // as relays of the same machine reach it
	once   sync.Once
	asks   *rate.Limiter // of requests about it

	// Guarded by Server.mu.
	client   client
	peers    map[netip.Addr]bool // with whom the client may exchange packets
	channels int
	ends     time.Time // when the client has to have refreshed it
}

// generator makes relays for pion/turn.
type generator struct{ server *Server }

var (
	errRefused  = errors.New("turn: this hub relays UDP only, from a port of its own choice, as far as it has room")
	errNoFamily = errors.New("turn: this machine has no address of that family")
)

// Validate is that of pion.RelayAddressGenerator, as the following are.
func (generator) Validate() error { return nil }

// AllocatePacketConn opens the socket of a relay.
func (g generator) AllocatePacketConn(c pion.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	user, ok := parseUser(c.UserID)
	if !ok || c.RequestedPort != 0 { // even ports are for RTP as it was before ICE
		return nil, nil, errRefused
	}
	r, err := g.server.openRelay(user, c.Network)
	if err != nil {
		return nil, nil, err
	}
	return r, net.UDPAddrFromAddrPort(r.public), nil
}

// AllocateListener refuses relays of TCP (RFC 6062): calls have no use for them.
func (generator) AllocateListener(pion.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errRefused
}

// AllocateConn refuses as AllocateListener does.
func (generator) AllocateConn(pion.AllocateConnConfig) (net.Conn, error) { return nil, errRefused }

func parseUser(userID string) (user id.UserID, ok bool) {
	return user, len(userID) == len(user) && copy(user[:], userID) > 0
}

// openRelay makes a relay for a user who has room for it.
func (s *Server) openRelay(user id.UserID, family string) (*relay, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	used := s.usageOf(user)
	if s.closing || used.relays >= s.options.Allocations {
		return nil, errRefused
	}
	six := family == "udp6"
	ip := s.network.relayed(six)
	if !ip.IsValid() {
		return nil, errNoFamily
	}
	conn, port, err := s.bind(family, six)
	if err != nil {
		return nil, err
	}
	r := &relay{
		PacketConn: conn, server: s, user: used, public: netip.AddrPortFrom(ip, port), local: netip.AddrPortFrom(s.bound(six), port), peers: map[netip.Addr]bool{},
		asks: rate.NewLimiter(requestsPerSecond, requestBurst),
	}
	s.relays[keyOf(r.public)] = r
	used.relays++
	s.sending.Add(1)
	s.counters.opened.Add(1)
	s.log.Debug("relay opened", "user", user, "relays", used.relays)
	return r, nil
}

// bind opens a socket on a free port, taken by chance so that strangers can't guess it.
func (s *Server) bind(family string, six bool) (net.PacketConn, uint16, error) {
	host := ""
	if s.host.IsValid() && s.host.Is6() == six {
		host = s.host.String()
	}
	var err error
	for range portTries {
		port := s.options.MinPort + uint16(rand.IntN(int(s.options.MaxPort)-int(s.options.MinPort)+1))
		if s.relays[relayKey{six, port}] != nil {
			continue
		}
		var conn net.PacketConn
		if conn, err = net.ListenPacket(family, netJoin(host, port)); err == nil {
			return conn, port, nil
		}
	}
	return nil, 0, errors.Join(errors.New("turn: no port is free for a relay; is --turn-relay-ports too narrow?"), err)
}

// bound is the address at which relays of a family are reached on the machine itself.
func (s *Server) bound(six bool) netip.Addr {
	switch {
	case s.host.IsValid() && s.host.Is6() == six:
		return s.host
	case six:
		return netip.IPv6Loopback()
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// Close ends the relay.
func (r *relay) Close() error {
	err := net.ErrClosed
	r.once.Do(func() {
		err = r.PacketConn.Close()
		r.server.forget(r)
		r.server.sending.Done()
	})
	return err
}

func (s *Server) forget(r *relay) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.relays, keyOf(r.public))
	if s.clients[r.client] == r {
		delete(s.clients, r.client)
	}
	r.user.relays--
}

// WriteTo sends what the client has for a peer. What may not go there, or is more than the user may relay, is dropped as the
// network drops packets. Another relay of this machine is reached without leaving it.
func (r *relay) WriteTo(p []byte, to net.Addr) (int, error) {
	peer, ok := addressOf(to)
	if !ok {
		return len(p), nil
	}
	s := r.server
	s.mu.RLock()
	other := s.relays[keyOf(peer)]
	own := s.network.own[peer.Addr()]
	s.mu.RUnlock()
	switch {
	case own && other != nil:
		peer = other.local
	case own && !s.options.AllowPrivate:
		s.counters.refusedPeers.Add(1)
		return len(p), nil
	}
	if r.spend(len(p)) {
		return r.PacketConn.WriteTo(p, net.UDPAddrFromAddrPort(peer))
	}
	return len(p), nil
}

// ReadFrom receives what a peer has for the client. It ends only when the relay does.
func (r *relay) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := r.PacketConn.ReadFrom(p)
		if errors.Is(err, net.ErrClosed) {
			return n, from, err
		}
		if err != nil {
			time.Sleep(errorPause) // a peer that can't be reached, or no memory
			continue
		}
		peer, ok := addressOf(from)
		if !ok {
			continue
		}
		if peer, ok = r.admits(peer); ok && r.spend(n) {
			return n, net.UDPAddrFromAddrPort(peer), nil
		}
	}
}

// errorPause keeps a socket that fails all the time from taking the processor.
const errorPause = 5 * time.Millisecond

// admits says whether the client wants packets of a peer, and how it knows the peer.
func (r *relay) admits(peer netip.AddrPort) (netip.AddrPort, bool) {
	s := r.server
	s.mu.RLock()
	defer s.mu.RUnlock()
	if other := s.relays[keyOf(peer)]; other != nil && (other.local == peer || s.network.own[peer.Addr()]) {
		peer = other.public
	}
	return peer, r.peers[peer.Addr()]
}

// spend counts bytes against what the user may relay in a second.
func (r *relay) spend(bytes int) bool {
	if !r.user.bytes.AllowN(time.Now(), bytes) {
		r.server.counters.overBandwidth.Add(1)
		return false
	}
	r.server.counters.relayed.Add(uint64(bytes))
	return true
}

// addressOf is the address of a UDP or TCP end, an IPv4 one as such.
func addressOf(a net.Addr) (netip.AddrPort, bool) {
	var at netip.AddrPort
	switch a := a.(type) {
	case *net.UDPAddr:
		at = a.AddrPort()
	case *net.TCPAddr:
		at = a.AddrPort()
	}
	return netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port()), at.IsValid()
}
