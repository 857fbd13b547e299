package id_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"gossip/common/id"
)

type nameVector struct{ In, Out, Error string }

type nameVectors struct {
	People, Channels []nameVector
	Alike            [][]string
	Apart            []string
}

func TestNameVectors(t *testing.T) {
	v := vectors[nameVectors](t, "names.json")
	atLeast(t, len(v.People), 45)
	atLeast(t, len(v.Channels), 20)
	for _, vector := range v.People {
		checkVector(t, id.CheckName, vector)
	}
	for _, vector := range v.Channels {
		checkVector(t, id.CheckChannelName, vector)
	}
}

func checkVector(t *testing.T, check func(string) (string, error), vector nameVector) {
	t.Helper()
	got, err := check(vector.In)
	if vector.Error != "" {
		refused(t, vector.In, err, vector.Error)
		return
	}
	if err != nil || got != vector.Out {
		t.Errorf("%+q became %+q, %v, want %+q", vector.In, got, err, vector.Out)
	}
}

func TestNamesThatAreNotUTF8(t *testing.T) {
	for _, name := range []string{"a\xff", "\xc0\x80", "\xed\xa0\x80", "a\xe2\x82"} {
		_, err := id.CheckName(name)
		refused(t, name, err, "not valid UTF-8")
		_, err = id.CheckChannelName("#" + name)
		refused(t, name, err, "not valid UTF-8")
	}
}

func FuzzCheckName(f *testing.F) {
	v := vectors[nameVectors](f, "names.json")
	for _, vector := range append(v.People, v.Channels...) {
		f.Add(vector.In)
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

func TestLookAlikesShareASkeleton(t *testing.T) {
	v := vectors[nameVectors](t, "names.json")
	atLeast(t, len(v.Alike), 14)
	for _, names := range v.Alike {
		for _, name := range names[1:] {
			if a, b := id.Skeleton(names[0]), id.Skeleton(name); a != b {
				t.Errorf("%+q has skeleton %+q, its look-alike %+q has %+q", names[0], a, name, b)
			}
		}
	}
}

func TestOtherNamesHaveOtherSkeletons(t *testing.T) {
	v := vectors[nameVectors](t, "names.json")
	atLeast(t, len(v.Apart), 15)
	seen := map[string]string{}
	for _, name := range v.Apart {
		skeleton := id.Skeleton(name)
		if other, taken := seen[skeleton]; taken {
			t.Errorf("%q and %q share the skeleton %q", name, other, skeleton)
		}
		seen[skeleton] = name
	}
}

func FuzzSkeleton(f *testing.F) {
	for _, names := range vectors[nameVectors](f, "names.json").Alike {
		f.Add(strings.Join(names, ""))
	}
	f.Fuzz(func(t *testing.T, name string) {
		once := id.Skeleton(name)
		if twice := id.Skeleton(once); twice != once {
			t.Errorf("%+q has skeleton %+q, and that has %+q", name, once, twice)
		}
	})
}
