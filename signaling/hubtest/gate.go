package hubtest

import (
	"sync"
	"time"

	"gossip/signaling/store"
)

// gate stands before a store, so that a crash can stop every write at one moment. What was under way then reaches the
// disk; nothing after it does.
type gate struct {
	store.Store

	mu       sync.Mutex // guards the following
	shut     bool
	idle     sync.Cond
	underWay int
	left     int    // writes until it shuts by itself; 0: it does not
	died     func() // called when it does
}

func newGate(s store.Store) *gate {
	g := &gate{Store: s}
	g.idle.L = &g.mu
	return g
}

// shutDown refuses what is new and waits for what is under way.
func (g *gate) shutDown() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = true
	for g.underWay > 0 {
		g.idle.Wait()
	}
}

// shutAt shuts the gate at the n-th write from now on, which does not get through, and calls died at that moment.
func (g *gate) shutAt(n int, died func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left, g.died = n, died
}

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shut
}

// enter counts a write in; false when the gate is shut.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left > 0 {
		if g.left--; g.left == 0 {
			g.shut = true
			g.died()
		}
	}
	if g.shut {
		return false
	}
	g.underWay++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.underWay--
	g.idle.Broadcast()
}

// Append is that of store.Journals, as the following are of store.Store.
func (g *gate) Append(j store.Journal, e store.Entry, done func(store.Position, error)) {
	if !g.enter() {
		go done(store.Position{}, store.ErrClosed)
		return
	}
	g.Store.Append(j, e, func(at store.Position, err error) {
		done(at, err)
		g.leave()
	})
}

// Set refuses when the gate is shut.
func (g *gate) Set(kind, key string, version uint64, value []byte) (uint64, error) {
	if !g.enter() {
		return 0, store.ErrClosed
	}
	defer g.leave()
	return g.Store.Set(kind, key, version, value)
}

// Delete refuses when the gate is shut.
func (g *gate) Delete(kind, key string, version uint64) error {
	if !g.enter() {
		return store.ErrClosed
	}
	defer g.leave()
	return g.Store.Delete(kind, key, version)
}

// Trim refuses when the gate is shut.
func (g *gate) Trim(j store.Journal, upTo uint64) (int, error) {
	if !g.enter() {
		return 0, store.ErrClosed
	}
	defer g.leave()
	return g.Store.Trim(j, upTo)
}

// Drop refuses when the gate is shut.
func (g *gate) Drop(j store.Journal) error {
	if !g.enter() {
		return store.ErrClosed
	}
	defer g.leave()
	return g.Store.Drop(j)
}

// Sweep does nothing when the gate is shut.
func (g *gate) Sweep(now time.Time, retention time.Duration, inboxBytes int64) error {
	if !g.enter() {
		return store.ErrClosed
	}
	defer g.leave()
	return g.Store.Sweep(now, retention, inboxBytes)
}
