package e2ee_test

import (
	"bytes"
	"testing"

	"gossip/backend/store"
)

var payload300 = bytes.Repeat([]byte{'x'}, 300)

// inOneTransaction measures without the fsync, which the store's own benchmarks show.
func inOneTransaction(b *testing.B, p *person, do func(tx *store.Tx) error) {
	b.Helper()
	err := p.update(func(tx *store.Tx) error {
		for b.Loop() {
			if err := do(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkEncryptTo(b *testing.B) {
	alice, bob := newPerson(b, "alice"), newPerson(b, "bob")
	bob.reads(b, alice, alice.encrypt(b, bob, "hi"), "hi")
	alice.reads(b, bob, bob.encrypt(b, alice, "hi"), "hi")
	to := bob.key.Device()
	inOneTransaction(b, alice, func(tx *store.Tx) error {
		_, err := alice.engine.EncryptTo(tx, to, payload300, alice.now)
		return err
	})
}

func BenchmarkStartSession(b *testing.B) {
	alice, bob := newPerson(b, "alice"), newPerson(b, "bob")
	to := bob.key.Device()
	inOneTransaction(b, alice, func(tx *store.Tx) error {
		if err := alice.engine.Reset(tx, bob.id()); err != nil {
			return err
		}
		_, err := alice.engine.EncryptTo(tx, to, payload300, alice.now)
		return err
	})
}

func BenchmarkEncryptChannel(b *testing.B) {
	alice := newPerson(b, "alice")
	members := make([]*person, 50)
	for i := range members {
		members[i] = newPerson(b, "member")
	}
	list := devices(members...)
	inOneTransaction(b, alice, func(tx *store.Tx) error {
		_, _, err := alice.engine.EncryptChannel(tx, general, list, payload300, alice.now)
		return err
	})
}

func BenchmarkDecryptChannel(b *testing.B) {
	alice, bob := newPerson(b, "alice"), newPerson(b, "bob")
	var messages [][]byte
	next := 0
	inOneTransaction(b, bob, func(tx *store.Tx) error {
		if next == len(messages) {
			b.StopTimer()
			messages, next = messages[:0], 0
			for range 100 {
				messages = append(messages, aliceSays(b, alice, bob, tx))
			}
			b.StartTimer()
		}
		_, err := bob.engine.DecryptChannel(tx, general, alice.id(), messages[next], bob.now)
		next++
		return err
	})
}

// aliceSays encrypts and hands the key over inside bob's transaction.
func aliceSays(b *testing.B, alice, bob *person, tx *store.Tx) []byte {
	b.Helper()
	message, keys := alice.writes(b, general, string(payload300), bob)
	for _, key := range keys {
		plaintext, err := bob.engine.DecryptFrom(tx, alice.key.Device(), key.Kind, key.Payload, bob.now)
		if err != nil {
			b.Fatal(err)
		}
		if err := acceptKey(bob, alice, tx, plaintext); err != nil {
			b.Fatal(err)
		}
	}
	return message
}
