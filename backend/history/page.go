package history

import (
	"slices"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
)

// maxPage is how many messages one call returns at most.
const maxPage = 1000

// Before returns the messages before a position (zero: the newest), oldest first, and whether there are more before
// them.
func (a *Archive) Before(conv Conversation, before Position, limit int) (page []Message, more bool, err error) {
	bound, err := parsePosition(before)
	if err != nil {
		return nil, false, err
	}
	err = a.Store.View(func(tx *store.Tx) (err error) {
		page, more, err = a.page(tx, conv, nil, bound[:], limit)
		return err
	})
	return page, more, err
}

// After returns the messages behind a position, oldest first, and whether there are more behind them. Behind the
// zero position there is none.
func (a *Archive) After(conv Conversation, after Position, limit int) (page []Message, more bool, err error) {
	bound, err := parsePosition(after)
	if err != nil {
		return nil, false, err
	}
	err = a.Store.View(func(tx *store.Tx) (err error) {
		page, more, err = a.page(tx, conv, bound.next(), nil, limit)
		return err
	})
	return page, more, err
}

// Around returns a message with up to limit messages on each side of it, oldest first, and whether there are more
// before and behind them; ErrNoMessage when it is not here.
func (a *Archive) Around(conv Conversation, m id.MessageID, limit int) (page []Message, before, after bool, err error) {
	err = a.Store.View(func(tx *store.Tx) error {
		at, r, err := a.Visible(tx, conv, m)
		if err != nil {
			return err
		}
		var later []Message
		if page, before, err = a.page(tx, conv, nil, at[:], limit); err != nil {
			return err
		}
		later, after, err = a.page(tx, conv, at.next(), nil, limit)
		page = append(append(page, a.message(tx, conv, at, r)), later...)
		return err
	})
	return page, before, after, err
}

// page reads up to limit rows, oldest first: those before the bound to, or where that is nil those from the bound from on.
func (a *Archive) page(tx *store.Tx, conv Conversation, from, to []byte, limit int) (page []Message, more bool, err error) {
	limit = max(1, min(limit, maxPage))
	backwards := to != nil
	for key, value := range conv.Bucket(tx, rowBucket).Range(from, to, backwards, 0) {
		r, err := store.DecodeValue[Row](value)
		if err != nil {
			return nil, false, err
		}
		if !a.shows(conv, &r) {
			continue
		}
		if len(page) == limit {
			more = true
			break
		}
		page = append(page, a.message(tx, conv, Place(key), &r))
	}
	if backwards {
		slices.Reverse(page)
	}
	return page, more, nil
}

// Visible finds a message that is for the person's eyes, or returns ErrNoMessage.
func (a *Archive) Visible(tx *store.Tx, conv Conversation, m id.MessageID) (at Place, r *Row, err error) {
	if at, r, err = Find(tx, conv, m); err == nil && !a.shows(conv, r) {
		err = ErrNoMessage
	}
	return at, r, err
}

// shows reports whether a row is for the person's eyes: it is here, not about to be erased, and of nobody who was blocked.
func (a *Archive) shows(conv Conversation, r *Row) bool {
	return r != nil && !r.over(time.Now()) && !a.hidden(conv, r)
}

// hidden reports whether a row is left out because its author was blocked. In direct conversations what was said before stays.
func (a *Archive) hidden(conv Conversation, r *Row) bool {
	return !conv.Direct() && r.Notice == nil && r.From != id.NoUser && a.People.Blocked(r.From)
}

// Message returns one message, or ErrNoMessage.
func (a *Archive) Message(conv Conversation, m id.MessageID) (message Message, err error) {
	err = a.Store.View(func(tx *store.Tx) error {
		at, r, err := a.Visible(tx, conv, m)
		if err != nil {
			return err
		}
		message = a.message(tx, conv, at, r)
		return nil
	})
	return message, err
}
