package backend

import (
	"gossip/backend/call"
	"gossip/backend/chat"
	"gossip/backend/history"
	"gossip/backend/roster"
	"gossip/backend/store"
	"gossip/backend/vault"
	"gossip/common/id"
)

// What conversations are made of; see packages chat and history.
type (
	Conversation     = history.Conversation
	ConversationInfo = chat.ConversationInfo
	ChannelInfo      = chat.ChannelInfo
	Message          = history.Message
	Quote            = history.Quote
	MessageInfo      = chat.MessageInfo
	Recipient        = chat.Recipient
	Reaction         = history.Reaction
	Notice           = history.Notice
	Draft            = chat.Draft
	State            = history.State
	Position         = history.Position
	Event            = chat.Event
	EventType        = chat.EventType
	Trouble          = chat.Trouble
	Hub              = chat.HubInfo
	Person           = roster.Person
	Role             = chat.Role
)

// What calls are made of; see package call.
type (
	CallInfo        = call.Info
	CallParticipant = call.Participant
	CallStatistics  = call.Statistics
	RunningCall     = call.Running
)

// Where a message stands.
const (
	Queued    = history.StateQueued
	Sent      = history.StateSent
	Delivered = history.StateDelivered
	Read      = history.StateRead
	Failed    = history.StateFailed
	Received  = history.StateReceived
	Retrying  = history.StateRetrying
)

// Stays, as Draft.ExpiresIn, lets a message stay although the conversation has a timer.
const Stays = chat.Stays

// What an event is about.
const (
	EventMessage        = chat.EventMessage
	EventMessageChanged = chat.EventMessageChanged
	EventMessageRemoved = chat.EventMessageRemoved
	EventConversation   = chat.EventConversation
	EventConversations  = chat.EventConversations
	EventHub            = chat.EventHub
	EventPerson         = chat.EventPerson
	EventTyping         = chat.EventTyping
	EventGap            = chat.EventGap
	EventError          = chat.EventError
	EventCleared        = chat.EventCleared
	EventCall           = chat.EventCall
	EventReady          = chat.EventReady
)

// The roles in a channel.
const (
	RoleMember    = chat.RoleMember
	RoleModerator = chat.RoleModerator
	RoleOwner     = chat.RoleOwner
)

// Errors that a program decides by; their texts are sentences for a person.
var (
	ErrInUse      = store.ErrInUse // another process has the profile open
	ErrNoIdentity = vault.ErrNoIdentity
	ErrOffline    = chat.ErrOffline
	ErrNoMessage  = history.ErrNoMessage
	ErrNoChannel  = chat.ErrNoChannel
	ErrNoUser     = chat.ErrNoUser
)

// ParseConversation reads a conversation's text key.
func ParseConversation(key string) (Conversation, error) { return history.ParseConversation(key) }

// Me is one's own identity on this device.
type Me struct {
	User        id.UserID   `json:"user"`
	Device      id.DeviceID `json:"device"`
	Name        string      `json:"name"`
	Fingerprint string      `json:"fingerprint"` // of the user certificate: hexadecimal in groups of four
}

// JoinRequest says which hub to join.
type JoinRequest struct {
	Address  string // "host:port", "host", or an invite link
	Password string // the hub's, where it asks for one
	Name     string // the account's name there; empty: as in the identity
}
