package settings

import (
	"bytes"
	"testing"
)

// FuzzParse: whatever parses makes sense, and is the same when it is written and read again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"defaultPort": 4000, "future": [1, {"a": null}]}`, `{"defaultPort": -1, "colorScheme": "pink"}`, `null`,
		`{"defaultTimer": 30, "DEFAULTTIMER": 300}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := &Settings{}
		if s.parse(text) != nil {
			return
		}
		if err := s.values.check(); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		once, err := s.format(s.values)
		if err != nil {
			t.Fatal(err)
		}
		again := &Settings{}
		if err := again.parse(once); err != nil || again.values != s.values {
			t.Errorf("%q became %+v and then %+v, %v", text, s.values, again.values, err)
		}
		if twice, err := again.format(again.values); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%q was written as %q and then as %q", text, once, twice)
		}
	})
}
