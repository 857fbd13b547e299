package turn

import (
	"net"
	"net/netip"
	"time"

	pion "github.com/pion/turn/v5"
	"golang.org/x/time/rate"

	"gossip/common/id"
)

// usage is what one user takes of the server.
type usage struct {
	relays int           // guarded by Server.mu
	bytes  *rate.Limiter // holds a second's worth
}

// usageOf returns what a user takes. mu is held.
func (s *Server) usageOf(user id.UserID) *usage {
	used := s.users[user]
	if used == nil {
		used = &usage{bytes: rate.NewLimiter(rate.Limit(s.options.Bandwidth), s.options.Bandwidth)}
		s.users[user] = used
	}
	return used
}

// hasRoom says to pion/turn whether a user may have one more relay.
func (s *Server) hasRoom(userID, _ string, _ net.Addr) bool {
	user, ok := parseUser(userID)
	s.mu.Lock()
	defer s.mu.Unlock()
	if ok && !s.closing && s.usageOf(user).relays < s.options.Allocations {
		return true
	}
	s.counters.refusedUsers.Add(1)
	return false
}

// tidy forgets the users who have relayed nothing for a while, so that closing a relay does not give back what it has used,
// and the addresses from which nothing comes.
func (s *Server) tidy(now time.Time) {
	s.requests.tidy(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	for user, used := range s.users {
		if used.relays == 0 && used.bytes.TokensAt(now) >= float64(used.bytes.Burst()) {
			delete(s.users, user)
		}
	}
}

// client is one end of a connection to the server.
type client struct {
	tcp bool
	at  netip.AddrPort
}

func clientOf(a net.Addr) client {
	at, _ := addressOf(a)
	return client{a.Network() == "tcp", at}
}

// relayAt is the relay with an address that pion/turn has from openRelay. mu is held.
func (s *Server) relayAt(a net.Addr) *relay {
	at, _ := addressOf(a)
	return s.relays[keyOf(at)]
}

// events keeps up with what pion/turn's allocations, permissions and channels are.
func (s *Server) events() pion.EventHandler {
	change := func(relayed net.Addr, how func(*relay)) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if r := s.relayAt(relayed); r != nil {
			how(r)
		}
	}
	return pion.EventHandler{
		OnAllocationCreated: func(from, _ net.Addr, _, _, _ string, relayed net.Addr, _ int) {
			change(relayed, func(r *relay) {
				r.client = clientOf(from)
				s.clients[r.client] = r
			})
		},
		OnPermissionCreated: func(_, _ net.Addr, _, _, _ string, relayed net.Addr, peer net.IP) {
			change(relayed, func(r *relay) { r.peers[addrOf(peer)] = true })
		},
		OnPermissionDeleted: func(_, _ net.Addr, _, _, _ string, relayed net.Addr, peer net.IP) {
			change(relayed, func(r *relay) { delete(r.peers, addrOf(peer)) })
		},
		OnChannelCreated: func(_, _ net.Addr, _, _, _ string, relayed, _ net.Addr, _ uint16) {
			change(relayed, func(r *relay) { r.channels++ })
		},
		OnChannelDeleted: func(_, _ net.Addr, _, _, _ string, relayed, _ net.Addr, _ uint16) {
			change(relayed, func(r *relay) { r.channels-- })
		},
	}
}

func addrOf(ip net.IP) netip.Addr {
	a, _ := netip.AddrFromSlice(ip)
	return a.Unmap()
}

// lastMoment is for how long before its end a relay takes no new peers. pion/turn starts the timer of a permission after it
// has made it known, and a relay that ends in between would stop a timer that is not there, and the hub with it.
const lastMoment = 2 * time.Second

// permits says to pion/turn whether a client may exchange packets with an address.
func (s *Server) permits(from net.Addr, peer net.IP) bool {
	ip := addrOf(peer)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.clients[clientOf(from)]
	if r == nil || time.Until(r.ends) < lastMoment {
		return false
	}
	full := r.channels >= maxChannels || len(r.peers) >= maxPeers && !r.peers[ip]
	if full || !s.network.allows(ip, s.options.AllowPrivate) {
		s.counters.refusedPeers.Add(1)
		return false
	}
	return true
}

// relayOf is the relay that a client has, or nil.
func (s *Server) relayOf(from net.Addr) *relay {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.clients[clientOf(from)]
}

// granted notes for how long a client may keep its relay, which pion/turn tells the client and nobody else. It tells the same
// again when a client repeats its first request, which grants nothing.
func (s *Server) granted(to net.Addr, response []byte) {
	lifetime, refreshed, ok := lifetimeOf(response)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.clients[clientOf(to)]; r != nil && (refreshed || r.ends.IsZero()) {
		r.ends = time.Now().Add(lifetime)
	}
}
