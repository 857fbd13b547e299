package backendtest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gossip/backend"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
	"gossip/signaling/hubtest"
)

// find has a device look a name up.
func (d *device) find(name string) (backend.Person, error) {
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	return d.client.FindUser(ctx, d.world.hubID, name)
}

// cannotSend checks that nothing can be sent in a conversation and that the person is told why.
func (d *device) cannotSend(conv backend.Conversation, why string) {
	d.world.t.Helper()
	if _, err := d.client.Send(conv, backend.Draft{Text: "secret"}); err == nil || !strings.Contains(err.Error(), why) {
		d.world.t.Errorf("%s sends with %v, want a refusal with %q", d.name, err, why)
	}
	info, err := d.client.Conversation(conv)
	check(d.world.t, err)
	if !strings.Contains(info.Blocked, why) {
		d.world.t.Errorf("%s is shown %q, want %q in it", d.name, info.Blocked, why)
	}
}

// deviceKey reads the key of a device that is off.
func (w *world) deviceKey(d *device) *identity.DeviceKey {
	w.t.Helper()
	return w.cheated(d).device
}

// tellCard has the cheat announce a newer card of a user.
func (c *cheat) tellCard(user id.UserID) {
	c.world.t.Helper()
	payload, err := wire.Marshal(&wire.Presence{Entries: []wire.PresenceEntry{{User: user, Online: true, Card: [32]byte(randomBytes(32))}}})
	check(c.world.t, err)
	c.inject(&wire.StreamPacket{Kind: wire.KindPresence, Payload: payload})
	c.world.rest(time.Second)
}

// A hub gives the card of an impostor under a name that alice knows: she is warned, and nothing is sent.
func TestAttackSwapsACard(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		impostor := hubtest.NewPerson(t, "bob")
		c.changeCards(func([][]byte) [][]byte { return [][]byte{impostor.Card.Bytes()} })
		c.tellCard(bob.user)
		alice.say(alice.with(bob), "this looks at the announced card")
		bob.sees(bob.with(alice), "this looks at the announced card")
		found, err := alice.find("bob")
		if err != nil || found.User != bob.user.String() {
			t.Errorf("@bob is %s (%v), want who he was", found.User, err)
		}
		fake := backend.Conversation{Hub: w.hubID, User: impostor.User.ID()}
		alice.cannotSend(fake, "had the name bob")
		number, err := alice.client.SafetyNumber(bob.user)
		check(t, err)
		same, err := bob.client.SafetyNumber(alice.user)
		check(t, err)
		other, err := alice.client.SafetyNumber(impostor.User.ID())
		check(t, err)
		if number != same || number == other {
			t.Error("the safety numbers do not tell bob from the impostor")
		}
	})
}

// A hub takes one of bob's devices out of his card: the signatures do not fit any more, and alice goes on with what she has.
func TestAttackDropsADeviceFromAList(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		laptop := w.restored(bob, "bob's laptop")
		w.rest(10 * time.Second)
		alice.say(alice.with(bob), "to both")
		laptop.sees(laptop.with(alice), "to both")
		whole, err := identity.ParseCard(w.cardOf(bob), time.Now())
		check(t, err)
		forged := bytes.Replace(whole.Bytes(), whole.Devices[1].Certificate(), nil, 1)
		if len(forged) == len(whole.Bytes()) {
			t.Fatal("the card does not hold the certificate as it is")
		}
		c.changeCards(func([][]byte) [][]byte { return [][]byte{forged} })
		for i := range 3 {
			c.tellCard(bob.user)
			text := fmt.Sprintf("again to both %d", i)
			alice.say(alice.with(bob), text)
			bob.sees(bob.with(alice), text)
			laptop.sees(laptop.with(alice), text)
		}
	})
}

// A hub gives an older list of bob's devices: alice is warned, and nothing is sent until she decides.
func TestAttackRollsAListBack(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		old := w.cardOf(bob)
		w.restored(bob, "bob's laptop")
		w.rest(10 * time.Second)
		alice.say(alice.with(bob), "hello")
		bob.sees(bob.with(alice), "hello")
		check(t, bob.client.AcceptRequest(bob.with(alice)))
		c.changeCards(func([][]byte) [][]byte { return [][]byte{old} })
		c.tellCard(bob.user)
		w.rest(10 * time.Second)
		person, err := alice.find("bob")
		check(t, err)
		if person.Warning == "" {
			t.Error("alice is not warned of the older list")
		}
		alice.cannotSend(alice.with(bob), person.Warning)
		c.honest()
		check(t, alice.client.AcceptKeyChange(bob.user))
		alice.say(alice.with(bob), "after the decision")
		bob.sees(bob.with(alice), "after the decision")
	})
}

// Mallory's list names bob's device: what bob writes is never shown as hers, nor does she hide what he says.
func TestAttackListsSomebodyElsesDevice(t *testing.T) {
	for name, first := range map[string]bool{"seen before bob": true, "seen after bob": false} {
		t.Run(name, func(t *testing.T) {
			story(t, func(w *world) {
				bob := w.join("bob")
				key := w.deviceKey(bob)
				bob.way = nil
				bob.open()
				w.rest(2 * time.Second)
				mallory := hubtest.NewPerson(t, "mallory")
				mallory.List(t, mallory.Device, key)
				alice := w.newcomer("alice")
				c := w.cheated(alice)
				alice.open()
				if !first {
					w.meet(alice, bob)
				}
				c.changeCards(func(cards [][]byte) [][]byte { return append([][]byte{mallory.Card.Bytes()}, cards...) })
				alice.find("anybody")
				c.honest()
				w.meet(alice, bob)
				w.meet(bob, alice)
				fake := backend.Conversation{Hub: w.hubID, User: mallory.User.ID()}
				bob.say(bob.with(alice), "this is bob")
				bob.say(w.general, "bob again")
				w.rest(time.Minute)
				if texts := alice.texts(fake); len(texts) > 0 {
					t.Errorf("alice believes that mallory wrote %q", texts)
				}
				for _, m := range alice.history(w.general) {
					if m.Text == "bob again" && m.From != bob.user.String() {
						t.Errorf("alice believes that %s wrote what bob wrote", m.FromName)
					}
				}
				alice.sees(alice.with(bob), "this is bob")
				alice.sees(w.general, "bob again")
				mallory.List(t, mallory.Device)
				c.changeCards(func(cards [][]byte) [][]byte { return append([][]byte{mallory.Card.Bytes()}, cards...) })
				alice.find("anybody")
				c.honest()
				bob.say(bob.with(alice), "still bob")
				bob.say(w.general, "still here")
				alice.sees(alice.with(bob), "still bob")
				alice.sees(w.general, "still here")
			})
		})
	}
}

// Another key answers under the hub's address: the connection stops, with a sentence that says what to do.
func TestAttackChangesTheHostKey(t *testing.T) {
	story(t, func(w *world) {
		alice := w.join("alice")
		alice.close()
		other := hubtest.Start(w.t)
		alice.way = other.Dial
		alice.open()
		w.rest(10 * time.Second)
		hub := alice.client.Hubs()[0]
		if hub.State != backend.HubStopped || !strings.Contains(hub.Detail, "another key than before") || !strings.Contains(hub.Detail, "ask its operator") {
			t.Errorf("the hub is %s: %q", hub.State, hub.Detail)
		}
		troubles := alice.troubles()
		if len(troubles) == 0 || troubles[0].Code != "hub_changed" {
			t.Errorf("told %v", troubles)
		}
		alice.say(w.general, "waits")
		alice.close()
		alice.way = nil
		alice.open()
		w.rest(10 * time.Second)
		if state := alice.client.Hubs()[0].State; state != backend.HubOnline {
			t.Errorf("with the right key again it is %s", state)
		}
	})
}

// cardOf is a person's card as the hub gives it at this moment.
func (w *world) cardOf(d *device) []byte {
	w.t.Helper()
	l := connect(w.t, w.hub, hubtest.NewPerson(w.t, "observer"), nil)
	answer, err := l.session().Request(context.Background(), wire.CardRequest{Names: []string{d.person}})
	check(w.t, err)
	if len(answer.Cards) != 1 {
		w.t.Fatalf("the hub has %d cards of %s", len(answer.Cards), d.person)
	}
	return answer.Cards[0]
}

// newcomer is join, without anybody looking anybody up.
func (w *world) newcomer(name string) *device {
	w.t.Helper()
	d := w.newDevice(name, name)
	d.open()
	check(w.t, d.client.CreateIdentity(name))
	w.enter(d, backend.JoinRequest{Address: hubAddress})
	return d
}

// restored makes another device of a person, from the recovery phrase.
func (w *world) restored(of *device, name string) *device {
	w.t.Helper()
	words, err := of.client.Phrase()
	check(w.t, err)
	d := w.newDevice(name, of.person)
	d.open()
	check(w.t, d.client.RestoreIdentity(strings.Join(words, " "), of.person))
	w.enter(d, backend.JoinRequest{Address: hubAddress})
	return d
}
