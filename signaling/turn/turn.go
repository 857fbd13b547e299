// Package turn is the hub's STUN and TURN server (RFC 8489, RFC 8656), on UDP and TCP, IPv4 and IPv6, with pion/turn: it tells
// devices behind a NAT their address, and relays the encrypted media of those that can't reach each other. It relays UDP
// only.
//
// What it adds to pion/turn:
//
//   - Credentials that the hub makes for its users, and that end. The name in them is sealed and new each time, so that
//     nobody on the network can tell that two calls are the same person's.
//   - Relays and bytes a second are counted for each user, requests for each address, permissions for each relay.
//   - A relay reaches no address within the operator's network (see address.go), and of the hub's own addresses only what
//     other relays have: two devices that both hide behind the hub meet there, without leaving the machine.
//   - Frames on TCP are checked before pion/turn sees them, and connections that do nothing are closed.
package turn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	pion "github.com/pion/turn/v5"

	"gossip/common/id"
)

// Options are what a server is made of. All are needed but PublicIPs and AllowPrivate.
type Options struct {
	Address      string       // host and port to listen on, for UDP and TCP; port 0 takes a free one
	PublicIPs    []netip.Addr // under which others reach this machine; by itself, those that it uses
	MinPort      uint16       // of the relays
	MaxPort      uint16
	AllowPrivate bool // relay to addresses within the operator's network, this machine included
	Allocations  int  // relays of one user at one time
	Bandwidth    int  // bytes a second that are relayed for one user, both directions together
	Log          *slog.Logger
}

// Server is a STUN and TURN server. Make it with New, then Run it; Close it if it does not come to that.
type Server struct {
	options Options
	log     *slog.Logger
	secret  *secret
	host    netip.Addr // to which relays are bound; not valid: every address
	port    uint16
	listens map[bool]bool // for IPv4 (false), for IPv6 (true)
	sockets []*clientSocket
	streams []*streamListener

	requests requestRates
	counters counters
	sending  sync.WaitGroup // relays that are open

	mu      sync.RWMutex // guards the following
	closing bool
	network network // this machine's addresses
	relays  map[relayKey]*relay
	clients map[client]*relay
	users   map[id.UserID]*usage
}

// realm is what STUN asks for beside a name (RFC 8489 section 9.2).
const realm = "gossip"

// relayTime is how long a relay lasts that its client does not refresh, unless the client asks for another time: less than the
// ten minutes of RFC 8656, so that a device that has lost its network does not count twice for long.
const relayTime = 3 * time.Minute

// tidyEvery is how often users and addresses that do nothing are forgotten, and the machine's own looked at.
const tidyEvery = time.Minute

// New opens the port. An error is a sentence for the operator.
func New(o Options) (*Server, error) {
	if o.MinPort == 0 || o.MaxPort < o.MinPort || o.Allocations < 1 || o.Bandwidth < maxDatagram || o.Log == nil {
		return nil, errors.New("turn: an option is missing or out of range")
	}
	s := &Server{
		options: o, log: o.Log, secret: newSecret(), relays: map[relayKey]*relay{}, clients: map[client]*relay{}, users: map[id.UserID]*usage{},
	}
	if err := s.listen(o.Address); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.Reload(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Reload looks anew at which addresses this machine has, as Run does once a minute: a hub on a laptop moves between networks.
func (s *Server) Reload() error {
	network, err := s.lookAround()
	if err != nil {
		return fmt.Errorf("find the addresses of this machine: %w", err)
	}
	s.mu.Lock()
	before := s.network.public()
	s.network = network
	s.mu.Unlock()
	for _, ip := range network.public() {
		if isPrivate(ip) && !ip.IsLoopback() && !slices.Contains(before, ip) {
			s.log.Info("relays have an address that only this network reaches; name the public one with --turn-public-ip", "address", ip.String())
		}
	}
	return nil
}

// Run serves until ctx ends, and returns when every relay is closed.
func (s *Server) Run(ctx context.Context) error {
	config := pion.ServerConfig{
		LoggerFactory: silence{}, Realm: realm, AuthHandler: s.authenticate, QuotaHandler: s.hasRoom, EventHandler: s.events(), InboundMTU: maxDatagram + 1,
		AllocationLifetime: relayTime,
	}
	for _, socket := range s.sockets {
		config.PacketConnConfigs = append(config.PacketConnConfigs, pion.PacketConnConfig{
			PacketConn: socket, RelayAddressGenerator: generator{s}, PermissionHandler: s.permits,
		})
	}
	for _, listener := range s.streams {
		config.ListenerConfigs = append(config.ListenerConfigs, pion.ListenerConfig{
			Listener: listener, RelayAddressGenerator: generator{s}, PermissionHandler: s.permits,
		})
	}
	server, err := pion.NewServer(config)
	if err != nil {
		return errors.Join(fmt.Errorf("start TURN: %w", err), s.Close())
	}
	every := time.NewTicker(tidyEvery)
	defer every.Stop()
	for ctx.Err() == nil {
		select {
		case now := <-every.C:
			s.tidy(now)
			if err := s.Reload(); err != nil {
				s.log.Warn("relays may have addresses of before", "err", err)
			}
		case <-ctx.Done():
		}
	}
	return s.shutDown(server)
}

// shutDown takes no new relays and closes those that there are.
func (s *Server) shutDown(server *pion.Server) error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	err := server.Close()
	for _, socket := range s.sockets {
		<-socket.ended
	}
	for _, listener := range s.streams {
		<-listener.ended
	}
	s.sending.Wait()
	return err
}

// Close frees the port of a server that does not run. It may be called again.
func (s *Server) Close() error {
	var errs []error
	for _, socket := range s.sockets {
		errs = append(errs, ignoreClosed(socket.Close()))
	}
	for _, listener := range s.streams {
		errs = append(errs, ignoreClosed(listener.Close()))
	}
	return errors.Join(errs...)
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Credentials are what a device needs to use the server.
type Credentials struct {
	URLs     []string // RFC 7064 and RFC 7065
	Username string
	Password string
	Expires  time.Time // no relay can be had after it; one that there is may be kept for longer
}

// Credentials makes credentials for a user.
func (s *Server) Credentials(user id.UserID, now time.Time) Credentials {
	c := s.secret.issue(user, now.Add(credentialTime))
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ip := range s.network.public() {
		if !s.listens[ip.Is6()] {
			continue
		}
		address := netip.AddrPortFrom(ip, s.port).String()
		c.URLs = append(c.URLs, "stun:"+address, "turn:"+address+"?transport=udp", "turn:"+address+"?transport=tcp")
	}
	return c
}

// Port is where the server listens.
func (s *Server) Port() int { return int(s.port) }

// counters say what the server has done since it began.
type counters struct {
	opened, relayed, overRate, overBandwidth, refusedPeers, refusedUsers atomic.Uint64
}

// Stats are counts since the server began, and what is there now.
type Stats struct {
	Relays        int
	Users         int    // who have relays, or had until a moment ago
	Opened        uint64 // relays
	Relayed       uint64 // bytes
	OverRate      uint64 // packets of clients dropped for their rate, or because they belong to no relay
	OverBandwidth uint64 // packets dropped because their user had relayed enough
	RefusedPeers  uint64 // permissions refused
	RefusedUsers  uint64 // relays refused
}

// Stats returns the present counts.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	relays, users := len(s.relays), len(s.users)
	s.mu.Unlock()
	c := &s.counters
	return Stats{
		Relays: relays, Users: users, Opened: c.opened.Load(), Relayed: c.relayed.Load(), OverRate: c.overRate.Load(),
		OverBandwidth: c.overBandwidth.Load(), RefusedPeers: c.refusedPeers.Load(), RefusedUsers: c.refusedUsers.Load(),
	}
}
