package turn

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	pion "github.com/pion/turn/v5"
)

func TestRefusedPeers(t *testing.T) {
	s := start(t, "127.0.0.1", nil)
	d, _ := relayFor(t, s, "udp", alice)
	for _, ip := range []string{"10.0.0.1", "192.168.1.1", "127.0.0.2", "169.254.169.254", "224.0.0.1", "0.0.0.0", "255.255.255.255"} {
		if err := d.CreatePermission(&net.UDPAddr{IP: net.ParseIP(ip), Port: 9}); err == nil {
			t.Errorf("a relay may send to %s", ip)
		}
	}
	if err := d.CreatePermission(&net.UDPAddr{IP: net.ParseIP("8.8.8.8"), Port: 9}); err != nil {
		t.Errorf("a relay may not send to everybody: %v", err)
	}
}

// TestAllocationsAUser: whatever the number of connections, and again after some are given back.
func TestAllocationsAUser(t *testing.T) {
	s := start(t, "127.0.0.1", func(o *Options) { o.Allocations = 3 })
	var open []net.PacketConn
	for i := range 3 {
		_, conn := relayFor(t, s, []string{"udp", "tcp"}[i%2], alice)
		open = append(open, conn)
	}
	for _, transport := range []string{"udp", "tcp", "udp"} {
		_, err := connect(t, s, transport, s.Credentials(alice, time.Now())).Allocate()
		if err == nil {
			t.Fatal("a fourth relay")
		}
	}
	relayFor(t, s, "udp", bob)
	if err := open[0].Close(); err != nil {
		t.Fatal(err)
	}
	if !until(func() bool { return s.Stats().Relays == 3 }) {
		t.Fatalf("%+v", s.Stats())
	}
	relayFor(t, s, "tcp", alice)
	if stats := s.Stats(); stats.Users != 2 || stats.RefusedUsers != 3 || stats.Opened != 5 {
		t.Errorf("%+v", stats)
	}
}

// until waits for something that happens soon.
func until(is func() bool) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if is() {
			return true
		}
	}
	return false
}

// TestAClosedConnectionFreesItsRelay without waiting for the relay to run out.
func TestAClosedConnectionFreesItsRelay(t *testing.T) {
	s := start(t, "127.0.0.1", nil)
	d, _ := relayFor(t, s, "tcp", alice)
	d.local.Close()
	if !until(func() bool { return s.Stats().Relays == 0 }) {
		t.Errorf("%+v", s.Stats())
	}
}

// TestBandwidthAUser: both directions and all relays of a user together, and nobody else's.
func TestBandwidthAUser(t *testing.T) {
	const limit = 32 << 10
	s := start(t, "127.0.0.1", func(o *Options) { o.AllowPrivate, o.Bandwidth = true, limit })
	other := peer(t, "127.0.0.1")
	_, one := relayFor(t, s, "tcp", alice)
	_, two := relayFor(t, s, "tcp", alice)
	kilobyte := string(bytes.Repeat([]byte("x"), 1024))
	begin := time.Now()
	for _, conn := range []net.PacketConn{one, two} {
		for range 48 {
			send(t, conn, kilobyte, other.LocalAddr())
		}
	}
	if !until(func() bool { return s.Stats().Relayed+1024*s.Stats().OverBandwidth >= 96<<10 }) {
		t.Fatalf("%+v", s.Stats())
	}
	most := limit + uint64(time.Since(begin).Seconds()*limit) + 1024
	if stats := s.Stats(); stats.Relayed > most || stats.Relayed < limit-1024 {
		t.Errorf("%d bytes were relayed, at most %d may be", stats.Relayed, most)
	}
	_, third := relayFor(t, s, "tcp", bob)
	before := s.Stats().OverBandwidth
	for range 16 {
		send(t, third, kilobyte, other.LocalAddr())
	}
	if s.Stats().OverBandwidth != before {
		t.Error("bob pays for what alice relays")
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	two.Close()
	until(func() bool { return s.Stats().Relays == 1 })
	s.tidy(time.Now())
	if users := s.Stats().Users; users != 2 {
		t.Errorf("closing the relays has given alice a new allowance: %d users", users)
	}
	s.tidy(time.Now().Add(time.Hour))
	if users := s.Stats().Users; users != 1 {
		t.Errorf("%d users are remembered, only bob has a relay", users)
	}
}

// TestFloodOfPermissions: a relay knows so many peers and channels, and no more.
func TestFloodOfPermissions(t *testing.T) {
	s := start(t, "127.0.0.1", nil)
	d, _ := relayFor(t, s, "tcp", alice)
	relay := s.onlyRelay(t)
	s.mu.Lock()
	for i := range maxPeers - 1 {
		relay.peers[netip.AddrFrom4([4]byte{9, 9, byte(i >> 8), byte(i)})] = true
	}
	s.mu.Unlock()
	allowed := func(ip string) bool { return d.CreatePermission(&net.UDPAddr{IP: net.ParseIP(ip), Port: 9}) == nil }
	if !allowed("8.8.8.8") || allowed("8.8.4.4") || !allowed("8.8.8.8") {
		t.Error("one peer too many, or one of those that there are is refused")
	}
	s.mu.Lock()
	relay.channels = maxChannels
	s.mu.Unlock()
	if allowed("8.8.8.8") {
		t.Error("channels have no end")
	}
	s.mu.Lock()
	relay.channels, relay.ends = 0, time.Now().Add(lastMoment/2)
	s.mu.Unlock()
	if allowed("8.8.8.8") {
		t.Error("a relay that is about to end takes a peer")
	}
}

func (s *Server) onlyRelay(t testing.TB) *relay {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.relays {
		return r
	}
	t.Fatal("there is no relay")
	return nil
}

// TestLifetimeIsNoted as it was granted, and not again for a request that was repeated.
func TestLifetimeIsNoted(t *testing.T) {
	s := start(t, "127.0.0.1", nil)
	_, relayed := relayFor(t, s, "udp", alice)
	r := s.onlyRelay(t)
	s.mu.Lock()
	first, client := r.ends, net.UDPAddrFromAddrPort(r.client.at)
	s.mu.Unlock()
	if left := time.Until(first); left < relayTime-time.Minute || left > relayTime {
		t.Errorf("a relay ends in %v", left)
	}
	s.granted(client, message(allocateSuccess, lifetimeAttr, 0, 0, 14, 16))
	if r.ends != first {
		t.Error("a repeated answer makes a relay last longer")
	}
	s.granted(client, message(refreshSuccess, lifetimeAttr, 0, 0, 14, 16))
	if left := time.Until(r.ends); left < 59*time.Minute {
		t.Errorf("a refreshed relay ends in %v", left)
	}
	relayed.Close()
}

// message is a STUN message with one attribute of four bytes.
func message(kind, attribute uint16, value ...byte) []byte {
	m := new(stun.Message)
	m.TransactionID = stun.NewTransactionID()
	m.Type.ReadValue(kind)
	m.WriteHeader()
	m.Add(stun.AttrType(attribute), value)
	return m.Raw
}

// TestFloodOfRequests: an address gets so many answers a second, and others theirs all the same.
func TestFloodOfRequests(t *testing.T) {
	s := start(t, "127.0.0.1", nil)
	_, relayed := relayFor(t, s, "udp", bob)
	flood, err := net.Dial("udp", netJoin("127.0.0.1", s.port))
	if err != nil {
		t.Fatal(err)
	}
	defer flood.Close()
	request := stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw
	for i := range 3000 {
		if _, err := flood.Write(request); err != nil {
			t.Fatal(err)
		}
		if i%100 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	if !until(func() bool { return s.Stats().OverRate > 1000 }) {
		t.Fatalf("%+v", s.Stats())
	}
	send(t, relayed, "still there", &net.UDPAddr{IP: net.ParseIP("8.8.8.8"), Port: 9}) // needs a permission
	if _, err := connect(t, start(t, "::1", nil), "udp", Credentials{}).SendBindingRequest(); err != nil {
		t.Error(err)
	}
}

// TestStrangersReachNoClient, and cost it nothing.
func TestStrangersReachNoClient(t *testing.T) {
	s := start(t, "127.0.0.1", func(o *Options) { o.AllowPrivate = true })
	d, relayed := relayFor(t, s, "udp", alice)
	known, port := peer(t, "127.0.0.1"), relayed.LocalAddr()
	send(t, known, "let me in", port)
	expectNothing(t, relayed)
	if relayed := s.Stats().Relayed; relayed != 0 {
		t.Errorf("%d bytes of a stranger were relayed", relayed)
	}
	if err := d.CreatePermission(known.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	send(t, known, "now it works", port)
	expect(t, relayed, "now it works")
}

// TestBandwidthOfPeers: what peers send counts too.
func TestBandwidthOfPeers(t *testing.T) {
	s := start(t, "127.0.0.1", func(o *Options) { o.AllowPrivate, o.Bandwidth = true, 16<<10 })
	d, relayed := relayFor(t, s, "udp", alice)
	other := peer(t, "127.0.0.1")
	if err := d.CreatePermission(other.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	for range 64 {
		send(t, other, string(make([]byte, 1024)), relayed.LocalAddr())
	}
	if !until(func() bool { return s.Stats().OverBandwidth > 16 }) {
		t.Errorf("%+v", s.Stats())
	}
}

// TestRoomIsCheckedWhereItIsTaken: pion/turn asks whether there is room long before it takes it.
func TestRoomIsCheckedWhereItIsTaken(t *testing.T) {
	s := start(t, "127.0.0.1", func(o *Options) { o.Allocations = 2 })
	g := generator{s}
	user := string(alice[:])
	for range 2 {
		conn, _, err := g.AllocatePacketConn(pion.AllocateListenerConfig{Network: "udp4", UserID: user})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	other := string(bob[:])
	for why, c := range map[string]pion.AllocateListenerConfig{
		"one too many": {Network: "udp4", UserID: user}, "a port of one's choice": {Network: "udp4", UserID: other, RequestedPort: 50000},
		"nobody": {Network: "udp4"}, "another family": {Network: "udp6", UserID: other},
	} {
		if conn, _, err := g.AllocatePacketConn(c); err == nil {
			conn.Close()
			t.Errorf("%s: there is a relay", why)
		}
	}
}

// TestNoPortIsFree is told, and takes no room from the user.
func TestNoPortIsFree(t *testing.T) {
	s := start(t, "127.0.0.1", func(o *Options) { o.MinPort, o.MaxPort = 39999, 39999 })
	_, relayed := relayFor(t, s, "udp", alice)
	if _, err := connect(t, s, "udp", s.Credentials(alice, time.Now())).Allocate(); err == nil {
		t.Fatal("two relays on one port")
	}
	if err := relayed.Close(); err != nil {
		t.Fatal(err)
	}
	if !until(func() bool { return s.Stats().Relays == 0 }) {
		t.Fatalf("%+v", s.Stats())
	}
	relayFor(t, s, "udp", bob)
}

// TestRequestRates: so many a second of each address, IPv6 ones by their network, and only so many addresses.
func TestRequestRates(t *testing.T) {
	var rates requestRates
	now := time.Now()
	address := func(ip string) net.Addr { return &net.UDPAddr{IP: net.ParseIP(ip), Port: 9} }
	for i := range requestBurst {
		if !rates.allow(address(fmt.Sprintf("2600::%x", i+1)), now) {
			t.Fatalf("request %d is refused", i)
		}
	}
	if rates.allow(address("2600::1"), now) || !rates.allow(address("2600:0:0:1::1"), now) || !rates.allow(address("8.8.8.8"), now) {
		t.Error("too many of one network, or none of another")
	}
	if !rates.allow(address("2600::1"), now.Add(time.Second/requestsPerSecond)) {
		t.Error("there is no forgiveness")
	}
	for i := range requestAddresses {
		rates.allow(&net.UDPAddr{IP: net.IPv4(9, 9, byte(i>>8), byte(i))}, now)
	}
	if len(rates.of) > requestAddresses || rates.allow(address("7.7.7.7"), now) {
		t.Errorf("%d addresses are counted", len(rates.of))
	}
	if later := now.Add(time.Minute); !rates.allow(address("7.7.7.7"), later) || len(rates.of) != 1 {
		t.Errorf("a minute later %d addresses are counted", len(rates.of))
	}
}

// TestOnlyRequestsAreAnsweredToStrangers: what else comes belongs to a relay.
func TestOnlyRequestsAreAnsweredToStrangers(t *testing.T) {
	s := start(t, "127.0.0.1", nil)
	stranger := &net.UDPAddr{IP: net.IPv4(8, 8, 8, 8), Port: 9}
	if s.admit([]byte{0x40, 0, 0, 4, 1, 2, 3, 4}, stranger) || s.admit(message(0x0016, lifetimeAttr, 1, 2, 3, 4), stranger) || s.admit(nil, stranger) {
		t.Error("channel data, a Send indication or nothing at all is taken from a stranger")
	}
	if !s.admit(message(0x0001, lifetimeAttr, 1, 2, 3, 4), stranger) {
		t.Error("a request is not")
	}
}
