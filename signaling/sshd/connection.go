package sshd

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"gossip/common/id"
	"gossip/common/wire"
)

// graceTime is what the transport gets beyond the login's end, for the hub to say that it is over.
const graceTime = 2 * time.Second

// connection is one device's SSH connection. It is the hub.Conn of its gossip@v1 channel.
type connection struct {
	server  *Server
	raw     *counted
	address netip.Addr
	ends    time.Time // of the login
	freed   sync.Once // the login's place

	// Set before the channel is handed to the hub.
	ssh       *ssh.ServerConn
	device    id.DeviceID
	channels  <-chan ssh.NewChannel
	requests  <-chan *ssh.Request
	channel   ssh.Channel
	ofChannel <-chan *ssh.Request

	asked     atomic.Bool // the device was asked whether it is there, and has not said anything since
	served    atomic.Bool // the hub serves it: requests are the attendant's
	stirred   atomic.Bool // the attendant will look at it
	answering atomic.Bool // the attendant's answers are being written
}

// counted is the transport, with a note of when bytes last came.
type counted struct {
	net.Conn
	of       *connection
	lastRead atomic.Int64 // Unix nanoseconds
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.lastRead.Store(time.Now().UnixNano())
	c.of.stir()
	return n, err
}

func newConnection(s *Server, raw net.Conn, address netip.Addr) *connection {
	c := &connection{server: s, address: address, ends: time.Now().Add(s.limits.LoginTime)}
	c.raw = &counted{Conn: raw, of: c}
	c.raw.lastRead.Store(time.Now().UnixNano())
	raw.SetDeadline(c.ends.Add(graceTime))
	return c
}

// serve runs the connection to its end. What it calls before is kept off the stack on which an idle connection waits:
// the runtime halves a stack only when little of it is in use, and idle connections are many.
func (c *connection) serve(ctx context.Context) {
	defer c.freeLogin()
	if c.begin(ctx) {
		c.route(ctx)
		c.end(ctx)
	}
}

func (c *connection) end(ctx context.Context) {
	c.server.track(c, false)
	c.server.log.Log(ctx, c.server.coming, "device gone", "device", c.device)
}

// begin has SSH's handshake done, on a stack of its own since cryptography makes it deep.
func (c *connection) begin(ctx context.Context) bool {
	authenticated := make(chan bool, 1)
	go func() { authenticated <- c.authenticate(ctx) }()
	if !<-authenticated {
		c.Close()
		return false
	}
	c.server.track(c, true)
	return true
}

// authenticate goes through SSH's handshake.
func (c *connection) authenticate(ctx context.Context) bool {
	defer context.AfterFunc(ctx, func() { c.raw.SetReadDeadline(time.Now()) })()
	served, channels, requests, err := ssh.NewServerConn(c.raw, c.server.config)
	if err != nil {
		c.server.log.Log(ctx, c.server.coming, "no SSH handshake", "err", err)
		return false
	}
	c.ssh, c.device = served, served.Permissions.ExtraData[deviceKey{}].(id.DeviceID)
	served.Permissions = nil // not needed any more
	c.channels, c.requests = channels, requests
	c.server.log.Log(ctx, c.server.coming, "device connected", "device", c.device)
	return true
}

// route answers what comes on the connection until the channel for packets is opened, has the hub serve that, and then
// sees the connection end.
func (c *connection) route(ctx context.Context) {
	if c.await(ctx) {
		c.served.Store(true)
		c.server.hub.Serve(ctx, c)
	}
	c.Close()
	c.drain(c.channels, c.requests, c.ofChannel)
	c.ssh.Wait()
}

// drain takes what still comes, for the library waits for that, until the connection has ended.
func (c *connection) drain(channels <-chan ssh.NewChannel, requests, ofChannel <-chan *ssh.Request) {
	for channels != nil || requests != nil || ofChannel != nil {
		open := true
		select {
		case _, open = <-channels:
			if !open {
				channels = nil
			}
		case _, open = <-requests:
			if !open {
				requests = nil
			}
		case _, open = <-ofChannel:
			if !open {
				ofChannel = nil
			}
		}
	}
}

// await returns true when the channel for packets is open, false when the connection has ended or the hub goes down.
func (c *connection) await(ctx context.Context) bool {
	for c.channel == nil {
		if !c.answer(ctx.Done()) || c.channels == nil {
			return false
		}
	}
	return true
}

// answer takes the next thing that comes beside the packets and answers it; false when down comes first.
func (c *connection) answer(down <-chan struct{}) bool {
	select {
	case asked, open := <-c.channels:
		if !open {
			c.channels = nil
			return true
		}
		c.open(asked)
	case request, open := <-c.requests:
		if !open {
			c.requests = nil
			return true
		}
		request.Reply(false, nil) // keepalive@openssh.com is answered by this too
	case request, open := <-c.ofChannel:
		if !open {
			c.ofChannel = nil
			return true
		}
		request.Reply(false, nil)
	case <-down:
		return false
	}
	return true
}

// open decides about a new channel: one for packets, or a session that is told that there are no commands.
func (c *connection) open(asked ssh.NewChannel) {
	switch {
	case asked.ChannelType() == wire.ChannelType && c.channel == nil:
		if channel, requests, err := asked.Accept(); err == nil {
			c.channel, c.ofChannel = channel, requests
		}
	case asked.ChannelType() == "session" && c.channel == nil:
		c.refuseCommand(asked)
	default:
		refuseChannel(asked)
	}
}

func refuseChannel(asked ssh.NewChannel) {
	asked.Reject(ssh.Prohibited, "this hub carries Gossip's packets on one channel, and nothing else")
}

// Read, Write and Close are those of hub.Conn.
func (c *connection) Read(b []byte) (int, error)  { return c.channel.Read(b) }
func (c *connection) Write(b []byte) (int, error) { return c.channel.Write(b) }

// Close ends the transport, so that whatever blocks on it returns.
func (c *connection) Close() error { return c.raw.Close() }

// Device is the key that SSH has authenticated.
func (c *connection) Device() id.DeviceID { return c.device }

// Session is the SSH session identifier (RFC 4253 section 7.2).
func (c *connection) Session() []byte { return c.ssh.SessionID() }

// Address is where the transport comes from; not valid when it has no IP address.
func (c *connection) Address() netip.Addr { return c.address }

// LoginEnds is when the device has to be logged in.
func (c *connection) LoginEnds() time.Time { return c.ends }

// LoggedIn lifts the time limit and makes room for another login.
func (c *connection) LoggedIn() {
	c.raw.SetDeadline(time.Time{})
	c.freeLogin()
}

func (c *connection) freeLogin() { c.freed.Do(func() { <-c.server.logins }) }

// ed25519Bytes is the key of a device, whose type was checked.
func ed25519Bytes(key ssh.CryptoPublicKey) []byte {
	public, _ := key.CryptoPublicKey().(ed25519.PublicKey)
	if len(public) != ed25519.PublicKeySize {
		return make([]byte, ed25519.PublicKeySize)
	}
	return public
}

// HostKey makes the SSH signer of a hub's primary key.
func HostKey(key crypto.Signer) (ssh.Signer, error) { return ssh.NewSignerFromSigner(key) }
