package identity

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

func TestCardTravels(t *testing.T) {
	alice := newPerson(t, "Alice")
	second := newDeviceAt(t, start)
	alice.publish(t, 2, second, alice.device)
	card, err := ParseCard(alice.card.Bytes(), start)
	check(t, err)
	if card.User != alice.user.ID() || card.Profile != (Profile{"Alice", 2}) || len(card.Devices) != 2 {
		t.Errorf("got %v %v with %d devices", card.User, card.Profile, len(card.Devices))
	}
	for _, k := range []*DeviceKey{alice.device, second} {
		d, ok := card.Device(k.ID())
		if !ok || d.Fingerprint() != k.Fingerprint() || !bytes.Equal(d.Certificate(), k.Certificate()) || !d.CanReceive(start) {
			t.Errorf("device %v isn't as it was", k.ID())
		}
		if !card.List.Contains(k.Fingerprint()) {
			t.Errorf("device %v isn't on the list", k.ID())
		}
	}
	if card.Hash() != alice.card.Hash() {
		t.Error("the hash changed on the way")
	}
	if _, err := ParseCard(alice.card.Bytes(), start.Add(-MaxClockSkew-time.Second)); err != ErrFuture {
		t.Errorf("from the future: %v", err)
	}
}

func TestLargestCardFits(t *testing.T) {
	alice := newPerson(t, strings.Repeat("A", 64))
	devices := []*DeviceKey{alice.device}
	for len(devices) < MaxDevices {
		devices = append(devices, newDeviceAt(t, start))
	}
	alice.publish(t, 2, devices...)
	if size := len(alice.card.Bytes()); size > MaxCardSize {
		t.Errorf("%d bytes", size)
	}
	if _, err := ParseCard(alice.card.Bytes(), start); err != nil {
		t.Error(err)
	}
	list := alice.card.List
	list.Devices = append(list.Devices, newDeviceAt(t, start).Fingerprint())
	if _, err := alice.user.SignDeviceList(list, start); err == nil {
		t.Error("one device too many was signed")
	}
	if _, err := ParseCard(make([]byte, MaxCardSize+1), start); !errors.Is(err, errMalformed) {
		t.Errorf("too large: %v", err)
	}
}

func TestCardNeedsExactlyTheListedDevices(t *testing.T) {
	alice, mallory := newPerson(t, "Alice"), newPerson(t, "Mallory")
	second := newDeviceAt(t, start)
	for compare(second.Fingerprint(), alice.device.Fingerprint()) < 0 { // so that what is missing or too much is last
		second = newDeviceAt(t, start)
	}
	alice.publish(t, 2, alice.device, second)
	for name, devices := range map[string][]*Device{
		"one missing":   public(alice.device),
		"none":          nil,
		"one twice":     public(alice.device, alice.device),
		"one exchanged": public(alice.device, mallory.device),
		"one in excess": public(alice.device, second, mallory.device),
		"only stranger": public(mallory.device),
		"listed thrice": public(alice.device, second, second),
	} {
		if _, err := NewCard(alice.user.Certificate(), alice.signed, devices, Profile{"Alice", 1}, alice.device); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestCardOfParts(t *testing.T) {
	alice, mallory := newPerson(t, "Alice"), newPerson(t, "Mallory")
	profile := Profile{"Alice", 1}
	for name, make := range map[string]func() (*Card, error){
		"another user's certificate": func() (*Card, error) {
			return NewCard(mallory.user.Certificate(), alice.signed, public(alice.device), profile, alice.device)
		},
		"another user's list": func() (*Card, error) {
			return NewCard(alice.user.Certificate(), mallory.signed, public(mallory.device), profile, mallory.device)
		},
		"profile signed by a stranger": func() (*Card, error) {
			return NewCard(alice.user.Certificate(), alice.signed, public(alice.device), profile, mallory.device)
		},
		"no name": func() (*Card, error) {
			return NewCard(alice.user.Certificate(), alice.signed, public(alice.device), Profile{"", 1}, alice.device)
		},
		"name with a bidi override": func() (*Card, error) {
			return NewCard(alice.user.Certificate(), alice.signed, public(alice.device), Profile{"Al\u202eice", 1}, alice.device)
		},
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	wire := alice.card.wire
	wire.Profile = mallory.card.wire.Profile
	if _, err := assemble(wire); err == nil {
		t.Error("another card's profile: accepted")
	}
	wire = alice.card.wire
	wire.Format = 2
	if _, err := assemble(wire); err == nil || errors.Is(err, errMalformed) {
		t.Errorf("a later format: %v", err)
	}
}

func TestSupersedes(t *testing.T) {
	alice, mallory := newPerson(t, "Alice"), newPerson(t, "Mallory")
	second := newDeviceAt(t, start)
	first := alice.card
	renamed := alice.newCard(t, Profile{"Alicia", 2}, alice.device)
	otherName := alice.newCard(t, Profile{"Alicia", 1}, alice.device)
	alice.publish(t, 2, alice.device, second)
	linked := alice.card
	forkedList := alice.sign(t, 2, alice.device)
	forked, err := NewCard(alice.user.Certificate(), forkedList, public(alice.device), Profile{"Alice", 2}, alice.device)
	check(t, err)
	_, err = alice.device.RotateSubkeys(start.Add(7 * day))
	check(t, err)
	rotated := alice.newCard(t, Profile{"Alice", 2}, alice.device, second)

	for name, test := range map[string]struct {
		new, old *Card
		want     error
	}{
		"itself":           {first, first, nil},
		"new device":       {linked, first, nil},
		"old list":         {first, linked, ErrListWentBack},
		"forked list":      {forked, linked, ErrListForked},
		"rotated subkey":   {rotated, linked, nil},
		"and back":         {linked, rotated, nil},
		"new name":         {renamed, first, nil},
		"old name":         {first, renamed, ErrProfileWentBack},
		"other name":       {otherName, first, ErrProfileWentBack},
		"another identity": {mallory.card, first, ErrOtherUser},
	} {
		if err := test.new.Supersedes(test.old); err != test.want {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

func TestFreshened(t *testing.T) {
	alice, mallory := newPerson(t, "Alice"), newPerson(t, "Mallory")
	second := newDeviceAt(t, start)
	alice.publish(t, 2, alice.device, second)
	old := alice.card
	_, err := second.RotateSubkeys(start.Add(7 * day))
	check(t, err)
	theirs := alice.newCard(t, Profile{"Alice", 2}, alice.device, second)
	_, err = alice.device.RotateSubkeys(start.Add(8 * day))
	check(t, err)
	ours, err := NewCard(alice.user.Certificate(), alice.signed, []*Device{alice.device.Device(), old.Devices[index(old, second)]}, Profile{"Alice", 2}, alice.device)
	check(t, err)

	both, err := ours.Freshened(theirs)
	check(t, err)
	for _, k := range []*DeviceKey{alice.device, second} {
		if d, _ := both.Device(k.ID()); !bytes.Equal(d.Certificate(), k.Certificate()) {
			t.Errorf("device %v isn't fresh", k.ID())
		}
	}
	if same, err := both.Freshened(old); err != nil || same != both {
		t.Errorf("an old card changed a fresh one: %v", err)
	}
	if _, err := both.Freshened(mallory.card); err != ErrOtherUser {
		t.Errorf("another user: %v", err)
	}
}

func index(c *Card, k *DeviceKey) int {
	for i, d := range c.Devices {
		if d.ID() == k.ID() {
			return i
		}
	}
	return -1
}

// TestArmoredIsACertificate reads the armoured certificate with the library's own reader, which finds the user's
// self-signatures in order.
func TestArmoredIsACertificate(t *testing.T) {
	alice := newPerson(t, "Alice")
	armored, err := alice.card.Armored()
	check(t, err)
	ring, err := openpgp.ReadArmoredKeyRing(strings.NewReader(armored))
	check(t, err)
	entity := ring[0]
	if _, err := entity.VerifyPrimaryKey(start, config(start)); err != nil {
		t.Error(err)
	}
	if _, identity := entity.PrimaryIdentity(start, config(start)); identity == nil || identity.Name != "Alice" {
		t.Errorf("identity %v", identity)
	}
	if user := alice.user.ID(); !bytes.Equal(entity.PrimaryKey.Fingerprint, user[:]) || entity.PrimaryKey.Version != 6 {
		t.Error("another fingerprint")
	}
}

// TestDeviceCertificateIsStandard reads a device certificate with the library's own reader and lets it choose the
// encryption key.
func TestDeviceCertificateIsStandard(t *testing.T) {
	alice := newDeviceAt(t, start)
	entity, err := openpgp.ReadEntity(packet.NewReader(bytes.NewReader(alice.Certificate())))
	check(t, err)
	key, err := entity.EncryptionKeyWithError(start, config(start))
	check(t, err)
	if key.PublicKey.PubKeyAlgo != packet.PubKeyAlgoMlkem768X25519 || key.PublicKey.Version != 6 {
		t.Errorf("algorithm %d", key.PublicKey.PubKeyAlgo)
	}
	if _, err := entity.EncryptionKeyWithError(start.Add(SubkeyLifetime+time.Second), config(start)); err == nil {
		t.Error("the subkey has no end")
	}
}
