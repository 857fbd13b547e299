package content

import (
	"errors"
	"log/slog"
	"strings"

	"gossip/common/id"
)

// Conversation is where a message is meant to be read: a channel or, in a direct message, the person it is sent to.
// Just one of the two is set. It stands inside the encryption so that nobody can move a message elsewhere.
type Conversation struct {
	Channel id.ChannelID
	With    id.UserID
}

// SeenBy returns the conversation in which a device of self files the message when it receives it from a device of
// sender: a channel stays itself, a direct message from another is the conversation with that sender, and a copy of
// what self sent from another device is the conversation with the person it went to. A direct message to a third person
// is an error: somebody passes it on as if it were for self. So is another author than the sender: somebody has listed
// the author's device as theirs.
func (m *Message) SeenBy(self, sender id.UserID) (Conversation, error) {
	c := m.Conversation
	switch {
	case m.Author != sender:
		return Conversation{}, errors.New("the message was written by another person than the one who sends it; it is not shown")
	case c.Channel != id.NoChannel || sender == self:
		return c, nil
	case c.With == self:
		return Conversation{With: sender}, nil
	}
	return Conversation{}, errors.New("the message was meant for another person; it is not shown")
}

// String returns the identifier of the channel or the user.
func (c Conversation) String() string {
	if c.Channel != id.NoChannel {
		return c.Channel.String()
	}
	return c.With.String()
}

// ParseConversation reads what String returned.
func ParseConversation(text string) (c Conversation, err error) {
	if strings.HasPrefix(text, "c_") {
		err = c.Channel.UnmarshalText([]byte(text))
	} else {
		err = c.With.UnmarshalText([]byte(text))
	}
	if err == nil {
		err = c.check()
	}
	if err != nil {
		return Conversation{}, err
	}
	return c, nil
}

// LogValue shortens the identifier.
func (c Conversation) LogValue() slog.Value {
	if c.Channel != id.NoChannel {
		return c.Channel.LogValue()
	}
	return c.With.LogValue()
}

func (c Conversation) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

func (c *Conversation) UnmarshalText(text []byte) error {
	parsed, err := ParseConversation(string(text))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}

func (c Conversation) check() error {
	if (c.Channel == id.NoChannel) == (c.With == id.NoUser) {
		return errors.New("it must name either a channel or a person")
	}
	return nil
}
