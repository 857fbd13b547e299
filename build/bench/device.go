package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/crypto/ssh"

	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/membership"
	"gossip/common/wire"
)

// device is one connection, logged in. It does what a client does on the wire, and nothing of what it does with it.
type device struct {
	*person
	bearer  *tap
	ssh     ssh.Conn
	channel ssh.Channel
	in      *bufio.Reader
	hub     *identity.Device
	welcome wire.Welcome
	acks    chan id.MessageID // what the hub has put on disk, of a sender
}

// loginLimit bounds one login: the machine may be busy.
const loginLimit = time.Minute

// connect logs one person in: SSH, then grtng, hru, ighru, ig.
func connect(address string, p *person) (*device, error) {
	bearer, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	bearer.SetDeadline(time.Now().Add(loginLimit))
	d := &device{person: p}
	d.bearer = &tap{Conn: bearer, device: d}
	if err := errors.Join(d.open(d.bearer), d.login()); err != nil {
		bearer.Close()
		return nil, err
	}
	bearer.SetDeadline(time.Time{})
	return d, nil
}

func (d *device) open(bearer net.Conn) error {
	signer, err := ssh.NewSignerFromSigner(d.device.Signer())
	if err != nil {
		return err
	}
	config := &ssh.ClientConfig{
		User: "gossip", Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)}, HostKeyAlgorithms: []string{ssh.KeyAlgoED25519},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), // a hub that this program has just started
	}
	config.KeyExchanges = []string{ssh.KeyExchangeMLKEM768X25519}
	config.Ciphers = []string{ssh.CipherAES128GCM}
	conn, channels, requests, err := ssh.NewClientConn(bearer, bearer.RemoteAddr().String(), config)
	if err != nil {
		return err
	}
	go ssh.DiscardRequests(requests)
	go func() {
		for channel := range channels {
			channel.Reject(ssh.Prohibited, "no channels")
		}
	}()
	channel, ofChannel, err := conn.OpenChannel(wire.ChannelType, nil)
	if err != nil {
		return err
	}
	go ssh.DiscardRequests(ofChannel)
	d.ssh, d.channel, d.in = conn, channel, bufio.NewReader(channel)
	return nil
}

func (d *device) login() error {
	if d.channel == nil {
		return nil
	}
	if err := d.signal(wire.KindGreeting, id.NoMessage, &wire.Greeting{Version: wire.Version, Card: d.Card, Client: "bench"}); err != nil {
		return err
	}
	var greeting wire.HubGreeting
	if err := d.expect(wire.KindHubGreeting, &greeting, nil); err != nil {
		return err
	}
	var err error
	if d.hub, err = identity.ParseDevice(greeting.Certificate, time.Now()); err != nil {
		return err
	}
	credentials, err := wire.Marshal(&wire.Credentials{Session: d.ssh.SessionID()})
	if err != nil {
		return err
	}
	sealed, err := d.device.Seal(credentials, d.hub, time.Now())
	if err != nil {
		return err
	}
	if err := d.write(&wire.SignalPacket{Kind: wire.KindCredentials, Payload: sealed}); err != nil {
		return err
	}
	return d.expect(wire.KindWelcome, &d.welcome, func(sealed []byte) ([]byte, error) { return d.device.Open(sealed, d.hub, time.Now()) })
}

func (d *device) close() {
	if d != nil {
		d.ssh.Close()
		d.ssh.Wait()
	}
}

func (d *device) write(p wire.Packet) error {
	frame, err := wire.AppendFrame(nil, p)
	if err != nil {
		return err
	}
	_, err = d.channel.Write(frame)
	return err
}

func (d *device) signal(kind wire.Kind, packet id.MessageID, payload any) error {
	encoded, err := wire.Marshal(payload)
	if err != nil {
		return err
	}
	return d.write(&wire.SignalPacket{Kind: kind, ID: packet, Payload: encoded})
}

// expect reads until a packet of the kind comes: before it there may be presence and updates of channels.
func (d *device) expect(kind wire.Kind, payload any, open func([]byte) ([]byte, error)) error {
	for {
		frame, err := wire.ReadFrame(d.in, nil, wire.MaxFrame)
		if err != nil {
			return err
		}
		packet, err := wire.ParseFrame(frame)
		if err != nil {
			return err
		}
		signal, ok := packet.(*wire.SignalPacket)
		switch {
		case ok && signal.Kind == wire.KindError:
			return refusal(signal.Payload)
		case !ok || signal.Kind != kind:
			continue
		}
		if open != nil {
			if signal.Payload, err = open(signal.Payload); err != nil {
				return err
			}
		}
		return wire.Unmarshal(signal.Payload, payload)
	}
}

func refusal(payload []byte) error {
	var refused wire.Error
	if err := wire.Unmarshal(payload, &refused); err != nil {
		return err
	}
	return fmt.Errorf("the hub refused (%s): %w", refused.Code, &refused)
}

// join makes the user a member of the hub's first channel, unless it is one.
func (d *device) join() (id.ChannelID, error) {
	if len(d.welcome.Channels) == 0 {
		return id.NoChannel, errors.New("the hub has no channel")
	}
	channel := d.welcome.Channels[0]
	if channel.Member {
		return channel.Channel, nil
	}
	s := membership.New(membership.Join, time.Now())
	s.Channel, s.Previous, s.User, s.Device = channel.Channel, channel.Head, d.User, d.device.ID()
	signed, err := s.Sign(d.device)
	if err != nil {
		return id.NoChannel, err
	}
	if err := d.write(&wire.SignalPacket{Kind: wire.KindChannelUpdate, ID: id.NewMessageID(), Payload: signed}); err != nil {
		return id.NoChannel, err
	}
	return channel.Channel, d.expect(wire.KindAck, new(wire.Ack), nil)
}

// subscribe asks for the device's inbox and the channel's journal.
func (d *device) subscribe(channel id.ChannelID) error {
	return errors.Join(d.signal(wire.KindAck, id.NoMessage, &wire.Ack{}), d.signal(wire.KindAck, id.NoMessage, &wire.Ack{Channel: channel}))
}

// How often a client acknowledges what it has got.
const (
	ackPackets = 64
	ackEvery   = 5 * time.Second
)

// marker begins every payload of the load; the time of sending follows, in nanoseconds.
var marker = []byte("gossip load ")

// read counts deliveries until the connection ends, and acknowledges them as a client does.
func (d *device) read(channel id.ChannelID, t *tally) {
	var buffer []byte
	var packets, acked uint64
	lastAck := time.Now()
	for {
		frame, err := wire.ReadFrame(d.in, buffer, wire.MaxFrame)
		if err != nil {
			return
		}
		buffer = frame[:cap(frame)]
		switch wire.Class(frame[0]) {
		case wire.ClassSignal:
			t.fail(d.takeSignal(frame))
		case wire.ClassData:
			now := time.Now()
			packets++
			t.count(latencyOf(frame, now))
			if packets-acked >= ackPackets || now.Sub(lastAck) >= ackEvery {
				acked, lastAck = packets, now
				t.fail(d.acknowledge(channel, frame))
			}
		}
	}
}

func (d *device) acknowledge(channel id.ChannelID, frame []byte) error {
	packet, err := wire.ParseFrame(frame)
	if err != nil {
		return err
	}
	return d.signal(wire.KindAck, id.NoMessage, &wire.Ack{Channel: channel, Seq: packet.(*wire.DataPacket).Seq})
}

// takeSignal hands acknowledgements to the sender; a refusal is an error.
func (d *device) takeSignal(frame []byte) error {
	packet, err := wire.ParseFrame(frame)
	if err != nil {
		return err
	}
	switch signal := packet.(*wire.SignalPacket); signal.Kind {
	case wire.KindError:
		return refusal(signal.Payload)
	case wire.KindAck:
		if d.acks != nil {
			d.acks <- signal.Re
		}
	}
	return nil
}

// latencyOf is how long a packet of the load was on its way; negative for another one.
func latencyOf(frame []byte, now time.Time) time.Duration {
	head := frame[:min(len(frame), 200)]
	at := bytes.Index(head, marker)
	if at < 0 || at+len(marker)+8 > len(frame) {
		return -1
	}
	return now.Sub(time.Unix(0, int64(binary.BigEndian.Uint64(frame[at+len(marker):]))))
}
