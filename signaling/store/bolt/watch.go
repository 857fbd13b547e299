package bolt

import (
	"bytes"

	"gossip/signaling/store"
)

// watcher is one Watch; guarded by Store.mu, so that nothing is sent to a closed channel.
type watcher struct{ changes chan store.Change }

// Watch delivers the later changes of a kind.
func (s *Store) Watch(kind string) (<-chan store.Change, func()) {
	w := &watcher{changes: make(chan store.Change, store.WatchBuffer)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut {
		close(w.changes)
		return w.changes, func() {}
	}
	if s.watchers[kind] == nil {
		s.watchers[kind] = make(map[*watcher]struct{})
	}
	s.watchers[kind][w] = struct{}{}
	return w.changes, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.unwatch(kind, w)
	}
}

// unwatch ends a watch, once. mu is held.
func (s *Store) unwatch(kind string, w *watcher) {
	if _, ok := s.watchers[kind][w]; !ok {
		return
	}
	delete(s.watchers[kind], w)
	close(w.changes)
}

// notify tells the watchers of a kind; one that does not keep up is cut. mu is held.
func (s *Store) notify(c *change) {
	for w := range s.watchers[c.kind] {
		told := c.Change
		told.Value = bytes.Clone(c.Value) // each watcher owns what it gets
		select {
		case w.changes <- told:
		default:
			s.unwatch(c.kind, w)
		}
	}
}

// closeWatchers ends all watches and lets no new call in.
func (s *Store) closeWatchers() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut = true
	for kind, watchers := range s.watchers {
		for w := range watchers {
			s.unwatch(kind, w)
		}
	}
}
