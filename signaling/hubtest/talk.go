package hubtest

import (
	"crypto/sha256"
	"errors"
	"time"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
)

// Say sends a message to a channel and returns its id.
func (c *Client) Say(channel id.ChannelID, text string) id.MessageID {
	c.t.Helper()
	m := id.NewMessageID()
	check(c.t, c.Send(&wire.DataPacket{Kind: wire.KindMessage, ID: m, Channel: channel, Payload: []byte(text)}))
	return m
}

// Tell sends a message to a device and returns its id.
func (c *Client) Tell(device id.DeviceID, text string) id.MessageID {
	c.t.Helper()
	m := id.NewMessageID()
	check(c.t, c.Send(&wire.DataPacket{Kind: wire.KindMessage, ID: m, To: device, Payload: []byte(text)}))
	return m
}

// Ack acknowledges a journal up to a sequence; the first time it starts the journal's delivery. No channel is the inbox.
func (c *Client) Ack(channel id.ChannelID, seq uint64) {
	c.t.Helper()
	check(c.t, c.SendSignal(wire.KindAck, id.NoMessage, &wire.Ack{Channel: channel, Seq: seq}))
}

// ExpectAck takes the hub's acknowledgement of a packet.
func (c *Client) ExpectAck(m id.MessageID) wire.Ack {
	c.t.Helper()
	p, err := c.receiveSignal(wire.KindAck)
	check(c.t, err)
	var ack wire.Ack
	check(c.t, wire.Unmarshal(p.Payload, &ack))
	if p.Re != m {
		c.t.Fatalf("%s: got the ack of another packet", c.Person.Name)
	}
	return ack
}

// ExpectData takes a data packet.
func (c *Client) ExpectData() *wire.DataPacket {
	c.t.Helper()
	p, err := c.receiveSkipping()
	check(c.t, err)
	switch p := p.(type) {
	case *wire.DataPacket:
		return p
	case *wire.SignalPacket:
		if p.Kind == wire.KindError {
			c.t.Fatalf("%s: got err, want data: %v", c.Person.Name, refusalIn(p))
		}
		c.t.Fatalf("%s: got %s, want data", c.Person.Name, p.Kind)
	}
	c.t.Fatalf("%s: got %T, want data", c.Person.Name, p)
	return nil
}

// ExpectText takes a data packet and compares its payload.
func (c *Client) ExpectText(text string) *wire.DataPacket {
	c.t.Helper()
	p := c.ExpectData()
	if string(p.Payload) != text {
		c.t.Fatalf("%s: got %q, want %q", c.Person.Name, p.Payload, text)
	}
	return p
}

// ExpectStream takes a stream packet of one kind.
func (c *Client) ExpectStream(kind wire.Kind) *wire.StreamPacket {
	c.t.Helper()
	for {
		p, err := c.Receive()
		check(c.t, err)
		if stream, ok := p.(*wire.StreamPacket); ok && stream.Kind == kind {
			return stream
		}
		if !isNews(p) {
			c.t.Fatalf("%s: got %T, want %s", c.Person.Name, p, kind)
		}
	}
}

// ExpectUpdate takes a channel update.
func (c *Client) ExpectUpdate() *wire.ChannelUpdate {
	c.t.Helper()
	p, err := c.receiveSignal(wire.KindChannelUpdate)
	check(c.t, err)
	update := new(wire.ChannelUpdate)
	check(c.t, wire.Unmarshal(p.Payload, update))
	return update
}

// ExpectRefusal takes an err packet with one code.
func (c *Client) ExpectRefusal(code wire.ErrorCode) *wire.Error {
	c.t.Helper()
	p, err := c.receiveSignal(wire.KindError)
	check(c.t, err)
	refusal := new(wire.Error)
	check(c.t, wire.Unmarshal(p.Payload, refusal))
	if refusal.Code != code {
		c.t.Fatalf("%s: refused with %s (%s), want %s", c.Person.Name, refusal.Code, refusal.Sentence, code)
	}
	return refusal
}

// ExpectEnd reads until the connection has ended and fails when it does not within Patience.
func (c *Client) ExpectEnd() {
	c.t.Helper()
	start := time.Now()
	for {
		if _, err := c.Receive(); err != nil {
			break
		}
	}
	if time.Since(start) >= Patience {
		c.t.Fatalf("%s: the hub did not end the connection", c.Person.Name)
	}
}

// General is the hub's first public channel.
func (c *Client) General() id.ChannelID {
	c.t.Helper()
	for _, summary := range c.Welcome.Channels {
		if summary.Name == "general" {
			return summary.Channel
		}
	}
	c.t.Fatal("the hub has no #general")
	return id.NoChannel
}

// Log fetches a channel's log.
func (c *Client) Log(channel id.ChannelID) (log [][]byte) {
	c.t.Helper()
	check(c.t, c.SendSignal(wire.KindCardRequest, id.NewMessageID(), &wire.CardRequest{Channel: channel}))
	for {
		p, err := c.receiveSkipping()
		check(c.t, err)
		signal, ok := p.(*wire.SignalPacket)
		switch {
		case ok && signal.Kind == wire.KindEndOfCards:
			return log
		case ok && signal.Kind == wire.KindChannelUpdate && signal.Re != id.NoMessage:
			var update wire.ChannelUpdate
			check(c.t, wire.Unmarshal(signal.Payload, &update))
			log = append(log, update.Statements...)
		}
	}
}

// State replays a channel's log as a client would, trusting the hub about devices.
func (c *Client) State(channel id.ChannelID) *membership.State {
	c.t.Helper()
	state, err := membership.Replay(c.Log(channel), c.Hub.ID(), func(id.UserID, id.DeviceID) error { return nil })
	check(c.t, err)
	return state
}

// Post signs and sends a statement; what it says of the author and the place is filled in. A refusal is a *wire.Error.
func (c *Client) Post(channel id.ChannelID, statement *membership.Statement) (id.ChannelID, error) {
	c.t.Helper()
	statement.User, statement.Device = c.Person.User.ID(), c.Device.ID()
	if channel != id.NoChannel {
		statement.Channel, statement.Previous = channel, c.head(channel, statement.Action)
	}
	encoded, err := statement.Sign(c.Device)
	check(c.t, err)
	return c.PostRaw(encoded)
}

// head is the hash of a channel's log, as package membership defines it. For joining, that at the login will do.
func (c *Client) head(channel id.ChannelID, action membership.Action) (head [32]byte) {
	for _, summary := range c.Welcome.Channels {
		if summary.Channel == channel && action == membership.Join {
			return summary.Head
		}
	}
	for _, statement := range c.Log(channel) {
		head = sha256.Sum256(append(head[:], statement...))
	}
	return head
}

// PostRaw sends an encoded statement and waits for its answer, passing over what else comes. The end of the connection is an error.
func (c *Client) PostRaw(encoded []byte) (id.ChannelID, error) {
	c.t.Helper()
	m := id.NewMessageID()
	check(c.t, c.Send(&wire.SignalPacket{Kind: wire.KindChannelUpdate, ID: m, Payload: encoded}))
	for {
		p, err := c.Receive()
		if err != nil {
			return id.NoChannel, err
		}
		signal, ok := p.(*wire.SignalPacket)
		if !ok || signal.Re != m {
			continue
		}
		if signal.Kind == wire.KindError {
			refusal := new(wire.Error)
			check(c.t, errors.Join(wire.Unmarshal(signal.Payload, refusal)))
			return id.NoChannel, refusal
		}
		var ack wire.Ack
		check(c.t, wire.Unmarshal(signal.Payload, &ack))
		return ack.Channel, nil
	}
}

// Join joins a channel and follows its journal.
func (c *Client) Join(channel id.ChannelID) {
	c.t.Helper()
	_, err := c.Post(channel, membership.New(membership.Join, time.Now()))
	check(c.t, err)
	c.Ack(channel, 0)
	c.Sync()
}

// Create makes a channel and follows its journal.
func (c *Client) Create(name string, public bool) id.ChannelID {
	c.t.Helper()
	statement := membership.New(membership.Create, time.Now())
	statement.Text, statement.Public = name, public
	channel, err := c.Post(id.NoChannel, statement)
	check(c.t, err)
	c.Ack(channel, 0)
	c.Sync()
	return channel
}

// Sync returns when the hub has taken everything that was sent; what else comes meanwhile is passed over.
func (c *Client) Sync() {
	c.t.Helper()
	m := id.NewMessageID()
	check(c.t, c.SendSignal(wire.KindCardRequest, m, &wire.CardRequest{}))
	for {
		p, err := c.Receive()
		check(c.t, err)
		if signal, ok := p.(*wire.SignalPacket); ok && signal.Kind == wire.KindEndOfCards && signal.Re == m {
			return
		}
	}
}
