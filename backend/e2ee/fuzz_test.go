package e2ee_test

import (
	"errors"
	"testing"

	"gossip/backend/e2ee"
	"gossip/backend/store"
	"gossip/common/wire"
)

// isRefusal says that an error is one that a packet may cause; a store's is not.
func isRefusal(err error) bool {
	for _, refusal := range []error{e2ee.ErrUndecryptable, e2ee.ErrReplayed, e2ee.ErrNoSenderKey, e2ee.ErrBeforeShared} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

// FuzzReceive gives arbitrary bytes to everything that reads what a hub brings.
func FuzzReceive(f *testing.F) {
	alice, bob := newPerson(f, "alice"), newPerson(f, "bob")
	first := alice.encrypt(f, bob, "hi")
	bob.reads(f, alice, first, "hi")
	alice.reads(f, bob, bob.encrypt(f, alice, "hi"), "hi")
	second := alice.encrypt(f, bob, "again")
	message, keys := alice.writes(f, general, "all", bob)
	if err := bob.takesKey(alice, keys[0]); err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{first.Payload, second.Payload, message, keys[0].Payload, {}, {0xa0}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		err := bob.update(func(tx *store.Tx) error {
			from := alice.key.Device()
			for _, kind := range []wire.Kind{wire.KindMessage, wire.KindSession, wire.KindSenderKey} {
				if _, err := bob.engine.DecryptFrom(tx, from, kind, payload, bob.now); err != nil && !isRefusal(err) {
					t.Errorf("DecryptFrom: %v", err)
				}
			}
			_, channelErr := bob.engine.DecryptChannel(tx, general, from.ID(), payload, bob.now)
			_, typingErr := bob.engine.OpenTyping(tx, from.ID(), payload)
			_, channelTypingErr := bob.engine.OpenTypingChannel(tx, general, from.ID(), payload)
			keyErr := bob.engine.AcceptSenderKey(tx, general, from.ID(), payload, bob.now)
			for _, err := range []error{channelErr, typingErr, channelTypingErr, keyErr} {
				if err != nil && !isRefusal(err) {
					t.Errorf("%v", err)
				}
			}
			return errUndo
		})
		if err != errUndo {
			t.Error(err)
		}
	})
}
