package search

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// zone is where the tests' person lives; the clocks go forward there on 2026-03-29.
var zone = mustZone("Europe/Zurich")

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.FixedZone(name, 3600)
	}
	return z
}

var today = time.Date(2026, 11, 20, 18, 0, 0, 0, zone)

func midnight(year, month, day int) int64 {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, zone).UnixMilli()
}

func TestParse(t *testing.T) {
	for question, want := range map[string]Question{
		"Hello  World":                 {Words: []string{"hello", "world"}},
		"hello HELLO":                  {Words: []string{"hello"}},
		`"good  Morning" all`:          {Words: []string{"good morning", "all"}},
		`“good morning”`:               {Words: []string{"good morning"}},
		`"still typ`:                   {Words: []string{"still typ"}},
		"from:bob from:@Carol":         {From: []string{"bob", "Carol"}},
		`FROM:"Bob Smith" x`:           {From: []string{"Bob Smith"}, Words: []string{"x"}},
		"in:#general in:@bob in:news":  {In: []string{"#general", "@bob", "news"}},
		"on:2026-11-20":                {Since: midnight(2026, 11, 20), Until: midnight(2026, 11, 21)},
		"on:today":                     {Since: midnight(2026, 11, 20), Until: midnight(2026, 11, 21)},
		"on:Yesterday":                 {Since: midnight(2026, 11, 19), Until: midnight(2026, 11, 20)},
		"on:2026-03-29":                {Since: midnight(2026, 3, 29), Until: midnight(2026, 3, 30)},
		"before:2026-11-20":            {Until: midnight(2026, 11, 20)},
		"after:2026-11-20":             {Since: midnight(2026, 11, 21)},
		"after:2026-10 before:2027":    {Since: midnight(2026, 11, 1), Until: midnight(2027, 1, 1)},
		"before:today before:2026":     {Until: midnight(2026, 1, 1)},
		"has:link https://a.b/c 12:30": {Link: true, Words: []string{"https://a.b/c", "12:30"}},
		"note: x":                      {Words: []string{"note:", "x"}},
	} {
		if got := Parse(question, today); !reflect.DeepEqual(*got, want) {
			t.Errorf("%s\nis  %+v\nwant %+v", question, *got, want)
		}
	}
}

// TestHints has every question that can't be understood whole say so.
func TestHints(t *testing.T) {
	for question, want := range map[string]string{
		"":                          "Type a word",
		"  \u0301 ":                 "Type a word",
		"to:bob hello":              "no filter to:",
		"from:":                     "as in from:bob",
		"in:#":                      "as in in:#general",
		"on:2026-02-30":             "“2026-02-30” is not a date",
		"before:tomorrow":           "is not a date",
		"has:cheese":                "has:cheese is not known",
		strings.Repeat("word ", 99): "only its first 400 characters",
		strings.Repeat("x", 401):    "too long",
		manyWords(17):               "first 16 words",
	} {
		if got := strings.Join(Parse(question, today).Hints, " "); !strings.Contains(got, want) {
			t.Errorf("%q gives the hint %q, want %q", question, got, want)
		}
	}
	if got := Parse("to:bob hello", today).Words; !slices.Equal(got, []string{"to:bob", "hello"}) {
		t.Errorf("an unknown filter is searched for as %q", got)
	}
}

func manyWords(n int) string {
	text := ""
	for i := range n {
		text += " w" + string(rune('a'+i))
	}
	return text
}

// FuzzParse checks that every question ends within its bounds, and that what finds nothing by itself has a hint.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "hello world", `"a phrase" from:bob`, `from:"bob smith" in:#general in:@carol`, "before:2026-11-20 after:2026-01 on:today has:link",
		`from: in:# has:x foo:bar https://x.y 12:30 "`, "“ü” „x“ \x00\xff", "on:0000-00-00 after:9999", strings.Repeat("in:a ", 90), strings.Repeat("é", 500),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := Parse(text, today)
		if q.Empty() && len(q.Hints) == 0 {
			t.Fatalf("%q asks for nothing and says nothing", text)
		}
		if len(q.Words) > maxWords || len(q.From) > maxNames || len(q.In) > maxNames || q.Since < 0 || q.Until < 0 {
			t.Fatalf("%q is %+v", text, q)
		}
		for _, word := range q.Words {
			if word == "" || word != strings.TrimSpace(word) || strings.ContainsRune(word, 0) || !utf8.ValidString(word) {
				t.Fatalf("%q has the word %q", text, word)
			}
		}
		q.Ranges(text)
	})
}
