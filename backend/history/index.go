package history

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
func (r *Row) searched() bool {
	return r.Type == content.TypeText && r.Notice == nil && !r.Deleted && r.Text != ""
}

func (r *Row) entry(at Place) search.Entry {
	return search.Entry{Place: search.Place(at), From: r.From, SentAt: r.SentAt, ExpiresAt: r.ExpiresAt, Text: r.Text}
}

// index takes a row into the search, or out of it when there is nothing to be found in it any more.
func (c *Change) index(conv Conversation, at Place, r *Row) error {
	if !r.searched() {
		return c.unindex(conv, at)
	}
	return c.mended(conv, c.indexOf(conv).Put(r.entry(at)))
}

// unindex takes what stands at a place out of the search.
func (c *Change) unindex(conv Conversation, at Place) error {
	return c.mended(conv, c.indexOf(conv).Delete(search.Place(at)))
}

// indexOf returns the index of a conversation, as this transaction has it.
func (c *Change) indexOf(conv Conversation) *search.Index {
	if c.indexes[conv] == nil {
		c.indexes[conv] = search.Open(c.tx, conv.Hub, conv.Key())
	}
	return c.indexes[conv]
}

// saveIndexes stores what the indexes hold back until all is said.
func (c *Change) saveIndexes() error {
	for conv, x := range c.indexes {
		if err := c.mended(conv, x.Flush()); err != nil {
			return err
		}
	}
	return nil
}

// mended has the index of a conversation made anew when it could not be read: that a search finds less for a while is no
// reason to lose a message.
func (c *Change) mended(conv Conversation, err error) error {
	if !errors.Is(err, store.ErrDamaged) {
		return err
	}
	c.archive.Log.Warn("a search index is damaged and is made anew", "hub", conv.Hub, "cause", err)
	delete(c.indexes, conv)
	c.tx.OnCommit(c.archive.wakeIndexer)
	return search.Rebuild(c.tx, conv.Hub, conv.Key())
}

func (a *Archive) wakeIndexer() {
	select {
	case a.reindex <- struct{}{}:
	default: // it is going to look
	}
}

// KeepIndexed takes in, while ctx lasts, what the search index lacks: all of a profile from before there was one, and what
// was damaged.
func (a *Archive) KeepIndexed(ctx context.Context) {
	for a.wakeIndexer(); ; {
		select {
		case <-ctx.Done():
			return
		case <-a.reindex:
		}
		if err := a.catchUp(ctx); err != nil {
			a.Log.Error("some messages could not be made searchable", "hub", a.Hub, "cause", err)
		}
	}
}

// catchUp indexes what is not indexed, conversation by conversation. One that can't be read does not keep it from the others.
func (a *Archive) catchUp(ctx context.Context) error {
	unfinished, err := a.unindexed()
	for _, conversation := range unfinished {
		for more := true; more && ctx.Err() == nil; {
			var failed error
			more, failed = a.indexSome(conversation)
			err = errors.Join(err, failed)
		}
	}
	return err
}

// unindexed lists the conversations of which a part is not indexed: all when the index is of another version.
func (a *Archive) unindexed() (conversations [][]byte, err error) {
	current := false
	list := func(tx *store.Tx) (err error) {
		current, err = search.Current(tx, a.Hub)
		conversations = search.Unfinished(tx, a.Hub)
		return err
	}
	if err = a.Store.View(list); err != nil || current {
		return conversations, err
	}
	err = a.Store.Update(func(tx *store.Tx) error {
		return errors.Join(search.Begin(tx, a.Hub, a.stored(tx)), list(tx))
	})
	return conversations, err
}

// indexSome takes in the newest rows of a conversation that are not indexed, and reports whether there are more. How far it
// has come is in the store with what it did: it goes on after a crash, and from the start where the index was dropped meanwhile.
func (a *Archive) indexSome(conversation []byte) (more bool, err error) {
	err = a.Store.Update(func(tx *store.Tx) error {
		before, unfinished, err := search.Progress(tx, a.Hub, conversation)
		if err != nil || !unfinished {
			return err
		}
		entries, lowest, err := a.entriesBefore(tx, conversation, before)
		if err != nil {
			return err
		}
		if more = lowest != nil; !more {
			err = search.Finish(tx, a.Hub, conversation)
		} else {
			err = search.SetProgress(tx, a.Hub, conversation, *lowest)
		}
		return errors.Join(err, a.takeIn(tx, conversation, entries))
	})
	return more && err == nil, err
}

// entriesBefore reads the newest rows before a place, in order. The place of the lowest is nil when there is none before it.
func (a *Archive) entriesBefore(tx *store.Tx, conversation []byte, before search.Place) (entries []search.Entry, lowest *search.Place, err error) {
	count := 0
	for key, value := range a.ConversationOf(conversation).Bucket(tx, rowBucket).Range(nil, before[:], true, maxIndexed) {
		r, err := store.DecodeValue[Row](value)
		if err != nil {
			return nil, nil, err
		}
		if r.searched() {
			entries = append(entries, r.entry(Place(key)))
		}
		if count++; count == maxIndexed {
			at := search.Place(key)
			lowest = &at
		}
	}
	slices.Reverse(entries)
	return entries, lowest, nil
}

func (a *Archive) takeIn(tx *store.Tx, conversation []byte, entries []search.Entry) (err error) {
	x := search.Open(tx, a.Hub, conversation)
	for _, e := range entries {
		if err = x.Put(e); err != nil {
			break
		}
	}
	if err == nil {
		err = x.Flush()
	}
	if errors.Is(err, store.ErrDamaged) {
		a.wakeIndexer()
		return search.Rebuild(tx, a.Hub, conversation)
	}
	return err
}
