package chat

import (
	"slices"
	"strings"

	"gossip/backend/mention"
	"gossip/common/content"
	"gossip/common/id"
)

// mentions reports whether a message names this person: as its author's program says, by name, or as one of all members
// whom a moderator calls.
func (c *change) mentions(r *received, markdown string, named []id.UserID) bool {
	if r.from == c.self {
		return false
	}
	return slices.Contains(named, c.self) || mention.Names(markdown, c.name(c.self)) || c.moderates(r.conv, r.from) && mention.Names(markdown, mention.Everybody)
}

// maxNamed is the largest channel in which a text is searched for its members' names before it is sent.
const maxNamed = 1000

// named lists whom a text names, as far as this device knows what they are called: they are told by their id, whatever they
// are called meanwhile.
func (h *Hub) named(conv Conversation, markdown string) (users []id.UserID) {
	if !strings.Contains(markdown, "@") {
		return nil
	}
	members := []id.UserID{conv.User}
	if !conv.Direct() {
		ch := h.directory.Channel(conv.Channel)
		if !ch.Member(h.self) || len(ch.State.Members) > maxNamed {
			return nil
		}
		members = ch.State.Users()
	}
	for _, user := range members {
		if user != h.self && len(users) < content.MaxMentions && mention.Names(markdown, h.name(user)) {
			users = append(users, user)
		}
	}
	return users
}
