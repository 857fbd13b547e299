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
	ssh     *ssh.ServerConn
	device  id.DeviceID
	channel ssh.Channel

	asked atomic.Bool // the device was asked whether it is there, and has not said anything since
}

// counted is the transport, with a note of when bytes last came.
type counted struct {
	net.Conn
	lastRead atomic.Int64 // Unix nanoseconds
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.lastRead.Store(time.Now().UnixNano())
	return n, err
}

func newConnection(s *Server, raw net.Conn, address netip.Addr) *connection {
	c := &connection{server: s, raw: &counted{Conn: raw}, address: address, ends: time.Now().Add(s.limits.LoginTime)}
	c.raw.lastRead.Store(time.Now().UnixNano())
	raw.SetDeadline(c.ends.Add(graceTime))
	return c
}

// serve runs the connection to its end.
func (c *connection) serve(ctx context.Context) {
	defer c.freeLogin()
	started := time.Now()
	stop := context.AfterFunc(ctx, func() { c.raw.SetReadDeadline(time.Now()) }) // nobody is told anything during SSH's handshake
	served, channels, requests, err := ssh.NewServerConn(c.raw, c.server.config)
	stop()
	if err != nil {
		c.server.log.Log(ctx, c.server.coming, "no SSH handshake", "err", err)
		c.raw.Close()
		return
	}
	c.ssh, c.device = served, served.Permissions.ExtraData[deviceKey{}].(id.DeviceID)
	c.server.log.Log(ctx, c.server.coming, "device connected", "device", c.device)
	c.server.track(c, true)
	c.route(ctx, channels, requests)
	c.server.track(c, false)
	c.ssh.Wait()
	c.server.log.Log(ctx, c.server.coming, "device gone", "device", c.device, "after", time.Since(started).Round(time.Second))
}

// route answers everything that comes on the connection beside the packets, until it ends, and waits for the hub.
func (c *connection) route(ctx context.Context, channels <-chan ssh.NewChannel, requests <-chan *ssh.Request) {
	var work sync.WaitGroup
	defer work.Wait()
	var ofChannel <-chan *ssh.Request
	down := ctx.Done()
	for channels != nil || requests != nil {
		select {
		case asked, open := <-channels:
			if !open {
				channels = nil
				continue
			}
			if accepted := c.open(ctx, asked, &work); accepted != nil {
				ofChannel = accepted
			}
		case request, open := <-requests:
			if !open {
				requests = nil
				continue
			}
			request.Reply(false, nil) // keepalive@openssh.com is answered by this too
		case request, open := <-ofChannel:
			if !open {
				ofChannel = nil
				continue
			}
			request.Reply(false, nil)
		case <-down:
			down = nil
			if c.channel == nil { // else the hub says why
				c.Close()
			}
		}
	}
}

// open decides about a new channel: one for packets, or a session that is told that there are no commands.
func (c *connection) open(ctx context.Context, asked ssh.NewChannel, work *sync.WaitGroup) <-chan *ssh.Request {
	switch {
	case asked.ChannelType() == wire.ChannelType && c.channel == nil:
		channel, requests, err := asked.Accept()
		if err != nil {
			return nil
		}
		c.channel = channel
		work.Go(func() { c.server.hub.Serve(ctx, c) })
		return requests
	case asked.ChannelType() == "session" && c.channel == nil:
		work.Go(func() { c.refuseCommand(asked) })
	case asked.ChannelType() == wire.ChannelType:
		asked.Reject(ssh.ResourceShortage, "one channel for packets is enough")
	default:
		asked.Reject(ssh.Prohibited, "this hub only carries Gossip's packets")
	}
	return nil
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
