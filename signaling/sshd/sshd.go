// Package sshd is the hub's SSH server (RFC 4251 to 4254): it authenticates devices by their Ed25519 keys and hands
// the channel that carries their packets to package hub. Whether a key may come in is decided by the hub's own
// handshake; forwarding, agents, X11 and terminals are refused, and so is every command.
package sshd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"gossip/common/id"
	"gossip/signaling/hub"
)

// Limits of the connections to a hub. All are needed.
type Limits struct {
	LoginTime             time.Duration // from the first byte to the welcome
	Handshakes            int           // connections that are not logged in yet
	ConnectionsPerAddress int           // an IPv6 /64 counts as one address
	IdleTime              time.Duration // without a byte from the device until the hub asks whether it is there
}

// DefaultLimits are those of the protocol's design.
func DefaultLimits() Limits {
	return Limits{LoginTime: 10 * time.Second, Handshakes: 256, ConnectionsPerAddress: 64, IdleTime: 90 * time.Second}
}

// Options are what a server is made of. All are needed.
type Options struct {
	Hub           *hub.Hub
	HostKey       ssh.Signer // Ed25519
	Limits        Limits
	Log           *slog.Logger
	ConnectionLog bool // log connections as they come and go
}

// Server accepts connections for a hub.
type Server struct {
	hub    *hub.Hub
	config *ssh.ServerConfig
	limits Limits
	log    *slog.Logger
	coming slog.Level // of the log of connections

	logins      chan struct{} // one for each connection that is not logged in
	crowded     atomic.Bool   // the log says that there is no room in logins
	connections sync.WaitGroup

	mu        sync.Mutex // guards the following
	addresses map[netip.Prefix]int
	open      map[*connection]bool
	stirred   []*connection // to be looked at by the attendant
}

// The algorithms on offer; the device chooses among them (RFC 4253 section 7.1). AES-GCM comes first because processors
// have instructions for it.
var (
	keyExchanges = []string{ssh.KeyExchangeMLKEM768X25519, ssh.KeyExchangeCurve25519}
	ciphers      = []string{ssh.CipherAES256GCM, ssh.CipherAES128GCM, ssh.CipherChaCha20Poly1305}
)

const (
	serverVersion = "SSH-2.0-gossip"
	maxAuthTries  = 6 // a stock client offers all keys of its agent
)

// New makes a server; it listens to nothing yet.
func New(o Options) (*Server, error) {
	if o.Hub == nil || o.HostKey == nil || o.Log == nil {
		return nil, errors.New("sshd: an option is missing")
	}
	if o.HostKey.PublicKey().Type() != ssh.KeyAlgoED25519 {
		return nil, fmt.Errorf("sshd: the host key is %s, not Ed25519", o.HostKey.PublicKey().Type())
	}
	if l := o.Limits; l.LoginTime <= 0 || l.Handshakes < 1 || l.ConnectionsPerAddress < 1 || l.IdleTime <= 0 {
		return nil, errors.New("sshd: every limit must be positive")
	}
	s := &Server{
		hub: o.Hub, limits: o.Limits, log: o.Log, coming: slog.LevelDebug, logins: make(chan struct{}, o.Limits.Handshakes),
		addresses: map[netip.Prefix]int{}, open: map[*connection]bool{},
	}
	if o.ConnectionLog {
		s.coming = slog.LevelInfo
	}
	s.config = &ssh.ServerConfig{
		Config: ssh.Config{KeyExchanges: keyExchanges, Ciphers: ciphers}, ServerVersion: serverVersion, MaxAuthTries: maxAuthTries,
		PublicKeyAuthAlgorithms: []string{ssh.KeyAlgoED25519}, PublicKeyCallback: acceptKey,
	}
	s.config.AddHostKey(o.HostKey)
	return s, nil
}

// deviceKey names the device's id in ssh.Permissions.
type deviceKey struct{}

// acceptKey lets every Ed25519 key in: SSH proves that the device has it, and the hub decides.
func acceptKey(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	device, err := deviceOf(key)
	if err != nil {
		return nil, err
	}
	return &ssh.Permissions{ExtraData: map[any]any{deviceKey{}: device}}, nil
}

func deviceOf(key ssh.PublicKey) (id.DeviceID, error) {
	public, ok := key.(ssh.CryptoPublicKey)
	if !ok || key.Type() != ssh.KeyAlgoED25519 {
		return id.NoDevice, errors.New("a device's key is Ed25519")
	}
	return id.DeviceID(ed25519Bytes(public)), nil
}

// Run accepts connections from a listener until ctx ends or the listener fails, and closes it. The connections that
// are open then are the hub's to end: Run returns when they have.
func (s *Server) Run(ctx context.Context, listener net.Listener) error {
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	s.connections.Go(func() { s.askIdle(ctx) })
	err := s.accept(ctx, listener)
	listener.Close()
	s.connections.Wait()
	return err
}

// The pause after a failure to accept, such as too many open files.
const acceptPause = 100 * time.Millisecond

func (s *Server) accept(ctx context.Context, listener net.Listener) error {
	for {
		raw, err := listener.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				raw.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("listen for devices: %w", err)
		case err != nil:
			s.log.Warn("accept a connection", "err", err)
			time.Sleep(acceptPause)
			continue
		}
		s.take(ctx, raw)
	}
}

// take serves a connection if its address and the handshakes under way leave room for it; else it is closed at once.
func (s *Server) take(ctx context.Context, raw net.Conn) {
	address := addressOf(raw)
	if !s.enter(address) {
		s.log.Log(ctx, s.coming, "connection refused: too many of one address")
		raw.Close()
		return
	}
	select {
	case s.logins <- struct{}{}:
		s.crowded.Store(false)
	default:
		if s.crowded.CompareAndSwap(false, true) {
			s.log.Warn("connections are refused: too many handshakes are under way")
		}
		s.leave(address)
		raw.Close()
		return
	}
	c := newConnection(s, raw, address)
	s.connections.Go(func() {
		defer s.leave(address)
		c.serve(ctx)
	})
}
