package bridge

import (
	"time"

	"gossip/backend"
)

// OpenDirect returns the key of the direct conversation with a user, begun or not.
func (c *Calls) OpenDirect(hub, user string) (string, error) {
	_, at, err := c.at(hub)
	if err != nil {
		return "", err
	}
	_, with, err := c.person(user)
	if err != nil {
		return "", err
	}
	return backend.Conversation{Hub: at, User: with}.String(), nil
}

// Members returns who is in a conversation.
func (c *Calls) Members(key string) ([]backend.Person, error) {
	client, conversation, err := c.in(key)
	if err != nil {
		return nil, err
	}
	members, err := client.Members(conversation)
	return append([]backend.Person{}, members...), err
}

// SetTimer sets after how many seconds the conversation's messages disappear; 0 keeps them.
func (c *Calls) SetTimer(key string, seconds int64) error {
	client, conversation, err := c.in(key)
	if err != nil {
		return err
	}
	return client.SetTimer(conversation, time.Duration(seconds)*time.Second)
}

// SetTyping tells the others that one writes, or does no more.
func (c *Calls) SetTyping(key string, active bool) error {
	client, conversation, err := c.in(key)
	if err != nil {
		return err
	}
	return client.SetTyping(conversation, active)
}

// SafetyNumber returns the 60 digits that two people compare to be sure of each other.
func (c *Calls) SafetyNumber(user string) (string, error) {
	client, parsed, err := c.person(user)
	if err != nil {
		return "", err
	}
	return client.SafetyNumber(parsed)
}

// SetVerified notes whether safety numbers were compared with a user.
func (c *Calls) SetVerified(user string, verified bool) error {
	client, parsed, err := c.person(user)
	if err != nil {
		return err
	}
	return client.SetVerified(parsed, verified)
}

// AcceptKeyChange goes on with a user whose key or name changed hands.
func (c *Calls) AcceptKeyChange(user string) error {
	client, parsed, err := c.person(user)
	if err != nil {
		return err
	}
	return client.AcceptKeyChange(parsed)
}

// SaveDraft keeps what is written and not sent, and which message it answers ("": none).
func (c *Calls) SaveDraft(key, text, replyTo string) error {
	client, conversation, err := c.in(key)
	if err != nil {
		return err
	}
	answered, err := parseMessage(replyTo)
	if err != nil {
		return err
	}
	return client.SaveDraft(conversation, text, answered)
}

// Mute keeps notifications of a conversation away for some seconds; 0 ends it, below zero it is for good.
func (c *Calls) Mute(key string, seconds int64) error {
	client, conversation, err := c.in(key)
	if err != nil {
		return err
	}
	return client.Mute(conversation, seconds)
}

// Pin keeps a conversation at the top of the list, or does no more.
func (c *Calls) Pin(key string, pinned bool) error {
	client, conversation, err := c.in(key)
	if err != nil {
		return err
	}
	return client.Pin(conversation, pinned)
}

// AcceptRequest lets a stranger who has written write on, and learn that one has read it.
func (c *Calls) AcceptRequest(key string) error {
	client, conversation, err := c.in(key)
	if err != nil {
		return err
	}
	return client.AcceptRequest(conversation)
}

// Block keeps everything of a user away, on every hub, or does no more.
func (c *Calls) Block(user string, blocked bool) error {
	client, parsed, err := c.person(user)
	if err != nil {
		return err
	}
	return client.Block(parsed, blocked)
}

// BlockedPeople returns whom one has blocked.
func (c *Calls) BlockedPeople() ([]backend.Person, error) {
	client, err := c.session.Client()
	if err != nil {
		return nil, err
	}
	return append([]backend.Person{}, client.BlockedPeople()...), nil
}

// DeleteConversation erases the history here and takes the conversation off the list.
func (c *Calls) DeleteConversation(key string) error {
	client, conversation, err := c.in(key)
	if err != nil {
		return err
	}
	return client.DeleteConversation(conversation)
}
