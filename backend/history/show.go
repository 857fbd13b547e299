package history

import (
	"slices"

	"gossip/backend/store"
	"gossip/common/id"
)

// quoteLength is how many runes an answer shows of what it answers.
const quoteLength = 200

// message is the row as it is shown.
func (a *Archive) message(tx *store.Tx, conv Conversation, at Place, r *Row) Message {
	m := Message{
		ID: r.ID.String(), Conversation: conv.String(), Mine: r.From == a.Self, Text: r.Text, SentAt: Timestamp(r.SentAt),
		ReceivedAt: Timestamp(r.ReceivedAt), Position: at.position(), Edited: r.Edit != Stamp{}, EditedAt: Timestamp(r.Edit.At),
		Deleted: r.Deleted, ExpiresIn: r.ExpiresIn, ExpiresAt: Timestamp(r.ExpiresAt), State: a.Disclosed(r.State), Error: r.Error,
		Reactions: a.reactions(r.Reactions), Mention: r.Mention, Notice: r.Notice,
	}
	if r.From != id.NoUser {
		m.From, m.FromName = r.From.String(), a.name(r.From)
	}
	if r.Device != id.NoDevice {
		m.FromDevice = r.Device.String()
	}
	if r.ReplyTo != id.NoMessage {
		m.ReplyTo, m.Reply = r.ReplyTo.String(), a.quote(tx, conv, r.ReplyTo)
	}
	return m
}

// Disclosed is how far a message of one's own has come, as the person gets to see it: who does not tell others what they
// have read does not see what others have read.
func (a *Archive) Disclosed(state State) State {
	if state == StateRead && !a.ReadReceipts() {
		return StateDelivered
	}
	return state
}

// quote is what an answer shows of the message that it answers. One that can't be read is missing here: who reads it
// itself hears why.
func (a *Archive) quote(tx *store.Tx, conv Conversation, m id.MessageID) *Quote {
	q := &Quote{ID: m.String()}
	_, r, err := Find(tx, conv, m)
	if err != nil {
		a.Log.Warn("the message that an answer is about could not be read", "cause", err)
	}
	if !a.shows(conv, r) || r.Type == 0 {
		q.Missing = true
		return q
	}
	q.FromName, q.Text, q.Deleted = a.name(r.From), shorten(r.Text, quoteLength), r.Deleted
	return q
}

// reactions groups what people chose by emoji, in the order of the first.
func (a *Archive) reactions(rows []Choice) (grouped []Reaction) {
	for _, r := range rows {
		if r.Removed || a.People.Blocked(r.User) {
			continue
		}
		at := slices.IndexFunc(grouped, func(g Reaction) bool { return g.Emoji == r.Emoji })
		if at < 0 {
			grouped = append(grouped, Reaction{Emoji: r.Emoji})
			at = len(grouped) - 1
		}
		g := &grouped[at]
		g.Users, g.Names = append(g.Users, r.User.String()), append(g.Names, a.name(r.User))
		g.Mine = g.Mine || r.User == a.Self
	}
	return grouped
}
