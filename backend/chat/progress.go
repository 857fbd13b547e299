package chat

import (
	"bytes"
	"errors"

	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

// receivedBucket has the scope hub, conversation: message id, user -> reception. It holds what is known of messages of one's
// own, as long as their rows are there; so it is bounded by these and by maxReceiptMembers.
const receivedBucket = "received"

// reception is how far a message of one's own has come with one person: when that was, by their clock, in milliseconds.
type reception struct {
	Delivered int64 `cbor:"1,keyasint,omitempty"`
	Read      int64 `cbor:"2,keyasint,omitempty"`
}

func (r reception) state() State {
	switch {
	case r.Read != 0:
		return StateRead
	case r.Delivered != 0:
		return StateDelivered
	}
	return StateSent
}

// recipients lists whom receipts of a message of one's own are expected from: those who were in the conversation when it was
// said, or whose receipt is known, and are in now. There are none where too many are in for receipts.
func (h *Hub) recipients(conv Conversation, r *row, known map[id.UserID]reception) (users []id.UserID) {
	if conv.Direct() {
		return []id.UserID{conv.User}
	}
	ch := h.channels[conv.Channel]
	if ch == nil || ch.state == nil || len(ch.state.Members) > maxReceiptMembers {
		return nil
	}
	for _, user := range ch.state.Users() {
		_, heard := known[user]
		if user != h.self && (heard || r.Log == 0 || ch.joined[user].length <= r.Log) {
			users = append(users, user)
		}
	}
	return users
}

// receptions reads what is known of a message of one's own.
func receptions(tx *store.Tx, conv Conversation, m id.MessageID) (map[id.UserID]reception, error) {
	known := map[id.UserID]reception{}
	for key, value := range bucket(tx, receivedBucket, conv).Range(m[:], behindAll(m), false, 0) {
		one, err := store.DecodeValue[reception](value)
		if err != nil {
			return nil, err
		}
		known[id.UserID(key[len(m):])] = one
	}
	return known, nil
}

// behindAll is a key behind those that begin with the message's id and go on with another id.
func behindAll(m id.MessageID) []byte {
	return append(m[:len(m):len(m)], bytes.Repeat([]byte{0xff}, len(id.UserID{})+1)...)
}

// noteReceipt takes one person's word on a message of one's own.
func (c *change) noteReceipt(r *received, receipt content.Receipt, at place, row *row) error {
	if r.conv.Direct() != (r.from == r.conv.User) || !r.conv.Direct() && !c.channels[r.conv.Channel].member(r.from) {
		return nil
	}
	key := append(row.ID[:len(row.ID):len(row.ID)], r.from[:]...)
	kept := bucket(c.tx, receivedBucket, r.conv)
	before, _, err := store.GetValue[reception](kept, key)
	if err != nil {
		return err
	}
	next, when := before, max(row.SentAt, min(millis(receipt.At), millis(c.now)))
	if next.Delivered == 0 {
		next.Delivered = when
	}
	if next.Read == 0 && receipt.Kind == content.Read {
		next.Read = when
	}
	if next == before {
		return nil
	}
	return errors.Join(store.PutValue(kept, key, next), c.moveOn(r.conv, at, row))
}

// moveOn gives a message of one's own the state that all its recipients have reached. It only goes forward.
func (c *change) moveOn(conv Conversation, at place, r *row) error {
	known, err := receptions(c.tx, conv, r.ID)
	if err != nil {
		return err
	}
	next := State("")
	for _, user := range c.recipients(conv, r, known) {
		if state := known[user].state(); next == "" || stateOrder[state] < stateOrder[next] {
			next = state
		}
	}
	return c.advanceState(conv, at, r, next)
}

// reconsidered is how many of the newest rows are looked at when somebody has left a channel.
const reconsidered = 100

// reconsider moves messages on that only waited for somebody who has left.
func (c *change) reconsider(conv Conversation) error {
	for key, value := range bucket(c.tx, rowBucket, conv).Range(nil, nil, true, reconsidered) {
		r, err := store.DecodeValue[row](value)
		if err != nil {
			return err
		}
		if r.From != c.self || r.Type == 0 || r.State == StateRead {
			continue
		}
		if err := c.moveOn(conv, place(key), &r); err != nil {
			return err
		}
	}
	return nil
}

// forgetReceptions drops what is known of a message that is erased.
func (c *change) forgetReceptions(conv Conversation, r *row) error {
	if r.From != c.self {
		return nil
	}
	kept := bucket(c.tx, receivedBucket, conv)
	for key := range kept.Range(r.ID[:], behindAll(r.ID), false, 0) {
		if err := kept.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// MessageInfo tells how a message was encrypted and, of one's own, who has it and who has read it.
func (h *Hub) MessageInfo(conv Conversation, m id.MessageID) (info MessageInfo, err error) {
	err = h.call(func() error {
		return h.Store.View(func(tx *store.Tx) error {
			_, r, err := find(tx, conv, m)
			if err != nil {
				return err
			}
			if !h.shows(conv, r) {
				return ErrNoMessage
			}
			info = MessageInfo{SentAt: timestamp(timeOf(r.SentAt)), ReceivedAt: timestamp(timeOf(r.ReceivedAt)), Encryption: h.encryption(conv, r)}
			info.Recipients, err = h.recipientsOf(tx, conv, r)
			return err
		})
	})
	return info, err
}

// recipientsOf lists who gets a message of one's own and how far it has come with them.
func (h *Hub) recipientsOf(tx *store.Tx, conv Conversation, r *row) (list []Recipient, err error) {
	if r.From != h.self || r.Type == 0 || stateOrder[r.State] < stateOrder[StateSent] {
		return nil, nil
	}
	known, err := receptions(tx, conv, r.ID)
	if err != nil {
		return nil, err
	}
	for _, user := range h.recipients(conv, r, known) {
		one, found := known[user]
		to := Recipient{User: user.String(), Name: h.name(user), State: h.disclosed(one.state())}
		switch {
		case to.State == StateRead:
			to.At = timestamp(timeOf(one.Read))
		case to.State == StateDelivered:
			to.At = timestamp(timeOf(one.Delivered))
		case !found && conv.Direct():
			to.State = h.disclosed(r.State) // from before persons were told apart
		}
		list = append(list, to)
	}
	return list, nil
}

// encryption says in a sentence or two how a message was encrypted and whether it is certain who is at the other end.
func (h *Hub) encryption(conv Conversation, r *row) string {
	if r.Type == 0 && r.Notice != nil {
		return "A note that Gossip made on this device; nobody has sent it."
	}
	if r.Type == 0 {
		return "This message can't be read here yet, so nothing can be said of its encryption."
	}
	if !conv.Direct() {
		whose := "the sender's"
		if r.From == h.self {
			whose = "your"
		}
		return "Encrypted end to end with " + whose + " key for this channel, which only its members' devices have. " +
			"It reached them through sessions that began with OpenPGP (ML-KEM-768 and X25519)." + h.certainty(r.From)
	}
	return "Encrypted end to end with the Double Ratchet, in a session that began with OpenPGP (ML-KEM-768 and X25519)." + h.certainty(conv.User)
}

// certainty says whether the person has made sure who a user is.
func (h *Hub) certainty(user id.UserID) string {
	person := h.Roster.Person(h.Config.Hub, user)
	switch {
	case person.Mine:
		return ""
	case person.Verified:
		return " You have verified " + person.Name + "."
	}
	return " You have not verified " + person.Name + " yet: compare safety numbers to be sure who it is."
}

// logLength is how long a channel's log is here; 0 for a direct conversation.
func (h *Hub) logLength(conv Conversation) uint64 {
	if ch := h.channels[conv.Channel]; ch != nil && ch.state != nil {
		return ch.state.Length
	}
	return 0
}
