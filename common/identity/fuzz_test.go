package identity

import (
	"bytes"
	"testing"

	"gossip/common/id"
)

// FuzzParseCard: what parses is what it encodes to, and nobody's certificate but the user's is in it.
func FuzzParseCard(f *testing.F) {
	for _, v := range vectors[personVector](f, "people.json") {
		f.Add(v.Card)
		f.Add(v.Card[:len(v.Card)/2])
		f.Add(v.UserCertificate)
	}
	f.Add([]byte{0xa5, 1, 1, 2, 0x40, 3, 0x40, 4, 0x80, 5, 0xa4, 1, 0x60, 2, 0, 3, 0x40, 4, 0x40})
	f.Fuzz(func(t *testing.T, b []byte) {
		card, err := ParseCard(b, start)
		if err != nil {
			return
		}
		again, err := assemble(card.wire)
		if err != nil || !bytes.Equal(again.Bytes(), b) {
			t.Fatal("parsed, but not the encoding of what it says:", err)
		}
		for _, d := range card.Devices {
			if !card.List.Contains(d.Fingerprint()) {
				t.Fatal("a device that isn't listed")
			}
		}
	})
}

// FuzzParseDevice: what parses has one encoding and is the library's certificate too.
func FuzzParseDevice(f *testing.F) {
	for _, v := range vectors[personVector](f, "people.json") {
		f.Add(v.DeviceCertificate)
		f.Add(v.UserCertificate)
		f.Add(v.DeviceKey)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := ParseDevice(b, start)
		if err != nil {
			return
		}
		if !bytes.Equal(d.Certificate(), b) {
			t.Fatal("parsed, but not what it says")
		}
		entity := d.entity
		again, err := serialize(entity.PrimaryKey, entity.DirectSignatures[0].Packet,
			entity.Subkeys[0].PublicKey, entity.Subkeys[0].Bindings[0].Packet)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatal("parsed, but encodes to something else:", err)
		}
	})
}

// FuzzOpen: nobody but the sender of the seeds has her key, so nothing but her three messages opens.
func FuzzOpen(f *testing.F) {
	people := vectors[personVector](f, "people.json")
	bob, err := ParseDeviceKey(people[1].DeviceKey, start)
	check(f, err)
	alice, err := ParseDevice(people[0].DeviceCertificate, start)
	check(f, err)
	for _, v := range people {
		f.Add(v.Sealed)
		f.Add(v.DeviceList)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		plaintext, err := bob.Open(b, alice, start)
		switch {
		case err == nil && string(plaintext) != people[1].Plaintext:
			t.Fatalf("opened %q", plaintext)
		case err != nil && err != ErrNotForUs && err != ErrForged:
			t.Fatal("an error that says more:", err)
		}
	})
}

// FuzzReadMessage feeds what is inside the encryption: signed messages and what others put there.
func FuzzReadMessage(f *testing.F) {
	people := vectors[personVector](f, "people.json")
	user, err := parseUserCertificate(people[0].UserCertificate)
	check(f, err)
	list, _, err := parseDeviceList(people[0].DeviceList, user.key)
	check(f, err)
	for _, v := range people {
		f.Add(v.DeviceList)
		f.Add(v.Sealed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, _, err := parseDeviceList(b, user.key); err == nil && !got.Equal(list) {
			t.Fatal("a list that alice didn't sign")
		}
	})
}

// FuzzParseDeviceKey: the vault's content is sealed, but a parser that takes secrets mustn't panic either.
func FuzzParseDeviceKey(f *testing.F) {
	for _, v := range vectors[personVector](f, "people.json") {
		f.Add(v.DeviceKey)
		f.Add(v.UserKey)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if k, err := ParseDeviceKey(b, start); err == nil && !k.Device().CanReceive(k.Device().subkeyCreated) {
			t.Fatal("a key that never receives")
		}
		if k, err := ParseUserKey(b); err == nil && k.ID() != id.UserID(k.user.key.Fingerprint) {
			t.Fatal("a user key of another user")
		}
	})
}
