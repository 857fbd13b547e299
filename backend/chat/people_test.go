package chat

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gossip/backend/e2ee"
	"gossip/backend/roster"
	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/identity"
)

// user is a person with one device.
type user struct {
	key    *identity.UserKey
	device *identity.DeviceKey
	card   *identity.Card
}

func newUser(t testing.TB, name string) user {
	t.Helper()
	phrase, err := identity.NewPhrase()
	check(t, err)
	key, err := identity.UserKeyFromPhrase(phrase, name)
	check(t, err)
	device, err := identity.NewDeviceKey(time.Now())
	check(t, err)
	list, err := key.SignDeviceList(identity.DeviceList{User: key.ID(), Version: 1, Devices: []identity.Fingerprint{device.Fingerprint()}}, time.Now())
	check(t, err)
	card, err := identity.NewCard(key.Certificate(), list, []*identity.Device{device.Device()}, identity.Profile{Name: name, Version: 1}, device)
	check(t, err)
	return user{key, device, card}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// profile is alice's store and her conversations on one hub, without a connection.
type profile struct {
	t     testing.TB
	path  string
	alice user
	bob   user
	hubID id.HubID
	store *store.Store
	hub   *Hub
	stop  func()

	mu     sync.Mutex // guards the following
	events []Event
}

func newProfile(t testing.TB) *profile {
	t.Helper()
	p := &profile{t: t, path: filepath.Join(t.TempDir(), "store.db"), alice: newUser(t, "alice"), bob: newUser(t, "bob"), hubID: id.HubID{1}}
	p.open()
	t.Cleanup(func() { p.close() })
	return p
}

func (p *profile) open() {
	p.t.Helper()
	var err error
	p.store, err = store.Open(p.path, store.Key{1})
	check(p.t, err)
	log := slog.New(slog.DiscardHandler)
	people, err := roster.Open(p.store, p.alice.key.ID(), log)
	check(p.t, err)
	check(p.t, people.AddHub(p.hubID))
	_, err = people.Accept(p.hubID, [][]byte{p.alice.card.Bytes(), p.bob.card.Bytes()}, time.Now())
	check(p.t, err)
	p.hub, err = Open(Config{
		Hub: p.hubID, Device: p.alice.device, Store: p.store, Engine: e2ee.New(p.alice.device, p.hubID), Roster: people,
		Preferences: func() Preferences { return Preferences{ReadReceipts: true, Typing: true} }, Emit: p.note, Log: log,
	})
	check(p.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.hub.Run(ctx)
	}()
	p.stop = func() {
		cancel()
		<-done
	}
}

func (p *profile) close() {
	p.stop()
	check(p.t, p.store.Close())
}

func (p *profile) note(events []Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, events...)
}

// count counts the events of a type.
func (p *profile) count(kind EventType) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		if e.Type == kind {
			n++
		}
	}
	return n
}

func (p *profile) withBob() Conversation { return Conversation{Hub: p.hubID, User: p.bob.key.ID()} }
