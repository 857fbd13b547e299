package id_test

import (
	"testing"

	"gossip/common/id"
)

func FuzzParseAddress(f *testing.F) {
	for _, seed := range []string{"@alice@hub.example", "bob@[::1]:22", "@carol@München.example:1720", "@a@10.0.0.1", "@a@[::ffff:1.2.3.4]"} {
		f.Add(seed)
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
