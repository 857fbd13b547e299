package bridge

import (
	"context"

	"gossip/backend"
	"gossip/common/id"
)

// Calls is what an interface may call. Its methods are thin: they take texts and numbers, and return an id, something
// flat or an error that is a sentence. What follows from them arrives as changes.
type Calls struct{ session *Session }

// Calls returns what an interface may call.
func (s *Session) Calls() *Calls { return &Calls{s} }

// in returns the client and the conversation that a key names.
func (c *Calls) in(key string) (*backend.Client, backend.Conversation, error) {
	client, err := c.session.Client()
	if err != nil {
		return nil, backend.Conversation{}, err
	}
	conversation, err := backend.ParseConversation(key)
	return client, conversation, err
}

// at returns the client and the hub that a text names.
func (c *Calls) at(hub string) (*backend.Client, id.HubID, error) {
	var parsed id.HubID
	client, err := c.session.Client()
	if err != nil {
		return nil, parsed, err
	}
	return client, parsed, parsed.UnmarshalText([]byte(hub))
}

// person returns the client and the user that a text names.
func (c *Calls) person(user string) (*backend.Client, id.UserID, error) {
	var parsed id.UserID
	client, err := c.session.Client()
	if err != nil {
		return nil, parsed, err
	}
	return client, parsed, parsed.UnmarshalText([]byte(user))
}

// patient is the context of a call that waits for a hub.
func (c *Calls) patient() (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.session.ctx, hubPatience)
}

// on does something to one message of a conversation.
func (c *Calls) on(key, message string, act func(*backend.Client, backend.Conversation, id.MessageID) error) error {
	client, conversation, err := c.in(key)
	if err != nil {
		return err
	}
	var parsed id.MessageID
	if err := parsed.UnmarshalText([]byte(message)); err != nil {
		return err
	}
	return act(client, conversation, parsed)
}

// parseMessage reads a message's id; "" is none.
func parseMessage(text string) (m id.MessageID, err error) {
	if text == "" {
		return id.NoMessage, nil
	}
	err = m.UnmarshalText([]byte(text))
	return m, err
}

// request has the hub of a conversation do something.
func (c *Calls) request(key string, do func(context.Context, *backend.Client, backend.Conversation) error) error {
	client, conversation, err := c.in(key)
	if err != nil {
		return err
	}
	ctx, cancel := c.patient()
	defer cancel()
	return do(ctx, client, conversation)
}

// requestAbout has the hub of a conversation do something about a user.
func (c *Calls) requestAbout(key, user string, do func(context.Context, *backend.Client, backend.Conversation, id.UserID) error) error {
	_, parsed, err := c.person(user)
	if err != nil {
		return err
	}
	return c.request(key, func(ctx context.Context, client *backend.Client, in backend.Conversation) error {
		return do(ctx, client, in, parsed)
	})
}
