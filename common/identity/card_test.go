package identity

import (
	"bytes"
	"testing"
	"time"
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
