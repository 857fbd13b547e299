package backend

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gossip/backend/history"
	"gossip/backend/search"
	"gossip/common/id"
)

// Hit is a message that a search has found; see package chat.
type Hit = history.Hit

// SearchResult is what a search has found, the newest first.
type SearchResult struct {
	Hits []Hit  `json:"hits"`
	More bool   `json:"more"`           // there are older ones
	Hint string `json:"hint,omitempty"` // sentences about what was not understood
}

// Bounds of the hits of one search.
const (
	usualHits = 50
	maxHits   = 200
)

// Search finds one's messages, on every hub and in every conversation, by what they say: words and "phrases", all of which
// have to occur, and the filters from:, in:, before:, after:, on: and has:link (see search.Parse). It returns up to limit
// hits (0: 50; at most 200). What it did not understand is in the result's Hint.
func (c *Client) Search(ctx context.Context, question string, limit int) (SearchResult, error) {
	if limit <= 0 {
		limit = usualHits
	}
	s := searching{Client: c, question: search.Parse(question, time.Now()), limit: min(limit, maxHits)}
	if !s.question.Empty() {
		if err := s.run(ctx); err != nil {
			return SearchResult{Hits: []Hit{}}, err
		}
	}
	return s.result(), nil
}

// searching is a search under way.
type searching struct {
	*Client
	question *search.Question
	limit    int
	hits     []Hit
	more     bool
	partial  bool
	hints    []string
}

func (s *searching) run(ctx context.Context) error {
	from := s.authors()
	in, err := s.conversations(ctx)
	if err != nil {
		return err
	}
	for _, h := range s.joined() {
		found, err := h.chat.Search(ctx, history.Search{Question: s.question, From: from, In: in, Limit: s.limit})
		if err != nil {
			return err
		}
		s.hits = append(s.hits, found.List...)
		s.more, s.partial = s.more || found.More, s.partial || found.Partial
	}
	slices.SortStableFunc(s.hits, func(a, b Hit) int { return cmp.Compare(b.Message.SentAt, a.Message.SentAt) })
	return nil
}

func (s *searching) result() SearchResult {
	result := SearchResult{Hits: []Hit{}, More: s.more || len(s.hits) > s.limit}
	result.Hits = append(result.Hits, s.hits[:min(len(s.hits), s.limit)]...)
	hints := append(slices.Clone(s.question.Hints), s.hints...)
	if s.partial {
		hints = append(hints, "Older messages are still being made searchable, so some may be missing here.")
	}
	result.Hint = strings.Join(hints, " ")
	return result
}

// authors are the people that the question names, nil when it names none. A name that nobody has is nobody: then nothing is
// found, and the hint says why.
func (s *searching) authors() map[id.UserID]bool {
	if len(s.question.From) == 0 {
		return nil
	}
	users := map[id.UserID]bool{}
	for _, name := range s.question.From {
		found := s.called(name)
		if len(found) == 0 {
			s.hints = append(s.hints, fmt.Sprintf("Nobody you know is called “%s”; check the spelling.", name))
		}
		for _, user := range found {
			users[user] = true
		}
	}
	return users
}

// called finds the people of any hub who are called so, case and diacritics aside; where no name is the whole of it, those
// whose names begin so. "me" is oneself.
func (s *searching) called(name string) []id.UserID {
	people := s.people()
	if people == nil {
		return nil
	}
	folded := search.Fold(name)
	if folded == "me" {
		return []id.UserID{people.Self()}
	}
	var whole, begin []id.UserID
	for _, h := range s.joined() {
		for _, user := range append(people.Users(h.id), people.Self()) {
			switch theirs := search.Fold(people.Name(h.id, user)); {
			case theirs == folded:
				whole = append(whole, user)
			case strings.HasPrefix(theirs, folded):
				begin = append(begin, user)
			}
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return begin
}

// conversations are those that the question names, nil when it names none.
func (s *searching) conversations(ctx context.Context) (map[Conversation]bool, error) {
	if len(s.question.In) == 0 {
		return nil, nil
	}
	convs := map[Conversation]bool{}
	for _, name := range s.question.In {
		found, err := s.named(ctx, name)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			s.hints = append(s.hints, fmt.Sprintf("You have no conversation called “%s”; check the spelling.", name))
		}
		for _, conv := range found {
			convs[conv] = true
		}
	}
	return convs, nil
}

// named finds the conversations of any hub that are called so; where no name is the whole of it, those whose names begin so.
func (s *searching) named(ctx context.Context, name string) ([]Conversation, error) {
	var whole, begin []Conversation
	for _, h := range s.joined() {
		exact, longer, err := h.chat.Named(ctx, name)
		if err != nil {
			return nil, err
		}
		whole, begin = append(whole, exact...), append(begin, longer...)
	}
	if len(whole) > 0 {
		return whole, nil
	}
	return begin, nil
}
