package roster

import (
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
)

// user is a person who can sign cards.
type user struct {
	t       testing.TB
	name    string
	key     *identity.UserKey
	devices []*identity.DeviceKey
	version uint64 // of the profile
}

func newUser(t testing.TB, name string) *user {
	t.Helper()
	phrase, err := identity.NewPhrase()
	check(t, err)
	key, err := identity.UserKeyFromPhrase(phrase, name)
	check(t, err)
	u := &user{t: t, name: name, key: key, version: 1}
	u.addDevice()
	return u
}

func (u *user) addDevice() {
	u.t.Helper()
	device, err := identity.NewDeviceKey(time.Now())
	check(u.t, err)
	u.devices = append(u.devices, device)
}

// card signs a card with the first count devices on a list of this version.
func (u *user) card(version uint64, count int) []byte {
	u.t.Helper()
	var public []*identity.Device
	list := identity.DeviceList{User: u.key.ID(), Version: version}
	for _, d := range u.devices[:count] {
		public, list.Devices = append(public, d.Device()), append(list.Devices, d.Fingerprint())
	}
	signed, err := u.key.SignDeviceList(list, time.Now())
	check(u.t, err)
	card, err := identity.NewCard(u.key.Certificate(), signed, public, identity.Profile{Name: u.name, Version: u.version}, u.devices[0])
	check(u.t, err)
	return card.Bytes()
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var hub = id.HubID{1}

// opened is a roster on a store that can be opened again.
func opened(t *testing.T, path string) (*Roster, func()) {
	t.Helper()
	st, err := store.Open(path, store.Key{1})
	check(t, err)
	r, err := Open(st, id.UserID{7}, slog.New(slog.DiscardHandler))
	check(t, err)
	check(t, r.AddHub(hub))
	return r, func() { check(t, st.Close()) }
}

func newRoster(t *testing.T) *Roster {
	r, done := opened(t, filepath.Join(t.TempDir(), "store.db"))
	t.Cleanup(done)
	return r
}

func accept(t *testing.T, r *Roster, card []byte) []id.UserID {
	t.Helper()
	changed, err := r.Accept(hub, [][]byte{card}, time.Now())
	check(t, err)
	return changed
}

func TestFirstContactIsPinnedAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	r, done := opened(t, path)
	bob := newUser(t, "bob")
	if changed := accept(t, r, bob.card(1, 1)); !slices.Contains(changed, bob.key.ID()) {
		t.Fatal("nobody was told of bob")
	}
	check(t, r.SetVerified(bob.key.ID(), true))
	done()
	r, done = opened(t, path)
	defer done()
	user, ok := r.Find(hub, "@BOB")
	if !ok || user != bob.key.ID() {
		t.Fatal("bob is not known after a restart")
	}
	owner, device, ok := r.Owner(bob.devices[0].ID(), nil)
	if !ok || owner != user || device.ID() != bob.devices[0].ID() {
		t.Fatal("bob's device is not known")
	}
	if p := r.Person(hub, user); p.Name != "bob" || !p.Verified || p.Warning != "" {
		t.Fatalf("bob is %+v", p)
	}
	if err := r.Belongs(user, bob.devices[0].ID()); err != nil {
		t.Fatal(err)
	}
}

func TestNewDevice(t *testing.T) {
	r, bob := newRoster(t), newUser(t, "bob")
	bob.addDevice()
	accept(t, r, bob.card(1, 1))
	check(t, r.SetVerified(bob.key.ID(), true))
	if r.Belongs(bob.key.ID(), bob.devices[1].ID()) == nil {
		t.Fatal("a device that is not on the list belongs to bob")
	}
	accept(t, r, bob.card(2, 2))
	if err := r.Belongs(bob.key.ID(), bob.devices[1].ID()); err != nil {
		t.Fatal(err)
	}
	if p := r.Person(hub, bob.key.ID()); !p.Verified || p.Warning != "" {
		t.Fatalf("the new device cost bob his check mark: %+v", p)
	}
	accept(t, r, bob.card(3, 1))
	if _, _, ok := r.Owner(bob.devices[1].ID(), nil); ok {
		t.Fatal("a device that was taken off the list is still bob's")
	}
}

// TestAttackListGoesBack has the hub give an older device list: a device that was revoked would be back.
func TestAttackListGoesBack(t *testing.T) {
	r, bob := newRoster(t), newUser(t, "bob")
	bob.addDevice()
	old := bob.card(1, 2)
	accept(t, r, old)
	accept(t, r, bob.card(2, 1))
	accept(t, r, old)
	if _, _, ok := r.Owner(bob.devices[1].ID(), nil); ok {
		t.Fatal("the revoked device is back")
	}
	if r.Warning(hub, bob.key.ID()) == "" {
		t.Fatal("nobody is warned")
	}
	check(t, r.AcceptKeyChange(bob.key.ID()))
	if why := r.Warning(hub, bob.key.ID()); why != "" {
		t.Fatalf("still blocked: %s", why)
	}
}

// TestAttackSwappedCard has the hub give a made-up person the name of one who is known.
func TestAttackSwappedCard(t *testing.T) {
	r, bob, mallory := newRoster(t), newUser(t, "bob"), newUser(t, "bob")
	accept(t, r, bob.card(1, 1))
	accept(t, r, mallory.card(1, 1))
	if user, _ := r.Find(hub, "bob"); user != bob.key.ID() {
		t.Fatal("the name has gone to another")
	}
	if why := r.Warning(hub, mallory.key.ID()); !strings.Contains(why, "bob") {
		t.Fatalf("the warning is %q", why)
	}
	if r.Warning(hub, bob.key.ID()) != "" {
		t.Fatal("the first bob is blocked")
	}
	check(t, r.AcceptKeyChange(mallory.key.ID()))
	if user, _ := r.Find(hub, "bob"); user != mallory.key.ID() || r.Warning(hub, user) != "" {
		t.Fatal("the decision changed nothing")
	}
}

// TestAttackTakenDevice has a user list a device that is another's.
func TestAttackTakenDevice(t *testing.T) {
	r, bob, mallory := newRoster(t), newUser(t, "bob"), newUser(t, "mallory")
	accept(t, r, bob.card(1, 1))
	mallory.devices = append(mallory.devices, bob.devices[0])
	accept(t, r, mallory.card(1, 2))
	if owner, _, _ := r.Owner(bob.devices[0].ID(), nil); owner != bob.key.ID() {
		t.Fatal("bob's device counts as mallory's")
	}
	if owner, _, _ := r.Owner(bob.devices[0].ID(), func(user id.UserID) bool { return user == mallory.key.ID() }); owner != mallory.key.ID() {
		t.Fatal("who lists the device, too, can't be preferred")
	}
	accept(t, r, mallory.card(2, 1))
	if owner, _, ok := r.Owner(bob.devices[0].ID(), nil); !ok || owner != bob.key.ID() {
		t.Fatal("bob has lost his device with mallory's list")
	}
}

func TestDamagedCardsAreSkipped(t *testing.T) {
	r, bob := newRoster(t), newUser(t, "bob")
	card := bob.card(1, 1)
	card[len(card)/2] ^= 1
	if changed := accept(t, r, card); len(changed) != 0 || len(r.People(hub)) != 0 {
		t.Fatal("a damaged card was taken")
	}
}

func TestPresence(t *testing.T) {
	r, bob := newRoster(t), newUser(t, "bob")
	accept(t, r, bob.card(1, 1))
	user := bob.key.ID()
	hash := r.Hash(hub, user)
	if changed := r.See(hub, []wire.PresenceEntry{{User: user, Online: true, Card: hash}}); len(changed) != 1 || !r.Person(hub, user).Online {
		t.Fatal("bob did not come")
	}
	if len(r.Wanted(hub, []id.UserID{user})) != 0 {
		t.Fatal("an unchanged card is wanted")
	}
	r.See(hub, []wire.PresenceEntry{{User: user, Online: true, Card: [32]byte{1}}})
	if len(r.Wanted(hub, []id.UserID{user})) != 1 || !r.Stale(hub, bob.devices[0].ID()) {
		t.Fatal("a newer card is not wanted")
	}
	r.Asked(hub, []id.UserID{user})
	if r.Stale(hub, bob.devices[0].ID()) {
		t.Fatal("it is asked for for ever")
	}
	r.Disconnected(hub)
	if r.Person(hub, user).Online {
		t.Fatal("bob is online on a hub that is not")
	}
}

// A hub says of ever more strangers that they are online: nothing is kept of them.
func TestPresenceOfStrangers(t *testing.T) {
	r := newRoster(t)
	for i := range 1000 {
		r.See(hub, []wire.PresenceEntry{{User: id.UserID{1, byte(i), byte(i >> 8)}, Online: true, Card: [32]byte{1}}})
	}
	if len(r.online) != 0 || len(r.stale) != 0 {
		t.Fatalf("%d strangers are online, %d cards are wanted", len(r.online), len(r.stale))
	}
}

// The store fails after a card was judged, or a decision noted: nothing of it is known or shown.
func TestWhatIsNotStoredIsNotShown(t *testing.T) {
	r, bob := newRoster(t), newUser(t, "bob")
	accept(t, r, bob.card(1, 1))
	bob.addDevice()
	newer, err := identity.ParseCard(bob.card(2, 2), time.Now())
	check(t, err)
	carol, err := identity.ParseCard(newUser(t, "carol").card(1, 1), time.Now())
	check(t, err)
	full := errors.New("the disk is full")
	err = r.store.Update(func(tx *store.Tx) error {
		var changed []id.UserID
		return errors.Join(r.accept(tx, hub, newer, &changed), r.accept(tx, hub, carol, &changed), full)
	})
	if !errors.Is(err, full) {
		t.Fatal(err)
	}
	check(t, r.reload(hub, []*identity.Card{newer, carol}))
	if _, _, ok := r.Owner(bob.devices[1].ID(), nil); ok || len(r.Devices(bob.key.ID())) != 1 {
		t.Error("bob's second device is known")
	}
	if _, found := r.Find(hub, "carol"); found || len(r.People(hub)) != 1 || len(r.Devices(carol.User)) != 0 {
		t.Error("carol is known")
	}
	if _, found := r.Find(hub, "bob"); !found {
		t.Error("bob is forgotten")
	}
	r.store.Update(func(tx *store.Tx) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		verified := *r.people[bob.key.ID()]
		verified.row.Verified = true
		return errors.Join(r.keep(tx, bob.key.ID(), &verified), full)
	})
	if r.Person(hub, bob.key.ID()).Verified {
		t.Error("bob counts as verified")
	}
}
