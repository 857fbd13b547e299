package chat

import (
	"bytes"
	"context"
	"errors"
	"strings"
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

// Search finds messages by what they say. It reads the store only, whatever the hub's goroutine does; what of the index is
// damaged is made anew in the background.
func (h *Hub) Search(ctx context.Context, s Search) (hits Hits, err error) {
	var damaged []Conversation
	err = h.Store.View(func(tx *store.Tx) error {
		complete, err := search.Complete(tx, h.Config.Hub)
		if err != nil {
			return err
		}
		hits.Partial = !complete
		for want := s.Limit + 1; ; want *= 2 {
			var newest []search.Hit[Conversation]
			if newest, damaged, err = h.scan(ctx, tx, s, want); err != nil {
				return err
			}
			hits.List, err = h.shown(tx, s.Question, newest)
			if err != nil || len(hits.List) > s.Limit || len(newest) < want {
				return err // otherwise some were not for the person's eyes, and older ones may be
			}
		}
	})
	if err != nil {
		return Hits{}, err
	}
	if hits.More = len(hits.List) > s.Limit; hits.More {
		hits.List = hits.List[:s.Limit]
	}
	if len(damaged) > 0 {
		hits.Partial = true
		h.mend(ctx, damaged)
	}
	return hits, nil
}

// scan finds the newest messages that fit, and whose index can't be read.
func (h *Hub) scan(ctx context.Context, tx *store.Tx, s Search, want int) (found []search.Hit[Conversation], damaged []Conversation, err error) {
	newest := search.Newest[Conversation]{Limit: want, Compare: func(a, b Conversation) int { return bytes.Compare(a.id(), b.id()) }}
	filter := s.Question.Filter(s.From, millis(time.Now()))
	for _, key := range h.storedConversations(tx) {
		conv := h.conversationOf(key)
		if s.In != nil && !s.In[conv] {
			continue
		}
		err := filter.Scan(ctx, tx, conv.Hub, key, func(f search.Found) { newest.Add(conv, f) })
		if errors.Is(err, store.ErrDamaged) {
			damaged = append(damaged, conv)
		} else if err != nil {
			return nil, nil, err
		}
	}
	return newest.All(), damaged, nil
}

// shown reads the messages that were found, as far as they are for the person's eyes.
func (h *Hub) shown(tx *store.Tx, q *search.Question, found []search.Hit[Conversation]) (list []Hit, err error) {
	for _, f := range found {
		r, ok, err := store.GetValue[row](bucket(tx, rowBucket, f.In), f.Place[:])
		if err != nil {
			return nil, err
		}
		if ok && r.searched() && h.shows(f.In, &r) {
			list = append(list, Hit{h.message(tx, f.In, place(f.Place), &r), q.Ranges(r.Text)})
		}
	}
	return list, nil
}

// mend has the indexes of conversations made anew.
func (h *Hub) mend(ctx context.Context, damaged []Conversation) {
	err := h.do(ctx, func() error {
		return h.update(func(c *change) error {
			for _, conv := range damaged {
				if err := c.mended(conv, store.ErrDamaged); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		h.Log.Error("a damaged search index could not be dropped", "hub", h.Config.Hub, "cause", err)
	}
}

// Named finds the conversations that are called so, case and diacritics aside, and those whose names begin so: "#name"
// means channels, "@name" people, a bare name both.
func (h *Hub) Named(ctx context.Context, called string) (whole, begin []Conversation, err error) {
	name := search.Fold(strings.TrimLeft(called, "#@"))
	channels, people := !strings.HasPrefix(called, "@"), !strings.HasPrefix(called, "#")
	err = h.do(ctx, func() error {
		for conv := range h.conversations {
			if conv.Direct() && !people || !conv.Direct() && !channels {
				continue
			}
			switch folded := search.Fold(h.info(conv).Name); {
			case folded == name:
				whole = append(whole, conv)
			case strings.HasPrefix(folded, name):
				begin = append(begin, conv)
			}
		}
		return nil
	})
	return whole, begin, err
}
