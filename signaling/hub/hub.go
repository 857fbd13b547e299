// Package hub serves the devices that SSH has let in: it logs them in, routes their packets through the
// journals, fans out to who is online, and tells who is. It knows no network: a Conn is whatever carries
// one device's packets.
//
// Decisions beyond the protocol's page:
//
//   - A device's first ack for a journal in a connection subscribes it: delivery starts after the larger of the
//     ack's Seq and the cursor on disk. Cursors in channels are set at the journal's end by a user's join and by a device's
//     first login, so that nothing said after that is missed.
//   - A packet reaches the sender's other devices but not the sending device; that device's cursor passes its own packets.
//   - What a device sends again with the same id is acknowledged again with its first position and not delivered again.
//   - A packet that is refused for its rate, or because the disk does not keep up, closes the door for the data packets
//     behind it until RetryAfter has passed, so that a sender's order holds.
//   - Retention 0 keeps nothing: a packet goes to who is online and is acknowledged without a Seq.
//   - A second connection of a device replaces the first.
//   - A device is in one channel's call at a time; the rosters are in memory, and made anew from what devices tell.
//
// Who owns what: a session's reader goroutine runs everything that the device asks for, in order. A room belongs to
// whichever goroutine runs its pass, at most one at a time. Lock order: Hub.mu before nothing; calls.mu before Hub.mu; room.mu before
// session.mu; neither is held during a write to a connection or to the store.
package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"gossip/common/id"
	"gossip/common/identity"
	"gossip/signaling/account"
	"gossip/signaling/channel"
	"gossip/signaling/store"
)

// Conn carries the packets of one device whose key has been authenticated.
type Conn interface {
	io.ReadWriter
	// Close ends the whole connection at once, whatever is under way.
	Close() error
	// Device is the key that was authenticated.
	Device() id.DeviceID
	// Session is the SSH session identifier, to which credentials are bound.
	Session() []byte
	// Address is where the device comes from; only its failures are counted by it.
	Address() netip.Addr
	// LoginEnds is when the device has to be logged in.
	LoginEnds() time.Time
	// LoggedIn tells the bearer that the login is over.
	LoggedIn()
}

// Options are what a hub is made of. All are needed but Password, Greeting and ICE.
type Options struct {
	Store    store.Store
	Accounts *account.Accounts
	Channels *channel.Channels
	Key      *identity.DeviceKey // its primary key is the SSH host key
	Limits   Limits
	Password string // empty: anyone may come in
	Greeting Greeting
	ICE      ICE // nil: the hub has neither STUN nor TURN
	Log      *slog.Logger
}

// Greeting is what the hub says of itself.
type Greeting struct {
	Name string
	Motd string // message of the day
}

// Hub routes between sessions. Make it with New, then Run; Serve each connection meanwhile.
type Hub struct {
	store    store.Store
	accounts *account.Accounts
	channels *channel.Channels
	key      *identity.DeviceKey
	limits   Limits
	password *password
	log      *slog.Logger
	greeting atomic.Pointer[Greeting]

	inMemory  *semaphore.Weighted // bytes of frames between their sender and the last recipient's queue
	strangers failures
	rooms     rooms
	posting   [64]sync.Mutex // keep a channel's updates in the order of its log; by the first byte of its id
	notices   notices
	calls     *calls
	ice       ICE
	dirty     dirtyJournals
	counters  counters
	tick      atomic.Int64 // quarters of the write timeout that Run has counted, from 1

	children sync.WaitGroup // everything that the hub starts
	closing  atomic.Bool    // set under mu

	mu       sync.Mutex    // guards the following
	arriving map[Conn]bool // not logged in yet
	sessions map[id.DeviceID]*session
	online   map[id.UserID]int  // sessions of each user
	changed  map[id.UserID]bool // whose presence is to be told, by a timer that runs while there are any
	presence *time.Timer
}

// New makes a hub on an open store.
func New(o Options) (*Hub, error) {
	if o.Store == nil || o.Accounts == nil || o.Channels == nil || o.Key == nil || o.Log == nil {
		return nil, errors.New("hub: an option is missing")
	}
	if err := o.Limits.Validate(); err != nil {
		return nil, fmt.Errorf("hub: %w", err)
	}
	h := &Hub{
		store: o.Store, accounts: o.Accounts, channels: o.Channels, key: o.Key, limits: o.Limits, log: o.Log,
		password: newPassword(o.Password), inMemory: semaphore.NewWeighted(o.Limits.MemoryBytes),
		arriving: map[Conn]bool{}, sessions: map[id.DeviceID]*session{}, online: map[id.UserID]int{}, changed: map[id.UserID]bool{},
	}
	h.tick.Store(1)
	h.notices.hub = h
	h.calls, h.ice = newCalls(h), o.ICE
	h.SetGreeting(o.Greeting)
	return h, h.restoreStarts()
}

// SetGreeting changes what the next device is told.
func (h *Hub) SetGreeting(g Greeting) { h.greeting.Store(&g) }

// Run keeps the hub in order until ctx ends; then it finishes what is under way, tells every device to come back
// later, and returns when all of them are gone.
func (h *Hub) Run(ctx context.Context) error {
	h.children.Go(func() { h.sweep(ctx) })
	check := time.NewTicker(h.limits.WriteTimeout / ticksPerTimeout)
	defer check.Stop()
	for {
		select {
		case <-check.C:
			h.tick.Add(1)
			h.cutStuck()
			h.calls.expire(time.Now())
		case <-ctx.Done():
			h.shutDown()
			h.children.Wait()
			return nil
		}
	}
}

// shutDown takes no more packets, waits for those on their way to the disk, and ends all sessions.
func (h *Hub) shutDown() {
	h.mu.Lock()
	h.closing.Store(true)
	h.stopPresenceLocked()
	for conn := range h.arriving {
		conn.Close()
	}
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), h.limits.ShutdownTime)
	defer cancel()
	if err := h.inMemory.Acquire(ctx, h.limits.MemoryBytes); err != nil {
		h.log.Warn("shutting down while packets still wait for the disk", "err", err)
	} else {
		h.inMemory.Release(h.limits.MemoryBytes)
	}
	for _, s := range h.everyone() {
		s.cut(errShutdown, keepQueue)
	}
}

// everyone lists the sessions that are logged in.
func (h *Hub) everyone() []*session {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*session, 0, len(h.sessions))
	for _, s := range h.sessions {
		all = append(all, s)
	}
	return all
}

// sessionOf returns the session of a device that is online, or nil.
func (h *Hub) sessionOf(device id.DeviceID) *session {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sessions[device]
}

// sessionsOf lists the sessions of users.
func (h *Hub) sessionsOf(users ...id.UserID) []*session {
	var devices []id.DeviceID
	for _, user := range users {
		devices = append(devices, h.accounts.Devices(user)...)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var found []*session
	for _, device := range devices {
		if s := h.sessions[device]; s != nil {
			found = append(found, s)
		}
	}
	return found
}

// enter makes a session reachable and ends the device's earlier one. False when the hub is closing.
func (h *Hub) enter(s *session) bool {
	h.mu.Lock()
	if h.closing.Load() {
		h.mu.Unlock()
		return false
	}
	old := h.sessions[s.device]
	h.sessions[s.device] = s
	if h.online[s.user]++; h.online[s.user] == 1 {
		h.changedLocked(s.user)
	}
	h.mu.Unlock()
	if old != nil {
		h.counters.replaced.Add(1)
		old.cut(errReplaced, dropQueue)
	}
	return true
}

// leave forgets a session that has ended.
func (h *Hub) leave(s *session) {
	h.mu.Lock()
	if h.sessions[s.device] == s {
		delete(h.sessions, s.device)
	}
	if h.online[s.user]--; h.online[s.user] == 0 {
		delete(h.online, s.user)
		h.changedLocked(s.user)
	}
	h.mu.Unlock()
}

// ticksPerTimeout is how often writes are looked at within the time that one may take.
const ticksPerTimeout = 4

// cutStuck ends the sessions whose write has been under way for too long.
func (h *Hub) cutStuck() {
	oldest := h.tick.Load() - ticksPerTimeout
	for _, s := range h.everyone() {
		if since := s.writingSince.Load(); since != 0 && since <= oldest {
			s.cut(errSlow, dropQueue)
		}
	}
}
