// Package chat holds the conversations of one hub: what is said in channels and in direct messages, in which order, to whom it
// still has to go, and what is missing and being asked for again. What is shown of all that is kept by package history, what has
// to go out by package outbox, who is in a channel by package directory. One goroutine a hub owns all of it; what changes
// together is stored in one transaction.
package chat

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gossip/backend/directory"
	"gossip/backend/e2ee"
	"gossip/backend/history"
	"gossip/backend/outbox"
	"gossip/backend/roster"
	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
)

// ErrClosed is returned by calls on a hub whose goroutine has ended.
var ErrClosed = errors.New("the client is closed")

// ErrOffline is returned by what needs the hub at once.
var ErrOffline = errors.New("there is no connection to the hub now; try again when it is back")

// Preferences are what the person chose about what others get to know and keep.
type Preferences struct {
	ReadReceipts bool
	Typing       bool
	Timer        time.Duration // after which messages of a conversation that one begins disappear; 0: they stay
}

// Config is what a Hub needs.
type Config struct {
	Hub         id.HubID
	HubKey      id.DeviceID // the hub's host key, which signs the statements that are its own
	Device      *identity.DeviceKey
	Store       *store.Store
	Engine      *e2ee.Engine
	Roster      *roster.Roster
	Preferences func() Preferences
	Calls       Calls                // nil: nobody hears of calls
	Emit        func(events []Event) // called from the hub's goroutine, after the commit; must not block
	Log         *slog.Logger
}

// Connection is what a Hub asks of a live connection.
type Connection interface {
	// Send queues a packet and does not wait; an error means that it will not be sent.
	Send(p wire.Packet) error
	// Request asks for cards and logs.
	Request(ctx context.Context, want wire.CardRequest) (Answer, error)
	// Post adds a signed statement to a channel's log; a refusal is a *wire.Error.
	Post(ctx context.Context, statement []byte) (index uint64, err error)
	// Close ends the connection; another one will follow.
	Close()
}

// Answer is what came for a Request.
type Answer struct {
	Cards [][]byte
	Logs  []wire.ChannelUpdate
	End   wire.EndOfCards
}

// Hub owns everything of one hub: one goroutine (Run) handles commands, packets and timers, one after the other.
type Hub struct {
	Config
	*history.Archive
	self   id.UserID
	device id.DeviceID

	jobs    chan func()   // commands; run by the goroutine
	arrived chan struct{} // tells that queue is not empty
	stopped chan struct{} // closed when Run has ended
	workers sync.WaitGroup
	ctx     context.Context // Run's; set before anything is handled

	room chan struct{} // tells Packet that queue has become shorter

	queueMu    sync.Mutex // guards the following
	queue      []arrival
	queueBytes int  // of its packets
	asking     bool // a batch waits for an answer of the hub
	overflowed bool // packets of this connection were dropped

	// The rest belongs to the goroutine of Run.
	conn          Connection // nil while offline
	deaf          bool       // the connection was given up: what it still brings is discarded
	directory     *directory.Directory
	cursors       map[id.ChannelID]*cursor // NoChannel: the inbox
	outbox        *outbox.Outbox
	asksAgain     time.Time // when the hub may be asked again for what the held messages lack
	repairs       map[id.MessageID]*repair
	receiptsDue   time.Time // zero: none wait
	sweepDue      time.Time
	fetching      map[id.UserID]bool
	unavailable   map[id.UserID]absence
	confirmed     map[id.UserID]bool // whose newest card is here, as the hub has said in this connection
	questions     int                // to the hub, under way in the background
	syncs         int                // logs that are being fetched in the background, by this connection
	paused        []arrival          // wait for cards or logs
	forLogs       bool               // what is paused waits for the logs of syncs
	typing        typingState
	answered      map[id.DeviceID]int // resends given in this window
	answeredSince time.Time
	foreign       map[id.ChannelID]bool // not one's own, of which sender keys are kept since the last sweep
	calls         callState
}

// Open loads the hub's state from the store; Run brings it to life.
func Open(config Config) (*Hub, error) {
	h := &Hub{
		Config: config, self: config.Roster.Self(), device: config.Device.ID(),
		jobs: make(chan func()), arrived: make(chan struct{}, 1), room: make(chan struct{}, 1), stopped: make(chan struct{}),
		fetching: map[id.UserID]bool{}, unavailable: map[id.UserID]absence{}, confirmed: map[id.UserID]bool{}, answered: map[id.DeviceID]int{}, foreign: map[id.ChannelID]bool{},
		directory: directory.New(config.Hub, config.HubKey), outbox: outbox.New(config.Hub), typing: newTypingState(), calls: newCallState(),
	}
	if h.Calls == nil {
		h.Calls = deaf{}
	}
	h.Archive = history.New(history.Config{
		Hub: config.Hub, Self: h.self, Device: h.device, Store: config.Store, People: config.Roster, Log: config.Log,
		ReadReceipts: func() bool { return config.Preferences().ReadReceipts },
	})
	return h, h.load()
}

// load reads the state that is kept in memory; it is called again when a transaction has failed.
func (h *Hub) load() error {
	return h.Store.View(func(tx *store.Tx) error {
		for _, part := range []func(*store.Tx) error{h.loadCursors, h.Archive.Load, h.loadChannels, h.outbox.Load, h.loadRepairs, h.loadReceipts} {
			if err := part(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// Run handles everything until ctx ends, and returns when all that it started has ended.
func (h *Hub) Run(ctx context.Context) {
	h.ctx = ctx
	defer close(h.stopped)
	defer h.workers.Wait()
	h.work(h.KeepIndexed)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case job := <-h.jobs:
			job()
		case <-h.arrived:
			h.takeArrivals()
		case <-timer.C:
			h.tick()
		}
		h.flush()
		timer.Reset(h.untilDue())
	}
}

// do runs f in the hub's goroutine and returns its error.
func (h *Hub) do(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	select {
	case h.jobs <- func() { done <- f() }:
		return <-done
	case <-h.stopped:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// call is do without an end of patience: what it runs is short.
func (h *Hub) call(f func() error) error { return h.do(context.Background(), f) }

// work runs f in a goroutine of its own, which ends before Run does.
func (h *Hub) work(f func(ctx context.Context)) {
	ctx := h.ctx
	h.workers.Go(func() { f(ctx) })
}

// change is a transaction under way: the Hub, the store's transaction, what it does to the history, and what has to be told
// once it is durable.
type change struct {
	*Hub
	*history.Change
	tx     *store.Tx
	now    time.Time
	events []Event
	after  []func() // what is to be done once it is durable
}

// update runs do in one transaction. What do changes in memory is read again from the store when it fails.
func (h *Hub) update(do func(c *change) error) error {
	c := &change{Hub: h, now: time.Now()}
	err := h.Store.Update(func(tx *store.Tx) error {
		c.tx, c.Change = tx, h.Begin(tx, c.now, c)
		if err := do(c); err != nil {
			return err
		}
		return c.Finish()
	})
	if err != nil {
		if broken := h.load(); broken != nil {
			h.Log.Error("the store can't be read again", "cause", broken)
		}
		return err
	}
	for _, key := range c.Touched() {
		if key.Direct() && !h.listed(key) {
			continue // whoever hears of it would list it
		}
		info := h.info(key)
		c.emit(Event{Type: EventConversation, Conversation: info.Key, ConversationInfo: &info})
	}
	if len(c.events) > 0 {
		h.Emit(c.events)
	}
	for _, f := range c.after {
		f()
	}
	return nil
}

// emit notes an event for after the commit.
func (c *change) emit(e Event) {
	e.Hub = c.Config.Hub.String()
	c.events = append(c.events, e)
}

// tell emits an event that belongs to no transaction.
func (h *Hub) tell(e Event) {
	e.Hub = h.Config.Hub.String()
	h.Emit([]Event{e})
}

// tick does what is due.
func (h *Hub) tick() {
	now := time.Now()
	for _, step := range []func(time.Time) error{h.expire, h.sendReceipts, h.askAgain, h.sweep} {
		if err := step(now); err != nil {
			h.Log.Error("a due change could not be stored", "hub", h.Config.Hub, "cause", err)
		}
	}
	h.endTyping(now)
	h.lookAfterCalls(now)
	if !h.asksAgain.IsZero() && !now.Before(h.asksAgain) {
		h.asksAgain = time.Time{}
		h.syncBehind()
	}
	h.sendAcks(now)
}

// sweepEvery is how often the keys that are over are forgotten.
const sweepEvery = 24 * time.Hour

// sweep forgets the keys that are over although nothing comes any more.
func (h *Hub) sweep(now time.Time) error {
	if now.Before(h.sweepDue) {
		return nil
	}
	h.sweepDue = now.Add(sweepEvery)
	return h.Store.Update(func(tx *store.Tx) error { return errors.Join(h.Engine.Expire(tx, now), h.forgetForeign(tx)) })
}

// The naps of the goroutine: what is due is looked at again after longestNap although nothing said so, and not more often than
// every shortestNap.
const (
	shortestNap = 2 * time.Millisecond
	longestNap  = time.Hour
)

// untilDue returns how long the goroutine may sleep.
func (h *Hub) untilDue() time.Duration {
	next := time.Now().Add(longestNap)
	for _, due := range []time.Time{h.ExpiryDue(), h.receiptsDue, h.repairsDue(), h.typing.due(), h.calls.due, h.acksDue(), h.retryDue(), h.asksAgain} {
		if !due.IsZero() && due.Before(next) {
			next = due
		}
	}
	return max(time.Until(next), shortestNap)
}
