package chat

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"time"

	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

// Buckets of a conversation's rows; each has the scope hub, conversation, but for the expiry index.
const (
	rowBucket    = "message"  // place -> row
	placeBucket  = "place"    // message id -> place
	unreadBucket = "unread"   // place -> unreadMark or mentionMark
	expiryBucket = "expiry"   // scope hub: time, message id -> expiryRow
	earlyBucket  = "early"    // target, message id -> earlyRow: an edit or reaction that came before what it is about
	maxEarly     = 1000       // rows of earlyBucket in a conversation
	unsentMajor  = ^uint64(0) // places messages of one's own that the hub has not taken yet last
)

// place is where a row stands in its conversation: three big-endian numbers, so that keys sort. The first is the
// journal's sequence (channel) or the hub's time in milliseconds (direct); the second the number that the sending
// device gave, so that a device's messages stay in its order; the third keeps equal ones apart.
type place [24]byte

func newPlace(major, minor uint64, m id.MessageID) (p place) {
	binary.BigEndian.PutUint64(p[:], major)
	binary.BigEndian.PutUint64(p[8:], minor)
	copy(p[16:], m[:])
	return p
}

func (p place) major() uint64       { return binary.BigEndian.Uint64(p[:]) }
func (p place) position() Position  { return Position(hex.EncodeToString(p[:])) }
func (p place) next() []byte        { return append(p[:len(p):len(p)], 0) } // the first key behind it
func (p place) before(q place) bool { return bytes.Compare(p[:], q[:]) < 0 }
func millis(t time.Time) int64      { return t.UnixMilli() }
func timeOf(ms int64) (t time.Time) {
	if ms != 0 {
		t = time.UnixMilli(ms)
	}
	return t
}

// parsePosition reads a Position; the zero one is behind every row.
func parsePosition(p Position) (at place, err error) {
	if p == "" {
		return place(bytes.Repeat([]byte{0xff}, len(at))), nil
	}
	raw, err := hex.DecodeString(string(p))
	if err != nil || len(raw) != len(at) {
		return at, errors.New("not a position: use one that a message of this conversation has")
	}
	return place(raw), nil
}

// row is a stored message or notice. Times are Unix milliseconds.
type row struct {
	ID         id.MessageID  `cbor:"1,keyasint"`
	From       id.UserID     `cbor:"2,keyasint,omitzero"`
	Device     id.DeviceID   `cbor:"3,keyasint,omitzero"`
	Type       content.Type  `cbor:"4,keyasint,omitzero"` // 0: a notice, or a message that can't be read yet
	Text       string        `cbor:"5,keyasint,omitempty"`
	SentAt     int64         `cbor:"6,keyasint"`
	ReceivedAt int64         `cbor:"7,keyasint,omitempty"`
	ReplyTo    id.MessageID  `cbor:"8,keyasint,omitzero"`
	Edit       stamp         `cbor:"9,keyasint,omitzero"` // of the edit that won
	Deleted    bool          `cbor:"10,keyasint,omitempty"`
	ExpiresIn  int64         `cbor:"11,keyasint,omitempty"` // seconds
	ExpiresAt  int64         `cbor:"12,keyasint,omitempty"`
	State      State         `cbor:"13,keyasint,omitempty"`
	Error      string        `cbor:"14,keyasint,omitempty"`
	Reactions  []reactionRow `cbor:"15,keyasint,omitempty"`
	Notice     *Notice       `cbor:"16,keyasint,omitempty"`
	Number     uint64        `cbor:"17,keyasint,omitempty"`
	ReadAt     int64         `cbor:"18,keyasint,omitempty"`
	Reached    State         `cbor:"19,keyasint,omitempty"` // by a receipt, while the hub's acknowledgement is still to come
	Mention    bool          `cbor:"20,keyasint,omitempty"` // names this person
	Log        uint64        `cbor:"21,keyasint,omitempty"` // one's own in a channel: the length of its log when it was said
}

// stamp is content.Stamp as it is stored.
type stamp struct {
	At int64        `cbor:"1,keyasint"`
	ID id.MessageID `cbor:"2,keyasint"`
}

func stampOf(m *content.Message) stamp { return stamp{millis(m.SentAt), m.ID} }

func (s stamp) after(t stamp) bool {
	return content.Stamp{SentAt: timeOf(s.At), ID: s.ID}.After(content.Stamp{SentAt: timeOf(t.At), ID: t.ID})
}

// reactionRow is a person's newest word on one emoji.
type reactionRow struct {
	Emoji   string    `cbor:"1,keyasint"`
	User    id.UserID `cbor:"2,keyasint"`
	Stamp   stamp     `cbor:"3,keyasint"`
	Removed bool      `cbor:"4,keyasint,omitempty"`
}

type expiryRow struct {
	Conversation []byte       `cbor:"1,keyasint"`
	Message      id.MessageID `cbor:"2,keyasint"`
}

// bucket returns one of a conversation's buckets.
func bucket(tx *store.Tx, name string, conv Conversation) *store.Bucket {
	return tx.Bucket(name, conv.Hub[:], conv.id())
}

// find returns the row of a message and where it stands; nil when there is none.
func find(tx *store.Tx, conv Conversation, m id.MessageID) (at place, r *row, err error) {
	raw, err := bucket(tx, placeBucket, conv).Get(m[:])
	if err != nil || len(raw) != len(at) {
		return at, nil, err
	}
	at = place(raw)
	found, ok, err := store.GetValue[row](bucket(tx, rowBucket, conv), at[:])
	if err != nil || !ok {
		return at, nil, err
	}
	return at, &found, nil
}

// put stores a row at its place: new, changed, or brought from another place.
func (c *change) put(conv Conversation, at place, r *row) error {
	if err := bucket(c.tx, placeBucket, conv).Put(r.ID[:], at[:]); err != nil {
		return err
	}
	return errors.Join(store.PutValue(bucket(c.tx, rowBucket, conv), at[:], r), c.index(conv, at, r))
}

// insert adds a row and tells of it.
func (c *change) insert(conv Conversation, at place, r *row) error {
	if err := c.put(conv, at, r); err != nil {
		return err
	}
	state := c.conversation(conv)
	if at.major() != unsentMajor {
		state.Major = max(state.Major, at.major())
	}
	if conv.Direct() && state.Forgotten {
		state.Forgotten = false
		c.emit(Event{Type: EventConversations})
	}
	c.asks(conv, r)
	if r.From != c.self && r.Type != 0 && !c.hidden(conv, r) {
		if err := c.markUnread(conv, at, r); err != nil {
			return err
		}
	}
	c.preview(conv, at, r)
	c.touch(conv)
	kind := EventMessage
	if r.Notice != nil && r.Notice.Kind == NoticeGap {
		kind = EventGap
	}
	c.showRow(kind, conv, at, r)
	return nil
}

// replace stores a changed row and tells of it.
func (c *change) replace(conv Conversation, at place, r *row) error {
	if err := c.put(conv, at, r); err != nil {
		return err
	}
	c.preview(conv, at, r)
	c.touch(conv)
	c.showRow(EventMessageChanged, conv, at, r)
	return nil
}

// move brings a row to another place, with what it is now.
func (c *change) move(conv Conversation, from, to place, r *row) error {
	if from != to {
		if err := c.unplace(conv, from); err != nil {
			return err
		}
	}
	state := c.conversation(conv)
	if to.major() != unsentMajor {
		state.Major = max(state.Major, to.major())
	}
	if err := c.replace(conv, to, r); err != nil {
		return err
	}
	return c.renewPreview(conv, r.ID) // another may stand behind it there
}

// unplace removes a row from its place and from the unread ones.
func (c *change) unplace(conv Conversation, at place) error {
	if err := c.unmark(conv, at); err != nil {
		return err
	}
	return errors.Join(bucket(c.tx, rowBucket, conv).Delete(at[:]), c.unindex(conv, at))
}

// erase removes every trace of a row and tells of it.
func (c *change) erase(conv Conversation, at place, r *row) error {
	if err := errors.Join(c.unplace(conv, at), bucket(c.tx, placeBucket, conv).Delete(r.ID[:])); err != nil {
		return err
	}
	if err := errors.Join(c.forgetSent(conv, r), c.forgetReceptions(conv, r)); err != nil {
		return err
	}
	c.touch(conv)
	c.emit(Event{Type: EventMessageRemoved, Conversation: conv.String(), MessageID: r.ID.String()})
	return c.renewPreview(conv, r.ID)
}

// showRow tells of a row that is for the person's eyes.
func (c *change) showRow(kind EventType, conv Conversation, at place, r *row) {
	if c.hidden(conv, r) {
		return
	}
	m := c.message(c.tx, conv, at, r)
	c.emit(Event{Type: kind, Conversation: m.Conversation, Message: &m})
}

// notice adds a row of the program behind everything that is there.
func (c *change) notice(conv Conversation, n Notice, by id.UserID) (id.MessageID, error) {
	state := c.conversation(conv)
	state.Notices++
	r := &row{ID: id.NewMessageID(), From: by, SentAt: millis(c.now), State: StateReceived, Notice: &n}
	return r.ID, c.insert(conv, c.noticePlace(conv, state, r.ID), r)
}

// noticePlace is behind everything that is there.
func (c *change) noticePlace(conv Conversation, state *conversation, notice id.MessageID) place {
	major := state.Major
	if conv.Direct() {
		major = max(major, uint64(millis(c.now)))
	} else if cursor := c.cursors[conv.Channel]; cursor != nil {
		major = max(major, cursor.seq)
	}
	return newPlace(major, math.MaxInt64+state.Notices, notice)
}
