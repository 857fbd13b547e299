package history

import (
	"bytes"
	"context"
	"errors"
	"time"

	"gossip/backend/search"
	"gossip/backend/store"
	"gossip/common/id"
)

// Hit is a message that a search has found.
type Hit struct {
	Message Message  `json:"message"`
	Ranges  [][2]int `json:"ranges"` // where the words stand in its text: start and end in UTF-16 units
}

// Search is what to look for on one hub.
type Search struct {
	Question *search.Question
	From     map[id.UserID]bool    // who may have written it; nil: anybody
	In       map[Conversation]bool // where it may stand; nil: anywhere
	Limit    int                   // how many hits at most, at least 1
}

// Hits is what was found on one hub, the newest first.
type Hits struct {
	List    []Hit
	More    bool // there are older ones
	Partial bool // not all messages are indexed yet
}

// Search finds messages by what they say. What of the index is damaged is made anew in the background.
func (a *Archive) Search(ctx context.Context, s Search) (Hits, error) {
	f := finding{Archive: a, Search: s, authors: map[id.UserID]bool{}, damaged: map[Conversation]bool{}}
	if err := a.Store.View(func(tx *store.Tx) error { return f.run(ctx, tx) }); err != nil {
		return Hits{}, err
	}
	hits := Hits{List: f.list, More: len(f.list) > s.Limit, Partial: f.partial || len(f.damaged) > 0}
	hits.List = hits.List[:min(len(hits.List), s.Limit)]
	if len(f.damaged) > 0 {
		a.mend(f.damaged)
	}
	return hits, nil
}

// finding is a search under way.
type finding struct {
	*Archive
	Search
	authors map[id.UserID]bool // what heard said
	list    []Hit
	partial bool
	damaged map[Conversation]bool // whose index can't be used any more
}

// run looks for one hit more than wanted. Where some of what was found is not for the person's eyes, it looks further.
func (f *finding) run(ctx context.Context, tx *store.Tx) error {
	complete, err := search.Complete(tx, f.Hub)
	if err != nil {
		return err
	}
	f.partial = !complete
	for want := f.Limit + 1; ; want *= 2 {
		newest, err := f.scan(ctx, tx, want)
		if err != nil {
			return err
		}
		if err := f.read(tx, newest); err != nil || len(f.list) > f.Limit || len(newest) < want {
			return err
		}
	}
}

// from tells who is meant; nil: anybody.
func (f *finding) from() func(id.UserID) bool {
	if f.From == nil {
		return nil
	}
	return func(user id.UserID) bool { return f.From[user] }
}

// heard tells who is meant in a channel: not those whom the person has blocked.
func (f *finding) heard(user id.UserID) bool {
	heard, known := f.authors[user]
	if !known {
		heard = (f.From == nil || f.From[user]) && !f.People.Blocked(user)
		f.authors[user] = heard
	}
	return heard
}

// scan finds the newest messages that fit.
func (f *finding) scan(ctx context.Context, tx *store.Tx, want int) ([]search.Hit[Conversation], error) {
	newest := search.Newest[Conversation]{Limit: want, Compare: func(a, b Conversation) int { return bytes.Compare(a.Key(), b.Key()) }}
	now := Millis(time.Now())
	direct, channel := f.Question.Filter(f.from(), now), f.Question.Filter(f.heard, now)
	for _, key := range f.stored(tx) {
		conv := f.ConversationOf(key)
		if f.In != nil && !f.In[conv] {
			continue
		}
		filter := channel
		if conv.Direct() {
			filter = direct
		}
		err := filter.Scan(ctx, tx, conv.Hub, key, func(found search.Found) { newest.Add(conv, found) })
		switch {
		case errors.Is(err, store.ErrDamaged):
			f.damaged[conv] = true
		case err != nil:
			return nil, err
		}
	}
	return newest.All(), nil
}

// read reads the messages that were found, as far as they are for the person's eyes. An index that knows of messages that
// are not there is not of this history.
func (f *finding) read(tx *store.Tx, found []search.Hit[Conversation]) error {
	f.list = nil
	for _, at := range found {
		r, here, err := store.GetValue[Row](at.In.Bucket(tx, rowBucket), at.Place[:])
		switch {
		case errors.Is(err, store.ErrDamaged): // nobody can read this one any more
		case err != nil:
			return err
		case !here || !r.searched():
			f.damaged[at.In] = true
		case f.shows(at.In, &r):
			f.list = append(f.list, Hit{f.message(tx, at.In, Place(at.Place), &r), f.Question.Ranges(r.Text)})
		}
	}
	return nil
}

// mend has the indexes of conversations made anew.
func (a *Archive) mend(damaged map[Conversation]bool) {
	err := a.Store.Update(func(tx *store.Tx) error {
		tx.OnCommit(a.wakeIndexer)
		for conv := range damaged {
			a.Log.Warn("a search index is damaged and is made anew", "hub", conv.Hub)
			if err := search.Rebuild(tx, conv.Hub, conv.Key()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		a.Log.Error("a damaged search index could not be dropped", "hub", a.Hub, "cause", err)
	}
}
