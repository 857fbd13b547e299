package history

import (
	"errors"

	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

// Buckets of a conversation's rows.
const (
	rowBucket   = "message" // place -> Row
	placeBucket = "place"   // message id -> place
)

// Row is a stored message or notice. Times are Unix milliseconds.
type Row struct {
	ID         id.MessageID `cbor:"1,keyasint"`
	From       id.UserID    `cbor:"2,keyasint,omitzero"`
	Device     id.DeviceID  `cbor:"3,keyasint,omitzero"`
	Type       content.Type `cbor:"4,keyasint,omitzero"` // 0: a notice, or a message that can't be read yet
	Text       string       `cbor:"5,keyasint,omitempty"`
	SentAt     int64        `cbor:"6,keyasint"`
	ReceivedAt int64        `cbor:"7,keyasint,omitempty"`
	ReplyTo    id.MessageID `cbor:"8,keyasint,omitzero"`
	Edit       Stamp        `cbor:"9,keyasint,omitzero"` // of the edit that won
	Deleted    bool         `cbor:"10,keyasint,omitempty"`
	ExpiresIn  int64        `cbor:"11,keyasint,omitempty"` // seconds
	ExpiresAt  int64        `cbor:"12,keyasint,omitempty"`
	State      State        `cbor:"13,keyasint,omitempty"`
	Error      string       `cbor:"14,keyasint,omitempty"`
	Reactions  []Choice     `cbor:"15,keyasint,omitempty"`
	Notice     *Notice      `cbor:"16,keyasint,omitempty"`
	Number     uint64       `cbor:"17,keyasint,omitempty"`
	ReadAt     int64        `cbor:"18,keyasint,omitempty"`
	Reached    State        `cbor:"19,keyasint,omitempty"` // by a receipt, while the hub's acknowledgement is still to come
	Mention    bool         `cbor:"20,keyasint,omitempty"` // names this person
	Log        uint64       `cbor:"21,keyasint,omitempty"` // one's own in a channel: the length of its log when it was said
}

// Choice is a person's newest word on one emoji under a message.
type Choice struct {
	Emoji   string    `cbor:"1,keyasint"`
	User    id.UserID `cbor:"2,keyasint"`
	Stamp   Stamp     `cbor:"3,keyasint"`
	Removed bool      `cbor:"4,keyasint,omitempty"`
}

// Stamp is content.Stamp as it is stored.
type Stamp struct {
	At int64        `cbor:"1,keyasint"`
	ID id.MessageID `cbor:"2,keyasint"`
}

// StampOf is what a message is compared by with others about the same.
func StampOf(m *content.Message) Stamp { return Stamp{Millis(m.SentAt), m.ID} }

// After reports whether this word counts against the other.
func (s Stamp) After(t Stamp) bool {
	return content.Stamp{SentAt: TimeOf(s.At), ID: s.ID}.After(content.Stamp{SentAt: TimeOf(t.At), ID: t.ID})
}

// Find returns the row of a message and where it stands; nil when there is none.
func Find(tx *store.Tx, conv Conversation, m id.MessageID) (at Place, r *Row, err error) {
	raw, err := conv.Bucket(tx, placeBucket).Get(m[:])
	if err != nil || len(raw) != len(at) {
		return at, nil, err
	}
	at = Place(raw)
	r, err = rowAt(tx, conv, at)
	return at, r, err
}

// rowAt returns the row at a place; nil when there is none.
func rowAt(tx *store.Tx, conv Conversation, at Place) (*Row, error) {
	r, found, err := store.GetValue[Row](conv.Bucket(tx, rowBucket), at[:])
	if err != nil || !found {
		return nil, err
	}
	return &r, nil
}

// Newest goes through the newest rows of a conversation, at most limit of them, until do wants no more or fails.
func (c *Change) Newest(conv Conversation, limit int, do func(at Place, r *Row) (more bool, err error)) error {
	for key, value := range conv.Bucket(c.tx, rowBucket).Range(nil, nil, true, limit) {
		r, err := store.DecodeValue[Row](value)
		if err != nil {
			return err
		}
		if more, err := do(Place(key), &r); err != nil || !more {
			return err
		}
	}
	return nil
}

// Insert adds a row and tells of it.
func (c *Change) Insert(conv Conversation, at Place, r *Row) error {
	if err := c.Put(conv, at, r); err != nil {
		return err
	}
	summary := c.Conversation(conv)
	summary.take(at)
	if conv.Direct() && summary.Forgotten {
		summary.Forgotten = false
		c.listener.Listed()
	}
	if conv.Direct() && summary.Stranger && r.From == conv.User {
		summary.Asked = true
	}
	if r.From != c.archive.Self && r.Type != 0 && !c.archive.hidden(conv, r) {
		if err := c.markUnread(conv, at, r); err != nil {
			return err
		}
	}
	c.preview(conv, at, r)
	c.Touch(conv)
	c.show(c.listener.Added, conv, at, r)
	return nil
}

// Replace stores a changed row and tells of it.
func (c *Change) Replace(conv Conversation, at Place, r *Row) error {
	if err := errors.Join(c.remark(conv, at, r), c.Put(conv, at, r)); err != nil {
		return err
	}
	c.preview(conv, at, r)
	c.Touch(conv)
	c.show(c.listener.Changed, conv, at, r)
	return nil
}

// Move brings a row to another place, with what it is now.
func (c *Change) Move(conv Conversation, from, to Place, r *Row) error {
	if from != to {
		if err := c.unplace(conv, from); err != nil {
			return err
		}
	}
	c.Conversation(conv).take(to)
	if err := c.Replace(conv, to, r); err != nil {
		return err
	}
	return c.renewPreview(conv, r.ID) // another may stand behind it there
}

// Erase removes every trace of a row and tells of it.
func (c *Change) Erase(conv Conversation, at Place, r *Row) error {
	if err := errors.Join(c.unplace(conv, at), conv.Bucket(c.tx, placeBucket).Delete(r.ID[:])); err != nil {
		return err
	}
	if err := errors.Join(c.forgetSent(conv, r), c.forgetReceptions(conv, r)); err != nil {
		return err
	}
	c.Touch(conv)
	c.listener.Removed(conv, r.ID)
	return c.renewPreview(conv, r.ID)
}

// Put stores a row at its place and tells nobody: new, changed, or brought from another place. A deleted one leaves no copy.
func (c *Change) Put(conv Conversation, at Place, r *Row) error {
	if err := conv.Bucket(c.tx, placeBucket).Put(r.ID[:], at[:]); err != nil {
		return err
	}
	if r.Deleted {
		if err := c.forgetSent(conv, r); err != nil {
			return err
		}
	}
	return errors.Join(store.PutValue(conv.Bucket(c.tx, rowBucket), at[:], r), c.index(conv, at, r))
}

// unplace removes a row from its place and from the unread ones.
func (c *Change) unplace(conv Conversation, at Place) error {
	if err := c.unmark(conv, at); err != nil {
		return err
	}
	return errors.Join(conv.Bucket(c.tx, rowBucket).Delete(at[:]), c.unindex(conv, at))
}

// show tells of a row that is for the person's eyes.
func (c *Change) show(tell func(Message), conv Conversation, at Place, r *Row) {
	if !c.archive.hidden(conv, r) {
		tell(c.archive.message(c.tx, conv, at, r))
	}
}

// Notice adds a row of the program behind everything that is there, and behind the place up to which all has come.
func (c *Change) Notice(conv Conversation, behind uint64, r *Row) error {
	summary := c.Conversation(conv)
	summary.Notices++
	return c.Insert(conv, noticePlace(max(summary.Major, behind), summary.Notices, r.ID), r)
}
