package turn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
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

// TestURLsLeadSomewhere: each one that is given is answered, and a server is not named by an address of a family in which it
// does not listen.
func TestURLsLeadSomewhere(t *testing.T) {
	for _, host := range []string{"0.0.0.0", "::", "127.0.0.1", "::1"} {
		s := start(t, host, nil)
		urls := s.Credentials(alice, time.Now()).URLs
		if len(urls) == 0 {
			t.Errorf("%s: there is no URL", host)
		}
		for _, url := range urls {
			at, ok := strings.CutPrefix(url, "stun:")
			if !ok {
				continue
			}
			conn, err := net.Dial("udp", at)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if answer := askFor(conn, stun.BindingRequest); answer == nil {
				t.Errorf("%s: nobody answers at %s", host, at)
			}
		}
	}
	only4 := start(t, "127.0.0.1", func(o *Options) { o.PublicIPs = []netip.Addr{publicOf("::1"), publicOf("")} })
	if urls := only4.Credentials(alice, time.Now()).URLs; len(urls) != 3 || !strings.HasPrefix(urls[0], "stun:8.8.8.8:") {
		t.Errorf("a server of IPv4 alone is at %v", urls)
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
