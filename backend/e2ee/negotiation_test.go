package e2ee_test

import (
	"testing"
	"time"

	"gossip/backend/e2ee"
	"gossip/backend/store"
)

// TestNegotiationIsAnswered has bob negotiate with alice on the session that she has started: she may answer on it, although
// no message of his has come.
func TestNegotiationIsAnswered(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	bob.reads(t, alice, alice.encrypt(t, bob, "hi"), "hi")
	seal := func(from, to *person) (sealed []byte, err error) {
		err = from.store.View(func(tx *store.Tx) error {
			sealed, err = from.engine.SealTyping(tx, to.id(), []byte("offer"))
			return err
		})
		return sealed, err
	}
	open := func(sealed []byte) error {
		return alice.update(func(tx *store.Tx) error {
			_, err := alice.engine.OpenNegotiation(tx, bob.id(), sealed, time.Now())
			return err
		})
	}
	offer, err := seal(bob, alice)
	if err != nil {
		t.Fatal(err)
	}
	changed := append([]byte(nil), offer...)
	changed[len(changed)-1] ^= 1
	if err := open(changed); err != e2ee.ErrUndecryptable {
		t.Errorf("a changed offer: %v", err)
	}
	if _, err := seal(alice, bob); err != e2ee.ErrNoSession {
		t.Errorf("before the offer: %v", err)
	}
	for range 2 { // a repeat can't be told, and does no harm
		if err := open(offer); err != nil {
			t.Fatal(err)
		}
	}
	answer, err := seal(alice, bob)
	if err != nil {
		t.Fatal(err)
	}
	if err := bob.store.View(func(tx *store.Tx) error {
		_, err := bob.engine.OpenTyping(tx, alice.id(), answer)
		return err
	}); err != nil {
		t.Errorf("bob can't read the answer: %v", err)
	}
	bob.reads(t, alice, alice.encrypt(t, bob, "still here"), "still here")
	alice.reads(t, bob, bob.encrypt(t, alice, "me too"), "me too")
}
