package backend

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"gossip/backend/call"
	"gossip/backend/chat"
	"gossip/common/id"
)

// People lists who is known on a hub, and who of them is online.
func (c *Client) People(hubID id.HubID) []Person {
	people := c.people()
	if people == nil {
		return nil
	}
	return people.People(hubID)
}

// FindUser looks a person up by name, "@bob" or "bob"; where the name is not known here it asks the hub.
func (c *Client) FindUser(ctx context.Context, hubID id.HubID, name string) (Person, error) {
	h, err := c.chat(hubID)
	if err != nil {
		return Person{}, err
	}
	user, err := h.FindUser(ctx, strings.TrimPrefix(name, "@"))
	if err != nil {
		return Person{}, err
	}
	return c.people().Person(hubID, user), nil
}

// AcceptKeyChange is the person's decision to go on with a user after a warning; what was verified has to be verified
// again.
func (c *Client) AcceptKeyChange(user id.UserID) error {
	people := c.people()
	if people == nil {
		return ErrNoIdentity
	}
	if err := people.AcceptKeyChange(user); err != nil {
		return err
	}
	c.showPerson(user)
	return nil
}

// SetVerified notes whether the person has compared safety numbers with a user.
func (c *Client) SetVerified(user id.UserID, verified bool) error {
	people := c.people()
	if people == nil {
		return ErrNoIdentity
	}
	if err := people.SetVerified(user, verified); err != nil {
		return err
	}
	c.showPerson(user)
	return nil
}

// Block has nothing more of a user shown, or shows it again: what they send directly is dropped, what they say in channels
// is kept and left out. They are not told.
func (c *Client) Block(user id.UserID, blocked bool) error {
	people := c.people()
	if people == nil {
		return ErrNoIdentity
	}
	if blocked {
		c.onPhone(func(p *call.Phone) error { return p.Blocked(user) }) // while they can still be told
	}
	if err := people.Block(user, blocked); err != nil {
		return err
	}
	for _, h := range c.joined() {
		if err := h.chat.BlockChanged(user); err != nil {
			return err
		}
	}
	c.showPerson(user)
	return nil
}

// BlockedPeople lists whom the person has blocked, by name.
func (c *Client) BlockedPeople() []Person {
	people := c.people()
	if people == nil {
		return []Person{}
	}
	return people.BlockedPeople()
}

// showPerson tells every hub's readers that the trust in a user is another, and lets go what waited for it.
func (c *Client) showPerson(user id.UserID) {
	for _, h := range c.joined() {
		person := c.people().Person(h.id, user)
		c.events.emit([]Event{{Type: EventPerson, Hub: h.id.String(), Person: &person}})
		h.chat.Wake(Conversation{Hub: h.id, User: user})
	}
}

// Resolve finds the conversation that "#channel" or "@user" means, on the one hub that has it; "#channel@host" and
// "@user@host" name the hub.
func (c *Client) Resolve(ctx context.Context, to string) (Conversation, error) {
	if conv, err := ParseConversation(to); err == nil {
		return conv, nil
	}
	if to == "" || to[0] != '#' && to[0] != '@' {
		return Conversation{}, errors.New("write #channel for a channel or @name for a person")
	}
	name, host, _ := strings.Cut(to[1:], "@")
	var found []Conversation
	var last error
	for _, h := range c.joined() {
		if host != "" && !h.isAt(host) {
			continue
		}
		conv, err := c.resolveOn(ctx, h, to[0] == '#', name)
		if err != nil {
			last = err
			continue
		}
		found = append(found, conv)
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return Conversation{}, fmt.Errorf("%s is on more than one of your hubs; name the hub, as in %s@%s", to, to, c.joined()[0].snapshot().Address)
	case last != nil:
		return Conversation{}, last
	}
	return Conversation{}, errors.New("no hub is joined that could have " + to + "; join one first")
}

// isAt reports whether the hub is reached under this host, with or without its port.
func (h *hub) isAt(host string) bool {
	address := h.snapshot().Address
	bare, _, err := net.SplitHostPort(address)
	return host == address || err == nil && host == bare
}

func (c *Client) resolveOn(ctx context.Context, h *hub, channel bool, name string) (Conversation, error) {
	if !channel {
		user, err := h.chat.FindUser(ctx, name)
		return Conversation{Hub: h.id, User: user}, err
	}
	name, err := id.CheckChannelName(name)
	if err != nil {
		return Conversation{}, err
	}
	return oneChannel(h.chat.Channels(), name)
}

// oneChannel finds the channel of that name: one's own before others, and none where two could be meant. A hub keeps names
// apart; one that does not must not choose who reads.
func oneChannel(list []ChannelInfo, name string) (Conversation, error) {
	var own, others []Conversation
	for _, info := range list {
		switch {
		case info.Name != name:
		case info.Member:
			own = append(own, info.Conversation)
		default:
			others = append(others, info.Conversation)
		}
	}
	switch {
	case len(own) == 1:
		return own[0], nil
	case len(own) == 0 && len(others) == 1:
		return others[0], nil
	case len(own)+len(others) > 0:
		return Conversation{}, fmt.Errorf("the hub has more than one channel that is called #%s; use the key that the list of channels shows", name)
	}
	return Conversation{}, fmt.Errorf("#%s: %w", name, ErrNoChannel)
}

// stateOrder is how far a message of one's own has come.
var stateOrder = map[State]int{Queued: 0, Sent: 1, Delivered: 2, Read: 3}

// WaitFor waits until a message of one's own has come so far: Sent (the hub has it on disk), or Delivered or Read, by all in the
// conversation; whoever has not accepted this person yet says neither. When it has
// failed, the error says why.
func (c *Client) WaitFor(ctx context.Context, conv Conversation, m id.MessageID, state State) error {
	if state == Read && !c.settings.Get().SendReadReceipts {
		return errors.New("who sends no read receipts gets none; turn them on to wait until a message is read")
	}
	for {
		changed := c.events.changes()
		message, err := c.Message(conv, m)
		switch {
		case err != nil:
			return err
		case message.State == Failed:
			return errors.New(message.Error)
		case stateOrder[message.State] >= stateOrder[state]:
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.alive.Done():
			return chat.ErrClosed
		case <-changed:
		}
	}
}
