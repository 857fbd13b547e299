package search

import (
	"bytes"
	"cmp"
	"slices"
)

// Newest keeps the newest of what was found, up to a limit. K names the conversation.
type Newest[K any] struct {
	Compare func(a, b K) int // orders what was sent at the same time
	Limit   int

	found []Hit[K]
	floor int64 // nothing older can be among them
	full  bool
}

// Hit is what was found, and where.
type Hit[K any] struct {
	Found
	In K
}

// Add takes in what was found.
func (n *Newest[K]) Add(in K, f Found) {
	if n.full && f.SentAt < n.floor {
		return
	}
	n.found = append(n.found, Hit[K]{f, in})
	if len(n.found) >= 2*n.Limit {
		n.prune()
	}
}

func (n *Newest[K]) prune() {
	slices.SortFunc(n.found, func(a, b Hit[K]) int {
		return cmp.Or(cmp.Compare(b.SentAt, a.SentAt), n.Compare(a.In, b.In), bytes.Compare(b.Place[:], a.Place[:]))
	})
	if len(n.found) >= n.Limit {
		n.found = n.found[:n.Limit]
		n.floor, n.full = n.found[n.Limit-1].SentAt, true
	}
}

// All returns what was kept, the newest first.
func (n *Newest[K]) All() []Hit[K] {
	n.prune()
	return n.found
}
