package chat

import (
	"gossip/backend/history"
	"gossip/backend/roster"
	"gossip/common/id"
)

// EventType says what an Event is about.
type EventType string

// The event types, with the payload that each carries.
const (
	EventMessage        EventType = "message"         // Message: a new row
	EventMessageChanged EventType = "message_changed" // Message: state, edit, deletion, reaction, repaired
	EventMessageRemoved EventType = "message_removed" // MessageID: expired, or a notice that is settled
	EventConversation   EventType = "conversation"    // ConversationInfo
	EventConversations  EventType = "conversations"   // nothing: read the list again
	EventHub            EventType = "hub"             // HubInfo
	EventPerson         EventType = "person"          // Person: card, presence or trust
	EventTyping         EventType = "typing"          // Person, Typing
	EventGap            EventType = "gap"             // Message: the row of the gap
	EventError          EventType = "error"           // Error
	EventCleared        EventType = "cleared"         // nothing: read the conversation's history anew, rows have come or gone
	EventCall           EventType = "call"            // nothing: ask for the call anew, it has changed
	EventReady          EventType = "ready"           // nothing: the identity is there and the store is open
)

// Event is one change. Seq counts from 1 without a hole: a reader that misses one reads everything anew.
type Event struct {
	Seq              uint64            `json:"seq"`
	Type             EventType         `json:"type"`
	Hub              string            `json:"hub,omitempty"`
	Conversation     string            `json:"conversation,omitempty"`
	Message          *history.Message  `json:"message,omitempty"`
	MessageID        string            `json:"message_id,omitempty"`
	ConversationInfo *ConversationInfo `json:"conversation_info,omitempty"`
	HubInfo          *HubInfo          `json:"hub_info,omitempty"`
	Person           *roster.Person    `json:"person,omitempty"`
	Typing           bool              `json:"typing,omitempty"`
	Error            *Trouble          `json:"error,omitempty"`
}

// Trouble is what a person has to know or do.
type Trouble struct {
	Code     string `json:"code"`
	Sentence string `json:"sentence"`
}

// HubInfo is one joined hub.
type HubInfo struct {
	ID      string `json:"id"`
	Address string `json:"address"`
	Name    string `json:"name"`
	Motd    string `json:"motd,omitempty"`
	Account string `json:"account,omitempty"` // one's own name there
	Link    string `json:"link,omitempty"`    // by which others join it; it names no password
	State   string `json:"state"`             // "connecting", "online", "offline", "stopped"
	Detail  string `json:"detail,omitempty"`  // a sentence: why it is not online, and what to do
	RetryAt string `json:"retry_at,omitempty"`
}

// Added tells of a new row.
func (c *change) Added(m history.Message) {
	kind := EventMessage
	if m.Notice != nil && m.Notice.Kind == history.NoticeGap {
		kind = EventGap
	}
	c.emit(Event{Type: kind, Conversation: m.Conversation, Message: &m})
}

// Changed tells of a row that is not what it was.
func (c *change) Changed(m history.Message) {
	c.emit(Event{Type: EventMessageChanged, Conversation: m.Conversation, Message: &m})
}

// Removed tells of a row that is no more.
func (c *change) Removed(conv Conversation, m id.MessageID) {
	c.emit(Event{Type: EventMessageRemoved, Conversation: conv.String(), MessageID: m.String()})
}

// Cleared tells of a history that is another now.
func (c *change) Cleared(conv Conversation) {
	c.emit(Event{Type: EventCleared, Conversation: conv.String()})
}

// Listed tells of a list of conversations that is another now.
func (c *change) Listed() { c.emit(Event{Type: EventConversations}) }
