package backend

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"

	"gossip/backend/chat"
	"gossip/backend/link"
	"gossip/backend/roster"
	"gossip/backend/store"
	"gossip/common/id"
)

// maxHubChannels is how many of a hub's own public channels a newcomer enters by itself.
const maxHubChannels = 20

// Join joins a hub and waits until it has let this device in once, or has refused it; it pins the hub's key. A hub that is
// joined already it waits for, however long ctx allows.
// On the first visit it enters the hub's own public channels. The connection then stays until Run or Close ends it.
func (c *Client) Join(ctx context.Context, request JoinRequest) (id.HubID, error) {
	if !c.HasIdentity() {
		return id.NoHub, ErrNoIdentity
	}
	hubID, row, err := parseJoin(request)
	if err != nil {
		return id.NoHub, err
	}
	if request.Name != "" {
		if err := c.rename(request.Name); err != nil {
			return id.NoHub, err
		}
	}
	h, first := c.candidate(hubID, row)
	h.start()
	select {
	case err = <-h.outcome:
	case <-ctx.Done():
		err = errors.Join(errors.New("the hub has not let this device in in time: "+h.snapshot().Detail), ctx.Err())
	}
	if err != nil {
		if first {
			h.stop()
		}
		return id.NoHub, err
	}
	if first {
		err = h.chat.JoinHubChannels(ctx, maxHubChannels)
	}
	return h.id, err
}

// parseJoin reads an address or an invite link.
func parseJoin(request JoinRequest) (hubID id.HubID, row hubRow, err error) {
	text := strings.TrimSpace(request.Address)
	var host string
	var port uint16
	if strings.HasPrefix(text, id.Scheme+"://") {
		invite, err := id.ParseInvite(text)
		if err != nil {
			return hubID, row, err
		}
		hubID, host, port = invite.Hub, invite.Host, invite.Port
		if invite.Token != (id.InviteToken{}) {
			row.Token = invite.Token[:]
		}
	} else if host, port, err = id.ParseHostPort(text); err != nil {
		return hubID, row, err
	}
	row.Address, row.Password = net.JoinHostPort(host, strconv.Itoa(int(port))), request.Password
	return hubID, row, nil
}

// inviteLink is the link by which others join a hub: it pins the hub's key, so that they reach this one and no other, and
// hands on the token by which oneself was let in, if there is one.
func inviteLink(hubID id.HubID, address string, token []byte) string {
	host, port, err := id.ParseHostPort(address)
	if err != nil {
		return ""
	}
	invite := id.Invite{Host: host, Port: port, Hub: hubID}
	copy(invite.Token[:], token)
	return invite.Link()
}

// candidate returns the hub to try: one that is joined already, with what is new in the request, or a new one.
func (c *Client) candidate(hubID id.HubID, row hubRow) (h *hub, first bool) {
	for _, known := range c.joined() {
		if known.id != hubID && (hubID != id.NoHub || known.snapshot().Address != row.Address) {
			continue
		}
		known.stop()
		known.mu.Lock()
		known.row.Address = row.Address
		if row.Password != "" {
			known.row.Password = row.Password
		}
		if row.Token != nil {
			known.row.Token = row.Token
		}
		known.outcome = make(chan error, 1)
		known.mu.Unlock()
		return known, false
	}
	return newHub(c, hubID, row), true
}

// admit makes a hub that has answered a joined one, and stores what it says of itself.
func (c *Client) admit(h *hub, s *link.Session, key id.DeviceID) (*chat.Hub, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	if other := c.hubs[s.Hub]; other != nil && other != h {
		return nil, errors.New("this hub is joined already, under the address " + other.row.Address)
	}
	if h.row.Key != id.NoDevice && h.row.Key != key {
		return nil, errors.New("the hub's certificate is not the one that was pinned")
	}
	h.id, h.row.Key = s.Hub, key
	h.row.Name, h.row.Motd, h.row.Account = s.Greeting.Name, s.Greeting.Motd, s.Welcome.Name
	err := c.store.Update(func(tx *store.Tx) error { return store.PutValue(tx.Bucket(hubBucket), h.id[:], h.row) })
	if err != nil {
		return nil, err
	}
	if h.chat == nil {
		if err := h.openChat(c.me, c.roster); err != nil {
			return nil, err
		}
	}
	c.hubs[h.id] = h
	return h.chat, nil
}

// people is the roster; nil without an identity.
func (c *Client) people() *roster.Roster {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.roster
}

// Hubs lists the joined hubs.
func (c *Client) Hubs() []Hub {
	hubs := []Hub{}
	for _, h := range c.joined() {
		hubs = append(hubs, h.snapshot())
	}
	return hubs
}

// LeaveHub disconnects from a hub and forgets its address and password. What was said there stays in the profile and is
// shown again when the hub is joined again.
func (c *Client) LeaveHub(hubID id.HubID) error {
	h, err := c.hub(hubID)
	if err != nil {
		return err
	}
	h.stop()
	if err := c.store.Update(func(tx *store.Tx) error { return tx.Bucket(hubBucket).Delete(hubID[:]) }); err != nil {
		return err
	}
	c.mu.Lock()
	delete(c.hubs, hubID)
	c.mu.Unlock()
	h.endChat()
	c.events.emit([]Event{{Type: EventConversations, Hub: hubID.String()}})
	return nil
}

// Reconnect tries to connect now, skipping the pause between attempts.
func (c *Client) Reconnect(hubID id.HubID) error {
	h, err := c.hub(hubID)
	if err == nil {
		h.reconnect()
	}
	return err
}

// hub returns a joined hub.
func (c *Client) hub(hubID id.HubID) (*hub, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hubs[hubID]
	if h == nil {
		return nil, errors.New("this hub is not joined; join it first")
	}
	return h, nil
}
