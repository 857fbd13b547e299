package history

import (
	"errors"
	"maps"
	"slices"
	"time"

	"gossip/backend/search"
	"gossip/backend/store"
	"gossip/common/id"
)

// Listener hears, in order, what a change does to what is shown. It tells nobody before the change is durable.
type Listener interface {
	// Added hands over a new row.
	Added(m Message)
	// Changed hands over a row that is not what it was, or not where.
	Changed(m Message)
	// Removed names a row that is no more.
	Removed(conv Conversation, m id.MessageID)
	// Cleared tells that a conversation's rows are to be read anew.
	Cleared(conv Conversation)
	// Listed tells that the list of conversations is to be read anew.
	Listed()
}

// Change is a transaction under way.
type Change struct {
	archive  *Archive
	listener Listener
	tx       *store.Tx
	now      time.Time
	dirty    map[Conversation]*Summary
	indexes  map[Conversation]*search.Index // those that this transaction changes
	touched  map[Conversation]bool
}

// Begin starts a change inside a transaction. What it does in memory has to be loaded anew if the transaction fails.
func (a *Archive) Begin(tx *store.Tx, now time.Time, listener Listener) *Change {
	return &Change{
		archive: a, listener: listener, tx: tx, now: now,
		dirty: map[Conversation]*Summary{}, indexes: map[Conversation]*search.Index{}, touched: map[Conversation]bool{},
	}
}

// Finish stores what was held back until all is said. The transaction ends after it.
func (c *Change) Finish() error { return errors.Join(c.saveIndexes(), c.saveSummaries()) }

// Touched lists the conversations of which a list shows something else now.
func (c *Change) Touched() []Conversation { return slices.Collect(maps.Keys(c.touched)) }

// Touch has the summary of a conversation stored with this transaction and told after it.
func (c *Change) Touch(conv Conversation) {
	c.dirty[conv], c.touched[conv] = c.archive.summaries[conv], true
}

// Conversation returns the summary of a conversation, making it when that is new.
func (c *Change) Conversation(conv Conversation) *Summary {
	summary := c.archive.summaries[conv]
	if summary == nil {
		summary = &Summary{Stranger: conv.Direct()}
		c.archive.summaries[conv] = summary
		c.listener.Listed()
		c.Touch(conv)
	}
	return summary
}
