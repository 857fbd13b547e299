package link

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
)

// Key exchanges and ciphers that the client offers: post-quantum first, nothing older than Curve25519 and AEAD.
var (
	keyExchanges = []string{ssh.KeyExchangeMLKEM768X25519, ssh.KeyExchangeCurve25519}
	ciphers      = []string{ssh.CipherAES128GCM, ssh.CipherAES256GCM, ssh.CipherChaCha20Poly1305}
)

// connect makes one connection, serves it to its end and returns why it ended.
func (l *Link) connect(ctx context.Context) error {
	login, done := context.WithTimeout(ctx, loginTime)
	defer done()
	bearer, err := l.config.Dial(login, l.config.Address)
	if err != nil {
		return unreachable(l.config.Address, err)
	}
	defer bearer.Close()
	stop := context.AfterFunc(ctx, func() { bearer.Close() })
	defer stop()
	bearer.SetDeadline(time.Now().Add(loginTime))
	s, err := l.login(bearer)
	if err != nil {
		return err
	}
	bearer.SetDeadline(time.Time{})
	done()
	return s.serve()
}

// login does the SSH key exchange and the handshake: grtng, hru, ighru, ig.
func (l *Link) login(bearer net.Conn) (*Session, error) {
	s := newSession(l.config)
	hubKey, err := s.openSSH(bearer)
	if err != nil {
		return nil, err
	}
	if err := s.handshake(hubKey); err != nil {
		s.conn.Close()
		s.children.Wait()
		return nil, err
	}
	return s, nil
}

// openSSH authenticates both sides and opens the packet channel. It returns the hub's Ed25519 key.
func (s *Session) openSSH(bearer net.Conn) (hubKey id.DeviceID, err error) {
	signer, err := ssh.NewSignerFromSigner(s.config.Device.Signer())
	if err != nil {
		return hubKey, fmt.Errorf("use the device's key: %w", err)
	}
	conn, channels, requests, err := ssh.NewClientConn(bearer, s.config.Address, &ssh.ClientConfig{
		Config:            ssh.Config{KeyExchanges: keyExchanges, Ciphers: ciphers},
		User:              "gossip",
		Auth:              []ssh.AuthMethod{ssh.PublicKeys(signer)},
		HostKeyAlgorithms: []string{ssh.KeyAlgoED25519},
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			hubKey, err = s.checkHost(key)
			return err
		},
	})
	if definite := (*DefiniteError)(nil); errors.As(err, &definite) {
		return hubKey, definite
	}
	if err != nil {
		return hubKey, unreachable(s.config.Address, err)
	}
	s.conn = conn
	s.children.Go(func() { ssh.DiscardRequests(requests) })
	s.children.Go(func() { refuseChannels(channels) })
	channel, channelRequests, err := conn.OpenChannel(wire.ChannelType, nil)
	if err != nil {
		conn.Close()
		s.children.Wait()
		return hubKey, fmt.Errorf("the server at %s is no Gossip hub: %w", s.config.Address, err)
	}
	s.channel = channel
	s.children.Go(func() { ssh.DiscardRequests(channelRequests) })
	return hubKey, nil
}

// refuseChannels answers a hub that wants to open channels towards the device.
func refuseChannels(channels <-chan ssh.NewChannel) {
	for channel := range channels {
		channel.Reject(ssh.Prohibited, "a hub opens no channels")
	}
}

// checkHost compares the host key with the pin.
func (s *Session) checkHost(key ssh.PublicKey) (id.DeviceID, error) {
	found := id.HubOf(key.Marshal())
	if s.config.Hub != id.NoHub && found != s.config.Hub {
		return id.NoDevice, hubChanged(s.config.Address, s.config.Hub, found)
	}
	s.Hub = found
	crypto, ok := key.(ssh.CryptoPublicKey)
	if !ok {
		return id.NoDevice, errors.New("the hub's key is not Ed25519")
	}
	public, ok := crypto.CryptoPublicKey().(ed25519.PublicKey)
	if !ok {
		return id.NoDevice, errors.New("the hub's key is not Ed25519")
	}
	return id.DeviceID(public), nil
}

// handshake greets, shows the credentials and takes the welcome.
func (s *Session) handshake(hubKey id.DeviceID) error {
	card, err := s.config.Card()
	if err != nil {
		return fmt.Errorf("make the card: %w", err)
	}
	if err := s.exchange(wire.KindGreeting, &wire.Greeting{Version: wire.Version, Card: card, Client: s.config.Client},
		wire.KindHubGreeting, func(payload []byte) error { return s.takeGreeting(payload, hubKey) }); err != nil {
		return err
	}
	password, token := s.config.Credentials()
	credentials, err := wire.Marshal(&wire.Credentials{Password: password, Token: token, Session: s.conn.SessionID()})
	if err != nil {
		return err
	}
	sealed, err := s.config.Device.Seal(credentials, s.hub, time.Now())
	if err != nil {
		return fmt.Errorf("seal the credentials to the hub: %w", err)
	}
	if err := s.writeSignal(wire.KindCredentials, sealed); err != nil {
		return err
	}
	return s.expect(wire.KindWelcome, s.takeWelcome)
}

// exchange sends one payload and takes the answer.
func (s *Session) exchange(kind wire.Kind, payload any, answer wire.Kind, take func(payload []byte) error) error {
	encoded, err := wire.Marshal(payload)
	if err != nil {
		return err
	}
	if err := s.writeSignal(kind, encoded); err != nil {
		return err
	}
	return s.expect(answer, take)
}

func (s *Session) writeSignal(kind wire.Kind, payload []byte) error {
	frame, err := wire.AppendFrame(nil, &wire.SignalPacket{Kind: kind, Payload: payload})
	if err != nil {
		return err
	}
	if _, err := s.channel.Write(frame); err != nil {
		return unreachable(s.config.Address, err)
	}
	return nil
}

// expect reads the one packet that may come now; a refusal becomes the error.
func (s *Session) expect(kind wire.Kind, take func(payload []byte) error) error {
	frame, err := wire.ReadFrame(s.channel, nil, wire.MaxFrame)
	if err != nil {
		return unreachable(s.config.Address, unexpectedEnd(err))
	}
	packet, err := wire.ParseFrame(frame)
	if err != nil {
		return err
	}
	signal, ok := packet.(*wire.SignalPacket)
	switch {
	case ok && signal.Kind == wire.KindError:
		return s.refusal(signal)
	case !ok || signal.Kind != kind:
		return fmt.Errorf("the hub at %s broke the protocol: %q was expected", s.config.Address, kind)
	}
	return take(signal.Payload)
}

func (s *Session) refusal(p *wire.SignalPacket) error {
	var refusal wire.Error
	if err := wire.Unmarshal(p.Payload, &refusal); err != nil {
		return err
	}
	return refused(&refusal)
}

func (s *Session) takeGreeting(payload []byte, hubKey id.DeviceID) error {
	if err := wire.Unmarshal(payload, &s.Greeting); err != nil {
		return err
	}
	hub, err := identity.ParseDevice(s.Greeting.Certificate, time.Now())
	if err != nil {
		return fmt.Errorf("the hub's certificate: %w", err)
	}
	if hub.ID() != hubKey {
		return errors.New("the hub's certificate is not of its host key: the connection is refused")
	}
	s.hub = hub
	return nil
}

func (s *Session) takeWelcome(payload []byte) error {
	opened, err := s.config.Device.Open(payload, s.hub, time.Now())
	if err != nil {
		return fmt.Errorf("the hub's welcome: %w", err)
	}
	if err := wire.Unmarshal(opened, &s.Welcome); err != nil {
		return err
	}
	if !bytes.Equal(s.Welcome.Session, s.conn.SessionID()) {
		return errors.New("the hub's welcome is of another connection: the connection is refused")
	}
	return nil
}

// unexpectedEnd makes a plain end of the stream an error that says so.
func unexpectedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("the hub closed the connection")
	}
	return err
}

// children counts the goroutines of a connection.
type children = sync.WaitGroup
