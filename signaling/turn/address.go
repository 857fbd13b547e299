package turn

import (
	"encoding/binary"
	"net"
	"net/netip"
)

// never are addresses that are nobody's, or everybody's: no relay reaches them, whatever the operator allows.
var never = prefixes("0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8")

// private are addresses within somebody's network (the registries of special-purpose addresses, RFC 6890, by IANA).
var private = prefixes(
	"10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15",
	"::/96", "fc00::/7", "fe80::/10", "fec0::/10", "64:ff9b:1::/48", "100::/64",
)

// teredo hides an IPv4 address behind a relay of somebody else's (RFC 4380); it is not in use any more.
var teredo = netip.MustParsePrefix("2001::/32")

// Addresses that stand for an IPv4 one: NAT64 (RFC 6052), 6to4 (RFC 3056).
var (
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour = netip.MustParsePrefix("2002::/16")
)

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

func within(ip netip.Addr, all []netip.Prefix) bool {
	for _, p := range all {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// isPrivate reports whether only some network reaches an address.
func isPrivate(ip netip.Addr) bool { return within(ip.Unmap(), private) }

// embedded returns the IPv4 address that an IPv6 one leads to.
func embedded(ip netip.Addr) (netip.Addr, bool) {
	if !ip.Is6() {
		return netip.Addr{}, false
	}
	b := ip.As16()
	switch {
	case ip.Is4In6():
		return ip.Unmap(), true
	case nat64.Contains(ip):
		return netip.AddrFrom4([4]byte(b[12:])), true
	case sixToFour.Contains(ip):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	case binary.BigEndian.Uint32(b[8:12])&^0x02000000 == 0x00005efe: // ISATAP (RFC 5214 section 6.1)
		return netip.AddrFrom4([4]byte(b[12:])), true
	}
	return netip.Addr{}, false
}

// network is which addresses are this machine's.
type network struct {
	v4, v6 netip.Addr          // which relays have towards others; not valid where there is none
	urls   []netip.Addr        // under which the server itself is reached, when the operator has named them
	own    map[netip.Addr]bool // all of them
}

// public lists the addresses under which the server is reached.
func (n network) public() []netip.Addr {
	if len(n.urls) > 0 {
		return n.urls
	}
	var all []netip.Addr
	for _, ip := range []netip.Addr{n.v4, n.v6} {
		if ip.IsValid() {
			all = append(all, ip)
		}
	}
	return all
}

// relayed is the address that a relay of a family has towards others.
func (n network) relayed(six bool) netip.Addr {
	if six {
		return n.v6
	}
	return n.v4
}

// allows says whether a relay may send to an address. Of the machine's own addresses that is so for those that relays have,
// since behind them there may be another relay; see relay.WriteTo.
func (n network) allows(ip netip.Addr, allowPrivate bool) bool {
	if inner, is := embedded(ip); is && !n.allows(inner, allowPrivate) {
		return false
	}
	ip = ip.Unmap().WithZone("")
	switch {
	case within(ip, never) || !ip.IsValid():
		return false
	case ip == n.v4 || ip == n.v6 || allowPrivate:
		return true
	}
	return !n.own[ip] && !within(ip, private) && !teredo.Contains(ip)
}

// lookAround finds this machine's addresses.
func (s *Server) lookAround() (network, error) {
	n := network{urls: s.options.PublicIPs, own: map[netip.Addr]bool{}}
	found, err := net.InterfaceAddrs()
	if err != nil {
		return n, err
	}
	for _, address := range found {
		if prefix, err := netip.ParsePrefix(address.String()); err == nil {
			n.own[prefix.Addr().Unmap().WithZone("")] = true
		}
	}
	for _, ip := range n.urls {
		n.relayBy(ip)
	}
	switch {
	case s.host.IsValid():
		n.relayBy(s.host)
	case len(n.urls) == 0:
		n.relayBy(outward("udp4", "192.0.2.1:9"))
		n.relayBy(outward("udp6", "[2001:db8::1]:9"))
		n.relayBy(n.withoutWayOut())
	}
	return n, nil
}

// relayBy makes an address of this machine the one of the relays of its family, unless they have one.
func (n *network) relayBy(ip netip.Addr) {
	if !ip.IsValid() {
		return
	}
	n.own[ip] = true
	family := &n.v4
	if ip.Is6() {
		family = &n.v6
	}
	if !family.IsValid() {
		*family = ip
	}
}

// withoutWayOut is the IPv4 address of a machine that knows no way to others: that of some network, else what leads to itself.
func (n *network) withoutWayOut() netip.Addr {
	best := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	for ip := range n.own {
		if ip.Is4() && ip.IsGlobalUnicast() && (best.IsLoopback() || ip.Less(best)) {
			best = ip
		}
	}
	return best
}

// outward is the address that this machine has on its way to others; nothing is sent to find out.
func outward(family, somewhere string) netip.Addr {
	conn, err := net.Dial(family, somewhere)
	if err != nil {
		return netip.Addr{}
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}
