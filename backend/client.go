// Package backend is the client without a window: it holds the identity, joins hubs, keeps conversations, and tells of
// every change in one ordered stream of events. The desktop app and gossip-cli stand on the same Client.
//
// Goroutines: one a hub that owns its conversations (package chat), one a connection (package link), one for the
// call (package call), one for the events. Close ends them all.
package backend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"gossip/backend/call"
	"gossip/backend/roster"
	"gossip/backend/settings"
	"gossip/backend/store"
	"gossip/backend/vault"
	"gossip/common/id"
)

// Options say where a profile is and how to reach the world.
type Options struct {
	Dir    string       // the profile's folder; made with mode 0700
	Log    *slog.Logger // nil: nothing is logged
	Unlock vault.Unlock // how the store key is found
	// Dial opens the bearer to "host:port"; nil: TCP.
	Dial   func(ctx context.Context, address string) (net.Conn, error)
	Client string // name and version, for the hub's log
	// Media is the machine's sound and picture; nil: calls carry neither.
	Media call.Media
	// CallNetwork is what calls are made over; nil: the machine's.
	CallNetwork call.Network
	// CallLoopback takes this machine's own address for calls, too: for programs that call each other on one machine.
	CallLoopback bool
}

// rotateEvery is how often the device's encryption subkeys are looked after.
const rotateEvery = 24 * time.Hour

// Client is an open profile. Its methods may be called from several goroutines.
type Client struct {
	options  Options
	log      *slog.Logger
	vault    *vault.Vault
	store    *store.Store
	settings *settings.Settings
	events   *stream

	alive context.Context // ends with Close
	end   context.CancelFunc
	tasks sync.WaitGroup // hubs and their links

	mu     sync.Mutex // guards the following
	me     *self      // nil without an identity
	roster *roster.Roster
	phone  *call.Phone // nil without an identity
	hubs   map[id.HubID]*hub
	closed bool
}

// New opens the profile. Its errors are sentences for a person: a wrong passphrase, a profile that another process
// uses, a damaged store.
func New(o Options) (*Client, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("the profile's folder can't be made; choose another one: %w", err)
	}
	v, err := vault.Open(o.Dir, o.Unlock)
	if err != nil {
		return nil, err
	}
	preferences, err := settings.Open(o.Dir)
	if err != nil {
		return nil, errors.Join(err, v.Lock())
	}
	c := &Client{options: o, log: o.Log, vault: v, store: v.Store(), settings: preferences, events: newStream(), hubs: map[id.HubID]*hub{}}
	c.alive, c.end = context.WithCancel(context.Background())
	preferences.Watch(c.receiptsChosen())
	c.tasks.Go(func() { c.events.run(c.alive) })
	if err := c.open(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// open brings the identity and the joined hubs of the store to life, if there are any.
func (c *Client) open() error {
	me, err := loadSelf(c.store, c.vault)
	if err != nil || me == nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.enter(me)
}

// enter sets the identity and opens what depends on it; the caller holds mu.
func (c *Client) enter(me *self) error {
	records, err := loadHubs(c.store)
	if err != nil {
		return err
	}
	people, err := roster.Open(c.store, me.user.ID(), c.log)
	if err != nil {
		return err
	}
	c.me, c.roster = me, people
	c.startPhone(me)
	for hubID, record := range records {
		h := newHub(c, hubID, record)
		if err := h.openChat(me, people); err != nil {
			return err
		}
		c.hubs[hubID] = h
	}
	c.events.emit([]Event{{Type: EventReady}})
	return nil
}

// Run connects to every joined hub, and those that are joined later, and stays connected until ctx ends. It blocks.
func (c *Client) Run(ctx context.Context) error {
	if err := c.rotate(time.Now()); err != nil {
		return err
	}
	for _, h := range c.joined() {
		h.start()
	}
	ticker := time.NewTicker(rotateEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			c.hangUpAtEnd()
			c.disconnect()
			return nil
		case <-c.alive.Done():
			return nil
		case now := <-ticker.C:
			if err := c.rotate(now); err != nil {
				c.log.Error("the encryption subkey could not be renewed", "cause", err)
			}
		}
	}
}

// rotate renews the device's encryption subkey when it is time, and has the hubs given the new card.
func (c *Client) rotate(now time.Time) error {
	if !c.HasIdentity() {
		return nil
	}
	changed := false
	err := c.store.Update(func(tx *store.Tx) (err error) {
		changed, err = c.vault.RotateSubkeys(tx, now)
		return err
	})
	if err != nil || !changed {
		return err
	}
	for _, h := range c.joined() {
		h.renew()
	}
	return nil
}

// disconnect ends the connections, all at once, and waits for them.
func (c *Client) disconnect() {
	var group sync.WaitGroup
	for _, h := range c.joined() {
		group.Go(h.stop)
	}
	group.Wait()
}

// Close ends everything and locks the profile. It is idempotent; call it when Run has returned.
func (c *Client) Close() error {
	c.mu.Lock()
	closed := c.closed
	c.closed = true
	c.mu.Unlock()
	if closed {
		return nil
	}
	c.hangUpAtEnd()
	c.disconnect()
	c.end()
	c.tasks.Wait()
	return c.vault.Lock()
}

// Events is the one stream of changes, for one reader. It never holds the client up: of what a slow reader has not
// taken only the newest word on a thing is kept. Close closes it.
func (c *Client) Events() <-chan Event { return c.events.out }

// Settings are the person's preferences.
func (c *Client) Settings() *settings.Settings { return c.settings }

// joined lists the hubs in a fixed order.
func (c *Client) joined() []*hub {
	c.mu.Lock()
	defer c.mu.Unlock()
	hubs := make([]*hub, 0, len(c.hubs))
	for _, key := range sortedKeys(c.hubs) {
		hubs = append(hubs, c.hubs[key])
	}
	return hubs
}

func sortedKeys[V any](m map[id.HubID]V) []id.HubID {
	keys := make([]id.HubID, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b id.HubID) int { return cmp.Compare(a.String(), b.String()) })
	return keys
}
