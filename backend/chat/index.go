package chat

import (
	"context"
	"errors"
	"slices"

	"gossip/backend/search"
	"gossip/backend/store"
	"gossip/common/content"
)

// maxIndexed is how many rows of before one transaction takes into the search index: what is written meanwhile does not
// wait long.
const maxIndexed = 512

// searched reports whether a row can be found: only what people wrote, as long as it is there to be read.
func (r *row) searched() bool {
	return r.Type == content.TypeText && r.Notice == nil && !r.Deleted && r.Text != ""
}

func (r *row) entry(at place) search.Entry {
	return search.Entry{Place: search.Place(at), From: r.From, SentAt: r.SentAt, ExpiresAt: r.ExpiresAt, Text: r.Text}
}

// index takes a row into the search, or out of it when there is nothing to be found in it any more.
func (c *change) index(conv Conversation, at place, r *row) error {
	if !r.searched() {
		return c.unindex(conv, at)
	}
	return c.mended(conv, c.indexOf(conv).Put(r.entry(at)))
}

// unindex takes what stands at a place out of the search.
func (c *change) unindex(conv Conversation, at place) error {
	return c.mended(conv, c.indexOf(conv).Delete(search.Place(at)))
}

// indexOf returns the index of a conversation, as this transaction has it.
func (c *change) indexOf(conv Conversation) *search.Index {
	if c.indexes == nil {
		c.indexes = map[Conversation]*search.Index{}
	}
	if c.indexes[conv] == nil {
		c.indexes[conv] = search.Open(c.tx, conv.Hub, conv.id())
	}
	return c.indexes[conv]
}

// saveIndexes stores what the indexes hold back until all is said.
func (c *change) saveIndexes() error {
	for conv, x := range c.indexes {
		if err := c.mended(conv, x.Flush()); err != nil {
			return err
		}
	}
	return nil
}

// mended has the index of a conversation made anew when it could not be read: that a search finds less for a while is no
// reason to lose a message.
func (c *change) mended(conv Conversation, err error) error {
	if !errors.Is(err, store.ErrDamaged) {
		return err
	}
	c.Log.Warn("a search index is damaged and is made anew", "hub", conv.Hub, "cause", err)
	delete(c.indexes, conv)
	c.tx.OnCommit(c.wakeIndexer)
	return search.Rebuild(c.tx, conv.Hub, conv.id())
}

func (h *Hub) wakeIndexer() {
	select {
	case h.reindex <- struct{}{}:
	default: // it is going to look
	}
}

// keepIndexed takes in, while ctx lasts, what the search index lacks: all of a profile from before there was one, and what
// was damaged.
func (h *Hub) keepIndexed(ctx context.Context) {
	for h.wakeIndexer(); ; {
		select {
		case <-ctx.Done():
			return
		case <-h.reindex:
		}
		if err := h.catchUp(ctx); err != nil {
			h.Log.Error("some messages could not be made searchable", "hub", h.Config.Hub, "cause", err)
		}
	}
}

// catchUp indexes what is not indexed, conversation by conversation. One that can't be read does not keep it from the others.
func (h *Hub) catchUp(ctx context.Context) error {
	unfinished, err := h.unindexed()
	for _, conversation := range unfinished {
		for more := true; more && ctx.Err() == nil; {
			var failed error
			more, failed = h.indexSome(conversation)
			err = errors.Join(err, failed)
		}
	}
	return err
}

// unindexed lists the conversations of which a part is not indexed: all when the index is of another version.
func (h *Hub) unindexed() (conversations [][]byte, err error) {
	current := false
	list := func(tx *store.Tx) (err error) {
		current, err = search.Current(tx, h.Config.Hub)
		conversations = search.Unfinished(tx, h.Config.Hub)
		return err
	}
	if err = h.Store.View(list); err != nil || current {
		return conversations, err
	}
	err = h.Store.Update(func(tx *store.Tx) error {
		return errors.Join(search.Begin(tx, h.Config.Hub, h.storedConversations(tx)), list(tx))
	})
	return conversations, err
}

// storedConversations lists the conversations of this hub that have rows.
func (h *Hub) storedConversations(tx *store.Tx) (ids [][]byte) {
	for key := range tx.Bucket(conversationBucket, h.Config.Hub[:]).Range(nil, nil, false, 0) {
		ids = append(ids, key)
	}
	return ids
}

// indexSome takes in the newest rows of a conversation that are not indexed, and reports whether there are more. How far it
// has come is in the store with what it did: it goes on after a crash, and from the start where the index was dropped meanwhile.
func (h *Hub) indexSome(conversation []byte) (more bool, err error) {
	err = h.Store.Update(func(tx *store.Tx) error {
		before, unfinished, err := search.Progress(tx, h.Config.Hub, conversation)
		if err != nil || !unfinished {
			return err
		}
		entries, lowest, err := h.entriesBefore(tx, conversation, before)
		if err != nil {
			return err
		}
		if more = lowest != nil; !more {
			err = search.Finish(tx, h.Config.Hub, conversation)
		} else {
			err = search.SetProgress(tx, h.Config.Hub, conversation, *lowest)
		}
		return errors.Join(err, h.takeIn(tx, conversation, entries))
	})
	return more && err == nil, err
}

// entriesBefore reads the newest rows before a place, in order. The place of the lowest is nil when there is none before it.
func (h *Hub) entriesBefore(tx *store.Tx, conversation []byte, before search.Place) (entries []search.Entry, lowest *search.Place, err error) {
	count := 0
	for key, value := range bucket(tx, rowBucket, h.conversationOf(conversation)).Range(nil, before[:], true, maxIndexed) {
		r, err := store.DecodeValue[row](value)
		if err != nil {
			return nil, nil, err
		}
		if r.searched() {
			entries = append(entries, r.entry(place(key)))
		}
		if count++; count == maxIndexed {
			at := search.Place(key)
			lowest = &at
		}
	}
	slices.Reverse(entries)
	return entries, lowest, nil
}

func (h *Hub) takeIn(tx *store.Tx, conversation []byte, entries []search.Entry) (err error) {
	x := search.Open(tx, h.Config.Hub, conversation)
	for _, e := range entries {
		if err = x.Put(e); err != nil {
			break
		}
	}
	if err == nil {
		err = x.Flush()
	}
	if errors.Is(err, store.ErrDamaged) {
		h.wakeIndexer()
		return search.Rebuild(tx, h.Config.Hub, conversation)
	}
	return err
}
