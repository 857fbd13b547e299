// Package search finds messages by what they say. It keeps, for each conversation, the folded texts of its messages in
// sealed blocks of up to 64, and answers a question by reading through all of them: 100,000 messages are some 11 MB,
// which takes less time than a person notices. There is no table of words: the rows of the store are sealed, but how many
// there are and how long is not, and the frequencies of words would tell what is talked about.
//
// The index changes in the transaction that changes the message, so that what is edited, deleted or over is gone from it
// at the same instant. It holds nothing that the messages don't: a damaged one is dropped and made anew in the background
// (Build), as is that of a profile from before there was one.
//
// Buckets:
//
//	search        scope hub, conversation: a block's first place, inverted -> block
//	search_todo   scope hub: conversation -> the place from which on it is indexed
//	search_state  hub -> the version of the index
package search

import (
	"bytes"

	"gossip/common/id"
)

const (
	blockBucket = "search"
	todoBucket  = "search_todo"
	stateBucket = "search_state"
)

// PlaceLength is the length of a Place in bytes.
const PlaceLength = 24

// Place is where a message stands in its conversation; places sort as bytes.
type Place [PlaceLength]byte

func (p Place) before(q Place) bool { return bytes.Compare(p[:], q[:]) < 0 }

// Entry is a message as the index takes it in. Times are Unix milliseconds.
type Entry struct {
	Place     Place
	From      id.UserID
	SentAt    int64
	ExpiresAt int64  // 0: not, or not yet known
	Text      string // as it was written
}

// Found is a message that fits a question.
type Found struct {
	Place  Place
	SentAt int64 // Unix milliseconds
}
