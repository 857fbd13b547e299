package identity

import (
	"bytes"
	"crypto/ed25519"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gossip/common/id"
)

func TestSubkeysRotateWeekly(t *testing.T) {
	alice := newDeviceAt(t, start)
	certificates := map[string]bool{string(alice.Certificate()): true}
	for d := range 60 {
		now := start.Add(time.Duration(d) * day)
		changed, err := alice.RotateSubkeys(now)
		check(t, err)
		if due := d > 0 && d%7 == 0; changed != due {
			t.Errorf("day %d: changed = %v", d, changed)
		}
		if changed == certificates[string(alice.Certificate())] {
			t.Errorf("day %d: the certificate and the change disagree", d)
		}
		certificates[string(alice.Certificate())] = true
		if !alice.Device().CanReceive(now) || len(alice.subkeys) > 4 {
			t.Errorf("day %d: %d subkeys", d, len(alice.subkeys))
		}
		if _, err := ParseDevice(alice.Certificate(), now); err != nil {
			t.Errorf("day %d: %v", d, err)
		}
	}
}

func TestOldSealOpensUntilItsSubkeyIsOver(t *testing.T) {
	alice, bob := newDeviceAt(t, start), newDeviceAt(t, start)
	sealed, err := alice.Seal([]byte("hello"), bob.Device(), start.Add(6*day))
	check(t, err)
	for _, d := range []int{7, 14, 21, 27, 28, 35} {
		now := start.Add(time.Duration(d) * day)
		_, err := bob.RotateSubkeys(now)
		check(t, err)
		if _, err := bob.Open(sealed, alice.Device(), now); (err == nil) != (d < 28) {
			t.Errorf("day %d: %v", d, err)
		}
	}
	// The secret is gone, not only out of time: a clock set back doesn't bring it back.
	if _, err := bob.Open(sealed, alice.Device(), start); err != ErrNotForUs {
		t.Errorf("after its secret was deleted: %v", err)
	}
	stored, err := bob.MarshalBinary()
	check(t, err)
	restored, err := ParseDeviceKey(stored, start)
	check(t, err)
	if _, err := restored.Open(sealed, alice.Device(), start); err != ErrNotForUs {
		t.Errorf("from the stored key: %v", err)
	}
}

// TestExpiredSubkeyWithoutRotation: a device that was asleep neither receives nor opens past the time.
func TestExpiredSubkeyWithoutRotation(t *testing.T) {
	alice, bob := newDeviceAt(t, start), newDeviceAt(t, start)
	sealed, err := alice.Seal([]byte("hello"), bob.Device(), start)
	check(t, err)
	end := start.Add(SubkeyLifetime)
	if !bob.Device().CanReceive(end.Add(-time.Second)) || bob.Device().CanReceive(end) {
		t.Error("CanReceive doesn't end with the subkey")
	}
	if _, err := alice.Seal([]byte("hello"), bob.Device(), end.Add(-time.Second)); err != nil {
		t.Errorf("in the last second: %v", err)
	}
	if _, err := alice.Seal([]byte("hello"), bob.Device(), end); err != ErrNoSubkey {
		t.Errorf("sealed to an expired subkey: %v", err)
	}
	if _, err := bob.Open(sealed, alice.Device(), end); err != ErrNotForUs {
		t.Errorf("opened with an expired subkey: %v", err)
	}
}

func TestStoredDeviceKey(t *testing.T) {
	alice, bob := newDeviceAt(t, start), newDeviceAt(t, start)
	sealed, err := alice.Seal([]byte("hello"), bob.Device(), start)
	check(t, err)
	_, err = bob.RotateSubkeys(start.Add(7 * day))
	check(t, err)
	stored, err := bob.MarshalBinary()
	check(t, err)

	restored, err := ParseDeviceKey(stored, start.Add(8*day))
	check(t, err)
	if restored.ID() != bob.ID() || restored.Fingerprint() != bob.Fingerprint() || !bytes.Equal(restored.Certificate(), bob.Certificate()) {
		t.Error("another key came back")
	}
	if _, err := restored.Open(sealed, alice.Device(), start.Add(8*day)); err != nil {
		t.Errorf("the older subkey is lost: %v", err)
	}
	if changed, err := restored.RotateSubkeys(start.Add(8 * day)); changed || err != nil {
		t.Errorf("nothing was due: %v, %v", changed, err)
	}

	// Read again after the first subkey is over, while no new one is due: it is forgotten at once, and the stored form
	// has to follow.
	for _, d := range []int{14, 27} {
		_, err = bob.RotateSubkeys(start.Add(time.Duration(d) * day))
		check(t, err)
	}
	stored, err = bob.MarshalBinary()
	check(t, err)
	late := start.Add(28 * day)
	restored, err = ParseDeviceKey(stored, late)
	check(t, err)
	if len(restored.subkeys) != 3 {
		t.Errorf("%d subkeys are left", len(restored.subkeys))
	}
	for _, want := range []bool{true, false} {
		if changed, err := restored.RotateSubkeys(late); changed != want || err != nil {
			t.Errorf("the stored form has a deleted secret: %v; changed: %v, %v", want, changed, err)
		}
	}

	// After months every subkey is over: the key still reads, and rotates.
	restored, err = ParseDeviceKey(stored, start.Add(200*day))
	check(t, err)
	if changed, err := restored.RotateSubkeys(start.Add(200 * day)); !changed || err != nil || !restored.Device().CanReceive(start.Add(200*day)) {
		t.Errorf("after months: %v, %v", changed, err)
	}
}

// TestClocks: the clocks of two devices may be apart, and one may have been wrong.
func TestClocks(t *testing.T) {
	alice, bob := newDeviceAt(t, start), newDeviceAt(t, start.Add(20*time.Hour))
	sealed, err := alice.Seal([]byte("hello"), bob.Device(), start)
	check(t, err)
	if _, err := bob.Open(sealed, alice.Device(), start.Add(20*time.Hour)); err != nil {
		t.Errorf("to a device whose clock is ahead: %v", err)
	}
	if _, err := ParseDevice(bob.Certificate(), start); err != nil {
		t.Errorf("a certificate from a clock a little ahead: %v", err)
	}
	carol := newDeviceAt(t, start)
	_, err = carol.RotateSubkeys(start.Add(1000 * day))
	check(t, err)
	if _, err := ParseDevice(carol.Certificate(), start); err != ErrFuture {
		t.Errorf("a certificate from a clock far ahead: %v", err)
	}
	if changed, err := carol.RotateSubkeys(start); !changed || err != nil || !carol.Device().CanReceive(start) {
		t.Errorf("after the clock was put right: %v, %v", changed, err)
	}
	if _, err := ParseDevice(carol.Certificate(), start); err != nil {
		t.Errorf("after the clock was put right: %v", err)
	}
}

func TestSubkeysStayBounded(t *testing.T) {
	alice := newDeviceAt(t, start)
	for i := range 3 * maxSubkeys { // a clock that jumps far ahead and back again and again
		_, err := alice.RotateSubkeys(start.Add(time.Duration(i%2) * 1000 * day))
		check(t, err)
	}
	stored, err := alice.MarshalBinary()
	check(t, err)
	if _, err := ParseDeviceKey(stored, start); err != nil {
		t.Errorf("%d subkeys are stored and can't be read: %v", len(alice.subkeys), err)
	}
}

func TestSignIsSeparatedByContext(t *testing.T) {
	alice, bob := newDeviceAt(t, start), newDeviceAt(t, start)
	signature := alice.Sign("profile", []byte("hello"))
	for name, test := range map[string]struct {
		device             id.DeviceID
		context            string
		message, signature []byte
		want               bool
	}{
		"as signed":       {alice.ID(), "profile", []byte("hello"), signature, true},
		"other device":    {bob.ID(), "profile", []byte("hello"), signature, false},
		"other context":   {alice.ID(), "statement", []byte("hello"), signature, false},
		"other message":   {alice.ID(), "profile", []byte("hullo"), signature, false},
		"no signature":    {alice.ID(), "profile", []byte("hello"), nil, false},
		"without context": {alice.ID(), "profile", []byte("hello"), ed25519.Sign(alice.secret(), []byte("hello")), false},
	} {
		if got := VerifyDevice(test.device, test.context, test.message, test.signature); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !alice.Device().Verify("profile", []byte("hello"), signature) {
		t.Error("Device.Verify and VerifyDevice disagree")
	}
}

func TestSignerIsAnSSHKey(t *testing.T) {
	alice := newDeviceAt(t, start)
	signer, err := ssh.NewSignerFromSigner(alice.Signer())
	check(t, err)
	signature, err := signer.Sign(nil, []byte("hello"))
	check(t, err)
	check(t, signer.PublicKey().Verify([]byte("hello"), signature))
	public := signer.PublicKey().(ssh.CryptoPublicKey).CryptoPublicKey().(ed25519.PublicKey)
	if id.DeviceID(public) != alice.ID() {
		t.Error("the SSH key isn't the device id")
	}
}

// TestDeviceKeyIsShared is for the race detector: sessions seal and open while the subkeys rotate.
func TestDeviceKeyIsShared(t *testing.T) {
	alice, bob := newDeviceAt(t, start), newDeviceAt(t, start)
	done := make(chan error)
	for i := range 4 {
		go func() {
			_, err := alice.RotateSubkeys(start.Add(time.Duration(i) * 8 * day))
			if err == nil {
				_, err = bob.Seal([]byte("hello"), alice.Device(), start.Add(time.Duration(i)*8*day))
			}
			if err == nil {
				_, err = alice.MarshalBinary()
			}
			if err == ErrNoSubkey { // another went ahead in time
				err = nil
			}
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
