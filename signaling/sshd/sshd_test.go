package sshd_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/ssh"

	"gossip/common/wire"
	"gossip/signaling/config"
	"gossip/signaling/hub"
	"gossip/signaling/hubtest"
	"gossip/signaling/sshd"
)

// stock connects as an SSH client that knows nothing of Gossip.
func stock(t *testing.T, h *hubtest.Hub, change func(*ssh.ClientConfig)) (*ssh.Client, error) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &ssh.ClientConfig{User: "anyone", Auth: []ssh.AuthMethod{ssh.PublicKeys(signer(t, key))}, HostKeyCallback: ssh.InsecureIgnoreHostKey()}
	change(c)
	conn, err := h.Dial(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	connected, channels, requests, err := ssh.NewClientConn(conn, "hub", c)
	if err != nil {
		return nil, err
	}
	return ssh.NewClient(connected, channels, requests), nil
}

func signer(t *testing.T, key any) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func asItIs(*ssh.ClientConfig) {}

func TestCommandIsRefusedInOneLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, err := stock(t, hubtest.Start(t), asItIs)
		if err != nil {
			t.Fatal(err)
		}
		session, err := client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if session.RequestPty("xterm", 24, 80, nil) == nil {
			t.Error("the hub gives terminals")
		}
		var said strings.Builder
		session.Stderr = &said
		err = session.Run("status")
		if exit, ok := err.(*ssh.ExitError); !ok || exit.ExitStatus() != 1 {
			t.Errorf("the command ended with %v", err)
		}
		if strings.Count(said.String(), "\n") != 1 || !strings.Contains(said.String(), "Gossip app") {
			t.Errorf("the hub said %q", said.String())
		}
		if err := client.Wait(); err == nil {
			t.Error("the connection did not end")
		}
	})
}

func TestOtherChannelsAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hubtest.Start(t)
		client, err := stock(t, h, asItIs)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{"direct-tcpip", "x11", "auth-agent@openssh.com", "gossip@v2"} {
			if _, _, err := client.OpenChannel(kind, nil); err == nil {
				t.Errorf("the hub opens %s", kind)
			}
		}
		if ok, _, _ := client.SendRequest("tcpip-forward", true, nil); ok {
			t.Error("the hub forwards ports")
		}
		alice := h.Login(hubtest.NewPerson(t, "alice"))
		for _, kind := range []string{wire.ChannelType, "session"} {
			if _, _, err := alice.SSH.OpenChannel(kind, nil); err == nil {
				t.Errorf("the hub opens a second channel of type %s", kind)
			}
		}
		if ok, _, err := alice.SSH.SendRequest("keepalive@openssh.com", true, nil); ok || err != nil {
			t.Errorf("a keepalive was answered with %v, %v", ok, err)
		}
		if ok, err := alice.Channel.SendRequest("exec", true, nil); ok || err != nil {
			t.Errorf("a request on the packets' channel was answered with %v, %v", ok, err)
		}
		alice.Sync()
	})
}

func TestWeakAlgorithmsAreRefused(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*ssh.ClientConfig){
		"old key exchange": func(c *ssh.ClientConfig) {
			c.KeyExchanges = []string{ssh.KeyExchangeECDHP256, ssh.InsecureKeyExchangeDH14SHA1}
		},
		"CBC":          func(c *ssh.ClientConfig) { c.Ciphers = []string{ssh.InsecureCipherAES128CBC} },
		"counter mode": func(c *ssh.ClientConfig) { c.Ciphers = []string{ssh.CipherAES256CTR} },
		"RSA key":      func(c *ssh.ClientConfig) { c.Auth = []ssh.AuthMethod{ssh.PublicKeys(signer(t, rsaKey))} },
		"no key":       func(c *ssh.ClientConfig) { c.Auth = nil },
		"password":     func(c *ssh.ClientConfig) { c.Auth = []ssh.AuthMethod{ssh.Password("x")} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if _, err := stock(t, hubtest.Start(t), change); err == nil {
					t.Error("taken")
				}
			})
		})
	}
}

func TestPostQuantumKeyExchangeIsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, err := stock(t, hubtest.Start(t), asItIs)
		if err != nil {
			t.Fatal(err)
		}
		algorithms := client.Conn.(ssh.AlgorithmsConnMetadata).Algorithms()
		if algorithms.KeyExchange != ssh.KeyExchangeMLKEM768X25519 || algorithms.HostKey != ssh.KeyAlgoED25519 {
			t.Errorf("negotiated %+v", algorithms)
		}
	})
}

// TestSilentIsAskedThenCut: a device that answers stays however long it is silent; one that vanished does not.
func TestSilentIsAskedThenCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := h.Login(hubtest.NewPerson(t, "alice")), h.Login(hubtest.NewPerson(t, "bob"))
		bob.Conn.HalfOpen()
		time.Sleep(10 * time.Minute)
		alice.Sync()
		if sessions := h.Server().Hub().Stats().Sessions; sessions != 1 {
			t.Errorf("%d sessions, want alice's alone", sessions)
		}
	})
}

func TestConnectionsOfAnAddressAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hubtest.Start(t, hubtest.WithConfig(func(c *config.Config) { c.Limits.ConnectionsPerAddress = 2 }))
		address := "198.51.100.7"
		alice := h.ConnectOver(h.DialFrom(address), hubtest.NewPerson(t, "alice"), nil)
		h.ConnectOver(h.DialFrom(address), hubtest.NewPerson(t, "bob"), nil)
		carol := hubtest.NewPerson(t, "carol")
		if _, err := h.TryConnect(h.DialFrom(address), carol, carol.Device); err == nil {
			t.Error("a third connection was taken")
		}
		h.ConnectOver(h.DialFrom("198.51.100.8"), carol, nil)
		alice.Conn.Close()
		synctest.Wait()
		h.ConnectOver(h.DialFrom(address), carol, nil)
	})
}

func TestHandshakesAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		h := hubtest.Start(t, hubtest.WithLog(&log), hubtest.WithTune(func(_ *hub.Limits, l *sshd.Limits) { l.Handshakes = 3 }))
		alice := h.Login(hubtest.NewPerson(t, "alice")) // has left the handshake
		var stalled []net.Conn
		for range 3 {
			conn, err := h.Dial(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			stalled = append(stalled, conn)
		}
		synctest.Wait()
		bob := hubtest.NewPerson(t, "bob")
		for range 5 {
			if _, err := h.TryConnect(h.DialFrom("198.51.100.7"), bob, bob.Device); err == nil {
				t.Error("a fourth handshake was taken")
			}
		}
		alice.Sync()
		time.Sleep(15 * time.Second) // they had ten, and two of grace
		for _, conn := range stalled {
			if _, err := io.Copy(io.Discard, conn); err != nil {
				t.Error(err)
			}
		}
		h.Login(bob)
		h.Stop()
		if lines := strings.Count(log.String(), "too many handshakes"); lines != 1 {
			t.Errorf("the log says %d times that there is no room: whoever knocks would fill the disk", lines)
		}
	})
}
