package chat

import (
	"errors"
	"slices"
	"time"

	"gossip/backend/history"
	"gossip/backend/outbox"
	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

const (
	receiptBucket = "receipt" // scope hub: count -> owed
	receiptWait   = time.Second
	// maxReceiptMembers is the largest channel whose members tell one another what they have and have read: beyond
	// it the receipts would outnumber the messages by far.
	maxReceiptMembers = 20
)

// owed is a receipt that is not sent yet. A To that is oneself goes to one's other devices.
type owed struct {
	Conversation []byte              `cbor:"1,keyasint"`
	To           id.UserID           `cbor:"2,keyasint"`
	Kind         content.ReceiptKind `cbor:"3,keyasint"`
	Message      id.MessageID        `cbor:"4,keyasint"`
	At           int64               `cbor:"5,keyasint"`
}

// owe notes that the author is to hear of a message, together with others in a moment.
func (c *change) owe(conv Conversation, to id.UserID, kind content.ReceiptKind, m id.MessageID) error {
	if to == c.self && (kind == content.Delivered || !c.hasOthers()) {
		return nil
	}
	if to != c.self && !c.tellsReceipts(conv, kind) {
		return nil
	}
	if c.receiptsDue.IsZero() {
		c.receiptsDue = c.now.Add(receiptWait)
	}
	bucket := c.tx.Bucket(receiptBucket, c.Config.Hub[:])
	count, err := bucket.NextSequence()
	if err != nil {
		return err
	}
	return store.PutValue(bucket, numberKey(count), owed{conv.Key(), to, kind, m, history.Millis(c.now)})
}

// tellsReceipts reports whether the others in a conversation hear what became of their messages.
func (c *change) tellsReceipts(conv Conversation, kind content.ReceiptKind) bool {
	if kind == content.Read && !c.Preferences().ReadReceipts {
		return false
	}
	if conv.Direct() {
		return !c.stranger(conv)
	}
	ch := c.directory.Channel(conv.Channel)
	return ch != nil && ch.State != nil && len(ch.State.Members) <= maxReceiptMembers
}

// sendReceipts sends what is owed, one message an author, conversation and kind.
func (h *Hub) sendReceipts(now time.Time) error {
	if h.receiptsDue.IsZero() || now.Before(h.receiptsDue) {
		return nil
	}
	return h.update(func(c *change) error {
		type group struct {
			conv Conversation
			to   id.UserID
			kind content.ReceiptKind
		}
		receipts := map[group]*content.Receipt{}
		bucket := c.tx.Bucket(receiptBucket, c.Config.Hub[:])
		for key, value := range bucket.Range(nil, nil, false, content.MaxTargets) {
			o, err := store.DecodeValue[owed](value)
			if err != nil {
				return err
			}
			to := group{c.ConversationOf(o.Conversation), o.To, o.Kind}
			if receipts[to] == nil {
				receipts[to] = &content.Receipt{Kind: o.Kind, At: history.TimeOf(o.At).UTC()}
			}
			if !slices.Contains(receipts[to].Messages, o.Message) {
				receipts[to].Messages = append(receipts[to].Messages, o.Message)
			}
			if err := bucket.Delete(key); err != nil {
				return err
			}
		}
		for to, receipt := range receipts {
			if err := c.tellUser(to.conv, to.to, *receipt); err != nil {
				return err
			}
		}
		empty, err := bucket.Empty()
		c.receiptsDue = time.Time{}
		if !empty {
			c.receiptsDue = now
		}
		return err
	})
}

// tellUser sends all devices of a user something that is no person's message.
func (c *change) tellUser(conv Conversation, user id.UserID, body content.Body) error {
	return c.tell(conv, body, outbox.Message{Users: []id.UserID{user}})
}

// tell sends something that is no person's message and that nobody waits for: what can't be said is logged.
func (c *change) tell(conv Conversation, body content.Body, p outbox.Message) error {
	m, encoded, err := c.compose(conv, body)
	if err != nil {
		if isStoreError(err) {
			return err
		}
		c.Log.Error("a message of the program could not be made", "type", body.Type().String(), "cause", err)
		return nil
	}
	p.ID, p.Content = m.ID, encoded
	return c.enqueue(conv, &p)
}

// applyReceipt moves one's own messages on; from one's own other device it is the read marker.
func (c *change) applyReceipt(r *received, receipt content.Receipt) error {
	for _, m := range receipt.Messages {
		at, row, err := history.Find(c.tx, r.conv, m)
		if err != nil {
			return err
		}
		switch {
		case row == nil && (r.from == c.self && receipt.Kind == content.Read || r.from != c.self && c.hasOthers()):
			err = c.keepReceipt(r, receipt, m)
		case row == nil:
		case r.from == c.self && receipt.Kind == content.Read:
			err = c.Read(r.conv, at, row, receipt.At)
		case row.From == c.self:
			err = c.noteReceipt(r, receipt, at, row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keepReceipt keeps the word on a message that is not here yet: read on another device of one's own, or written there.
func (c *change) keepReceipt(r *received, receipt content.Receipt, m id.MessageID) error {
	one, part := *r, *r.message
	receipt.Messages = []id.MessageID{m}
	part.Body = receipt
	encoded, err := part.Marshal()
	if err != nil {
		c.Log.Error("a receipt could not be kept", "cause", err)
		return nil
	}
	one.message, one.encoded = &part, encoded
	return c.keepEarly(&one, m)
}

// hasOthers reports whether the person has other devices.
func (c *change) hasOthers() bool { return len(c.devicesOf([]id.UserID{c.self})) > 0 }

// stateOrder is the way of one's own message; it only goes forward.
var stateOrder = map[history.State]int{history.StateQueued: 1, history.StateFailed: 1, history.StateSent: 2, history.StateDelivered: 3, history.StateRead: 4}

// advanceState brings a message of one's own to the state that its receipts say.
func (c *change) advanceState(conv Conversation, at history.Place, r *history.Row, next history.State) error {
	if stateOrder[next] <= max(stateOrder[r.State], stateOrder[history.StateSent]) {
		return nil
	}
	if r.State == history.StateQueued { // the receipt overtook the hub's word, which places the message
		if stateOrder[next] > stateOrder[r.Reached] {
			r.Reached = next
			return c.Put(conv, at, r)
		}
		return nil
	}
	r.State, r.Error = next, ""
	return c.Replace(conv, at, r)
}

// maxRead is how many messages one transaction marks as read: what comes meanwhile does not wait long.
const maxRead = 500

// MarkRead notes that the person has seen everything up to a message, and tells its authors if the person lets it.
func (h *Hub) MarkRead(conv Conversation, upTo id.MessageID) error {
	var last history.Place
	err := h.Store.View(func(tx *store.Tx) error {
		at, r, err := history.Find(tx, conv, upTo)
		if err == nil && r == nil {
			err = history.ErrNoMessage
		}
		last = at
		return err
	})
	for from, more := []byte(nil), true; more && err == nil; more = from != nil {
		err = h.call(func() error {
			return h.update(func(c *change) (err error) {
				from, err = c.readSome(conv, from, last)
				return err
			})
		})
	}
	return err
}

// readSome reads some messages, and returns from where to go on.
func (c *change) readSome(conv Conversation, from []byte, last history.Place) (next []byte, err error) {
	read, next, err := c.ReadUpTo(conv, from, last, maxRead)
	for _, r := range read {
		told := r.From
		if r.Notice != nil {
			told = c.self // who called hears nothing of when it was seen
		}
		if err := errors.Join(c.owe(conv, told, content.Read, r.ID), c.owe(conv, c.self, content.Read, r.ID)); err != nil {
			return nil, err
		}
	}
	return next, err
}

// loadReceipts finds whether receipts wait.
func (h *Hub) loadReceipts(tx *store.Tx) error {
	empty, err := tx.Bucket(receiptBucket, h.Config.Hub[:]).Empty()
	h.receiptsDue = time.Time{}
	if !empty {
		h.receiptsDue = time.Now()
	}
	return err
}
