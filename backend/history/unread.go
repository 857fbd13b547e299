package history

import (
	"errors"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
)

const unreadBucket = "unread" // of a conversation: place -> unreadMark or mentionMark

// What stands in unreadBucket at the place of an unread message.
const (
	unreadMark  = 1
	mentionMark = 2 // it names this person
)

// markUnread counts a new message as unread.
func (c *Change) markUnread(conv Conversation, at Place, r *Row) error {
	summary, mark := c.Conversation(conv), byte(unreadMark)
	summary.Unread++
	if r.Mention {
		mark = mentionMark
		summary.Mentions++
	}
	return conv.Bucket(c.tx, unreadBucket).Put(at[:], []byte{mark})
}

// unmark takes a message out of the unread ones, if it is one.
func (c *Change) unmark(conv Conversation, at Place) error {
	unread, summary := conv.Bucket(c.tx, unreadBucket), c.Conversation(conv)
	mark, err := unread.Get(at[:])
	if err != nil || mark == nil {
		return err
	}
	summary.Unread--
	if mark[0] == mentionMark {
		summary.Mentions--
	}
	return unread.Delete(at[:])
}

// remark counts a message that names other people than before, if it is unread.
func (c *Change) remark(conv Conversation, at Place, r *Row) error {
	mark, err := conv.Bucket(c.tx, unreadBucket).Get(at[:])
	if err != nil || mark == nil || (mark[0] == mentionMark) == r.Mention {
		return err
	}
	return errors.Join(c.unmark(conv, at), c.markUnread(conv, at, r))
}

// unmarkFrom takes what a user wrote out of the unread messages.
func (c *Change) unmarkFrom(conv Conversation, user id.UserID) error {
	for key := range conv.Bucket(c.tx, unreadBucket).Range(nil, nil, false, 0) {
		r, err := rowAt(c.tx, conv, Place(key))
		if err != nil {
			return err
		}
		if r != nil && r.From == user {
			if err := c.unmark(conv, Place(key)); err != nil {
				return err
			}
		}
	}
	return nil
}

// FirstUnread is the oldest unread message's id, "" when there is none.
func (a *Archive) FirstUnread(conv Conversation) (first string) {
	err := a.Store.View(func(tx *store.Tx) error {
		at, _, err := conv.Bucket(tx, unreadBucket).Seek([]byte{0})
		if err != nil || at == nil {
			return err
		}
		r, err := rowAt(tx, conv, Place(at))
		if r != nil {
			first = r.ID.String()
		}
		return err
	})
	if err != nil {
		a.Log.Error("the first unread message could not be looked up", "cause", err)
	}
	return first
}

// Read notes when a message was read and starts its clock at that time.
func (c *Change) Read(conv Conversation, at Place, r *Row, when time.Time) error {
	if r.From == c.archive.Self || r.ReadAt != 0 && r.ReadAt <= Millis(when) {
		return nil
	}
	if err := c.unmark(conv, at); err != nil {
		return err
	}
	r.ReadAt = min(Millis(when), Millis(c.now))
	if err := c.StartTimer(conv, r, TimeOf(r.ReadAt)); err != nil {
		return err
	}
	return c.Replace(conv, at, r)
}

// ReadUpTo reads unread messages, oldest first: those from the key from on (nil: all) that stand no further than upTo, at most limit.
// It returns them and, where there may be more, from where to go on.
func (c *Change) ReadUpTo(conv Conversation, from []byte, upTo Place, limit int) (read []*Row, next []byte, err error) {
	count := 0
	for key := range conv.Bucket(c.tx, unreadBucket).Range(from, upTo.next(), false, limit) {
		at := Place(key)
		if count++; count == limit {
			next = at.next()
		}
		r, err := rowAt(c.tx, conv, at)
		if err != nil {
			return nil, nil, err
		}
		if r == nil {
			continue
		}
		if err := c.Read(conv, at, r, c.now); err != nil {
			return nil, nil, err
		}
		read = append(read, r)
	}
	return read, next, nil
}
