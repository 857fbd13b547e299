package hubtest

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
)

// Patience is how long a client waits for a packet before its test fails.
const Patience = 20 * time.Second

// Client is a device by hand: it sends what it is told, right or wrong, and reads only when it is asked to. Its methods
// belong to the test's goroutine and end the test when something is not as expected, but where they return an error.
type Client struct {
	Person  *Person
	Device  *identity.DeviceKey
	Conn    *Conn
	SSH     ssh.Conn
	Channel ssh.Channel
	Hub     *identity.Device // its certificate, from hru
	Greeted wire.HubGreeting
	Welcome wire.Welcome

	t testing.TB
}

// Connect authenticates a person's first device by SSH and opens the packets' channel. It sends no packet.
func (h *Hub) Connect(p *Person) *Client {
	h.t.Helper()
	conn, err := h.network.dial(netip.Addr{})
	check(h.t, err)
	return h.ConnectOver(conn, p, p.Device)
}

// ConnectOver is Connect over a connection and with a device of one's own choice; nil is the person's first.
func (h *Hub) ConnectOver(conn *Conn, p *Person, device *identity.DeviceKey) *Client {
	h.t.Helper()
	if device == nil {
		device = p.Device
	}
	c, err := h.TryConnect(conn, p, device)
	check(h.t, err)
	return c
}

// TryConnect is ConnectOver that may fail.
func (h *Hub) TryConnect(conn *Conn, p *Person, device *identity.DeviceKey) (*Client, error) {
	signer, err := ssh.NewSignerFromSigner(device.Signer())
	if err != nil {
		return nil, err
	}
	connected, channels, requests, err := ssh.NewClientConn(conn, "hub", &ssh.ClientConfig{
		User: "gossip", Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)}, HostKeyCallback: h.hostKeyCallback,
	})
	if err != nil {
		return nil, err
	}
	go ssh.DiscardRequests(requests)
	go rejectAll(channels)
	channel, ofChannel, err := connected.OpenChannel(wire.ChannelType, nil)
	if err != nil {
		return nil, err
	}
	go ssh.DiscardRequests(ofChannel)
	h.t.Cleanup(func() { conn.Close() })
	return &Client{Person: p, Device: device, Conn: conn, SSH: connected, Channel: channel, t: h.t}, nil
}

func rejectAll(channels <-chan ssh.NewChannel) {
	for c := range channels {
		c.Reject(ssh.Prohibited, "")
	}
}

// Login connects a person and logs in.
func (h *Hub) Login(p *Person) *Client {
	h.t.Helper()
	c := h.Connect(p)
	c.Login("")
	return c
}

// Login goes through the handshake.
func (c *Client) Login(password string) {
	c.t.Helper()
	if err := c.TryLogin(password); err != nil {
		c.t.Fatalf("%s could not log in: %v", c.Person.Name, err)
	}
}

// TryLogin goes through the handshake; a refusal is a *wire.Error.
func (c *Client) TryLogin(password string) error {
	if err := c.Greet(); err != nil {
		return err
	}
	return c.Prove(password)
}

// Greet sends grtng and takes hru.
func (c *Client) Greet() error {
	if err := c.SendSignal(wire.KindGreeting, id.NoMessage, &wire.Greeting{Version: wire.Version, Card: c.Person.Card.Bytes()}); err != nil {
		return err
	}
	p, err := c.receiveSignal(wire.KindHubGreeting)
	if err != nil {
		return err
	}
	if err := wire.Unmarshal(p.Payload, &c.Greeted); err != nil {
		return err
	}
	c.Hub, err = identity.ParseDevice(c.Greeted.Certificate, time.Now())
	return err
}

// Prove sends ighru and takes ig.
func (c *Client) Prove(password string) error {
	if err := c.SendCredentials(&wire.Credentials{Password: password, Session: c.SSH.SessionID()}); err != nil {
		return err
	}
	p, err := c.receiveSignal(wire.KindWelcome)
	if err != nil {
		return err
	}
	opened, err := c.Device.Open(p.Payload, c.Hub, time.Now())
	if err != nil {
		return err
	}
	return wire.Unmarshal(opened, &c.Welcome)
}

// SendCredentials sends ighru as it is told.
func (c *Client) SendCredentials(credentials *wire.Credentials) error {
	encoded, err := wire.Marshal(credentials)
	if err != nil {
		return err
	}
	sealed, err := c.Device.Seal(encoded, c.Hub, time.Now())
	if err != nil {
		return err
	}
	return c.Send(&wire.SignalPacket{Kind: wire.KindCredentials, Payload: sealed})
}

// Send sends one packet.
func (c *Client) Send(p wire.Packet) error {
	frame, err := wire.AppendFrame(nil, p)
	if err != nil {
		return err
	}
	return c.SendRaw(frame)
}

// SendSignal sends a signal packet with a payload of package wire.
func (c *Client) SendSignal(kind wire.Kind, packet id.MessageID, payload any) error {
	encoded, err := wire.Marshal(payload)
	if err != nil {
		return err
	}
	return c.Send(&wire.SignalPacket{Kind: kind, ID: packet, Payload: encoded})
}

// SendRaw sends bytes that need not be a packet.
func (c *Client) SendRaw(bytes []byte) error {
	_, err := c.Channel.Write(bytes)
	return err
}

// Receive returns the next packet, whatever it is. It closes the connection when none comes within Patience.
func (c *Client) Receive() (wire.Packet, error) {
	late := time.AfterFunc(Patience, func() { c.Conn.Close() })
	defer late.Stop()
	raw, err := wire.ReadFrame(c.Channel, nil, wire.MaxFrame)
	if err != nil {
		return nil, err
	}
	return wire.ParseFrame(raw)
}

// receiveSignal takes a signal packet of one kind; err becomes an error.
func (c *Client) receiveSignal(kind wire.Kind) (*wire.SignalPacket, error) {
	for {
		p, err := c.Receive()
		if err != nil {
			return nil, err
		}
		signal, ok := p.(*wire.SignalPacket)
		switch {
		case ok && signal.Kind == kind:
			return signal, nil
		case isNews(p):
			continue
		case ok && signal.Kind == wire.KindError:
			return nil, refusalIn(signal)
		case ok:
			return nil, fmt.Errorf("got %s, want %s", signal.Kind, kind)
		}
		return nil, fmt.Errorf("got a packet of class %d, want %s", p.Class(), kind)
	}
}

// receiveSkipping passes over news.
func (c *Client) receiveSkipping() (wire.Packet, error) {
	for {
		p, err := c.Receive()
		if err != nil || !isNews(p) {
			return p, err
		}
	}
}

// isNews reports whether a packet is what the hub may tell at any time: presence, changes to channels and their calls, and that
// a journal has been sent.
func isNews(p wire.Packet) bool {
	switch p := p.(type) {
	case *wire.StreamPacket:
		return p.Kind == wire.KindPresence
	case *wire.SignalPacket:
		told := p.Kind == wire.KindChannelUpdate || p.Kind == wire.KindCallRoster
		return told && p.Re == id.NoMessage || p.Kind == wire.KindRemoved || p.Kind == wire.KindLive
	}
	return false
}

func refusalIn(p *wire.SignalPacket) error {
	refusal := new(wire.Error)
	return errors.Join(wire.Unmarshal(p.Payload, refusal), refusal)
}
