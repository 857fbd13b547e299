package identity

import (
	"regexp"
	"strings"
	"testing"
)

// safetyVector is a row of testdata/safety.json.
type safetyVector struct {
	UserA, AddressA string
	UserB, AddressB string
	Number          string
}

// TestSafetyVectors runs each pair both ways round. The numbers were computed by an independent program from the
// definition in SafetyNumber's comment: see testdata/safety.py.
func TestSafetyVectors(t *testing.T) {
	for _, v := range vectors[safetyVector](t, "safety.json") {
		a, b := userIDOf(t, v.UserA), userIDOf(t, v.UserB)
		if got := SafetyNumber(a, v.AddressA, b, v.AddressB); got != v.Number {
			t.Errorf("%s and %s: %s, want %s", v.AddressA, v.AddressB, got, v.Number)
		}
		if got := SafetyNumber(b, v.AddressB, a, v.AddressA); got != v.Number {
			t.Errorf("the other way round: %s", got)
		}
	}
}

func TestSafetyNumberShape(t *testing.T) {
	alice, bob := newPerson(t, "Alice").user.ID(), newPerson(t, "Bob").user.ID()
	number := SafetyNumber(alice, "@alice@example.org", bob, "@bob@example.org")
	if !regexp.MustCompile(`^\d{5}( \d{5}){11}$`).MatchString(number) {
		t.Errorf("%q isn't 12 groups of 5 digits", number)
	}
	changed := alice
	changed[31] ^= 1
	for name, other := range map[string]string{
		"fingerprint": SafetyNumber(changed, "@alice@example.org", bob, "@bob@example.org"),
		"address":     SafetyNumber(alice, "@alice@example.net", bob, "@bob@example.org"),
		"swapped":     SafetyNumber(alice, "@bob@example.org", bob, "@alice@example.org"),
	} {
		if strings.EqualFold(other, number) {
			t.Errorf("another %s gives the same number", name)
		}
	}
}
