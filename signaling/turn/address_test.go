package turn

import (
	"log/slog"
	"net/netip"
	"testing"
)

func TestAllowedAddresses(t *testing.T) {
	n := network{v4: netip.MustParseAddr("203.0.113.7"), v6: netip.MustParseAddr("2600::7"), own: map[netip.Addr]bool{
		netip.MustParseAddr("203.0.113.7"): true, netip.MustParseAddr("203.0.113.8"): true, netip.MustParseAddr("2600::7"): true, netip.MustParseAddr("2600::8"): true,
	}}
	tests := []struct {
		why, ips          string
		public, permitted bool // without and with --turn-allow-private
	}{
		{"anybody", "8.8.8.8 203.0.113.9 2001:4860:4860::8888 2600::9 2a00::1", true, true},
		{"where relays are", "203.0.113.7 2600::7 ::ffff:203.0.113.7", true, true},
		{"the hub's other addresses", "203.0.113.8 2600::8 ::ffff:203.0.113.8", false, true},
		{"this machine", "127.0.0.1 127.255.255.255 ::1", false, true},
		{"private", "10.0.0.1 172.16.0.1 172.31.255.255 192.168.255.255 fc00::1 fd12::1", false, true},
		{"nearly private", "11.0.0.0 172.32.0.0 172.15.255.255 192.169.0.0 9.255.255.255", true, true},
		{"a provider's", "100.64.0.1 100.127.255.255", false, true},
		{"this link", "169.254.169.254 fe80::1", false, true},
		{"sites of long ago", "fec0::1", false, true},
		{"special", "192.0.0.1 198.18.0.1 198.19.255.255 100::1", false, true},
		{"everybody", "224.0.0.1 239.255.255.255 255.255.255.255 240.0.0.1 ff02::1 ff0e::1", false, false},
		{"nobody", "0.0.0.0 0.1.2.3 ::", false, false},
		{"IPv4 in IPv6", "::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:192.168.0.1", false, true},
		{"all of IPv4 in IPv6", "::ffff:0.0.0.0 ::ffff:224.0.0.1", false, false},
		{"public IPv4 in IPv6", "::ffff:8.8.8.8", true, true},
		{"compatible", "::127.0.0.1 ::10.0.0.1 ::8.8.8.8", false, true},
		{"NAT64", "64:ff9b::10.0.0.1 64:ff9b::127.0.0.1 64:ff9b::cb00:7108 64:ff9b:1::1", false, true},
		{"public NAT64", "64:ff9b::8.8.8.8", true, true},
		{"NAT64 to everybody", "64:ff9b::224.0.0.1 64:ff9b::", false, false},
		{"6to4", "2002:0a00:0001::1 2002:7f00:0001::1 2002:c0a8:0101::1 2002:cb00:7108::1", false, true},
		{"public 6to4", "2002:0808:0808::1", true, true},
		{"6to4 to nobody", "2002::1", false, false},
		{"Teredo", "2001:0:1234::1", false, true},
		{"ISATAP", "2600::5efe:10.0.0.1 2600::200:5efe:127.0.0.1", false, true},
		{"public ISATAP", "2600::5efe:8.8.8.8", true, true},
	}
	for _, tt := range tests {
		for _, text := range fields(tt.ips) {
			ip := netip.MustParseAddr(text)
			if got := n.allows(ip, false); got != tt.public {
				t.Errorf("%s: %s is allowed: %v", tt.why, ip, got)
			}
			if got := n.allows(ip, true); got != tt.permitted {
				t.Errorf("%s: %s is allowed with --turn-allow-private: %v", tt.why, ip, got)
			}
		}
	}
	if n.allows(netip.Addr{}, true) || n.allows(netip.MustParseAddr("fe80::1%eth0"), false) {
		t.Error("no address, or one of a link, is allowed")
	}
}

// TestOwnAddresses: the machine's addresses are found, and those named come first.
func TestOwnAddresses(t *testing.T) {
	look := func(host string, public ...netip.Addr) network {
		s := &Server{options: Options{PublicIPs: public}, log: slog.New(slog.DiscardHandler)}
		if host != "" {
			s.host = netip.MustParseAddr(host)
		}
		n, err := s.lookAround()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	four, other, six := publicOf(""), netip.MustParseAddr("8.8.4.4"), publicOf("::1")
	if n := look(""); !n.own[netip.MustParseAddr("127.0.0.1")] {
		t.Errorf("this machine is not in %v", n.own)
	}
	if n := look("127.0.0.1"); n.v4.String() != "127.0.0.1" || n.v6.IsValid() || len(n.public()) != 1 {
		t.Errorf("%+v", n)
	}
	if n := look("127.0.0.1", four, other, six); n.v4 != four || n.v6 != six || len(n.public()) != 3 || !n.own[other] == n.own[four] {
		t.Errorf("%+v", n)
	}
	if n := look("", four); n.v4 != four || n.v6.IsValid() {
		t.Errorf("%+v", n)
	}
}

func TestWithoutWayOut(t *testing.T) {
	for own, want := range map[string]string{
		"127.0.0.1 ::1": "127.0.0.1", "127.0.0.1 10.0.0.2 192.168.0.1 fd00::1": "10.0.0.2", "169.254.0.1 127.0.0.1": "127.0.0.1", "192.168.0.1": "192.168.0.1",
	} {
		n := network{own: map[netip.Addr]bool{}}
		for _, ip := range fields(own) {
			n.own[netip.MustParseAddr(ip)] = true
		}
		if got := n.withoutWayOut(); got.String() != want {
			t.Errorf("of %s: %v", own, got)
		}
	}
}

// FuzzAllows: an address that carries another is never allowed where that one is not, and what is allowed is one address.
func FuzzAllows(f *testing.F) {
	for _, seed := range []string{"10.0.0.1", "::ffff:10.0.0.1", "2002:a00:1::", "64:ff9b::a00:1", "fe80::1", "2600::5efe:a00:1"} {
		f.Add(netip.MustParseAddr(seed).AsSlice())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		ip, ok := netip.AddrFromSlice(raw)
		if !ok {
			return
		}
		n := network{own: map[netip.Addr]bool{}}
		if !n.allows(ip, false) {
			return
		}
		if inner, is := embedded(ip); is && !n.allows(inner, false) {
			t.Errorf("%v leads to %v", ip, inner)
		}
		if ip = ip.Unmap(); ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
			t.Errorf("%v is allowed", ip)
		}
	})
}
