package chat

import (
	"slices"

	"gossip/backend/store"
	"gossip/common/id"
)

// quoteLength is how many runes an answer shows of what it answers.
const quoteLength = 200

// message is the row as it is shown.
func (h *Hub) message(tx *store.Tx, conv Conversation, at place, r *row) Message {
	m := Message{
		ID: r.ID.String(), Conversation: conv.String(), Mine: r.From == h.self, Text: r.Text, SentAt: timestamp(timeOf(r.SentAt)),
		ReceivedAt: timestamp(timeOf(r.ReceivedAt)), Position: at.position(), Edited: r.Edit != stamp{}, EditedAt: timestamp(timeOf(r.Edit.At)),
		Deleted: r.Deleted, ExpiresIn: r.ExpiresIn, ExpiresAt: timestamp(timeOf(r.ExpiresAt)), State: h.disclosed(r.State), Error: r.Error,
		Reactions: h.reactions(r.Reactions), Mention: r.Mention, Notice: r.Notice,
	}
	if r.From != id.NoUser {
		m.From, m.FromName = r.From.String(), h.name(r.From)
	}
	if r.Device != id.NoDevice {
		m.FromDevice = r.Device.String()
	}
	if r.ReplyTo != id.NoMessage {
		m.ReplyTo, m.Reply = r.ReplyTo.String(), h.quote(tx, conv, r.ReplyTo)
	}
	return m
}

// disclosed is how far a message of one's own has come, as the person gets to see it: who does not tell others what they
// have read does not see what others have read.
func (h *Hub) disclosed(state State) State {
	if state == StateRead && !h.Preferences().ReadReceipts {
		return StateDelivered
	}
	return state
}

// name is what a user is called on this hub.
func (h *Hub) name(user id.UserID) string { return h.Roster.Name(h.Config.Hub, user) }

// quote is what an answer shows of the message that it answers. One that can't be read is missing here: who reads it
// itself hears why.
func (h *Hub) quote(tx *store.Tx, conv Conversation, m id.MessageID) *Quote {
	q := &Quote{ID: m.String()}
	_, r, err := find(tx, conv, m)
	if err != nil {
		h.Log.Warn("the message that an answer is about could not be read", "cause", err)
	}
	if !h.shows(conv, r) || r.Type == 0 {
		q.Missing = true
		return q
	}
	q.FromName, q.Text, q.Deleted = h.name(r.From), shorten(r.Text, quoteLength), r.Deleted
	return q
}

// reactions groups what people chose by emoji, in the order of the first.
func (h *Hub) reactions(rows []reactionRow) (grouped []Reaction) {
	for _, r := range rows {
		if r.Removed || h.Roster.Blocked(r.User) {
			continue
		}
		at := slices.IndexFunc(grouped, func(g Reaction) bool { return g.Emoji == r.Emoji })
		if at < 0 {
			grouped = append(grouped, Reaction{Emoji: r.Emoji})
			at = len(grouped) - 1
		}
		g := &grouped[at]
		g.Users, g.Names = append(g.Users, r.User.String()), append(g.Names, h.name(r.User))
		g.Mine = g.Mine || r.User == h.self
	}
	return grouped
}
