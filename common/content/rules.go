package content

import (
	"bytes"
	"errors"
	"time"

	"gossip/common/id"
)

// Every client applies these rules to what it sends and to what it receives, so that the same history looks the same
// everywhere. A target is looked up in the conversation of the message that names it: nobody reaches into another.

// MayEdit tells whether a person may replace the text of a message: only its author, and only what is a Text.
func MayEdit(person, author id.UserID, target Type) error {
	if person != author {
		return errors.New("only who wrote a message can edit it")
	}
	if target != TypeText {
		return errors.New("only a text can be edited; delete this and send it again")
	}
	return nil
}

// MayDelete tells whether a person may take a message back for everybody: its author and, in channels, a moderator or
// owner. In a direct message moderator is always false. Only what people sent can be deleted, not events.
func MayDelete(person, author id.UserID, moderator bool, target Type) error {
	if person != author && !moderator {
		return errors.New("only who wrote a message or a moderator of the channel can delete it; hide it for yourself instead")
	}
	if !isPost(target) {
		return errors.New("only texts and files can be deleted for everybody")
	}
	return nil
}

// MayReact tells whether a message can have reactions: everybody who reads it may react, to texts and files.
func MayReact(target Type) error {
	if !isPost(target) {
		return errors.New("only texts and files can have reactions")
	}
	return nil
}

// isPost tells what people sent from events and machinery. What a newer version made counts as a post: its author
// must be able to delete it here too.
func isPost(t Type) bool {
	_, known := kinds[t]
	return !known || t == TypeText || t == TypeFile
}

// Stamp orders the edits of a message, a person's reactions of one emoji to it, and a person's profiles: the newest
// wins, and which is newest comes out the same on every device, in whatever order they arrive. A device that sends
// takes care that its own times rise.
type Stamp struct {
	SentAt time.Time
	ID     id.MessageID
}

// Stamp returns the message's place in that order.
func (m *Message) Stamp() Stamp { return Stamp{SentAt: m.SentAt, ID: m.ID} }

// After tells whether s wins over other: by the sender's time and, where that is the same, by id.
func (s Stamp) After(other Stamp) bool {
	if !s.SentAt.Equal(other.SentAt) {
		return s.SentAt.After(other.SentAt)
	}
	return bytes.Compare(s.ID[:], other.ID[:]) > 0
}
