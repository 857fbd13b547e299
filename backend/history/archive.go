// Package history keeps the conversations of one hub on this device: rows in their order, what is unread, what disappears and
// when, what a list shows of each, drafts, copies of what was sent, receipts, and the index for the search. It knows no
// connection and no keys: what a message means is judged before it comes here. Writing happens inside a transaction, by one
// goroutine; reading needs nobody.
package history

import (
	"errors"
	"iter"
	"log/slog"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
)

// ErrNoMessage means that there is no such message, or that it is gone.
var ErrNoMessage = errors.New("this message is not here, or not any more")

// People tells what a history has to know of users.
type People interface {
	// Name is what a user is called on a hub.
	Name(hub id.HubID, user id.UserID) string
	// Blocked reports whether the person has blocked a user.
	Blocked(user id.UserID) bool
}

// Config is what an Archive needs.
type Config struct {
	Hub          id.HubID
	Self         id.UserID
	Device       id.DeviceID
	Store        *store.Store
	People       People
	ReadReceipts func() bool // whether the person sees what others have read
	Log          *slog.Logger
}

// Archive is all that is kept of the conversations of one hub. What reads only the store (Before, After, Around, Message,
// Search, Usage) may be called by anybody; the rest belongs to the goroutine that changes it.
type Archive struct {
	Config
	summaries map[Conversation]*Summary
	drafts    map[Conversation]Draft
	earlyFull map[Conversation]time.Time // until when nothing more that came early is kept there
	expiryDue time.Time                  // zero: nothing expires
	reindex   chan struct{}              // tells KeepIndexed that the search index lacks something
}

// New makes an archive; Load fills it.
func New(config Config) *Archive {
	return &Archive{Config: config, earlyFull: map[Conversation]time.Time{}, reindex: make(chan struct{}, 1)}
}

// Load reads what is kept in memory; it is called again when a transaction has failed.
func (a *Archive) Load(tx *store.Tx) error {
	for _, part := range []func(*store.Tx) error{a.loadSummaries, a.loadDrafts, a.loadDue} {
		if err := part(tx); err != nil {
			return err
		}
	}
	return nil
}

// ConversationOf turns Conversation.Key back: channels and users differ in length.
func (a *Archive) ConversationOf(key []byte) Conversation {
	if len(key) == len(id.ChannelID{}) {
		return Conversation{Hub: a.Hub, Channel: id.ChannelID(key)}
	}
	return Conversation{Hub: a.Hub, User: id.UserID(key)}
}

// Summary is what is known of a conversation, nil when there is nothing.
func (a *Archive) Summary(conv Conversation) *Summary { return a.summaries[conv] }

// Summaries goes through all conversations, in no order.
func (a *Archive) Summaries() iter.Seq2[Conversation, *Summary] {
	return func(yield func(Conversation, *Summary) bool) {
		for conv, summary := range a.summaries {
			if !yield(conv, summary) {
				return
			}
		}
	}
}

// name is what a user is called.
func (a *Archive) name(user id.UserID) string { return a.People.Name(a.Hub, user) }
