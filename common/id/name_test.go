package id_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"gossip/common/id"
)

func FuzzCheckName(f *testing.F) {
	for _, seed := range []string{"alice", " Bob\u00a0 Carol ", "Ａlice", "a\u0301", "\u00a8", "#general", "İ", "\ufdfa", "\u1e9e", "ﬀ", "a\u202eb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for what, check := range map[string]func(string) (string, error){"name": id.CheckName, "channel": id.CheckChannelName} {
			name, err := check(raw)
			if err != nil {
				continue
			}
			if !utf8.ValidString(name) || len(name) < 1 || len(name) > id.MaxNameLength || strings.TrimSpace(name) != name {
				t.Errorf("%s %q became %q", what, raw, name)
			}
			if again, err := check(name); err != nil || again != name {
				t.Errorf("%s %q became %q and then %q, %v", what, raw, name, again, err)
			}
		}
	})
}
