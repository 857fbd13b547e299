package e2ee_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"gossip/backend/e2ee"
	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/ratchet"
	"gossip/common/wire"
)

func TestStartIsRepeatedUntilAnswered(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	first, second := alice.encrypt(t, bob, "one"), alice.encrypt(t, bob, "two")
	if first.Kind != wire.KindSession || second.Kind != wire.KindSession {
		t.Fatalf("kinds %v, %v", first.Kind, second.Kind)
	}
	bob.reads(t, alice, second, "two") // the first is late, or lost
	answer := bob.encrypt(t, alice, "hello")
	if answer.Kind != wire.KindMessage {
		t.Errorf("the answer has kind %v", answer.Kind)
	}
	alice.reads(t, bob, answer, "hello")
	third := alice.encrypt(t, bob, "three")
	if third.Kind != wire.KindMessage {
		t.Errorf("after the answer the kind is %v", third.Kind)
	}
	bob.reads(t, alice, third, "three")
	bob.reads(t, alice, first, "one")
	bob.refuses(t, alice, first.Kind, first.Payload, e2ee.ErrReplayed)
	bob.refuses(t, alice, third.Kind, third.Payload, e2ee.ErrReplayed)
}

// sessionOf reads the session's id out of a payload.
func sessionOf(t *testing.T, payload []byte) (session ratchet.SessionID) {
	t.Helper()
	var envelope struct {
		Session ratchet.SessionID `cbor:"1,keyasint"`
		Start   []byte            `cbor:"2,keyasint,omitempty"`
		Message []byte            `cbor:"3,keyasint"`
	}
	if err := wire.Unmarshal(payload, &envelope); err != nil {
		t.Fatal(err)
	}
	return envelope.Session
}

func TestBothStartAtOnce(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	a, b := alice.encrypt(t, bob, "from alice"), bob.encrypt(t, alice, "from bob")
	bob.reads(t, alice, a, "from alice")
	alice.reads(t, bob, b, "from bob")
	for i := range 5 { // crossing all the time
		alice.now, bob.now = alice.now.Add(time.Minute), bob.now.Add(time.Minute)
		a, b = alice.encrypt(t, bob, fmt.Sprint("a", i)), bob.encrypt(t, alice, fmt.Sprint("b", i))
		bob.reads(t, alice, a, fmt.Sprint("a", i))
		alice.reads(t, bob, b, fmt.Sprint("b", i))
		if a.Kind != wire.KindMessage || b.Kind != wire.KindMessage {
			t.Errorf("round %d: kinds %v, %v", i, a.Kind, b.Kind)
		}
	}
	a = alice.encrypt(t, bob, "alone")
	bob.now = bob.now.Add(time.Minute)
	bob.reads(t, alice, a, "alone")
	if b = bob.encrypt(t, alice, "same"); sessionOf(t, a.Payload) != sessionOf(t, b.Payload) {
		t.Error("once they take turns they still use two sessions")
	}
}

func TestLostStateHealsItself(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	bob.reads(t, alice, alice.encrypt(t, bob, "hi"), "hi")
	alice.reads(t, bob, bob.encrypt(t, alice, "hi"), "hi")
	bob.lose(t)
	lost := alice.encrypt(t, bob, "lost")
	bob.refuses(t, alice, lost.Kind, lost.Payload, e2ee.ErrUndecryptable)
	bob.reset(t, alice)
	alice.now, bob.now = alice.now.Add(time.Minute), bob.now.Add(time.Minute)
	alice.reads(t, bob, bob.encrypt(t, alice, "again please"), "again please")
	bob.reads(t, alice, alice.encrypt(t, bob, "lost"), "lost")
}

func TestResetStartsAfresh(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	before := alice.encrypt(t, bob, "before")
	bob.reads(t, alice, before, "before")
	answer := bob.encrypt(t, alice, "on the old one")
	alice.reset(t, bob)
	after := alice.encrypt(t, bob, "after")
	if after.Kind != wire.KindSession || sessionOf(t, before.Payload) == sessionOf(t, after.Payload) {
		t.Error("Reset did not lead to a new session")
	}
	alice.reads(t, bob, answer, "on the old one")
	if next := alice.encrypt(t, bob, "next"); sessionOf(t, next.Payload) != sessionOf(t, after.Payload) {
		t.Error("a message on the old session brought it back")
	}
	bob.reads(t, alice, after, "after")
}

func TestStartOfADroppedSessionStaysShut(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	first := alice.encrypt(t, bob, "first")
	bob.reads(t, alice, first, "first")
	for range e2ee.MaxSessions {
		alice.reset(t, bob)
		alice.now, bob.now = alice.now.Add(time.Minute), bob.now.Add(time.Minute)
		bob.reads(t, alice, alice.encrypt(t, bob, "more"), "more")
	}
	bob.refuses(t, alice, first.Kind, first.Payload, e2ee.ErrUndecryptable)
	if err := bob.update(func(tx *store.Tx) error { return bob.engine.Forget(tx, alice.id()) }); err != nil {
		t.Fatal(err)
	}
	bob.refuses(t, alice, first.Kind, first.Payload, e2ee.ErrUndecryptable)
}

func TestStartOfAnotherTime(t *testing.T) {
	for _, off := range []time.Duration{-31 * day, 31 * day} {
		alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
		if off > 0 {
			// The device key is younger than the start: bob's clock is wrong by a month.
			alice.now = alice.now.Add(off)
			if _, err := alice.key.RotateSubkeys(alice.now); err != nil {
				t.Fatal(err)
			}
			if _, err := bob.key.RotateSubkeys(alice.now); err != nil {
				t.Fatal(err)
			}
		}
		out := alice.encrypt(t, bob, "hi")
		if off < 0 {
			bob.now = bob.now.Add(-off)
		}
		bob.refuses(t, alice, out.Kind, out.Payload, e2ee.ErrUndecryptable)
	}
}

// TestStartStolenByAnother: mallory passes on alice's start as her own, and a start of her own as alice's.
func TestStartStolenByAnother(t *testing.T) {
	alice, bob, mallory := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "mallory")
	stolen := alice.encrypt(t, bob, "hi")
	bob.refuses(t, mallory, stolen.Kind, stolen.Payload, e2ee.ErrUndecryptable)
	own := mallory.encrypt(t, bob, "hi, I'm alice")
	bob.refuses(t, alice, own.Kind, own.Payload, e2ee.ErrUndecryptable)
	bob.reads(t, alice, stolen, "hi")
}

// TestSwappedPayloads: a hub gives a payload to another device, from another one, or as another kind.
func TestSwappedPayloads(t *testing.T) {
	alice, bob, carol := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "carol")
	first := alice.encrypt(t, bob, "for bob")
	carol.refuses(t, alice, first.Kind, first.Payload, e2ee.ErrUndecryptable)
	alice.refuses(t, alice, first.Kind, first.Payload, e2ee.ErrUndecryptable)
	_, keys := alice.writes(t, general, "hi", bob)
	kinds := []wire.Kind{wire.KindMessage, wire.KindSession, wire.KindSenderKey, wire.KindTyping, wire.KindOffer, ""}
	for _, out := range []e2ee.Outgoing{first, keys[0]} {
		for _, kind := range kinds {
			if kind != out.Kind {
				bob.refuses(t, alice, kind, out.Payload, e2ee.ErrUndecryptable)
			}
		}
	}
	bob.reads(t, alice, first, "for bob")
	alice.refuses(t, bob, first.Kind, first.Payload, e2ee.ErrUndecryptable) // back to its sender
	if err := bob.takesKey(alice, keys[0]); err != nil {
		t.Fatal(err)
	}
	alice.reads(t, bob, bob.encrypt(t, alice, "answer"), "answer")
	plain := alice.encrypt(t, bob, "plain")
	for _, kind := range kinds[1:] {
		bob.refuses(t, alice, kind, plain.Payload, e2ee.ErrUndecryptable)
	}
	bob.reads(t, alice, plain, "plain")
}

func TestRenewal(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	old := alice.encrypt(t, bob, "hi")
	bob.reads(t, alice, old, "hi")
	alice.reads(t, bob, bob.encrypt(t, alice, "hi"), "hi")
	alice.now, bob.now = alice.now.Add(8*day), bob.now.Add(8*day)
	late := bob.encrypt(t, alice, "crossing")
	fresh := alice.encrypt(t, bob, "fresh")
	if fresh.Kind != wire.KindSession || sessionOf(t, fresh.Payload) == sessionOf(t, old.Payload) {
		t.Error("a session of eight days was not renewed")
	}
	alice.reads(t, bob, late, "crossing")
	bob.reads(t, alice, fresh, "fresh")
	alice.reads(t, bob, bob.encrypt(t, alice, "ok"), "ok")
}

func TestRenewalByCount(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	sessions := map[ratchet.SessionID]bool{}
	var last e2ee.Outgoing
	err := alice.update(func(tx *store.Tx) (err error) {
		for range ratchet.RenewalMessages + 1 {
			if last, err = alice.engine.EncryptTo(tx, bob.key.Device(), []byte("x"), alice.now); err != nil {
				return err
			}
			sessions[sessionOf(t, last.Payload)] = true
		}
		return nil
	})
	if err != nil || len(sessions) != 2 {
		t.Fatalf("%d messages made %d sessions, %v", ratchet.RenewalMessages+1, len(sessions), err)
	}
	bob.reads(t, alice, last, "x")
}

func TestOldSessionsAreDropped(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	bob.reads(t, alice, alice.encrypt(t, bob, "hi"), "hi")
	late := bob.encrypt(t, alice, "late")
	alice.now = alice.now.Add(e2ee.SessionLifetime + day)
	if err := alice.update(func(tx *store.Tx) error { return alice.engine.Expire(tx, alice.now) }); err != nil {
		t.Fatal(err)
	}
	alice.refuses(t, bob, late.Kind, late.Payload, e2ee.ErrUndecryptable)
}

// errUndo drops a transaction that a test only looks at.
var errUndo = errors.New("undone")

// TestTamperedPayload: no change of any byte leads to another text, nor does a failed attempt spoil the message. The
// lengths in the header of the OpenPGP seal are under no signature (RFC 9580 section 5.1): a change that still opens
// gives the same text.
func TestTamperedPayload(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	try := func(out e2ee.Outgoing, want string) {
		t.Helper()
		for i := range out.Payload {
			tampered := append([]byte(nil), out.Payload...)
			tampered[i] ^= 1 << (i % 8)
			err := bob.update(func(tx *store.Tx) error {
				got, err := bob.engine.DecryptFrom(tx, alice.key.Device(), out.Kind, tampered, bob.now)
				if err == nil && (out.Kind != wire.KindSession || string(got) != want) {
					t.Errorf("with byte %d changed bob reads %q", i, got)
				}
				return errUndo
			})
			if err != errUndo {
				t.Fatal(err)
			}
		}
		bob.reads(t, alice, out, want)
	}
	try(alice.encrypt(t, bob, "first"), "first")
	alice.reads(t, bob, bob.encrypt(t, alice, "answer"), "answer")
	try(alice.encrypt(t, bob, "second"), "second")
}

func TestTyping(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	seal := func() (sealed []byte, err error) {
		err = alice.store.View(func(tx *store.Tx) error {
			sealed, err = alice.engine.SealTyping(tx, bob.id(), []byte("typing"))
			return err
		})
		return sealed, err
	}
	open := func(sealed []byte) (text string, err error) {
		err = bob.store.View(func(tx *store.Tx) error {
			plaintext, err := bob.engine.OpenTyping(tx, alice.id(), sealed)
			text = string(plaintext)
			return err
		})
		return text, err
	}
	if _, err := seal(); err != e2ee.ErrNoSession {
		t.Errorf("without a session: %v", err)
	}
	bob.reads(t, alice, alice.encrypt(t, bob, "hi"), "hi")
	alice.reads(t, bob, bob.encrypt(t, alice, "hi"), "hi")
	sealed, err := seal()
	if err != nil {
		t.Fatal(err)
	}
	if text, err := open(sealed); err != nil || text != "typing" {
		t.Errorf("bob reads %q, %v", text, err)
	}
	bob.refuses(t, alice, wire.KindMessage, sealed, e2ee.ErrUndecryptable)
	message := alice.encrypt(t, bob, "a message")
	if text, err := open(message.Payload); err == nil {
		t.Errorf("a message opened as typing: %q", text)
	}
	sealed[len(sealed)-1] ^= 1
	if text, err := open(sealed); err == nil {
		t.Errorf("a changed typing opened: %q", text)
	}
}

// TestReplayAtAnotherHub brings what was said at one hub to the same device at another: it is not read there again.
func TestReplayAtAnotherHub(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	said := alice.encrypt(t, bob, "here only")
	elsewhere := *bob
	elsewhere.engine = e2ee.New(bob.key, id.HubID{99})
	elsewhere.refuses(t, alice, said.Kind, said.Payload, e2ee.ErrUndecryptable)
	bob.reads(t, alice, said, "here only")
}
