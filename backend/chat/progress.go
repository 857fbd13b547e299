package chat

import (
	"gossip/backend/history"
	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

// recipients lists whom receipts of a message of one's own are expected from: those who were in the conversation when it was
// said, or whose receipt is known, and are in now. There are none where too many are in for receipts.
func (h *Hub) recipients(conv Conversation, r *history.Row, known map[id.UserID]history.Reception) (users []id.UserID) {
	if conv.Direct() {
		return []id.UserID{conv.User}
	}
	ch := h.directory.Channel(conv.Channel)
	if ch == nil || ch.State == nil || len(ch.State.Members) > maxReceiptMembers {
		return nil
	}
	for _, user := range ch.State.Users() {
		_, heard := known[user]
		if user != h.self && (heard || r.Log == 0 || ch.CameBy(user, r.Log)) {
			users = append(users, user)
		}
	}
	return users
}

// noteReceipt takes one person's word on a message of one's own.
func (c *change) noteReceipt(r *received, receipt content.Receipt, at history.Place, row *history.Row) error {
	if r.conv.Direct() != (r.from == r.conv.User) || !r.conv.Direct() && !c.directory.Channel(r.conv.Channel).Member(r.from) {
		return nil
	}
	news, err := c.NoteReception(r.conv, row, r.from, receipt.Kind == content.Read, history.Millis(receipt.At))
	if err != nil || !news {
		return err
	}
	return c.moveOn(r.conv, at, row)
}

// moveOn gives a message of one's own the state that all its recipients have reached. It only goes forward.
func (c *change) moveOn(conv Conversation, at history.Place, r *history.Row) error {
	known, err := history.Receptions(c.tx, conv, r.ID)
	if err != nil {
		return err
	}
	next := history.State("")
	for _, user := range c.recipients(conv, r, known) {
		if state := known[user].State(); next == "" || stateOrder[state] < stateOrder[next] {
			next = state
		}
	}
	return c.advanceState(conv, at, r, next)
}

// reconsidered is how many of the newest rows are looked at when somebody has left a channel.
const reconsidered = 100

// reconsider moves messages on that only waited for somebody who has left.
func (c *change) reconsider(conv Conversation) error {
	return c.Newest(conv, reconsidered, func(at history.Place, r *history.Row) (bool, error) {
		if r.From != c.self || r.Type == 0 || r.State == history.StateRead {
			return true, nil
		}
		return true, c.moveOn(conv, at, r)
	})
}

// MessageInfo tells how a message was encrypted and, of one's own, who has it and who has read it.
func (h *Hub) MessageInfo(conv Conversation, m id.MessageID) (info MessageInfo, err error) {
	err = h.call(func() error {
		return h.Store.View(func(tx *store.Tx) error {
			_, r, err := h.Visible(tx, conv, m)
			if err != nil {
				return err
			}
			info = MessageInfo{SentAt: history.Timestamp(r.SentAt), ReceivedAt: history.Timestamp(r.ReceivedAt), Encryption: h.encryption(conv, r)}
			info.Recipients, err = h.recipientsOf(tx, conv, r)
			return err
		})
	})
	return info, err
}

// recipientsOf lists who gets a message of one's own and how far it has come with them.
func (h *Hub) recipientsOf(tx *store.Tx, conv Conversation, r *history.Row) (list []Recipient, err error) {
	if r.From != h.self || r.Type == 0 || stateOrder[r.State] < stateOrder[history.StateSent] {
		return nil, nil
	}
	known, err := history.Receptions(tx, conv, r.ID)
	if err != nil {
		return nil, err
	}
	for _, user := range h.recipients(conv, r, known) {
		one, found := known[user]
		to := Recipient{User: user.String(), Name: h.name(user), State: h.Disclosed(one.State())}
		switch {
		case to.State == history.StateRead:
			to.At = history.Timestamp(one.Read)
		case to.State == history.StateDelivered:
			to.At = history.Timestamp(one.Delivered)
		case !found && conv.Direct():
			to.State = h.Disclosed(r.State) // from before persons were told apart
		}
		list = append(list, to)
	}
	return list, nil
}

// encryption says in a sentence or two how a message was encrypted and whether it is certain who is at the other end.
func (h *Hub) encryption(conv Conversation, r *history.Row) string {
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
	if ch := h.directory.Channel(conv.Channel); ch != nil && ch.State != nil {
		return ch.State.Length
	}
	return 0
}
