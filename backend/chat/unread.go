package chat

import (
	"errors"
	"slices"
	"strings"

	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

// What stands in unreadBucket at the place of an unread message.
const (
	unreadMark  = 1
	mentionMark = 2 // it names this person
)

// markUnread counts a new message as unread.
func (c *change) markUnread(conv Conversation, at place, r *row) error {
	state, mark := c.conversation(conv), byte(unreadMark)
	state.Unread++
	if r.Mention {
		mark = mentionMark
		state.Mentions++
	}
	return bucket(c.tx, unreadBucket, conv).Put(at[:], []byte{mark})
}

// unmark takes a message out of the unread ones, if it is one.
func (c *change) unmark(conv Conversation, at place) error {
	unread, state := bucket(c.tx, unreadBucket, conv), c.conversation(conv)
	mark, err := unread.Get(at[:])
	if err != nil || mark == nil {
		return err
	}
	state.Unread--
	if mark[0] == mentionMark {
		state.Mentions--
	}
	return unread.Delete(at[:])
}

// remark counts a message that names other people than before, if it is unread.
func (c *change) remark(conv Conversation, at place, r *row) error {
	mark, err := bucket(c.tx, unreadBucket, conv).Get(at[:])
	if err != nil || mark == nil || (mark[0] == mentionMark) == r.Mention {
		return err
	}
	return errors.Join(c.unmark(conv, at), c.markUnread(conv, at, r))
}

// firstUnread is the oldest unread message's id, "" when there is none.
func (h *Hub) firstUnread(conv Conversation) (first string) {
	err := h.Store.View(func(tx *store.Tx) error {
		at, _, err := bucket(tx, unreadBucket, conv).Seek([]byte{0})
		if err != nil || at == nil {
			return err
		}
		r, found, err := store.GetValue[row](bucket(tx, rowBucket, conv), at)
		if found {
			first = r.ID.String()
		}
		return err
	})
	if err != nil {
		h.Log.Error("the first unread message could not be looked up", "cause", err)
	}
	return first
}

// mentions reports whether a message names this person: as its author's program says, by name, or as one of all members
// whom a moderator calls.
func (c *change) mentions(r *received, markdown string, named []id.UserID) bool {
	if r.from == c.self {
		return false
	}
	return slices.Contains(named, c.self) || names(markdown, c.name(c.self)) || c.moderates(r.conv, r.from) && names(markdown, everybody)
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
		ch := h.channels[conv.Channel]
		if !ch.member(h.self) || len(ch.state.Members) > maxNamed {
			return nil
		}
		members = ch.state.Users()
	}
	for _, user := range members {
		if user != h.self && len(users) < content.MaxMentions && names(markdown, h.name(user)) {
			users = append(users, user)
		}
	}
	return users
}
