package e2ee_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"gossip/backend/e2ee"
	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
)

// start is the time at which every story begins.
var start = time.Date(2026, time.November, 2, 9, 30, 0, 0, time.UTC)

const day = 24 * time.Hour

var (
	hub     = id.HubID{1}
	general = id.ChannelID{2}
	random  = id.ChannelID{3}
)

// person is someone with one device.
type person struct {
	name   string
	key    *identity.DeviceKey
	store  *store.Store
	engine *e2ee.Engine
	now    time.Time
}

func newPerson(t testing.TB, name string) *person {
	t.Helper()
	key, err := identity.NewDeviceKey(start)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{name: name, key: key, now: start.Add(time.Hour)}
	p.lose(t)
	return p
}

// lose takes all of the device's state away but its key.
func (p *person) lose(t testing.TB) {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "store.db"), store.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	p.store, p.engine = s, e2ee.New(p.key, hub)
}

func (p *person) id() id.DeviceID { return p.key.ID() }

func devices(people ...*person) (list []*identity.Device) {
	for _, p := range people {
		list = append(list, p.key.Device())
	}
	return list
}

// update runs do in a transaction; a refusal of the engine, which changes nothing, is returned.
func (p *person) update(do func(tx *store.Tx) error) error { return p.store.Update(do) }

func (p *person) encrypt(t testing.TB, to *person, text string) (out e2ee.Outgoing) {
	t.Helper()
	err := p.update(func(tx *store.Tx) (err error) {
		out, err = p.engine.EncryptTo(tx, to.key.Device(), []byte(text), p.now)
		return err
	})
	if err != nil {
		t.Fatalf("%s encrypts to %s: %v", p.name, to.name, err)
	}
	if out.To != to.id() {
		t.Fatalf("%s encrypts to %s: addressed to %v", p.name, to.name, out.To)
	}
	return out
}

func (p *person) decrypt(from *person, kind wire.Kind, payload []byte) (text string, err error) {
	err = p.update(func(tx *store.Tx) error {
		plaintext, err := p.engine.DecryptFrom(tx, from.key.Device(), kind, payload, p.now)
		text = string(plaintext)
		return err
	})
	return text, err
}

// reads fails the test unless p reads want from the packet.
func (p *person) reads(t testing.TB, from *person, out e2ee.Outgoing, want string) {
	t.Helper()
	if got, err := p.decrypt(from, out.Kind, out.Payload); err != nil || got != want {
		t.Fatalf("%s reads %q from %s, %v; want %q", p.name, got, from.name, err, want)
	}
}

// refuses fails the test unless reading the packet ends with the error.
func (p *person) refuses(t testing.TB, from *person, kind wire.Kind, payload []byte, want error) {
	t.Helper()
	if got, err := p.decrypt(from, kind, payload); !errors.Is(err, want) {
		t.Errorf("%s reads %q from %s, %v; want %v", p.name, got, from.name, err, want)
	}
}

func (p *person) reset(t testing.TB, peer *person) {
	t.Helper()
	if err := p.update(func(tx *store.Tx) error { return p.engine.Reset(tx, peer.id()) }); err != nil {
		t.Fatal(err)
	}
}

// says encrypts to the channel and hands the distributions to those whom they are for.
func (p *person) says(t testing.TB, channel id.ChannelID, text string, members ...*person) []byte {
	t.Helper()
	message, distributions := p.writes(t, channel, text, members...)
	for _, out := range distributions {
		for _, member := range members {
			if member.id() == out.To {
				if err := member.takesKey(p, out); err != nil {
					t.Fatalf("%s takes the sender key of %s: %v", member.name, p.name, err)
				}
			}
		}
	}
	return message
}

func (p *person) writes(t testing.TB, channel id.ChannelID, text string, members ...*person) (message []byte, distributions []e2ee.Outgoing) {
	t.Helper()
	err := p.update(func(tx *store.Tx) (err error) {
		message, distributions, err = p.engine.EncryptChannel(tx, channel, devices(members...), []byte(text), p.now)
		return err
	})
	if err != nil {
		t.Fatalf("%s encrypts to the channel: %v", p.name, err)
	}
	return message, distributions
}

// takesKey does what a client does with an skd.
func (p *person) takesKey(from *person, out e2ee.Outgoing) error {
	return p.update(func(tx *store.Tx) error {
		plaintext, err := p.engine.DecryptFrom(tx, from.key.Device(), out.Kind, out.Payload, p.now)
		if err != nil {
			return err
		}
		return acceptKey(p, from, tx, plaintext)
	})
}

func acceptKey(p, from *person, tx *store.Tx, plaintext []byte) error {
	m, err := content.Parse(plaintext)
	if err != nil {
		return err
	}
	body, ok := m.Body.(content.SenderKey)
	if !ok {
		return errors.New("not a sender key")
	}
	return p.engine.AcceptSenderKey(tx, m.Conversation.Channel, from.id(), body.Distribution, p.now)
}

func (p *person) hears(channel id.ChannelID, from *person, message []byte) (text string, err error) {
	err = p.update(func(tx *store.Tx) error {
		plaintext, err := p.engine.DecryptChannel(tx, channel, from.id(), message, p.now)
		text = string(plaintext)
		return err
	})
	return text, err
}

func (p *person) mustHear(t testing.TB, from *person, message []byte, want string) {
	t.Helper()
	if got, err := p.hears(general, from, message); err != nil || got != want {
		t.Fatalf("%s hears %q from %s, %v; want %q", p.name, got, from.name, err, want)
	}
}

func (p *person) mustNotHear(t testing.TB, from *person, message []byte, want error) {
	t.Helper()
	if got, err := p.hears(general, from, message); !errors.Is(err, want) {
		t.Errorf("%s hears %q from %s, %v; want %v", p.name, got, from.name, err, want)
	}
}
