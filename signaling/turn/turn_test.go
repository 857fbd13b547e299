package turn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	pion "github.com/pion/turn/v5"

	"gossip/common/id"
)

var (
	alice = id.UserID{0xa1}
	bob   = id.UserID{0xb0}
)

// patience is how long a packet that must come may take.
const patience = 5 * time.Second

// start runs a server on a free port of this machine until the test ends.
func start(t testing.TB, host string, change func(*Options)) *Server {
	t.Helper()
	o := Options{
		Address: net.JoinHostPort(host, "0"), MinPort: 40000, MaxPort: 60000, Allocations: 8, Bandwidth: 1 << 20, Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("the server ended with: %v", err)
			}
		case <-time.After(patience):
			t.Error("the server does not end")
		}
		if left := s.Stats(); left.Relays != 0 {
			t.Errorf("%d relays are left", left.Relays)
		}
	})
	return s
}

// device is a client of the server.
type device struct {
	*pion.Client
	local net.PacketConn
}

// connect makes a client with credentials, by "udp" or "tcp".
func connect(t testing.TB, s *Server, transport string, c Credentials) *device {
	t.Helper()
	server := netJoin(s.host.String(), s.port)
	var conn net.PacketConn
	var err error
	if transport == "tcp" {
		var stream net.Conn
		stream, err = net.Dial("tcp", server)
		conn = pion.NewSTUNConn(stream)
	} else {
		conn, err = net.ListenPacket("udp", net.JoinHostPort(s.host.String(), "0"))
	}
	if err != nil {
		t.Fatal(err)
	}
	made, err := pion.NewClient(&pion.ClientConfig{
		STUNServerAddr: server, TURNServerAddr: server, Username: c.Username, Password: c.Password, Realm: realm, Conn: conn, LoggerFactory: silence{},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		made.Close()
		conn.Close()
	})
	return &device{made, conn}
}

// relayFor connects a user and opens a relay.
func relayFor(t testing.TB, s *Server, transport string, user id.UserID) (*device, net.PacketConn) {
	t.Helper()
	d := connect(t, s, transport, s.Credentials(user, time.Now()))
	conn, err := d.Allocate()
	if err != nil {
		t.Fatalf("no relay: %v", err)
	}
	t.Cleanup(func() { conn.Close() })
	return d, conn
}

// expect reads one packet.
func expect(t testing.TB, conn net.PacketConn, want string) net.Addr {
	t.Helper()
	buffer := make([]byte, maxDatagram)
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	n, from, err := conn.ReadFrom(buffer)
	if err != nil || string(buffer[:n]) != want {
		t.Fatalf("got %q, %v, want %q", buffer[:n], err, want)
	}
	return from
}

// expectNothing fails when a packet comes.
func expectNothing(t testing.TB, conn net.PacketConn) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, from, err := conn.ReadFrom(make([]byte, maxDatagram)); err == nil {
		t.Fatalf("%d bytes came from %v", n, from)
	}
}

func send(t testing.TB, conn net.PacketConn, text string, to net.Addr) {
	t.Helper()
	if _, err := conn.WriteTo([]byte(text), to); err != nil {
		t.Fatalf("send to %v: %v", to, err)
	}
}

// numbered is long enough for pion's client, which holds back what is shorter until more comes by TCP.
func numbered(i int) string { return fmt.Sprint("packet number ", i) }

// peer is somebody without a relay.
func peer(t testing.TB, host string) net.PacketConn {
	t.Helper()
	conn, err := net.ListenPacket("udp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// everywhere runs a test for both families and both transports.
func everywhere(t *testing.T, test func(t *testing.T, host, transport string)) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		for _, transport := range []string{"udp", "tcp"} {
			t.Run(host+" "+transport, func(t *testing.T) { test(t, host, transport) })
		}
	}
}

func TestRelayToAPeer(t *testing.T) {
	everywhere(t, func(t *testing.T, host, transport string) {
		s := start(t, host, func(o *Options) { o.AllowPrivate = true })
		d, relayed := relayFor(t, s, transport, alice)
		if own, err := d.SendBindingRequest(); err != nil || transport == "udp" && own.String() != d.local.LocalAddr().String() {
			t.Errorf("STUN says %v, %v", own, err)
		}
		other := peer(t, host)
		send(t, relayed, "hello", other.LocalAddr())
		from := expect(t, other, "hello")
		if from.String() != relayed.LocalAddr().String() {
			t.Errorf("the peer sees %v, the relay is %v", from, relayed.LocalAddr())
		}
		send(t, other, "hi there", from)
		expect(t, relayed, "hi there")
		for i := range 20 { // pion's client binds a channel meanwhile
			send(t, relayed, numbered(i), other.LocalAddr())
			expect(t, other, numbered(i))
			send(t, other, numbered(i), from)
			expect(t, relayed, numbered(i))
		}
		send(t, peer(t, host), "let me in", from)
		if at := from.(*net.UDPAddr).Port; at < 40000 || at > 60000 {
			t.Errorf("the relay has port %d", at)
		}
	})
}

// TestTwoRelaysMeet: two devices that both hide behind the hub reach one another, though its own addresses are refused.
func TestTwoRelaysMeet(t *testing.T) {
	everywhere(t, func(t *testing.T, host, transport string) {
		for name, change := range map[string]func(*Options){
			"as it is":   nil,
			"behind NAT": func(o *Options) { o.PublicIPs = []netip.Addr{publicOf(host)} },
		} {
			t.Run(name, func(t *testing.T) {
				s := start(t, host, change)
				ofAlice, one := relayFor(t, s, transport, alice)
				ofBob, two := relayFor(t, s, "udp", bob)
				if ip := one.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(); change != nil && ip != publicOf(host) {
					t.Errorf("the relay is at %v", ip)
				}
				if err := errors.Join(ofAlice.CreatePermission(two.LocalAddr()), ofBob.CreatePermission(one.LocalAddr())); err != nil {
					t.Fatal(err)
				}
				send(t, one, "hello", two.LocalAddr())
				if from := expect(t, two, "hello"); from.String() != one.LocalAddr().String() {
					t.Errorf("bob sees %v, alice has %v", from, one.LocalAddr())
				}
				send(t, two, "hi there", one.LocalAddr())
				if from := expect(t, one, "hi there"); from.String() != two.LocalAddr().String() {
					t.Errorf("alice sees %v, bob has %v", from, two.LocalAddr())
				}
			})
		}
	})
}

func publicOf(host string) netip.Addr {
	if host == "::1" {
		return netip.MustParseAddr("2600::1")
	}
	return netip.MustParseAddr("8.8.8.8")
}

// TestOwnAddressesAreRefused: the hub's address, which is let through for other relays, leads to nothing else.
func TestOwnAddressesAreRefused(t *testing.T) {
	everywhere(t, func(t *testing.T, host, transport string) {
		s := start(t, host, nil)
		_, relayed := relayFor(t, s, transport, alice)
		service := peer(t, host)
		send(t, relayed, "secret command", service.LocalAddr())
		expectNothing(t, service)
		if refused := s.Stats().RefusedPeers; refused == 0 {
			t.Error("nothing was counted as refused")
		}
		_, port, _ := net.SplitHostPort(relayed.LocalAddr().String())
		forged, err := net.Dial("udp", net.JoinHostPort(host, port))
		if err != nil {
			t.Fatal(err)
		}
		defer forged.Close()
		if _, err := forged.Write([]byte("let me in")); err != nil {
			t.Fatal(err)
		}
	})
}

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

func TestForgedAndExpiredCredentials(t *testing.T) {
	s, other := start(t, "127.0.0.1", nil), newSecret()
	good := s.Credentials(alice, time.Now())
	late := good
	late.Username = "9" + good.Username
	swapped := good
	swapped.Password = s.Credentials(bob, time.Now()).Password
	for name, c := range map[string]Credentials{
		"expired":              s.secret.issue(alice, time.Now().Add(-time.Second)),
		"made by another hub":  other.issue(alice, time.Now().Add(time.Hour)),
		"a later end":          late,
		"another's password":   swapped,
		"no password":          {Username: good.Username},
		"no name":              {Password: good.Password},
		"a name of one's own":  {Username: fmt.Sprint(time.Now().Add(time.Hour).Unix(), ":alice"), Password: good.Password},
		"only a time":          {Username: fmt.Sprint(time.Now().Add(time.Hour).Unix()), Password: good.Password},
		"not even a time":      {Username: "alice", Password: "secret"},
		"a very long name":     {Username: good.Username + string(bytes.Repeat([]byte("A"), 300)), Password: good.Password},
		"a password of before": {Username: good.Username, Password: start(t, "127.0.0.1", nil).secret.password(good.Username)},
	} {
		if conn, err := connect(t, s, "udp", c).Allocate(); err == nil {
			conn.Close()
			t.Errorf("%s: there is a relay", name)
		}
	}
	if conn, err := connect(t, s, "udp", good).Allocate(); err != nil {
		t.Errorf("the right ones are refused: %v", err)
	} else {
		conn.Close()
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
	if left := time.Until(first); left < 9*time.Minute || left > 10*time.Minute {
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

// TestRestart: what a hub that was there before has given is worth nothing, and the port is free at once.
func TestRestart(t *testing.T) {
	first, err := New(Options{Address: "127.0.0.1:0", MinPort: 40000, MaxPort: 60000, Allocations: 8, Bandwidth: 1 << 20, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- first.Run(ctx) }()
	old := first.Credentials(alice, time.Now())
	for _, transport := range []string{"udp", "tcp"} {
		relayFor(t, first, transport, alice)
	}
	idle, err := net.Dial("tcp", netJoin("127.0.0.1", first.port))
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	cancel()
	if err := <-ended; err != nil || first.Stats().Relays != 0 {
		t.Fatalf("%v, %+v", err, first.Stats())
	}
	second := start(t, "127.0.0.1", func(o *Options) { o.Address = netJoin("127.0.0.1", first.port) })
	if conn, err := connect(t, second, "udp", old).Allocate(); err == nil {
		conn.Close()
		t.Error("credentials outlive the hub that made them")
	}
	relayFor(t, second, "udp", alice)
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

// TestNoTCPRelays: RFC 6062 would let a client open connections from the hub.
func TestNoTCPRelays(t *testing.T) {
	s := start(t, "127.0.0.1", func(o *Options) { o.AllowPrivate = true })
	if _, err := connect(t, s, "tcp", s.Credentials(alice, time.Now())).AllocateTCP(); err == nil {
		t.Error("a relay for TCP was opened")
	}
	if stats := s.Stats(); stats.Relays != 0 {
		t.Errorf("%+v", stats)
	}
}

func TestPortInUse(t *testing.T) {
	s := start(t, "127.0.0.1", nil)
	o := s.options
	o.Address = netJoin("127.0.0.1", s.port)
	if _, err := New(o); err == nil {
		t.Error("two servers share a port")
	}
	for _, address := range []string{"", "nonsense", "127.0.0.1", "127.0.0.1:99999", "no.such.host.invalid:1"} {
		o.Address = address
		if _, err := New(o); err == nil {
			t.Errorf("%q is an address", address)
		}
	}
}

// TestEveryAddress: a server on all addresses of the machine names those under which it is reached.
func TestEveryAddress(t *testing.T) {
	for _, host := range []string{"0.0.0.0", "::", ""} {
		s := start(t, host, func(o *Options) { o.PublicIPs = []netip.Addr{publicOf(""), publicOf("::1")} })
		port := fmt.Sprint(s.port)
		got := s.Credentials(alice, time.Now())
		want := []string{
			"stun:8.8.8.8:" + port, "turn:8.8.8.8:" + port + "?transport=udp", "turn:8.8.8.8:" + port + "?transport=tcp",
			"stun:[2600::1]:" + port, "turn:[2600::1]:" + port + "?transport=udp", "turn:[2600::1]:" + port + "?transport=tcp",
		}
		if fmt.Sprint(got.URLs) != fmt.Sprint(want) {
			t.Errorf("%q: %v", host, got.URLs)
		}
		if left := time.Until(got.Expires); left < 59*time.Minute || left > time.Hour {
			t.Errorf("credentials end in %v", left)
		}
	}
}
