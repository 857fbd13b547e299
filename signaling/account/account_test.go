package account

import (
	"bytes"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
	"gossip/signaling/store"
	"gossip/signaling/store/bolt"
)

var now = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// person is a user with its devices.
type person struct {
	*testing.T
	user    *identity.UserKey
	devices []*identity.DeviceKey
	list    uint64
	profile uint64
}

func newPerson(t *testing.T, name string) *person {
	t.Helper()
	phrase, err := identity.NewPhrase()
	check(t, err)
	user, err := identity.UserKeyFromPhrase(phrase, name)
	check(t, err)
	p := &person{T: t, user: user}
	p.addDevice()
	return p
}

func (p *person) addDevice() *identity.DeviceKey {
	p.Helper()
	device, err := identity.NewDeviceKey(now)
	check(p.T, err)
	p.devices, p.list = append(p.devices, device), p.list+1
	return device
}

// card makes the person's card under a name, newer than all before it.
func (p *person) card(name string) *identity.Card {
	p.Helper()
	p.profile++
	list := identity.DeviceList{User: p.user.ID(), Version: p.list}
	var devices []*identity.Device
	for _, device := range p.devices {
		list.Devices, devices = append(list.Devices, device.Fingerprint()), append(devices, device.Device())
	}
	signed, err := p.user.SignDeviceList(list, now)
	check(p.T, err)
	card, err := identity.NewCard(p.user.Certificate(), signed, devices, identity.Profile{Name: name, Version: p.profile}, p.devices[0])
	check(p.T, err)
	return card
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hub is the accounts on a store that can be opened again.
type hub struct {
	*Accounts
	t     *testing.T
	path  string
	store store.Store
}

func newHub(t *testing.T) *hub {
	h := &hub{t: t, path: t.TempDir()}
	h.open()
	t.Cleanup(func() { h.store.Close() })
	return h
}

func (h *hub) open() {
	h.t.Helper()
	opened, err := bolt.Open(h.path, slog.New(slog.DiscardHandler))
	check(h.t, err)
	h.store = opened
	h.Accounts, err = New(opened, slog.New(slog.DiscardHandler))
	check(h.t, err)
}

func (h *hub) restart() {
	h.t.Helper()
	check(h.t, h.store.Close())
	h.open()
}

// refused demands a refusal with the code.
func refused(t *testing.T, code wire.ErrorCode, err error) *wire.Error {
	t.Helper()
	var refusal *wire.Error
	if !errors.As(err, &refusal) || refusal.Code != code {
		t.Fatalf("%v, want a refusal %q", err, code)
	}
	return refusal
}

func TestLoginRegistersOnce(t *testing.T) {
	h, alice := newHub(t), newPerson(t, "alice")
	card := alice.card("alice")
	for range 2 {
		account, err := h.Login(card, now)
		check(t, err)
		if account.User != alice.user.ID() || account.Name != "alice" || len(account.Devices) != 1 {
			t.Fatalf("%+v", account)
		}
		h.restart()
	}
	account, certificate, known := h.Known(card.Hash(), alice.devices[0].ID())
	if !known || account.Name != "alice" || string(certificate) != string(alice.devices[0].Certificate()) {
		t.Fatalf("%+v, %v", account, known)
	}
	if stored, hash, ok := h.Card(account.User); !ok || hash != card.Hash() || string(stored) != string(card.Bytes()) {
		t.Fatal("the card is another one")
	}
	if _, _, known := h.Known([32]byte{1}, alice.devices[0].ID()); known {
		t.Fatal("a card that was never seen is known")
	}
}

func TestNamesThatLookAlikeAreRefused(t *testing.T) {
	h := newHub(t)
	_, err := h.Login(newPerson(t, "alice").card("alice"), now)
	check(t, err)
	for _, name := range []string{"alice", "Alice", "аlice"} { // the last with a Cyrillic letter
		_, err := h.Login(newPerson(t, name).card(name), now)
		refused(t, wire.CodeNameTaken, err)
	}
	if account, known := h.ByName("ALICE"); !known || account.Name != "alice" {
		t.Fatalf("%+v, %v", account, known)
	}
}

func TestNewNameFreesTheOldOne(t *testing.T) {
	h, alice := newHub(t), newPerson(t, "alice")
	_, err := h.Login(alice.card("alice"), now)
	check(t, err)
	_, err = h.Login(alice.card("alice of the hill"), now)
	check(t, err)
	h.restart()
	_, err = h.Login(newPerson(t, "alice").card("alice"), now)
	check(t, err)
}

func TestDevicesComeAndGo(t *testing.T) {
	h, alice := newHub(t), newPerson(t, "alice")
	_, err := h.Login(alice.card("alice"), now)
	check(t, err)
	phone := alice.addDevice()
	account, err := h.Login(alice.card("alice"), now)
	check(t, err)
	if len(account.Devices) != 2 || h.Belongs(account.User, phone.ID()) != nil {
		t.Fatalf("%+v", account)
	}
	laptop := alice.devices[0]
	alice.devices, alice.list = alice.devices[1:], alice.list+1
	_, err = h.Login(alice.card("alice"), now)
	check(t, err)
	h.restart()
	if h.Belongs(account.User, laptop.ID()) == nil || h.Belongs(account.User, phone.ID()) != nil {
		t.Fatalf("devices after one was revoked: %v", h.Devices(account.User))
	}
}

func TestAListThatWentBackIsAnsweredWithTheNewest(t *testing.T) {
	h, alice := newHub(t), newPerson(t, "alice")
	old := alice.card("alice")
	alice.addDevice()
	newest := alice.card("alice")
	_, err := h.Login(newest, now)
	check(t, err)
	_, err = h.Login(old, now)
	if refusal := refused(t, wire.CodeStaleList, err); string(refusal.Detail) != string(newest.Bytes()) {
		t.Fatal("the newest card is not in the refusal")
	}
}

func TestADeviceBelongsToOneUser(t *testing.T) {
	h, alice, mallory := newHub(t), newPerson(t, "alice"), newPerson(t, "mallory")
	_, err := h.Login(alice.card("alice"), now)
	check(t, err)
	mallory.devices = append(mallory.devices, alice.devices[0])
	_, err = h.Login(mallory.card("mallory"), now)
	refused(t, wire.CodeCard, err)
	if user, _ := h.ByDevice(alice.devices[0].ID()); user != alice.user.ID() {
		t.Fatal("the device changed hands")
	}
}

func TestBannedStaysOut(t *testing.T) {
	h, alice := newHub(t), newPerson(t, "alice")
	card := alice.card("alice")
	account, err := h.Login(card, now)
	check(t, err)
	check(t, h.SetBanned(account.User, true))
	h.restart()
	_, err = h.Login(card, now)
	refused(t, wire.CodeBanned, err)
	if account, _, _ := h.Known(card.Hash(), alice.devices[0].ID()); !account.Banned {
		t.Fatal("the ban is not in the account")
	}
	check(t, h.SetBanned(account.User, false))
	_, err = h.Login(card, now)
	check(t, err)
}

func TestOneOfManyGetsTheName(t *testing.T) {
	h := newHub(t)
	const people = 8
	var cards []*identity.Card
	for range people {
		cards = append(cards, newPerson(t, "alice").card("alice"))
	}
	errs := make([]error, people)
	var all sync.WaitGroup
	for i, card := range cards {
		all.Go(func() { _, errs[i] = h.Login(card, now) })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		refused(t, wire.CodeNameTaken, err)
	}
	if won != 1 {
		t.Fatalf("%d people have one name", won)
	}
	if _, known := h.ByUser(id.NoUser); known {
		t.Fatal("nobody has an account")
	}
}

// TestRefusedCardClaimsNothing: a card that is refused for one of its devices keeps neither its name nor its other
// devices from others.
func TestRefusedCardClaimsNothing(t *testing.T) {
	h, alice := newHub(t), newPerson(t, "alice")
	_, err := h.Login(alice.card("alice"), now)
	check(t, err)
	mallory := newPerson(t, "mallory")
	for range 4 {
		mallory.addDevice()
	}
	own := len(mallory.devices)
	mallory.devices = append(mallory.devices, alice.devices[0])
	_, err = h.Login(mallory.card("famous"), now)
	refused(t, wire.CodeCard, err)
	for _, device := range mallory.devices[:own] {
		if _, _, err := h.device(device.ID()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a device of the refused card is on disk: %v", err)
		}
	}
	_, err = h.Login(newPerson(t, "famous").card("famous"), now)
	check(t, err)
}

// A device that logs in with another's certificate as it was when it was here last does not take the newer one away.
func TestLoginKeepsNewerCertificatesOfOtherDevices(t *testing.T) {
	h, alice := newHub(t), newPerson(t, "alice")
	phone, laptop := alice.addDevice(), alice.devices[0]
	old := phone.Device()
	later := now.Add(identity.SubkeyInterval)
	_, err := phone.RotateSubkeys(later)
	check(t, err)
	fresh := alice.card("alice")
	signed, err := alice.user.SignDeviceList(fresh.List, now)
	check(t, err)
	stale, err := identity.NewCard(fresh.UserCertificate, signed, []*identity.Device{laptop.Device(), old}, fresh.Profile, laptop)
	check(t, err)
	for _, card := range []*identity.Card{fresh, stale} {
		if _, err := h.Login(card, later); err != nil {
			t.Fatal(err)
		}
	}
	account, _ := h.ByUser(fresh.User)
	if _, certificate, _ := h.Known(account.CardHash, phone.ID()); !bytes.Equal(certificate, phone.Certificate()) {
		t.Error("the hub gives the phone's old certificate")
	}
}
