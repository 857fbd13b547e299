package chat

import (
	"time"

	"gossip/backend/history"
	"gossip/common/id"
)

// The types of this file go to the interface and to programs as they are: flat, ids in their text form, times in
// RFC 3339 with milliseconds in UTC, so that no value can fail to become JSON.

// Conversation names where messages stand; see package history.
type Conversation = history.Conversation

// MessageInfo is what can be told of one message.
type MessageInfo struct {
	SentAt     string      `json:"sent_at"`
	ReceivedAt string      `json:"received_at,omitempty"`
	Encryption string      `json:"encryption"`           // a sentence or two
	Recipients []Recipient `json:"recipients,omitempty"` // of one's own, once it is sent; none where too many are in for receipts
}

// Recipient is somebody who gets a message of one's own, and how far it has come there.
type Recipient struct {
	User  string        `json:"user"`
	Name  string        `json:"name"`
	State history.State `json:"state"` // StateSent (no word yet), StateDelivered or StateRead
	At    string        `json:"at,omitempty"`
}

// ConversationInfo is what a list of conversations shows.
type ConversationInfo struct {
	Conversation  Conversation  `json:"-"`
	Key           string        `json:"key"`
	Hub           string        `json:"hub"`
	Kind          string        `json:"kind"` // "channel" or "direct"
	Name          string        `json:"name"` // without '#' or '@'
	Topic         string        `json:"topic,omitempty"`
	Public        bool          `json:"public,omitempty"`
	Member        bool          `json:"member"`
	Unread        int           `json:"unread"`
	Mentions      int           `json:"mentions,omitempty"`     // unread messages that name this person
	FirstUnread   string        `json:"first_unread,omitempty"` // the oldest unread message's id
	LastText      string        `json:"last_text,omitempty"`    // preview, at most previewLength runes
	LastAt        string        `json:"last_at,omitempty"`
	LastFrom      string        `json:"last_from,omitempty"` // who wrote it: a name; empty for oneself and for notices
	LastMine      bool          `json:"last_mine,omitempty"`
	LastState     history.State `json:"last_state,omitempty"`
	Timer         int64         `json:"timer,omitempty"` // seconds; 0 = messages stay
	Role          string        `json:"role,omitempty"`  // "member", "moderator", "owner"; in channels
	Trust         string        `json:"trust"`           // one sentence for the lock
	Verified      bool          `json:"verified,omitempty"`
	Blocked       string        `json:"blocked,omitempty"` // why nothing can be sent now, and what to do
	Online        bool          `json:"online,omitempty"`  // direct: the other
	Draft         string        `json:"draft,omitempty"`   // written and not sent
	DraftReplyTo  string        `json:"draft_reply_to,omitempty"`
	Pinned        bool          `json:"pinned,omitempty"`
	Muted         bool          `json:"muted,omitempty"`          // no notifications: for good, or until MutedUntil
	MutedUntil    string        `json:"muted_until,omitempty"`    // in the past: it is over
	Request       bool          `json:"request,omitempty"`        // a stranger has written; they learn nothing until they are accepted
	PersonBlocked bool          `json:"person_blocked,omitempty"` // direct: by this person; what they send is dropped
}

// ChannelInfo is one channel that the hub lists.
type ChannelInfo struct {
	Conversation Conversation `json:"-"`
	Key          string       `json:"key"`
	Name         string       `json:"name"`
	Topic        string       `json:"topic,omitempty"`
	Public       bool         `json:"public,omitempty"`
	Members      int          `json:"members"`
	Member       bool         `json:"member"`
	Invited      bool         `json:"invited,omitempty"`
}

// Draft is a message before it has an id.
type Draft struct {
	Text      string        // Markdown
	ReplyTo   id.MessageID  // NoMessage: an answer to nothing
	ExpiresIn time.Duration // 0: as the conversation's timer says; Stays: never
}

// Stays, as Draft.ExpiresIn, lets a message stay although the conversation has a timer.
const Stays time.Duration = -1

// Role is what a member of a channel may do, as text.
type Role string

// The roles.
const (
	RoleMember    Role = "member"
	RoleModerator Role = "moderator"
	RoleOwner     Role = "owner"
)
