package identity

import (
	"bytes"
	"testing"
)

// tamper calls accepts with every change of one byte (two ways), every truncation, and with bytes appended.
func tamper(t *testing.T, original []byte, accepts func(changed []byte) bool) {
	t.Helper()
	for i := range original {
		for _, flip := range []byte{0x01, 0x80} {
			changed := bytes.Clone(original)
			changed[i] ^= flip
			if accepts(changed) {
				t.Errorf("byte %d of %d changed by %#02x is accepted", i, len(original), flip)
			}
		}
		if accepts(original[:i]) {
			t.Errorf("%d of %d bytes are accepted", i, len(original))
		}
	}
	for _, more := range [][]byte{{0}, {0xca, 0}, {0xd5, 0}, original} { // also: an empty marker, an empty padding packet
		if accepts(append(bytes.Clone(original), more...)) {
			t.Errorf("%x after the end is accepted", more)
		}
	}
}

func TestTamperedCardIsRefused(t *testing.T) {
	alice := newPerson(t, "Alice")
	tamper(t, alice.card.Bytes(), func(changed []byte) bool {
		_, err := ParseCard(changed, start)
		return err == nil
	})
}

func TestTamperedDeviceIsRefused(t *testing.T) {
	tamper(t, newDeviceAt(t, start).Certificate(), func(changed []byte) bool {
		_, err := ParseDevice(changed, start)
		return err == nil
	})
}

func TestTamperedUserCertificateIsRefused(t *testing.T) {
	tamper(t, newPerson(t, "Alice").user.Certificate(), func(changed []byte) bool {
		_, err := parseUserCertificate(changed)
		return err == nil
	})
}

func TestTamperedListIsRefused(t *testing.T) {
	alice := newPerson(t, "Alice")
	certificate, err := parseUserCertificate(alice.user.Certificate())
	check(t, err)
	tamper(t, alice.signed, func(changed []byte) bool {
		_, _, err := parseDeviceList(changed, certificate.key)
		return err == nil
	})
}

// TestTamperedSealIsRefused: three bytes of framing are under no key: the octet that announces the size of the
// fingerprint of the session key packet, and the length in the header of the last packet. The library reads over them,
// so a change there may pass, but what is read is what was sealed.
func TestTamperedSealIsRefused(t *testing.T) {
	alice, bob := newDeviceAt(t, start), newDeviceAt(t, start)
	sealed, err := alice.Seal([]byte("hello"), bob.Device(), start)
	check(t, err)
	framing := 0
	tamper(t, sealed, func(changed []byte) bool {
		plaintext, err := bob.Open(changed, alice.Device(), start)
		if err != nil && err != ErrNotForUs && err != ErrForged {
			t.Fatalf("an error that says more: %v", err)
		}
		if err == nil && len(changed) == len(sealed) && string(plaintext) == "hello" {
			framing++
			return false
		}
		return err == nil
	})
	if framing > 3*2 {
		t.Errorf("%d changes passed: more than the framing", framing)
	}
}

// TestTamperedMessageIsForged changes what is inside the encryption: a sender that we share a channel with, but who
// isn't alice, can do that.
func TestTamperedMessageIsForged(t *testing.T) {
	alice, bob := newDeviceAt(t, start), newDeviceAt(t, start)
	sealed, err := alice.Seal([]byte("hello"), bob.Device(), start)
	check(t, err)
	signed, err := bob.decrypt(sealed, start)
	check(t, err)
	// Under no signature of OpenPGP are the date of the literal packet (RFC 9580 section 5.9), the flag and the length of
	// the one-pass signature: a change there must not change what is read.
	unsigned := 0
	tamper(t, signed, func(changed []byte) bool {
		body, sig, err := readMessage(changed, alice.signer.PrimaryKey, MaxPlaintextSize)
		if err == nil && bob.intended(sig) && string(body) == "hello" {
			unsigned++
			return false // accepted, and means what alice signed
		}
		return err == nil
	})
	if unsigned > 2*4+1+2 {
		t.Errorf("%d changes passed: more than the date, the flag and a length", unsigned)
	}
}

// TestTamperedSecretsAreRefused: what comes out of the vault is either the key that was put in or an error. The OpenPGP
// form of a secret in clear has no checksum of its own; the public key beside it takes that part.
func TestTamperedSecretsAreRefused(t *testing.T) {
	alice := newPerson(t, "Alice")
	stored, err := alice.user.MarshalBinary()
	check(t, err)
	tamper(t, stored, func(changed []byte) bool {
		k, err := ParseUserKey(changed)
		return err == nil && k.ID() != alice.user.ID()
	})
	stored, err = alice.device.MarshalBinary()
	check(t, err)
	tamper(t, stored, func(changed []byte) bool {
		k, err := ParseDeviceKey(changed, start)
		return err == nil && (k.ID() != alice.device.ID() || !bytes.Equal(k.Certificate(), alice.device.Certificate()))
	})
}
