package server_test

import (
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	pion "github.com/pion/turn/v5"

	"gossip/signaling/config"
	"gossip/signaling/hubtest"
	"gossip/signaling/server"
)

// withTurn runs STUN and TURN on a free port of this machine.
func withTurn(address string) hubtest.Option {
	return hubtest.WithConfig(func(c *config.Config) { c.Turn, c.TurnRelayPorts = address, config.DefaultTurnPorts() })
}

// TestTurnIsOffered in the welcome and anew to who asks, and gone with the hub.
func TestTurnIsOffered(t *testing.T) {
	h := hubtest.Start(t, withTurn("127.0.0.1:0"))
	alice := h.Login(hubtest.NewPerson(t, "alice"))
	welcomed, fresh := alice.Welcome.ICEServers, alice.ICEServers()
	if len(welcomed) != 1 || len(fresh) != 1 || welcomed[0].Username == fresh[0].Username || strings.Join(welcomed[0].URLs, " ") != strings.Join(fresh[0].URLs, " ") {
		t.Fatalf("welcomed with %+v, then given %+v", welcomed, fresh)
	}
	for _, s := range append(welcomed, fresh...) {
		if left := time.Until(s.ExpiresAt()); len(s.URLs) != 3 || s.Credential == "" || left < 59*time.Minute || left > time.Hour {
			t.Errorf("given %+v, for %v", s, left)
		}
	}
	address := strings.TrimPrefix(fresh[0].URLs[0], "stun:")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if err := h.Server().Reload(); err != nil {
		t.Error(err)
	}
	h.Stop()
	if conn, err := net.Dial("tcp", address); err == nil {
		conn.Close()
		t.Error("TURN goes on after the hub")
	}
}

// TestTurnCredentialsWork: with what the hub gives, a device has a relay, and without it has none.
func TestTurnCredentialsWork(t *testing.T) {
	h := hubtest.Start(t, withTurn("127.0.0.1:0"))
	given := h.Login(hubtest.NewPerson(t, "alice")).ICEServers()[0]
	if err := allocate(t, given.URLs[0], given.Username, given.Credential); err != nil {
		t.Errorf("the hub's credentials are refused: %v", err)
	}
	if err := allocate(t, given.URLs[0], given.Username, "another"); err == nil {
		t.Error("any password will do")
	}
}

// allocate opens and closes a relay at the host and port of a URL.
func allocate(t *testing.T, url, username, password string) error {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client, err := pion.NewClient(&pion.ClientConfig{TURNServerAddr: strings.TrimPrefix(url, "stun:"), Username: username, Password: password, Conn: conn})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Listen(); err != nil {
		t.Fatal(err)
	}
	relayed, err := client.Allocate()
	if err != nil {
		return err
	}
	return relayed.Close()
}

// TestTurnPortInUse stops a hub that was told to use it, and no other.
func TestTurnPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	dir := t.TempDir()
	c := config.Config{Data: dir, Limits: config.DefaultLimits(), Turn: taken.Addr().String(), TurnRelayPorts: config.DefaultTurnPorts()}
	if s, err := server.New(server.Options{Config: c, Log: discard}); err == nil {
		s.Close()
		t.Error("a hub opens although TURN cannot listen where it was told to")
	}
	c.Turn, c.Host, c.Port = "auto", "192.0.2.77", 1 // an address that this machine does not have
	s, err := server.New(server.Options{Config: c, Log: discard})
	if err != nil {
		t.Fatalf("a hub does not open because TURN can't listen where nobody asked for it: %v", err)
	}
	s.Close()
}

// TestTurnSecretsStayOut: neither the hub's folder nor its log holds credentials.
func TestTurnSecretsStayOut(t *testing.T) {
	var log strings.Builder
	h := hubtest.Start(t, withTurn("127.0.0.1:0"), hubtest.WithLog(&log), hubtest.WithConfig(func(c *config.Config) {
		c.TurnPublicIP = []netip.Addr{netip.MustParseAddr("8.8.8.8")}
	}))
	given := h.Login(hubtest.NewPerson(t, "alice")).ICEServers()[0]
	h.Stop()
	if !strings.HasPrefix(given.URLs[0], "stun:8.8.8.8:") {
		t.Errorf("the URLs are %v", given.URLs)
	}
	entries, err := os.ReadDir(h.Dir)
	if err != nil {
		t.Fatal(err)
	}
	held := []string{log.String()}
	for _, entry := range entries {
		content, err := os.ReadFile(h.Dir + "/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, string(content))
	}
	for _, text := range held {
		if strings.Contains(text, given.Credential) || strings.Contains(text, given.Username) {
			t.Error("credentials are written down")
		}
	}
}
