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
	err = h.Store.View(func(tx *store.Tx) (err error) {
		page, more, err = h.page(tx, conv, nil, bound[:], limit)
		return err
	})
	return page, more, err
}

// HistoryAfter returns the messages behind a position, oldest first, and whether there are more behind them. Behind the
// zero position there is none.
func (h *Hub) HistoryAfter(conv Conversation, after Position, limit int) (page []Message, more bool, err error) {
	bound, err := parsePosition(after)
	if err != nil {
		return nil, false, err
	}
	err = h.Store.View(func(tx *store.Tx) (err error) {
		page, more, err = h.page(tx, conv, bound.next(), nil, limit)
		return err
	})
	return page, more, err
}

// HistoryAround returns a message with up to limit messages on each side of it, oldest first, and whether there are more
// before and behind them; ErrNoMessage when it is not here.
func (h *Hub) HistoryAround(conv Conversation, m id.MessageID, limit int) (page []Message, before, after bool, err error) {
	err = h.Store.View(func(tx *store.Tx) error {
		at, r, err := find(tx, conv, m)
		if err != nil {
			return err
		}
		if !h.shows(conv, r) {
			return ErrNoMessage
		}
		var later []Message
		if page, before, err = h.page(tx, conv, nil, at[:], limit); err != nil {
			return err
		}
		later, after, err = h.page(tx, conv, at.next(), nil, limit)
		page = append(append(page, h.message(tx, conv, at, r)), later...)
		return err
	})
	return page, before, after, err
}

// page reads up to limit rows, oldest first: those before the bound to, or where that is nil those from the bound from on.
func (h *Hub) page(tx *store.Tx, conv Conversation, from, to []byte, limit int) (page []Message, more bool, err error) {
	limit = max(1, min(limit, maxPage))
	backwards := to != nil
	for key, value := range bucket(tx, rowBucket, conv).Range(from, to, backwards, 0) {
		r, err := store.DecodeValue[row](value)
		if err != nil {
			return nil, false, err
		}
		if !h.shows(conv, &r) {
			continue
		}
		if len(page) == limit {
			more = true
			break
		}
		page = append(page, h.message(tx, conv, place(key), &r))
	}
	if backwards {
		slices.Reverse(page)
	}
	return page, more, nil
}

// shows reports whether a row is for the person's eyes: it is here, not about to be erased, and of nobody who was blocked.
func (h *Hub) shows(conv Conversation, r *row) bool {
	return r != nil && !r.over(time.Now()) && !h.hidden(conv, r)
}

// Message returns one message, or ErrNoMessage.
func (h *Hub) Message(conv Conversation, m id.MessageID) (message Message, err error) {
	err = h.Store.View(func(tx *store.Tx) error {
		at, r, err := find(tx, conv, m)
		if err != nil {
			return err
		}
		if !h.shows(conv, r) {
			return ErrNoMessage
		}
		message = h.message(tx, conv, at, r)
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
