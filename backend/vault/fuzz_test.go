package vault

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"gossip/backend/store"
)

// FuzzParseMethod: whatever stands in vault.json is refused with a sentence or is within the limits.
func FuzzParseMethod(f *testing.F) {
	salt, sealed := strings.Repeat("A", 22)+"==", strings.Repeat("A", 96)
	for _, seed := range []string{
		`{"version":1,"way":"file"}`, `{"version":1,"way":"keyring","account":"00"}`, `{"version":9}`, `{`, `null`,
		`{"version":1,"way":"passphrase","sealed":{"argon2id_passes":3,"argon2id_lanes":4,"argon2id_kib":65536,"salt":"` +
			salt + `","sealed":"` + sealed + `"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseMethod(text)
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, store.ErrNewer) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if m.Way == underPassphrase && (m.Sealed.KiB > maxKiB || m.Sealed.Passes > maxPasses || m.Sealed.Lanes > maxLanes) {
			t.Errorf("%q asks for too much", text)
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseMethod(again); err != nil {
			t.Errorf("%q was written as %q: %v", text, again, err)
		}
	})
}
