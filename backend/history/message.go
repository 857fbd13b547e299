package history

// The types of this file go to the interface and to programs as they are: flat, ids in their text form, times in
// RFC 3339 with milliseconds in UTC, so that no value can fail to become JSON.

// State is where a message stands.
type State string

// The states. A message of one's own goes from Queued over Sent and Delivered to Read; one of another's is
// Received, or Retrying while it can't be read yet and is being asked for again.
const (
	StateQueued    State = "queued"    // waits in the outbox
	StateSent      State = "sent"      // the hub has it on disk
	StateDelivered State = "delivered" // everybody has it who was in the conversation when it was said, and is now
	StateRead      State = "read"      // and has read it
	StateFailed    State = "failed"    // Error says why; Retry sends it again
	StateReceived  State = "received"
	StateRetrying  State = "retrying"
)

// Position orders the rows of a conversation: it compares as a string. The zero value stands after the newest.
// It changes once for a message of one's own, when the hub has taken it.
type Position string

// Message is one row of a conversation: what a person wrote, or a notice of the program.
type Message struct {
	ID           string     `json:"id"`
	Conversation string     `json:"conversation"`
	From         string     `json:"from,omitempty"` // user
	FromName     string     `json:"from_name,omitempty"`
	FromDevice   string     `json:"from_device,omitempty"`
	Mine         bool       `json:"mine,omitempty"`
	Text         string     `json:"text,omitempty"` // Markdown; empty when deleted
	SentAt       string     `json:"sent_at"`        // the sender's clock, bounded by the hub's
	ReceivedAt   string     `json:"received_at,omitempty"`
	Position     Position   `json:"position"`
	ReplyTo      string     `json:"reply_to,omitempty"`
	Reply        *Quote     `json:"reply,omitempty"` // with ReplyTo: what it answers
	Edited       bool       `json:"edited,omitempty"`
	EditedAt     string     `json:"edited_at,omitempty"`
	Deleted      bool       `json:"deleted,omitempty"`
	ExpiresIn    int64      `json:"expires_in,omitempty"` // seconds after it was sent or read
	ExpiresAt    string     `json:"expires_at,omitempty"` // set once the timer runs
	State        State      `json:"state"`
	Error        string     `json:"error,omitempty"` // a sentence that says what to do next
	Reactions    []Reaction `json:"reactions,omitempty"`
	Mention      bool       `json:"mention,omitempty"` // it names this person
	Notice       *Notice    `json:"notice,omitempty"`  // set: a row of the program, not of a person
}

// Quote is what an answer shows of the message that it answers.
type Quote struct {
	ID       string `json:"id"`
	FromName string `json:"from_name,omitempty"`
	Text     string `json:"text,omitempty"` // preview, at most quoteLength runes
	Deleted  bool   `json:"deleted,omitempty"`
	Missing  bool   `json:"missing,omitempty"` // it is not here: expired, or from before one joined
}

// Reaction is one emoji under a message and who chose it.
type Reaction struct {
	Emoji string   `json:"emoji"`
	Users []string `json:"users"`
	Names []string `json:"names"` // of the users, in their order
	Mine  bool     `json:"mine,omitempty"`
}

// Notice is a row that the program wrote.
type Notice struct {
	Kind    string `json:"kind"` // one of the Notice constants
	Text    string `json:"text"` // a sentence for a person
	Subject string `json:"subject,omitempty"`
	Count   int    `json:"count,omitempty"`
}

// Kinds of notices.
const (
	NoticeCreated   = "created"
	NoticeJoined    = "joined"
	NoticeLeft      = "left"
	NoticeRemoved   = "removed"
	NoticeInvited   = "invited"
	NoticeRole      = "role"
	NoticeRenamed   = "renamed"
	NoticeTopic     = "topic"
	NoticeTimer     = "timer"
	NoticeGap       = "gap"
	NoticeCall      = "call"        // a call, and what it came to; Subject: who called
	NoticeMissed    = "missed_call" // a call that was not taken here; Subject: who called
	NoticeExpired   = "expired"
	NoticeKeyChange = "key_change"
	NoticeWarning   = "warning" // the hub or a device did what it may not
)
