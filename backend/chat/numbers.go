package chat

import (
	"encoding/binary"
	"errors"
	"fmt"

	"gossip/backend/history"
	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

// numberBucket has the scope hub, conversation: device -> numbers.
const numberBucket = "number"

// maxSpans bounds the holes that are kept of a device in a conversation; the oldest are given up.
const maxSpans = 64

// maxNumber bounds the messages of a device in a conversation: the length of every hole can be counted.
const maxNumber = 1 << 40

// numberKey has keys of a bucket rise with a number.
func numberKey(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// numbers is how far a device has counted in a conversation.
type numbers struct {
	Last    uint64   `cbor:"1,keyasint"`           // the greatest number seen, or given
	Hash    [32]byte `cbor:"2,keyasint"`           // of the message that bears it
	Major   uint64   `cbor:"3,keyasint,omitempty"` // place of the newest of its messages
	Taken   uint64   `cbor:"4,keyasint,omitempty"` // own: the greatest number that the hub has
	Missing []span   `cbor:"5,keyasint,omitempty"`
}

// span is a hole: numbers that did not come. Major is where they belong.
type span struct {
	From  uint64       `cbor:"1,keyasint"`
	To    uint64       `cbor:"2,keyasint"` // inclusive
	Major uint64       `cbor:"3,keyasint"`
	Row   id.MessageID `cbor:"4,keyasint,omitzero"` // the notice that shows it
}

func (s span) count() int { return int(s.To - s.From + 1) }

func (c *change) numbers(conv Conversation, device id.DeviceID) (numbers, error) {
	n, _, err := store.GetValue[numbers](conv.Bucket(c.tx, numberBucket), device[:])
	return n, err
}

func (c *change) saveNumbers(conv Conversation, device id.DeviceID, n numbers) error {
	n.Missing = n.Missing[max(0, len(n.Missing)-maxSpans):]
	return store.PutValue(conv.Bucket(c.tx, numberBucket), device[:], n)
}

// compose makes a message of one's own and counts it where its body is counted.
func (c *change) compose(conv Conversation, body content.Body) (m *content.Message, encoded []byte, err error) {
	state := c.Conversation(conv)
	state.Sent = max(state.Sent+1, history.Millis(c.now)) // one's own times rise: stamps compare
	if _, timer := body.(content.Timer); timer {
		state.Sent = max(state.Sent, state.TimerSet.At+1) // a word that counts, wherever the other's clock stands
	}
	c.Touch(conv)
	m = &content.Message{ID: id.NewMessageID(), Conversation: outer(conv), SentAt: history.TimeOf(state.Sent).UTC(), Author: c.self, Body: body}
	if !content.Numbered(body) {
		encoded, err = m.Marshal()
		return m, encoded, err
	}
	n, err := c.numbers(conv, c.device)
	if err != nil {
		return nil, nil, err
	}
	m.Number = n.Last + 1
	if m.Number > 1 {
		m.Previous = n.Hash
	}
	if encoded, err = m.Marshal(); err != nil {
		return nil, nil, err
	}
	n.Last, n.Hash = m.Number, content.Hash(encoded)
	return m, encoded, c.saveNumbers(conv, c.device, n)
}

// received is one message on its way in.
type received struct {
	conv    Conversation
	from    id.UserID
	device  id.DeviceID
	message *content.Message
	encoded []byte
	packet  id.MessageID
	channel bool   // came through the channel's journal
	seq     uint64 // in its journal
	at      int64  // the hub's time of receipt, milliseconds
	major   uint64 // where it stands, once count has judged it
}

// count judges a message by its number: false for one that was here before. It opens and fills holes.
func (c *change) count(r *received) (fresh bool, err error) {
	n, err := c.numbers(r.conv, r.device)
	if err != nil {
		return false, err
	}
	number := r.message.Number
	switch {
	case number > n.Last:
		err = c.countOn(r, &n)
	case c.fill(r, &n):
	case c.retrying(r) == nil:
		return false, nil
	}
	return true, errors.Join(err, c.saveNumbers(r.conv, r.device, n))
}

// countOn takes the next number, or one after a hole.
func (c *change) countOn(r *received, n *numbers) error {
	m := r.message
	r.major = max(r.major, n.Major)
	var err error
	switch {
	case n.Last == 0: // whom one hears for the first time: what was before is not one's own
	case m.Number > n.Last+1:
		err = c.openSpan(r, n, span{From: n.Last + 1, To: m.Number - 1, Major: r.major})
	case m.Previous != n.Hash:
		err = c.warnHistory(r)
	}
	n.Last, n.Hash, n.Major = m.Number, content.Hash(r.encoded), r.major
	return err
}

// openSpan notes a hole. Its notice comes when the sender was asked in vain once: often the rest is just on its way.
func (c *change) openSpan(r *received, n *numbers, s span) error {
	if c.refuses(r.conv, r.from, nil) {
		return nil // it would be dropped
	}
	n.Missing = append(n.Missing, s)
	return c.scheduleGap(r.conv, r.from, r.device)
}

// fill takes a missing number out of its hole; false when it is not missing.
func (c *change) fill(r *received, n *numbers) bool {
	number := r.message.Number
	for i, s := range n.Missing {
		if number < s.From || number > s.To {
			continue
		}
		r.major = min(r.major, s.Major) // a packet that could not be read has its place
		n.Missing = splitSpan(n.Missing, i, number, number)
		if err := c.showGap(r.conv, r.from, s.Row, n.Missing); err != nil {
			c.Log.Error("a gap's notice could not be changed", "cause", err)
		}
		return true
	}
	return false
}

// splitSpan takes the numbers from..to out of the i-th hole.
func splitSpan(spans []span, i int, from, to uint64) []span {
	s := spans[i]
	rest := append([]span{}, spans[:i]...)
	if s.From < from {
		rest = append(rest, span{s.From, from - 1, s.Major, s.Row})
	}
	if s.To > to {
		rest = append(rest, span{to + 1, s.To, s.Major, s.Row})
	}
	return append(rest, spans[i+1:]...)
}

// showGap brings the notice of a hole up to date: its count, or its end.
func (c *change) showGap(conv Conversation, from id.UserID, notice id.MessageID, missing []span) error {
	if notice == id.NoMessage {
		return nil
	}
	at, r, err := history.Find(c.tx, conv, notice)
	if err != nil || r == nil {
		return err
	}
	left := 0
	for _, s := range missing {
		if s.Row == notice {
			left += s.count()
		}
	}
	if left == 0 {
		return c.Erase(conv, at, r)
	}
	r.Notice.Count, r.Notice.Text = left, c.gapText(from, left)
	return c.Replace(conv, at, r)
}

func (h *Hub) gapText(from id.UserID, count int) string {
	name := h.Roster.Name(h.Config.Hub, from)
	if count == 1 {
		return "1 message from " + name + " is missing; it is being asked for again."
	}
	return fmt.Sprintf("%d messages from %s are missing; they are being asked for again.", count, name)
}

// warnHistory says that a device does not tell everybody the same: the message before has another hash there.
func (c *change) warnHistory(r *received) error {
	c.Log.Warn("a message does not follow the one before", "device", r.device)
	_, err := c.notice(r.conv, history.Notice{
		Kind: history.NoticeWarning, Subject: r.from.String(),
		Text: c.Roster.Name(c.Config.Hub, r.from) + " may have sent others something else than you just before this. Ask them whether they restored an old copy of their profile.",
	}, id.NoUser)
	return err
}

// gapNotice shows the holes of a device that have no notice yet.
func (c *change) gapNotice(conv Conversation, from id.UserID, n *numbers) error {
	for i := range n.Missing {
		s := &n.Missing[i]
		if s.Row != id.NoMessage {
			continue
		}
		row := &history.Row{
			ID: id.NewMessageID(), SentAt: history.Millis(c.now), ReceivedAt: history.Millis(c.now), State: history.StateReceived,
			Notice: &history.Notice{Kind: history.NoticeGap, Subject: from.String(), Count: s.count(), Text: c.gapText(from, s.count())},
		}
		s.Row = row.ID
		if err := c.Insert(conv, history.NewPlace(s.Major, s.From, row.ID), row); err != nil {
			return err
		}
	}
	return nil
}
