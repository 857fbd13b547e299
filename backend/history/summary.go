package history

import (
	"strings"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
)

const summaryBucket = "conversation" // scope hub: channel or user -> Summary

// previewLength is how many runes of the last message a list shows.
const previewLength = 120

// Summary is what is in memory of a conversation, so that a start is quick whatever is stored. Who changes one calls
// Change.Touch.
type Summary struct {
	Timer     int64        `cbor:"1,keyasint,omitempty"` // seconds
	TimerSet  Stamp        `cbor:"2,keyasint,omitzero"`  // of the change that won
	Unread    int          `cbor:"3,keyasint,omitempty"`
	LastText  string       `cbor:"4,keyasint,omitempty"`
	LastAt    int64        `cbor:"5,keyasint,omitempty"` // milliseconds
	Last      Place        `cbor:"6,keyasint,omitzero"`  // of the row that LastText shows
	LastID    id.MessageID `cbor:"7,keyasint,omitzero"`
	Notices   uint64       `cbor:"8,keyasint,omitempty"`  // given out so far
	Major     uint64       `cbor:"9,keyasint,omitempty"`  // greatest place taken, but for what waits
	Sent      int64        `cbor:"10,keyasint,omitempty"` // time of one's own last message, so that they rise
	Forgotten bool         `cbor:"11,keyasint,omitempty"` // deleted: not listed
	Mentions  int          `cbor:"12,keyasint,omitempty"` // of the unread ones
	LastFrom  id.UserID    `cbor:"13,keyasint,omitzero"`  // who wrote the row that LastText shows; nobody: a notice
	LastState State        `cbor:"14,keyasint,omitempty"`
	Pinned    bool         `cbor:"15,keyasint,omitempty"`
	Muted     int64        `cbor:"16,keyasint,omitempty"` // until when, in milliseconds; or MutedForGood
	Stranger  bool         `cbor:"17,keyasint,omitempty"` // direct: nothing was said to them yet, nor were they accepted
	Asked     bool         `cbor:"18,keyasint,omitempty"` // a stranger who has written
}

// MutedForGood is Summary.Muted without an end.
const MutedForGood = -1

// IsMuted reports whether the person wants no notifications of the conversation.
func (s *Summary) IsMuted(now time.Time) bool {
	return s.Muted == MutedForGood || s.Muted > Millis(now)
}

// take notes that a place is taken.
func (s *Summary) take(at Place) {
	if at.major() != unsentMajor {
		s.Major = max(s.Major, at.major())
	}
}

func (a *Archive) loadSummaries(tx *store.Tx) error {
	a.summaries = map[Conversation]*Summary{}
	for key, value := range tx.Bucket(summaryBucket, a.Hub[:]).Range(nil, nil, false, 0) {
		summary, err := store.DecodeValue[Summary](value)
		if err != nil {
			return err
		}
		a.summaries[a.ConversationOf(key)] = &summary
	}
	return nil
}

func (c *Change) saveSummaries() error {
	bucket := c.tx.Bucket(summaryBucket, c.archive.Hub[:])
	for conv, summary := range c.dirty {
		if err := store.PutValue(bucket, conv.Key(), *summary); err != nil {
			return err
		}
	}
	return nil
}

// stored lists the conversations of this hub that have rows, by their keys.
func (a *Archive) stored(tx *store.Tx) (keys [][]byte) {
	for key := range tx.Bucket(summaryBucket, a.Hub[:]).Range(nil, nil, false, 0) {
		keys = append(keys, key)
	}
	return keys
}

// preview takes a row into the summary when it is the newest.
func (c *Change) preview(conv Conversation, at Place, r *Row) {
	summary := c.Conversation(conv)
	if at.before(summary.Last) || c.archive.hidden(conv, r) || r.Type == 0 && (r.Notice == nil || r.Notice.Kind == NoticeGap) {
		return
	}
	summary.Last, summary.LastID, summary.LastAt = at, r.ID, r.SentAt
	summary.LastText, summary.LastFrom, summary.LastState = shorten(r.Text, previewLength), r.From, r.State
	if r.Notice != nil {
		summary.LastText, summary.LastFrom, summary.LastState = shorten(r.Notice.Text, previewLength), id.NoUser, ""
	}
	if r.Deleted {
		summary.LastText = "Message deleted"
	}
}

// renewPreview looks for another row when the one shown is not where it was.
func (c *Change) renewPreview(conv Conversation, shown id.MessageID) error {
	if c.Conversation(conv).LastID != shown {
		return nil
	}
	return c.findPreview(conv)
}

// previewSearch is how many of the newest rows are looked at for one that a list can show.
const previewSearch = 100

// findPreview takes the newest row that a list can show into the summary.
func (c *Change) findPreview(conv Conversation) error {
	summary := c.Conversation(conv)
	summary.Last, summary.LastID, summary.LastText, summary.LastFrom, summary.LastState = Place{}, id.NoMessage, "", id.NoUser, ""
	return c.Newest(conv, previewSearch, func(at Place, r *Row) (bool, error) {
		c.preview(conv, at, r)
		return summary.LastID == id.NoMessage, nil
	})
}

// BlockChanged has the rows of a user who was blocked, or is no more, go from what is shown or come back.
func (c *Change) BlockChanged(conv Conversation, user id.UserID) error {
	if c.archive.People.Blocked(user) {
		if err := c.unmarkFrom(conv, user); err != nil {
			return err
		}
	}
	c.Touch(conv)
	c.listener.Cleared(conv)
	return c.findPreview(conv)
}

// shorten makes one line of a text, of at most limit runes.
func shorten(text string, limit int) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}
