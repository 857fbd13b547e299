package sshd

import (
	"net"
	"net/netip"
)

// addressOf is where a connection comes from; not valid when it has no IP address, as in tests.
func addressOf(c net.Conn) netip.Addr {
	if a, err := netip.ParseAddrPort(c.RemoteAddr().String()); err == nil {
		return a.Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// network is what counts as one address: an IPv4 address, or an IPv6 /64, which a single customer gets.
func network(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, _ := a.Prefix(bits) // the zero prefix for an address that is none
	return p
}

// enter counts a connection of an address; false when it has as many as it may.
func (s *Server) enter(a netip.Addr) bool {
	if !a.IsValid() {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := network(a)
	if s.addresses[n] >= s.limits.ConnectionsPerAddress {
		return false
	}
	s.addresses[n]++
	return true
}

func (s *Server) leave(a netip.Addr) {
	if !a.IsValid() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := network(a)
	if s.addresses[n]--; s.addresses[n] == 0 {
		delete(s.addresses, n)
	}
}
