package id_test

import (
	"encoding/json"
	"strings"
	"testing"

	"gossip/common/id"
)

type addressVectors struct {
	Good []struct{ In, User, Domain string }
	Bad  []nameVector
}

func TestAddressVectors(t *testing.T) {
	v := vectors[addressVectors](t, "addresses.json")
	atLeast(t, len(v.Good), 10)
	for _, vector := range v.Good {
		want := id.Address{User: vector.User, Domain: vector.Domain}
		got, err := id.ParseAddress(vector.In)
		if err != nil || got != want {
			t.Errorf("%q became %q, %v", vector.In, got, err)
		}
		text := "@" + vector.User + "@" + vector.Domain
		if got.String() != text {
			t.Errorf("%q became %q, want %q", vector.In, got, text)
		}
		raw, err := json.Marshal(got)
		var again id.Address
		if err != nil || json.Unmarshal(raw, &again) != nil || again != want {
			t.Errorf("%q through JSON became %q, %v", text, again, err)
		}
	}
}

func TestAddressesRefused(t *testing.T) {
	v := vectors[addressVectors](t, "addresses.json")
	atLeast(t, len(v.Bad), 28)
	for _, vector := range v.Bad {
		address, err := id.ParseAddress(vector.In)
		refused(t, vector.In, err, vector.Error)
		if address != (id.Address{}) {
			t.Errorf("%q is refused and yet gives %q", vector.In, address)
		}
		kept := id.Address{User: "carol"}
		if kept.UnmarshalText([]byte(vector.In)) == nil || kept.User != "carol" {
			t.Errorf("%q is refused by ParseAddress and not by UnmarshalText", vector.In)
		}
	}
}

func TestLogShortensAddresses(t *testing.T) {
	if out := logged(id.Address{User: "Élise", Domain: "hub.example"}); strings.Contains(out, "lise") || !strings.Contains(out, "@É…@hub.example") {
		t.Error(out)
	}
	logged(id.Address{}) // must not fail on an empty name
}

func FuzzParseAddress(f *testing.F) {
	v := vectors[addressVectors](f, "addresses.json")
	for _, vector := range v.Good {
		f.Add(vector.In)
	}
	for _, vector := range v.Bad {
		f.Add(vector.In)
	}
	f.Fuzz(func(t *testing.T, text string) {
		address, err := id.ParseAddress(text)
		if err != nil {
			return
		}
		if again, err := id.ParseAddress(address.String()); err != nil || again != address {
			t.Errorf("%q became %q and then %q, %v", text, address, again, err)
		}
	})
}
