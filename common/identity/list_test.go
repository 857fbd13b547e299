package identity

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

func TestDeviceListIsSorted(t *testing.T) {
	alice := newPerson(t, "Alice")
	list := DeviceList{User: alice.user.ID(), Version: 7, IssuedAt: start.Add(time.Hour + time.Nanosecond)}
	for i := range byte(5) {
		list.Devices = append(list.Devices, Fingerprint{9 - i, i})
	}
	given := slices.Clone(list.Devices)
	signed, err := alice.user.SignDeviceList(list, start)
	check(t, err)
	if !slices.Equal(list.Devices, given) {
		t.Error("the caller's list was sorted in place")
	}
	got, signedAt, err := parseDeviceList(signed, alice.user.user.userCertificate.key)
	check(t, err)
	slices.Reverse(given)
	want := DeviceList{list.User, 7, start.Add(time.Hour), given}
	if !got.Equal(want) || !signedAt.Equal(start) {
		t.Errorf("got %+v at %v", got, signedAt)
	}
	if !got.Contains(Fingerprint{9, 0}) || got.Contains(Fingerprint{9, 1}) {
		t.Error("Contains is wrong")
	}
}

func TestSignDeviceListRefuses(t *testing.T) {
	alice, bob := newPerson(t, "Alice"), newPerson(t, "Bob")
	f := alice.device.Fingerprint()
	for name, list := range map[string]DeviceList{
		"another user":   {User: bob.user.ID(), Devices: []Fingerprint{f}},
		"no user":        {Devices: []Fingerprint{f}},
		"no device":      {User: alice.user.ID()},
		"a device twice": {User: alice.user.ID(), Devices: []Fingerprint{f, f}},
		"ancient":        {User: alice.user.ID(), Devices: []Fingerprint{f}, IssuedAt: userEpoch.Add(-time.Second)},
	} {
		if _, err := alice.user.SignDeviceList(list, start); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
}

// TestOtherStatementsAreNoLists: what the user key, or the library, signs for another purpose isn't a device list.
func TestOtherStatementsAreNoLists(t *testing.T) {
	alice, bob := newPerson(t, "Alice"), newPerson(t, "Bob")
	user := alice.user.user
	signer := newEntity(user.userCertificate.key, user.key, user.direct)
	good := listWire{listKind, user.id, 1, start.Unix(), []Fingerprint{alice.device.Fingerprint()}}
	change := func(f func(*listWire)) []byte {
		wire := good
		wire.Devices = slices.Clone(good.Devices)
		f(&wire)
		body, err := encode(wire)
		check(t, err)
		return body
	}
	for name, body := range map[string][]byte{
		"other kind":   change(func(w *listWire) { w.Kind = "gossip device list v2" }),
		"other user":   change(func(w *listWire) { w.User = bob.user.ID() }),
		"out of order": change(func(w *listWire) { w.Devices = []Fingerprint{{2}, {1}} }),
		"twice":        change(func(w *listWire) { w.Devices = []Fingerprint{{1}, {1}} }),
		"too many":     change(func(w *listWire) { w.Devices = many(MaxDevices + 1) }),
		"far too many": change(func(w *listWire) { w.Devices = many(3 * MaxDevices) }),
		"empty":        change(func(w *listWire) { w.Devices = nil }),
		"not CBOR":     []byte("hello"),
		"two values":   append(change(func(*listWire) {}), 0),
		"long integer": bytes.Replace(change(func(*listWire) {}), []byte{3, 1, 4}, []byte{3, 0x18, 1, 4}, 1),
	} {
		signed, err := signMessage(signer, body, start)
		check(t, err)
		if _, _, err := parseDeviceList(signed, user.userCertificate.key); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	signed, err := signMessage(signer, change(func(*listWire) {}), start)
	check(t, err)
	if _, _, err := parseDeviceList(signed, user.userCertificate.key); err != nil {
		t.Errorf("the unchanged one: %v", err)
	}
	if _, _, err := parseDeviceList(signed, bob.user.user.userCertificate.key); err == nil {
		t.Error("verified with another user's key")
	}
	textSigned := textMessage(t, signer, change(func(*listWire) {}))
	if _, _, err := parseDeviceList(textSigned, user.userCertificate.key); err == nil {
		t.Error("a text signature: accepted")
	}
}

func many(n int) (devices []Fingerprint) {
	for i := range n {
		devices = append(devices, Fingerprint{byte(i + 1)})
	}
	return devices
}

// textMessage signs with the kind of signature that takes all line ends for one.
func textMessage(t *testing.T, signer *openpgp.Entity, body []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := openpgp.SignWithParams(&out, []*openpgp.Entity{signer}, &openpgp.SignParams{TextSig: true, Config: config(start)})
	check(t, err)
	_, err = w.Write(body)
	check(t, err)
	check(t, w.Close())
	return out.Bytes()
}

// withUnhashed returns the packet of sig with an issuer key ID subpacket (type 16), which RFC 9580 doesn't want in a v6
// signature, put where no hash covers it.
func withUnhashed(t *testing.T, sig *packet.Signature) (plain, grown []byte) {
	t.Helper()
	plain, err := serialize(sig)
	check(t, err)
	hashed := len(sig.HashSuffix) - 6
	at := bytes.Index(plain, sig.HashSuffix[:hashed])
	body := plain[at:]
	unhashed := append([]byte{0, 0, 0, 10, 9, 16}, sig.IssuerFingerprint[:8]...)
	grown = append(append(bytes.Clone(body[:hashed]), unhashed...), body[hashed+4:]...)
	header := []byte{0xc2, byte(len(grown))}
	if len(grown) >= 192 {
		header = []byte{0xc2, byte((len(grown)-192)>>8) + 192, byte(len(grown) - 192)}
	}
	return plain, append(header, grown...)
}

// TestUnhashedPartIsRefused adds an unsigned subpacket to a signature: it would change no meaning, but a card has one
// encoding.
func TestUnhashedPartIsRefused(t *testing.T) {
	alice := newPerson(t, "Alice")
	user := alice.user.user
	plain, grown := withUnhashed(t, user.direct)
	changed := bytes.Replace(alice.user.Certificate(), plain, grown, 1)
	entity, err := openpgp.ReadEntity(packet.NewReader(bytes.NewReader(changed)))
	check(t, err)
	if _, err := entity.VerifyPrimaryKey(start, config(start)); err != nil {
		t.Fatal("the library doesn't take the changed certificate, so this tests nothing:", err)
	}
	if _, err := parseUserCertificate(changed); err == nil {
		t.Error("a certificate: accepted")
	}

	_, sig, err := readMessage(alice.signed, user.userCertificate.key, maxSignedListSize)
	check(t, err)
	plain, grown = withUnhashed(t, sig)
	changed = bytes.Replace(alice.signed, plain, grown, 1)
	if _, _, err := readMessage(changed, user.userCertificate.key, maxSignedListSize); err != nil {
		t.Fatal("the changed list isn't a signed message, so this tests nothing:", err)
	}
	if _, _, err := parseDeviceList(changed, user.userCertificate.key); err == nil {
		t.Error("a device list: accepted")
	}
}
