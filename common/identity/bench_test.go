package identity

import (
	"testing"
	"time"
)

func BenchmarkParseCard(b *testing.B) {
	alice := newPerson(b, "Alice")
	card := alice.card.Bytes()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseCard(card, start); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseCardFourDevices(b *testing.B) {
	alice := newPerson(b, "Alice")
	alice.publish(b, 2, alice.device, newDeviceAt(b, start), newDeviceAt(b, start), newDeviceAt(b, start))
	card := alice.card.Bytes()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseCard(card, start); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseDevice(b *testing.B) {
	certificate := newDeviceAt(b, start).Certificate()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseDevice(certificate, start); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	alice, bob := newDeviceAt(b, start), newDeviceAt(b, start).Device()
	message := make([]byte, 300)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := alice.Seal(message, bob, start); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	alice, bob := newDeviceAt(b, start), newDeviceAt(b, start)
	sealed, err := alice.Seal(make([]byte, 300), bob.Device(), start)
	check(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bob.Open(sealed, alice.Device(), start); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRotateSubkeys(b *testing.B) {
	alice, now := newDeviceAt(b, start), start
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(SubkeyInterval)
		if changed, err := alice.RotateSubkeys(now); err != nil || !changed {
			b.Fatal(changed, err)
		}
	}
}

func BenchmarkRotateSubkeysNothingDue(b *testing.B) {
	alice := newDeviceAt(b, start)
	b.ReportAllocs()
	for b.Loop() {
		if changed, err := alice.RotateSubkeys(start.Add(time.Hour)); err != nil || changed {
			b.Fatal(changed, err)
		}
	}
}

func BenchmarkUserKeyFromPhrase(b *testing.B) {
	phrase := parsePhrase(b, alicePhrase)
	for b.Loop() {
		if _, err := UserKeyFromPhrase(phrase, "Alice"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSafetyNumber(b *testing.B) {
	alice, bob := newPerson(b, "Alice"), newPerson(b, "Bob")
	for b.Loop() {
		SafetyNumber(alice.user.ID(), "@alice@example.org", bob.user.ID(), "@bob@example.org")
	}
}
