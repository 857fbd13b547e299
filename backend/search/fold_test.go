package search

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"Hello, World!":           "hello, world!",
		"ZÜRICH":                  "zurich",
		"Zu\u0308rich":            "zurich",
		"Straße STRASSE":          "strasse strasse",
		"ŁÓDŹ Ørsted Æther":       "lodz orsted aether",
		"ΟΔΟΣ οδός":               "οδοσ οδοσ",
		"ﬁne ｆｕｌｌ":                "fine full",
		"İstanbul":                "istanbul",
		"one\t\n  two\u00a0three": "one two three",
		"so\u00adft":              "soft",
		"a\x00b":                  "a b",
		"Привет, Ёлка":            "привет, елка",
		"한국":                      "한국",
		"👩\u200d👧":                "👩👧",
		"":                        "",
	} {
		if got := Fold(text); got != Fold(want) || text != "한국" && got != want {
			t.Errorf("%q folds to %q, want %q", text, got, want)
		}
	}
}

func TestRanges(t *testing.T) {
	for _, row := range []struct {
		text, question string
		want           []string // what is marked
	}{
		{"Meet me in Zürich", "zurich", []string{"Zürich"}},
		{"Zu\u0308rich!", "ZÜRICH", []string{"Zu\u0308rich"}},
		{"banana", "ana", []string{"anana"}}, // both, as one
		{"one two one", "one two", []string{"one", "two", "one"}},
		{"good\n\nmorning all", `"good morning"`, []string{"good\n\nmorning"}},
		{"Straße", "ss", []string{"ß"}},
		{"Straße", "ras", []string{"raß"}},
		{"👩\u200d👧 hi 😀 there", "there", []string{"there"}},
		{"😀😀 smile", "😀", []string{"😀😀"}},
		{"ﬁne", "i", []string{"ﬁ"}},
		{"한국어", "국", []string{"국"}},
		{"nothing", "", []string{}},
	} {
		q := Parse(row.question, today)
		units := utf16.Encode([]rune(row.text))
		got := []string{}
		for _, r := range q.Ranges(row.text) {
			got = append(got, string(utf16.Decode(units[r[0]:r[1]])))
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%q in %q marks %q, want %q", row.question, row.text, got, row.want)
		}
	}
}

// FuzzFold checks what the blocks and the marks rely on.
func FuzzFold(f *testing.F) {
	for _, seed := range [][2]string{{"Zürich", "ur"}, {"Zu\u0308rich", "ü"}, {"ﬁ 한국\u200d", "f"}, {"a\x00\xff b", "\xff"}, {"\u0301\u0301", "\u0301"}, {"😀 İ ß", "SS"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, word string) {
		folded := Fold(text)
		if strings.ContainsRune(folded, 0) || !utf8.ValidString(folded) {
			t.Fatalf("%q folds to %q", text, folded)
		}
		mapped := folding{mapped: true}
		if mapped.fold(text); string(mapped.out) != folded {
			t.Fatalf("%q folds to %q, piece by piece to %q", text, folded, mapped.out)
		}
		q := &Question{}
		q.word(word)
		ranges, units := q.Ranges(text), len(utf16.Encode([]rune(text)))
		if found := len(q.Words) > 0 && strings.Contains(folded, q.Words[0]); found != (len(ranges) > 0) {
			t.Fatalf("%q in %q: found %v, ranges %v", word, text, found, ranges)
		}
		last := -1
		for _, r := range ranges {
			if r[0] <= last || r[1] <= r[0] || r[1] > units {
				t.Fatalf("%q in %q (%d units) has the ranges %v", word, text, units, ranges)
			}
			last = r[1]
		}
	})
}
