package chat

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

// previewLength is how many runes of the last message a list shows.
const previewLength = 120

const conversationBucket = "conversation" // scope hub: channel or user -> conversation

// conversation is the summary of a conversation: what is in memory of it, so that a start is quick whatever is stored.
type conversation struct {
	Timer     int64        `cbor:"1,keyasint,omitempty"` // seconds
	TimerSet  stamp        `cbor:"2,keyasint,omitzero"`  // of the change that won
	Unread    int          `cbor:"3,keyasint,omitempty"`
	LastText  string       `cbor:"4,keyasint,omitempty"`
	LastAt    int64        `cbor:"5,keyasint,omitempty"` // milliseconds
	Last      place        `cbor:"6,keyasint,omitzero"`  // of the row that LastText shows
	LastID    id.MessageID `cbor:"7,keyasint,omitzero"`
	Notices   uint64       `cbor:"8,keyasint,omitempty"`  // given out so far
	Major     uint64       `cbor:"9,keyasint,omitempty"`  // greatest place taken, but for what waits
	Sent      int64        `cbor:"10,keyasint,omitempty"` // time of one's own last message, so that they rise
	Forgotten bool         `cbor:"11,keyasint,omitempty"` // left: not listed
	Mentions  int          `cbor:"12,keyasint,omitempty"` // of the unread ones
	LastFrom  id.UserID    `cbor:"13,keyasint,omitzero"`  // who wrote the row that LastText shows; nobody: a notice
	LastState State        `cbor:"14,keyasint,omitempty"`
	Pinned    bool         `cbor:"15,keyasint,omitempty"`
	Muted     int64        `cbor:"16,keyasint,omitempty"` // until when, in milliseconds; or mutedForGood
	Stranger  bool         `cbor:"17,keyasint,omitempty"` // direct: nothing was said to them yet, nor were they accepted
	Asked     bool         `cbor:"18,keyasint,omitempty"` // a stranger who has written
}

func (h *Hub) loadConversations(tx *store.Tx) error {
	h.conversations = map[Conversation]*conversation{}
	for key, value := range tx.Bucket(conversationBucket, h.Config.Hub[:]).Range(nil, nil, false, 0) {
		state, err := store.DecodeValue[conversation](value)
		if err != nil {
			return err
		}
		h.conversations[h.conversationOf(key)] = &state
	}
	return nil
}

// conversationOf turns a key inside the hub back: channels and users differ in length.
func (h *Hub) conversationOf(key []byte) Conversation {
	if len(key) == len(id.ChannelID{}) {
		return Conversation{Hub: h.Config.Hub, Channel: id.ChannelID(key)}
	}
	return Conversation{Hub: h.Config.Hub, User: id.UserID(key)}
}

// local and outer translate between this package's name of a conversation and the one inside messages.
func (h *Hub) local(c content.Conversation) Conversation {
	return Conversation{Hub: h.Config.Hub, Channel: c.Channel, User: c.With}
}

func outer(c Conversation) content.Conversation {
	return content.Conversation{Channel: c.Channel, With: c.User}
}

// conversation returns the summary, making it when the conversation is new.
func (c *change) conversation(conv Conversation) *conversation {
	state := c.conversations[conv]
	if state == nil {
		state = &conversation{Stranger: conv.Direct()}
		c.conversations[conv] = state
		c.emit(Event{Type: EventConversations})
		c.touch(conv)
	}
	return state
}

// touch has the summary stored with this transaction and told after it.
func (c *change) touch(conv Conversation) { c.dirty[conv], c.told[conv] = c.conversations[conv], true }

func (c *change) saveConversations() error {
	bucket := c.tx.Bucket(conversationBucket, c.Config.Hub[:])
	for conv, state := range c.dirty {
		if err := store.PutValue(bucket, conv.id(), *state); err != nil {
			return err
		}
	}
	return nil
}

// preview takes a row into the summary when it is the newest.
func (c *change) preview(conv Conversation, at place, r *row) {
	state := c.conversation(conv)
	if at.before(state.Last) || c.hidden(conv, r) || r.Type == 0 && (r.Notice == nil || r.Notice.Kind == NoticeGap) {
		return
	}
	state.Last, state.LastID, state.LastAt = at, r.ID, r.SentAt
	state.LastText, state.LastFrom, state.LastState = shorten(r.Text, previewLength), r.From, r.State
	if r.Notice != nil {
		state.LastText, state.LastFrom, state.LastState = shorten(r.Notice.Text, previewLength), id.NoUser, ""
	}
	if r.Deleted {
		state.LastText = "Message deleted"
	}
}

// renewPreview looks for another row when the one shown is not where it was.
func (c *change) renewPreview(conv Conversation, shown id.MessageID) error {
	if c.conversation(conv).LastID != shown {
		return nil
	}
	return c.findPreview(conv)
}

// findPreview takes the newest row that a list can show into the summary.
func (c *change) findPreview(conv Conversation) error {
	state := c.conversation(conv)
	state.Last, state.LastID, state.LastText, state.LastFrom, state.LastState = place{}, id.NoMessage, "", id.NoUser, ""
	for key, value := range bucket(c.tx, rowBucket, conv).Range(nil, nil, true, previewSearch) {
		r, err := store.DecodeValue[row](value)
		if err != nil {
			return err
		}
		if c.preview(conv, place(key), &r); state.LastID != id.NoMessage {
			break
		}
	}
	return nil
}

// previewSearch is how many of the newest rows are looked at for one that a list can show.
const previewSearch = 100

// shorten makes one line of a text, of at most limit runes.
func shorten(text string, limit int) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}

// Conversations lists what the person takes part in, the newest first.
func (h *Hub) Conversations() (list []ConversationInfo) {
	h.call(func() error {
		for conv := range h.conversations {
			if h.listed(conv) {
				list = append(list, h.info(conv))
			}
		}
		for conv := range h.drafts {
			if h.conversations[conv] == nil {
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

// listed reports whether the person finds the conversation in the list: not what they have left or deleted, nor one in which
// nothing was said.
func (h *Hub) listed(conv Conversation) bool {
	if _, written := h.drafts[conv]; written {
		return true
	}
	s := h.conversations[conv]
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
	if state := h.conversations[conv]; state != nil {
		h.summarize(conv, state, &info)
	}
	if draft, written := h.drafts[conv]; written {
		info.Draft = draft.Text
		if draft.ReplyTo != id.NoMessage {
			info.DraftReplyTo = draft.ReplyTo.String()
		}
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
func (h *Hub) summarize(conv Conversation, state *conversation, info *ConversationInfo) {
	info.Unread, info.Mentions, info.Timer = state.Unread, state.Mentions, state.Timer
	info.LastText, info.LastAt, info.LastState = state.LastText, timestamp(timeOf(state.LastAt)), h.disclosed(state.LastState)
	info.LastMine = state.LastFrom == h.self
	if state.LastFrom != id.NoUser && !info.LastMine {
		info.LastFrom = h.name(state.LastFrom)
	}
	if state.Unread > 0 {
		info.FirstUnread = h.firstUnread(conv)
	}
	info.Pinned, info.Muted = state.Pinned, state.muted(time.Now())
	if info.Muted && state.Muted != mutedForGood {
		info.MutedUntil = timestamp(timeOf(state.Muted))
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
	ch := h.channels[conv.Channel]
	switch {
	case ch == nil:
		return "This channel is not known here; join it first."
	case ch.trouble != "":
		return ch.trouble
	case ch.state != nil && !ch.member(h.self):
		return "You are not a member of this channel; join it to write."
	}
	return ""
}
