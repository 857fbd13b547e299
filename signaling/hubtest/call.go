package hubtest

import (
	"gossip/common/id"
	"gossip/common/wire"
)

// TryStartCall joins the call of a channel and returns its roster; a refusal is a *wire.Error.
func (c *Client) TryStartCall(p wire.StartCall) (*wire.CallRoster, error) {
	return c.askRoster(wire.KindStartCall, &p)
}

// StartCall joins the call of a channel.
func (c *Client) StartCall(channel id.ChannelID, call id.CallID) *wire.CallRoster {
	c.t.Helper()
	roster, err := c.TryStartCall(wire.StartCall{Channel: channel, Call: call})
	check(c.t, err)
	return roster
}

// HangUp leaves a call and returns the roster after that.
func (c *Client) HangUp(channel id.ChannelID, call id.CallID) *wire.CallRoster {
	c.t.Helper()
	roster, err := c.askRoster(wire.KindHangUp, &wire.HangUp{Channel: channel, Call: call})
	check(c.t, err)
	return roster
}

// Roster asks who is in the call of a channel; a refusal is a *wire.Error.
func (c *Client) Roster(channel id.ChannelID) (*wire.CallRoster, error) {
	return c.askRoster(wire.KindCallRoster, &wire.CallRosterRequest{Channel: channel})
}

// askRoster takes the answer to a packet about a call, and passes over what else comes.
func (c *Client) askRoster(kind wire.Kind, payload any) (*wire.CallRoster, error) {
	m := id.NewMessageID()
	if err := c.SendSignal(kind, m, payload); err != nil {
		return nil, err
	}
	for {
		p, err := c.Receive()
		if err != nil {
			return nil, err
		}
		signal, ok := p.(*wire.SignalPacket)
		switch {
		case !ok || signal.Re != m:
			continue
		case signal.Kind == wire.KindError:
			return nil, refusalIn(signal)
		}
		roster := new(wire.CallRoster)
		return roster, wire.Unmarshal(signal.Payload, roster)
	}
}

// ExpectRoster takes a roster that nobody asked for.
func (c *Client) ExpectRoster() *wire.CallRoster {
	c.t.Helper()
	p, err := c.receiveSignal(wire.KindCallRoster)
	check(c.t, err)
	roster := new(wire.CallRoster)
	check(c.t, wire.Unmarshal(p.Payload, roster))
	return roster
}

// ICEServers asks for fresh STUN and TURN credentials.
func (c *Client) ICEServers() []wire.ICEServer {
	c.t.Helper()
	m := id.NewMessageID()
	check(c.t, c.Send(&wire.SignalPacket{Kind: wire.KindICEServers, ID: m}))
	p, err := c.receiveSignal(wire.KindICEServers)
	check(c.t, err)
	var servers wire.ICEServers
	check(c.t, wire.Unmarshal(p.Payload, &servers))
	if p.Re != m {
		c.t.Fatalf("%s: the answer is to another packet", c.Person.Name)
	}
	return servers.Servers
}
