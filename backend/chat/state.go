package chat

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"gossip/backend/history"
	"gossip/backend/search"
	"gossip/common/content"
	"gossip/common/id"
)

// local and outer translate between this package's name of a conversation and the one inside messages.
func (h *Hub) local(c content.Conversation) Conversation {
	return Conversation{Hub: h.Config.Hub, Channel: c.Channel, User: c.With}
}

func outer(c Conversation) content.Conversation {
	return content.Conversation{Channel: c.Channel, With: c.User}
}

// Conversations lists what the person takes part in, the newest first.
func (h *Hub) Conversations() (list []ConversationInfo) {
	h.call(func() error {
		for conv := range h.Summaries() {
			if h.listed(conv) {
				list = append(list, h.info(conv))
			}
		}
		for conv := range h.Drafts() {
			if h.Summary(conv) == nil {
				list = append(list, h.info(conv))
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b ConversationInfo) int {
		return cmp.Or(cmp.Compare(b.LastAt, a.LastAt), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// listed reports whether the person finds the conversation in the list: not what they have deleted, nor one in which
// nothing was said.
func (h *Hub) listed(conv Conversation) bool {
	if !h.Draft(conv).Empty() {
		return true
	}
	s := h.Summary(conv)
	return s != nil && !s.Forgotten && (!s.Stranger || s.Asked || s.LastID != id.NoMessage || s.Pinned || s.Muted != 0)
}

// Info describes one conversation; it need not have a message yet.
func (h *Hub) Info(conv Conversation) (info ConversationInfo, err error) {
	err = h.do(context.Background(), func() error {
		info = h.info(conv)
		return nil
	})
	return info, err
}

// info puts together what is known of a conversation.
func (h *Hub) info(conv Conversation) ConversationInfo {
	info := ConversationInfo{Conversation: conv, Key: conv.String(), Hub: conv.Hub.String(), Kind: "channel", Blocked: h.blocked(conv)}
	if state := h.Summary(conv); state != nil {
		h.summarize(conv, state, &info)
	}
	draft := h.Draft(conv)
	info.Draft = draft.Text
	if draft.ReplyTo != id.NoMessage {
		info.DraftReplyTo = draft.ReplyTo.String()
	}
	if conv.Direct() {
		person := h.Roster.Person(conv.Hub, conv.User)
		info.Kind, info.Name, info.Member, info.Online = "direct", person.Name, true, person.Online
		info.Trust, info.Verified, info.PersonBlocked = person.Trust, person.Verified, person.Blocked
		info.Request = h.stranger(conv) && !person.Blocked
		return info
	}
	h.channelInfo(conv.Channel, &info)
	return info
}

// summarize fills in what the summary of a conversation says.
func (h *Hub) summarize(conv Conversation, state *history.Summary, info *ConversationInfo) {
	info.Unread, info.Mentions, info.Timer = state.Unread, state.Mentions, state.Timer
	info.LastText, info.LastAt, info.LastState = state.LastText, history.Timestamp(state.LastAt), h.Disclosed(state.LastState)
	info.LastMine = state.LastFrom == h.self
	if state.LastFrom != id.NoUser && !info.LastMine {
		info.LastFrom = h.name(state.LastFrom)
	}
	if state.Unread > 0 {
		info.FirstUnread = h.FirstUnread(conv)
	}
	info.Pinned, info.Muted = state.Pinned, state.IsMuted(time.Now())
	if info.Muted && state.Muted != history.MutedForGood {
		info.MutedUntil = history.Timestamp(state.Muted)
	}
}

// blocked says why nothing can be sent in the conversation until a person does something; "" when all is well.
func (h *Hub) blocked(conv Conversation) string {
	if conv.Direct() {
		if h.Roster.Blocked(conv.User) {
			return "You have blocked " + h.name(conv.User) + "; unblock them to write."
		}
		return h.Roster.Warning(conv.Hub, conv.User)
	}
	ch := h.directory.Channel(conv.Channel)
	switch {
	case ch == nil:
		return "This channel is not known here; join it first."
	case ch.Trouble != "":
		return ch.Trouble
	case ch.State != nil && !ch.Member(h.self):
		return "You are not a member of this channel; join it to write."
	}
	return ""
}

// name is what a user is called on this hub.
func (h *Hub) name(user id.UserID) string { return h.Roster.Name(h.Config.Hub, user) }

// Named finds the conversations that are called so, case and diacritics aside, and those whose names begin so: "#name"
// means channels, "@name" people, a bare name both.
func (h *Hub) Named(ctx context.Context, called string) (whole, begin []Conversation, err error) {
	name := search.Fold(strings.TrimLeft(called, "#@"))
	channels, people := !strings.HasPrefix(called, "@"), !strings.HasPrefix(called, "#")
	err = h.do(ctx, func() error {
		for conv := range h.Summaries() {
			if conv.Direct() && !people || !conv.Direct() && !channels {
				continue
			}
			switch folded := search.Fold(h.info(conv).Name); {
			case folded == name:
				whole = append(whole, conv)
			case strings.HasPrefix(folded, name):
				begin = append(begin, conv)
			}
		}
		return nil
	})
	return whole, begin, err
}
