package chat

import (
	"slices"
	"time"

	"gossip/backend/roster"
	"gossip/backend/store"
	"gossip/common/id"
)

// maxPage is how many messages one call returns at most.
const maxPage = 1000

// History returns the messages before a position (zero: the newest), oldest first, and whether there are more before
// them. It reads the store only, whatever the hub's goroutine does.
func (h *Hub) History(conv Conversation, before Position, limit int) (page []Message, more bool, err error) {
	bound, err := parsePosition(before)
	if err != nil {
		return nil, false, err
	}
	limit, now := max(1, min(limit, maxPage)), time.Now()
	err = h.Store.View(func(tx *store.Tx) error {
		for key, value := range bucket(tx, rowBucket, conv).Range(nil, bound[:], true, 0) {
			if len(page) == limit {
				more = true
				break
			}
			r, err := store.DecodeValue[row](value)
			if err != nil {
				return err
			}
			if r.over(now) {
				continue // about to be erased
			}
			page = append(page, h.message(conv, place(key), &r))
		}
		return nil
	})
	slices.Reverse(page)
	return page, more, err
}

// Message returns one message, or ErrNoMessage.
func (h *Hub) Message(conv Conversation, m id.MessageID) (message Message, err error) {
	err = h.Store.View(func(tx *store.Tx) error {
		at, r, err := find(tx, conv, m)
		if err != nil {
			return err
		}
		if r == nil || r.over(time.Now()) {
			return ErrNoMessage
		}
		message = h.message(conv, at, r)
		return nil
	})
	return message, err
}

// Members lists who is in a conversation.
func (h *Hub) Members(conv Conversation) (people []roster.Person, err error) {
	err = h.call(func() error {
		if conv.Direct() {
			people = []roster.Person{h.Roster.Person(conv.Hub, conv.User), h.Roster.Person(conv.Hub, h.self)}
			return nil
		}
		ch := h.channels[conv.Channel]
		if ch == nil || ch.state == nil {
			return ErrNoChannel
		}
		for _, user := range ch.state.Users() {
			person := h.Roster.Person(conv.Hub, user)
			person.Role = roleText(ch.state.Role(user))
			people = append(people, person)
		}
		h.haveCards(ch.state.Users())
		return nil
	})
	return people, err
}
