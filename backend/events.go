package backend

import (
	"context"
	"sync"
)

// maxUnread is how many events wait for a slow reader. Beyond it the oldest go, and a hole in the sequence tells the reader
// to read everything anew.
const maxUnread = 20000

// stream hands events over to one reader, in order, without ever making the writer wait.
type stream struct {
	out  chan Event
	wake chan struct{}

	mu      sync.Mutex // guards the following
	queue   []Event
	latest  map[subject]int // where in the queue, counted from first, the newest word on a subject is
	first   int             // how many events have left the queue
	seq     uint64
	changed chan struct{} // closed and replaced with every event
}

// subject is what an event of which only the newest counts is about.
type subject struct {
	kind EventType
	name string
}

func newStream() *stream {
	return &stream{out: make(chan Event), wake: make(chan struct{}, 1), latest: map[subject]int{}, changed: make(chan struct{})}
}

// subjectOf returns what may be replaced by a newer event; false for what must all be seen.
func subjectOf(e *Event) (subject, bool) {
	switch e.Type {
	case EventConversation:
		return subject{e.Type, e.Conversation}, true
	case EventCall:
		return subject{e.Type, ""}, true
	case EventConversations:
		return subject{e.Type, e.Hub}, true
	case EventHub:
		return subject{e.Type, e.Hub}, true
	case EventPerson:
		return subject{e.Type, e.Hub + e.Person.User}, true
	}
	return subject{}, false
}

// emit adds events.
func (s *stream) emit(events []Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range events {
		s.add(e)
	}
	close(s.changed)
	s.changed = make(chan struct{})
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *stream) add(e Event) {
	about, replaceable := subjectOf(&e)
	if replaceable {
		if at, waits := s.latest[about]; waits && at >= s.first {
			s.queue[at-s.first] = e
			return
		}
		s.latest[about] = s.first + len(s.queue)
	}
	if len(s.queue) >= maxUnread {
		s.drop()
		s.seq++
	}
	s.queue = append(s.queue, e)
}

// drop takes the oldest event out.
func (s *stream) drop() {
	if about, replaceable := subjectOf(&s.queue[0]); replaceable && s.latest[about] == s.first {
		delete(s.latest, about)
	}
	s.queue = s.queue[1:]
	s.first++
}

// next takes the oldest event.
func (s *stream) next() (e Event, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		return e, false
	}
	e = s.queue[0]
	s.drop()
	s.seq++
	e.Seq = s.seq
	return e, true
}

// changes returns a channel that is closed with the next event.
func (s *stream) changes() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// run hands events over until ctx ends, then closes the channel.
func (s *stream) run(ctx context.Context) {
	defer close(s.out)
	for {
		e, ok := s.next()
		if !ok {
			select {
			case <-ctx.Done():
				return
			case <-s.wake:
			}
			continue
		}
		select {
		case <-ctx.Done():
			return
		case s.out <- e:
		}
	}
}
