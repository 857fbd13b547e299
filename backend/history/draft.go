package history

import (
	"iter"
	"maps"

	"gossip/backend/store"
	"gossip/common/id"
)

const draftBucket = "draft" // scope hub: channel or user -> Draft

// Draft is what was written in a conversation and not sent.
type Draft struct {
	Text    string       `cbor:"1,keyasint"`
	ReplyTo id.MessageID `cbor:"2,keyasint,omitzero"`
}

// Empty reports whether nothing is written.
func (d Draft) Empty() bool { return d == Draft{} }

func (a *Archive) loadDrafts(tx *store.Tx) error {
	a.drafts = map[Conversation]Draft{}
	for key, value := range tx.Bucket(draftBucket, a.Hub[:]).Range(nil, nil, false, 0) {
		kept, err := store.DecodeValue[Draft](value)
		if err != nil {
			return err
		}
		a.drafts[a.ConversationOf(key)] = kept
	}
	return nil
}

// Draft is what is written in a conversation, empty when nothing is.
func (a *Archive) Draft(conv Conversation) Draft { return a.drafts[conv] }

// Drafts goes through the conversations in which something is written, in no order.
func (a *Archive) Drafts() iter.Seq[Conversation] { return maps.Keys(a.drafts) }

// KeepDraft keeps what is written; an empty draft ends it. Its beginning and its end are told, not every word.
func (c *Change) KeepDraft(conv Conversation, next Draft) error {
	before := c.archive.Draft(conv)
	bucket := c.tx.Bucket(draftBucket, c.archive.Hub[:])
	var err error
	if next.Empty() {
		delete(c.archive.drafts, conv)
		err = bucket.Delete(conv.Key())
	} else {
		c.archive.drafts[conv] = next
		err = store.PutValue(bucket, conv.Key(), next)
	}
	if before.Empty() != next.Empty() {
		c.touchDraft(conv)
	}
	return err
}

// touchDraft has a conversation told of after this transaction; one that is nothing but a draft changes the list, too.
func (c *Change) touchDraft(conv Conversation) {
	c.touched[conv] = true
	if summary := c.archive.summaries[conv]; summary == nil || summary.Forgotten {
		c.listener.Listed()
	}
}
