package identity

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

func TestSealOpens(t *testing.T) {
	alice, bob := newDeviceAt(t, start), newDeviceAt(t, start)
	for _, size := range []int{0, 1, 300, 511, 512, 513, 1 << 12, 1<<16 + 1, MaxPlaintextSize} {
		plaintext := bytes.Repeat([]byte{'x'}, size)
		sealed, err := alice.Seal(plaintext, bob.Device(), start)
		check(t, err)
		if size >= 16 && bytes.Contains(sealed, plaintext[:16]) {
			t.Fatal("plaintext in the seal")
		}
		opened, err := bob.Open(sealed, alice.Device(), start.Add(time.Minute))
		check(t, err)
		if !bytes.Equal(opened, plaintext) {
			t.Fatalf("%d bytes came out as %d", size, len(opened))
		}
	}
	if _, err := alice.Seal(make([]byte, MaxPlaintextSize+1), bob.Device(), start); err == nil {
		t.Error("more than MaxPlaintextSize was sealed")
	}
}

func TestSealIsForOneDeviceFromOneDevice(t *testing.T) {
	alice, bob, carol := newDeviceAt(t, start), newDeviceAt(t, start), newDeviceAt(t, start)
	sealed, err := alice.Seal([]byte("hello"), bob.Device(), start)
	check(t, err)
	if _, err := carol.Open(sealed, alice.Device(), start); err != ErrNotForUs {
		t.Errorf("another device: %v", err)
	}
	if _, err := bob.Open(sealed, carol.Device(), start); err != ErrForged {
		t.Errorf("another sender: %v", err)
	}
	if _, err := bob.Open(sealed, alice.Device(), start.Add(-2*MaxClockSkew)); err != ErrForged {
		t.Errorf("from the future: %v", err)
	}
}

// encryptAs makes an OpenPGP message to bob as some other program might.
func encryptAs(t *testing.T, to []*openpgp.Entity, signers []*openpgp.Entity, change func(*packet.Config)) []byte {
	t.Helper()
	c := config(start)
	c.AEADConfig = &packet.AEADConfig{DefaultMode: packet.AEADModeGCM}
	change(c)
	var out bytes.Buffer
	w, err := openpgp.Encrypt(&out, to, nil, signers, nil, c)
	check(t, err)
	_, err = w.Write(bytes.Repeat([]byte("hello "), 100))
	check(t, err)
	check(t, w.Close())
	return out.Bytes()
}

// TestOneIntendedRecipient: alice signs a message for bob and carol, and encrypts it to bob alone.
func TestOneIntendedRecipient(t *testing.T) {
	alice, bob, carol := newDeviceAt(t, start), newDeviceAt(t, start), newDeviceAt(t, start)
	both := encryptAs(t, []*openpgp.Entity{bob.Device().entity, carol.Device().entity}, []*openpgp.Entity{alice.signer}, func(*packet.Config) {})
	in := bytes.NewReader(both)
	session, err := readPacket[*packet.EncryptedKey](in)
	check(t, err)
	_, err = readPacket[*packet.EncryptedKey](in)
	check(t, err)
	data, err := readPacket[*packet.SymmetricallyEncrypted](in)
	check(t, err)
	check(t, session.Decrypt(bob.secretFor(session, start), nil))
	signed, err := decryptData(in, data, session.Key)
	check(t, err)
	if _, err := bob.Open(wrap(t, signed, bob.Device()), alice.Device(), start); err != ErrForged {
		t.Errorf("for two: %v", err)
	}
}

func TestOpenRefusesOtherMessages(t *testing.T) {
	alice, bob, carol := newDeviceAt(t, start), newDeviceAt(t, start), newDeviceAt(t, start)
	toBob, toCarol := bob.Device().entity, carol.Device().entity
	no := false
	plain := func(*packet.Config) {}
	for name, test := range map[string]struct {
		sealed []byte
		want   error
	}{
		"as we do":             {encryptAs(t, []*openpgp.Entity{toBob}, []*openpgp.Entity{alice.signer}, plain), nil},
		"unsigned":             {encryptAs(t, []*openpgp.Entity{toBob}, nil, plain), ErrForged},
		"no recipient":         {encryptAs(t, []*openpgp.Entity{toBob}, []*openpgp.Entity{alice.signer}, func(c *packet.Config) { c.CheckIntendedRecipients = &no }), ErrForged},
		"two recipients":       {encryptAs(t, []*openpgp.Entity{toBob, toCarol}, []*openpgp.Entity{alice.signer}, plain), ErrNotForUs},
		"two signers":          {encryptAs(t, []*openpgp.Entity{toBob}, []*openpgp.Entity{alice.signer, carol.signer}, plain), ErrForged},
		"signed by a stranger": {encryptAs(t, []*openpgp.Entity{toBob}, []*openpgp.Entity{carol.signer}, plain), ErrForged},
	} {
		if _, err := bob.Open(test.sealed, alice.Device(), start); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// TestForwardedSealIsRefused: bob opens what alice sealed to him, and encrypts her signed message again, to carol.
func TestForwardedSealIsRefused(t *testing.T) {
	alice, bob, carol := newDeviceAt(t, start), newDeviceAt(t, start), newDeviceAt(t, start)
	sealed, err := alice.Seal([]byte("I owe you 100"), bob.Device(), start)
	check(t, err)
	signed, err := bob.decrypt(sealed, start)
	check(t, err)
	forwarded := wrap(t, signed, carol.Device())
	if _, err := carol.Open(forwarded, alice.Device(), start); err != ErrForged {
		t.Errorf("forwarded: %v", err)
	}
	if _, err := bob.Open(wrap(t, signed, bob.Device()), alice.Device(), start); err != nil {
		t.Errorf("wrapped again for the same recipient: %v", err)
	}
}

// TestOpenRefusesCompression: what is inside the encryption is a compressed packet.
func TestOpenRefusesCompression(t *testing.T) {
	alice, bob := newDeviceAt(t, start), newDeviceAt(t, start)
	sealed, err := alice.Seal([]byte("hello"), bob.Device(), start)
	check(t, err)
	signed, err := bob.decrypt(sealed, start)
	check(t, err)
	var out bytes.Buffer
	w, err := packet.SerializeCompressed(nopCloser{&out}, packet.CompressionZLIB, nil)
	check(t, err)
	_, err = w.Write(signed)
	check(t, err)
	check(t, w.Close())
	if _, err := bob.Open(wrap(t, out.Bytes(), bob.Device()), alice.Device(), start); err != ErrForged {
		t.Errorf("compressed: %v", err)
	}
}

// wrap encrypts packets to a device.
func wrap(t *testing.T, packets []byte, to *Device) []byte {
	t.Helper()
	var out bytes.Buffer
	key := bytes.Repeat([]byte{7}, 32)
	suite := packet.CipherSuite{Cipher: packet.CipherAES256, Mode: packet.AEADModeGCM}
	c := config(start)
	c.AEADConfig = &packet.AEADConfig{DefaultMode: packet.AEADModeGCM}
	check(t, packet.SerializeEncryptedKeyAEAD(&out, to.entity.Subkeys[0].PublicKey, packet.CipherAES256, true, key, c))
	w, err := packet.SerializeSymmetricallyEncrypted(&out, packet.CipherAES256, true, suite, key, c)
	check(t, err)
	_, err = w.Write(packets)
	check(t, err)
	check(t, w.Close())
	return out.Bytes()
}
