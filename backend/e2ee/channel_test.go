package e2ee_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"gossip/backend/e2ee"
	"gossip/backend/store"
	"gossip/common/ratchet"
)

func TestChannelIsEncryptedOnce(t *testing.T) {
	alice, bob, carol := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "carol")
	message, keys := alice.writes(t, general, "one", bob, carol)
	if len(keys) != 2 {
		t.Fatalf("%d distributions for two members", len(keys))
	}
	bob.mustNotHear(t, alice, message, e2ee.ErrNoSenderKey)
	for i, member := range []*person{bob, carol} {
		if err := member.takesKey(alice, keys[i]); err != nil {
			t.Fatal(err)
		}
		member.mustHear(t, alice, message, "one")
		member.mustNotHear(t, alice, message, e2ee.ErrReplayed)
	}
	second, keys := alice.writes(t, general, "two", bob, carol)
	third, more := alice.writes(t, general, "three", bob, carol)
	if len(keys)+len(more) != 0 {
		t.Errorf("the key was given again: %d times", len(keys)+len(more))
	}
	bob.mustHear(t, alice, third, "three")
	bob.mustHear(t, alice, second, "two")
}

func TestLeaverCantReadOn(t *testing.T) {
	alice, bob, carol := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "carol")
	carol.mustHear(t, alice, alice.says(t, general, "all", bob, carol), "all")
	message := alice.says(t, general, "without carol", bob)
	bob.mustHear(t, alice, message, "without carol")
	carol.mustNotHear(t, alice, message, e2ee.ErrNoSenderKey)
	// Somebody else comes in the same moment as one goes.
	message = alice.says(t, general, "without bob", carol)
	carol.mustHear(t, alice, message, "without bob")
	bob.mustNotHear(t, alice, message, e2ee.ErrNoSenderKey)
}

func TestNewcomerCantReadThePast(t *testing.T) {
	alice, bob, carol := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "carol")
	before := alice.says(t, general, "before", bob)
	after := alice.says(t, general, "after", bob, carol)
	carol.mustHear(t, alice, after, "after")
	carol.mustNotHear(t, alice, before, e2ee.ErrBeforeShared)
	bob.mustHear(t, alice, before, "before")
	bob.mustHear(t, alice, after, "after")
}

func TestRotation(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	epochs := map[uint64]int{}
	say := func() []byte {
		message := alice.says(t, general, "x", bob)
		epoch, _, err := ratchet.MessageEpoch(message)
		if err != nil {
			t.Fatal(err)
		}
		epochs[epoch]++
		return message
	}
	old := say()
	for range ratchet.RotationMessages - 1 {
		say()
	}
	if len(epochs) != 1 {
		t.Fatalf("%d messages went through %d epochs", ratchet.RotationMessages, len(epochs))
	}
	bob.mustHear(t, alice, say(), "x")
	alice.now, bob.now = alice.now.Add(ratchet.RotationAge), bob.now.Add(ratchet.RotationAge)
	bob.mustHear(t, alice, say(), "x")
	if len(epochs) != 3 {
		t.Errorf("%d epochs after 200 messages and a week, want 3", len(epochs))
	}
	bob.mustHear(t, alice, old, "x") // it was late, and two epochs have begun since
}

func TestOldEpochsAreDropped(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	old, oldest := alice.says(t, general, "old", bob), alice.says(t, general, "old", bob)
	alice.now, bob.now = alice.now.Add(ratchet.RotationAge), bob.now.Add(ratchet.RotationAge)
	newer := alice.says(t, general, "newer", bob)
	bob.now = bob.now.Add(ratchet.SkippedLifetime)
	bob.mustHear(t, alice, old, "old")
	bob.now = bob.now.Add(time.Minute)
	if err := bob.update(func(tx *store.Tx) error { return bob.engine.Expire(tx, bob.now) }); err != nil {
		t.Fatal(err)
	}
	bob.mustNotHear(t, alice, oldest, e2ee.ErrNoSenderKey)
	bob.mustHear(t, alice, newer, "newer")
}

func TestManyEpochsWhileAway(t *testing.T) {
	alice, bob, carol := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "carol")
	var messages [][]byte
	for i := range 10 { // carol comes and goes; bob gets all keys before all messages
		if i%2 == 0 {
			messages = append(messages, alice.says(t, general, fmt.Sprint(i), bob, carol))
		} else {
			messages = append(messages, alice.says(t, general, fmt.Sprint(i), bob))
		}
	}
	for i, message := range messages {
		bob.mustHear(t, alice, message, fmt.Sprint(i))
	}
}

func TestRedistribution(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	redistribute := func() (out e2ee.Outgoing, err error) {
		err = alice.update(func(tx *store.Tx) error {
			out, err = alice.engine.RedistributeTo(tx, general, bob.key.Device(), alice.now)
			return err
		})
		return out, err
	}
	if _, err := redistribute(); !errors.Is(err, e2ee.ErrNoSenderKey) {
		t.Errorf("without a key: %v", err)
	}
	first := alice.says(t, general, "first", bob)
	bob.lose(t)
	alice.reset(t, bob)
	out, err := redistribute()
	if err != nil {
		t.Fatal(err)
	}
	if err := bob.takesKey(alice, out); err != nil {
		t.Fatal(err)
	}
	bob.mustNotHear(t, alice, first, e2ee.ErrBeforeShared)
	second, keys := alice.writes(t, general, "second", bob)
	if len(keys) != 0 {
		t.Error("the key was given once more")
	}
	bob.mustHear(t, alice, second, "second")
	// A key that is known already keeps what it can read.
	third := alice.says(t, general, "third", bob)
	if out, err = redistribute(); err != nil {
		t.Fatal(err)
	}
	if err := bob.takesKey(alice, out); err != nil {
		t.Fatal(err)
	}
	bob.mustHear(t, alice, third, "third")
}

// TestForeignSenderKey: mallory hands bob a key for alice's messages, or for another channel.
func TestForeignSenderKey(t *testing.T) {
	alice, bob, mallory := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "mallory")
	key, err := ratchet.NewSenderKey(general, alice.id(), 1, start)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := key.Distribution().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	accept := func(from *person, distribution []byte) error {
		return bob.update(func(tx *store.Tx) error {
			return bob.engine.AcceptSenderKey(tx, general, from.id(), distribution, bob.now)
		})
	}
	if err := accept(mallory, forged); !errors.Is(err, e2ee.ErrUndecryptable) {
		t.Errorf("mallory gave alice's key: %v", err)
	}
	if err := accept(alice, forged[:len(forged)-1]); !errors.Is(err, e2ee.ErrUndecryptable) {
		t.Errorf("a cut key: %v", err)
	}
	elsewhere, err := ratchet.NewSenderKey(random, mallory.id(), 1, start)
	if err != nil {
		t.Fatal(err)
	}
	moved, err := elsewhere.Distribution().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if err := accept(mallory, moved); !errors.Is(err, e2ee.ErrUndecryptable) {
		t.Errorf("a key of another channel: %v", err)
	}
	message := alice.says(t, general, "hi", bob)
	if err := accept(alice, forged); err != nil { // alice may, but it changes nothing for her newer messages
		t.Errorf("an earlier epoch: %v", err)
	}
	bob.mustHear(t, alice, message, "hi")
}

func TestKeysInTheWrongOrder(t *testing.T) {
	alice, bob, carol := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "carol")
	first, firstKeys := alice.writes(t, general, "first", bob, carol)
	second, secondKeys := alice.writes(t, general, "second", bob)
	for _, key := range []e2ee.Outgoing{secondKeys[0], firstKeys[0]} {
		if err := bob.takesKey(alice, key); err != nil {
			t.Fatal(err)
		}
	}
	bob.mustHear(t, alice, second, "second")
	bob.mustHear(t, alice, first, "first")
}

func TestSwappedChannelMessages(t *testing.T) {
	alice, bob, mallory := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "mallory")
	message := alice.says(t, general, "hi", bob, mallory)
	other := alice.says(t, random, "elsewhere", bob)
	mallory.says(t, general, "me too", bob)
	if text, err := bob.hears(random, alice, message); err == nil {
		t.Errorf("in another channel bob hears %q", text)
	}
	bob.mustNotHear(t, alice, other, e2ee.ErrUndecryptable) // one epoch, two channels: the clock stands still
	if text, err := bob.hears(general, mallory, message); err == nil {
		t.Errorf("from mallory bob hears alice's %q", text)
	}
	bob.mustHear(t, alice, message, "hi")
}

func TestTamperedChannelMessage(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	message := alice.says(t, general, "hi", bob)
	err := bob.update(func(tx *store.Tx) error {
		for i := range message {
			tampered := append([]byte(nil), message...)
			tampered[i] ^= 1 << (i % 8)
			if got, err := bob.engine.DecryptChannel(tx, general, alice.id(), tampered, bob.now); err == nil {
				t.Errorf("with byte %d changed bob hears %q", i, got)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	bob.mustHear(t, alice, message, "hi")
}

// TestMemberWithoutSubkey: bob was away for a month; the others still talk, and he gets the key when he is back.
func TestMemberWithoutSubkey(t *testing.T) {
	alice, bob, carol := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "carol")
	alice.now = alice.now.Add(29 * day)
	if _, err := carol.key.RotateSubkeys(alice.now); err != nil {
		t.Fatal(err)
	}
	carol.now = alice.now
	carol.mustHear(t, alice, alice.says(t, general, "hi", bob, carol), "hi")
	if _, err := bob.key.RotateSubkeys(alice.now); err != nil {
		t.Fatal(err)
	}
	bob.now = alice.now
	bob.mustHear(t, alice, alice.says(t, general, "bob is back", bob, carol), "bob is back")
}

func TestLeavingAndComingBack(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	alice.says(t, general, "hi", bob)
	message := bob.says(t, general, "hi", alice)
	if err := alice.update(func(tx *store.Tx) error { return alice.engine.LeaveChannel(tx, general) }); err != nil {
		t.Fatal(err)
	}
	alice.mustNotHear(t, bob, message, e2ee.ErrNoSenderKey)
	bob.mustHear(t, alice, alice.says(t, general, "back", bob), "back") // in the same millisecond
	alice.lose(t)
	alice.reset(t, bob)
	alice.now = alice.now.Add(time.Second)
	bob.mustHear(t, alice, alice.says(t, general, "back with nothing", bob), "back with nothing")
}

func TestForgottenDevice(t *testing.T) {
	alice, bob, carol := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "carol")
	fromAlice, fromCarol := alice.says(t, general, "hi", bob), carol.says(t, general, "hi", bob)
	if err := bob.update(func(tx *store.Tx) error { return bob.engine.Forget(tx, alice.id()) }); err != nil {
		t.Fatal(err)
	}
	bob.mustNotHear(t, alice, fromAlice, e2ee.ErrNoSenderKey)
	bob.mustHear(t, carol, fromCarol, "hi")
}

func TestTypingInAChannel(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	seal := func() (sealed []byte, err error) {
		err = alice.store.View(func(tx *store.Tx) error {
			sealed, err = alice.engine.SealTypingChannel(tx, general, []byte("typing"))
			return err
		})
		return sealed, err
	}
	open := func(sealed []byte) (text string, err error) {
		err = bob.store.View(func(tx *store.Tx) error {
			plaintext, err := bob.engine.OpenTypingChannel(tx, general, alice.id(), sealed)
			text = string(plaintext)
			return err
		})
		return text, err
	}
	if _, err := seal(); !errors.Is(err, e2ee.ErrNoSenderKey) {
		t.Errorf("without a key: %v", err)
	}
	message := alice.says(t, general, "hi", bob)
	sealed, err := seal()
	if err != nil {
		t.Fatal(err)
	}
	if text, err := open(sealed); err != nil || text != "typing" {
		t.Errorf("bob reads %q, %v", text, err)
	}
	if text, err := open(message); err == nil {
		t.Errorf("a message opened as typing: %q", text)
	}
	bob.mustNotHear(t, alice, sealed, e2ee.ErrUndecryptable)
}
