package history

import (
	"errors"
	"fmt"
	"strings"

	"gossip/backend/store"
	"gossip/common/id"
)

// Conversation names where messages stand: a channel of a hub, or the direct messages with one user there.
// Exactly one of Channel and User is set; the zero value is no conversation.
type Conversation struct {
	Hub     id.HubID
	Channel id.ChannelID
	User    id.UserID
}

// errConversation is about a text that is no conversation's key.
var errConversation = errors.New("not a conversation: want hub/channel or hub/user, as the program itself writes it")

// Direct reports whether the conversation is between two users.
func (c Conversation) Direct() bool { return c.User != id.NoUser }

// String returns the text key, "h_.../c_..." or "h_.../u_..."; "" for none. ParseConversation reads it back.
func (c Conversation) String() string {
	switch {
	case c == (Conversation{}):
		return ""
	case c.Direct():
		return c.Hub.String() + "/" + c.User.String()
	}
	return c.Hub.String() + "/" + c.Channel.String()
}

// MarshalText is String, so that a conversation can be a key in JSON.
func (c Conversation) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText is ParseConversation.
func (c *Conversation) UnmarshalText(text []byte) (err error) {
	*c, err = ParseConversation(string(text))
	return err
}

// ParseConversation reads what String returned.
func ParseConversation(key string) (Conversation, error) {
	hub, rest, ok := strings.Cut(key, "/")
	var c Conversation
	if !ok {
		return c, errConversation
	}
	if err := c.Hub.UnmarshalText([]byte(hub)); err != nil {
		return Conversation{}, fmt.Errorf("%w: %v", errConversation, err)
	}
	var err error
	if strings.HasPrefix(rest, "u_") {
		err = c.User.UnmarshalText([]byte(rest))
	} else {
		err = c.Channel.UnmarshalText([]byte(rest))
	}
	if err != nil || c.User == id.NoUser && c.Channel == id.NoChannel {
		return Conversation{}, errConversation
	}
	return c, nil
}

// Key is the part of the name inside one hub: the bytes of the channel or of the user.
func (c Conversation) Key() []byte {
	if c.Direct() {
		return c.User[:]
	}
	return c.Channel[:]
}

// Bucket returns one of the buckets that each conversation has of its own.
func (c Conversation) Bucket(tx *store.Tx, name string) *store.Bucket {
	return tx.Bucket(name, c.Hub[:], c.Key())
}
