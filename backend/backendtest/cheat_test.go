package backendtest

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gossip/backend/vault"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
	"gossip/signaling/hubtest"
	"gossip/signaling/server"
)

// cheat is a dishonest hub to one device: it stands before the honest one, with that one's key, and may change, add
// and drop whatever goes either way. It logs in to the honest hub as the device, by whose key alone it knows what a hub knows
// by itself: what it seals to the device.
type cheat struct {
	world  *world
	hub    *identity.DeviceKey
	device *identity.DeviceKey

	mu       sync.Mutex // guards the following; they are set before or between packets
	toDevice func(p wire.Packet) []wire.Packet
	toHub    func(p wire.Packet) []wire.Packet
	welcome  func(w *wire.Welcome)
	channel  ssh.Channel // to the device; nil while it is not connected
}

// cheated puts a cheat between the hub and a device, which is closed for that and opened again.
func (w *world) cheated(d *device) *cheat {
	w.t.Helper()
	d.close()
	profile, err := vault.Open(d.dir, unlock)
	check(w.t, err)
	keys, _ := profile.Identity()
	check(w.t, profile.Lock())
	secret, err := os.ReadFile(filepath.Join(w.hub.Dir, server.KeyFile))
	check(w.t, err)
	hubKey, err := identity.ParseDeviceKey(secret, time.Now())
	check(w.t, err)
	c := &cheat{world: w, hub: hubKey, device: keys.Device}
	d.way = c.dial
	return c
}

// dial takes the place of the hub's listener.
func (c *cheat) dial(context.Context, string) (net.Conn, error) {
	near, far := hubtest.Pipe(&net.TCPAddr{Port: 1}, &net.TCPAddr{Port: 2})
	go func() {
		defer far.Close()
		c.serve(far)
	}()
	return near, nil
}

// serve is one connection of the device; its end is nobody's matter.
func (c *cheat) serve(conn net.Conn) error {
	session, channel, err := c.accept(conn)
	if err != nil {
		return err
	}
	defer session.Close()
	up, err := c.handshake(session, channel)
	if err != nil {
		return err
	}
	defer up.Conn.Close()
	c.set(func() { c.channel = channel })
	defer c.set(func() { c.channel = nil })
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer up.Conn.Close()
		c.pump(channel, up.Channel, func() func(wire.Packet) []wire.Packet { return c.toHub })
	}()
	c.pump(up.Channel, channel, func() func(wire.Packet) []wire.Packet { return c.toDevice })
	session.Close()
	<-done
	return nil
}

func (c *cheat) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

// accept is the SSH side of a hub.
func (c *cheat) accept(conn net.Conn) (*ssh.ServerConn, ssh.Channel, error) {
	signer, err := ssh.NewSignerFromSigner(c.hub.Signer())
	if err != nil {
		return nil, nil, err
	}
	config := &ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) { return nil, nil }}
	config.AddHostKey(signer)
	session, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return nil, nil, err
	}
	go ssh.DiscardRequests(requests)
	first, ok := <-channels
	if !ok {
		return nil, nil, errors.New("no channel")
	}
	go func() {
		for range channels {
		}
	}()
	channel, ofChannel, err := first.Accept()
	if err != nil {
		return nil, nil, err
	}
	go ssh.DiscardRequests(ofChannel)
	return session, channel, nil
}

// handshake logs in to the honest hub as the device and lets the device in.
func (c *cheat) handshake(session *ssh.ServerConn, channel ssh.Channel) (*hubtest.Client, error) {
	var greeting wire.Greeting
	if err := c.read(channel, &greeting); err != nil {
		return nil, err
	}
	card, err := identity.ParseCard(greeting.Card, time.Now())
	if err != nil {
		return nil, err
	}
	conn, err := c.world.hub.Dial(context.Background(), "")
	if err != nil {
		return nil, err
	}
	up, err := c.world.hub.TryConnect(conn.(*hubtest.Conn), &hubtest.Person{Card: card}, c.device)
	if err != nil {
		return nil, err
	}
	if err := up.TryLogin(""); err != nil {
		return nil, err
	}
	if err := c.write(channel, wire.KindHubGreeting, &up.Greeted); err != nil {
		return nil, err
	}
	if _, err := readPacket(channel); err != nil { // credentials: whatever they are
		return nil, err
	}
	welcome := up.Welcome
	welcome.Session = session.SessionID()
	c.set(func() {
		if c.welcome != nil {
			c.welcome(&welcome)
		}
	})
	sealed, err := c.seal(&welcome)
	if err != nil {
		return nil, err
	}
	return up, writePacket(channel, &wire.SignalPacket{Kind: wire.KindWelcome, Payload: sealed})
}

// pump passes packets on as change says.
func (c *cheat) pump(from, to ssh.Channel, change func() func(wire.Packet) []wire.Packet) {
	for {
		p, err := readPacket(from)
		if err != nil {
			return
		}
		out := []wire.Packet{p}
		c.set(func() {
			if f := change(); f != nil {
				out = f(p)
			}
		})
		for _, p := range out {
			if writePacket(to, p) != nil {
				return
			}
		}
	}
}

// inject sends the device a packet that the honest hub never sent.
func (c *cheat) inject(p wire.Packet) {
	c.world.t.Helper()
	var channel ssh.Channel
	c.set(func() { channel = c.channel })
	if channel == nil {
		c.world.t.Fatal("the device is not connected")
	}
	check(c.world.t, writePacket(channel, p))
}

// open reads what the honest hub has sealed to the device; seal seals it again.
func (c *cheat) open(payload []byte, into any) error {
	plain, err := c.device.Open(payload, c.hub.Device(), time.Now())
	if err != nil {
		return err
	}
	return wire.Unmarshal(plain, into)
}

func (c *cheat) seal(payload any) ([]byte, error) {
	plain, err := wire.Marshal(payload)
	if err != nil {
		return nil, err
	}
	return c.hub.Seal(plain, c.device.Device(), time.Now())
}

// changeCards has the cards that the hub gives changed on their way; where it has none to give, change is called with none.
func (c *cheat) changeCards(change func(cards [][]byte) [][]byte) {
	given := map[id.MessageID][][]byte{}
	c.set(func() {
		c.toDevice = func(p wire.Packet) []wire.Packet {
			signal, ok := p.(*wire.SignalPacket)
			switch {
			case ok && signal.Kind == wire.KindCards:
				var cards wire.Cards
				check(c.world.t, c.open(signal.Payload, &cards))
				given[signal.Re] = append(given[signal.Re], cards.Cards...)
				return nil
			case ok && signal.Kind == wire.KindEndOfCards:
				sealed, err := c.seal(&wire.Cards{Cards: change(given[signal.Re])})
				check(c.world.t, err)
				return []wire.Packet{&wire.SignalPacket{Kind: wire.KindCards, Re: signal.Re, Payload: sealed}, p}
			}
			return []wire.Packet{p}
		}
	})
}

// changeData has data packets changed on their way to the device.
func (c *cheat) changeData(change func(p *wire.DataPacket) []wire.Packet) {
	c.set(func() {
		c.toDevice = func(p wire.Packet) []wire.Packet {
			if data, ok := p.(*wire.DataPacket); ok {
				return change(data)
			}
			return []wire.Packet{p}
		}
	})
}

// changeUpdates has words about channels changed on their way to the device.
func (c *cheat) changeUpdates(change func(u *wire.ChannelUpdate)) {
	c.set(func() {
		c.toDevice = func(p wire.Packet) []wire.Packet {
			signal, ok := p.(*wire.SignalPacket)
			if !ok || signal.Kind != wire.KindChannelUpdate {
				return []wire.Packet{p}
			}
			var update wire.ChannelUpdate
			check(c.world.t, wire.Unmarshal(signal.Payload, &update))
			change(&update)
			var err error
			signal.Payload, err = wire.Marshal(&update)
			check(c.world.t, err)
			return []wire.Packet{signal}
		}
	})
}

// honest ends the cheating.
func (c *cheat) honest() { c.set(func() { c.toDevice, c.toHub, c.welcome = nil, nil, nil }) }

func readPacket(from ssh.Channel) (wire.Packet, error) {
	frame, err := wire.ReadFrame(from, nil, wire.MaxFrame)
	if err != nil {
		return nil, err
	}
	return wire.ParseFrame(frame)
}

func writePacket(to ssh.Channel, p wire.Packet) error {
	frame, err := wire.AppendFrame(nil, p)
	if err != nil {
		return err
	}
	_, err = to.Write(frame)
	return err
}

func (c *cheat) read(from ssh.Channel, payload any) error {
	p, err := readPacket(from)
	if err != nil {
		return err
	}
	signal, ok := p.(*wire.SignalPacket)
	if !ok {
		return errors.New("not a signal packet")
	}
	return wire.Unmarshal(signal.Payload, payload)
}

func (c *cheat) write(to ssh.Channel, kind wire.Kind, payload any) error {
	encoded, err := wire.Marshal(payload)
	if err != nil {
		return err
	}
	return writePacket(to, &wire.SignalPacket{Kind: kind, Payload: encoded})
}

// randomBytes are as good as any ciphertext to who can't open it.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// TestTheCheatCanBeHonest shows that the tests of attacks test attacks: without one everything works.
func TestTheCheatCanBeHonest(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		alice.say(w.general, "hello")
		bob.sees(w.general, "hello")
		bob.say(bob.with(alice), "hi")
		alice.sees(alice.with(bob), "hi")
	})
}

// attack tells of alice, who talks to bob through a hub that cheats her.
func attack(t *testing.T, tell func(w *world, c *cheat, alice, bob *device)) {
	t.Helper()
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		w.rest(2 * time.Second)
		c := w.cheated(alice)
		alice.open()
		w.rest(2 * time.Second)
		tell(w, c, alice, bob)
	})
}
