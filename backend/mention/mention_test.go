package mention

import (
	"strings"
	"testing"
	"time"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		text, name string
		want       bool
	}{
		{"@bob", "bob", true},
		{"hello @Bob, are you there?", "bob", true},
		{"(@bob)", "bob", true},
		{"**@bob** and _@bob_", "bob", true},
		{"ask @bob.", "bob", true},
		{"@bob's turn", "bob", true},
		{"first\n@bob\nlast", "bob", true},
		{"@all @bob", "bob", true},
		{"@bób", "bob", true},
		{"@Ada Lovelace: look", "ada lovelace", true},
		{"@Ada Lovelace", "ada", true},
		{"`code` @bob `code`", "bob", true},
		{"a ` alone, @bob", "bob", true},
		{"```\ncode\n```\n@bob", "bob", true},
		{"bob", "bob", false},
		{"@bobby", "bob", false},
		{"@bo", "bob", false},
		{"@ada byron", "ada lovelace", false},
		{"@ada", "ada lovelace", false},
		{"@bob-smith and @bob.smith", "bob", false},
		{"@bob@elsewhere.example", "bob", false},
		{"mail@bob.example", "bob", false},
		{"https://hub.example/@bob", "bob", false},
		{`\@bob`, "bob", false},
		{"`@bob`", "bob", false},
		{"``a ` @bob``", "bob", false},
		{"```\n@bob\n```", "bob", false},
		{"~~~ go\n@bob\n```\n@bob", "bob", false},
		{"@", "bob", false},
		{"@ bob", "bob", false},
	} {
		if got := Names(c.text, c.name); got != c.want {
			t.Errorf("%q names %s: %v, want %v", c.text, c.name, got, c.want)
		}
	}
}

// Texts that are made to cost much time are judged quickly.
func TestNamesInHostileTexts(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("@", 64<<10), strings.Repeat("@a-", 20<<10), strings.Repeat("` `` ", 12<<10), strings.Repeat("@a a ", 12<<10),
		strings.Repeat("```\n", 16<<10), strings.Repeat("@\xff", 32<<10),
	} {
		start := time.Now()
		if Names(text, "bob") || Names(text, strings.Repeat("a ", 31)+"b") {
			t.Errorf("%.10q names somebody", text)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%.10q took %v", text, took)
		}
	}
}

func FuzzNames(f *testing.F) {
	for _, text := range []string{"@bob", "`@bob`", "```\n@bob", "~~~\n~~~", "@a@b", "@\u0301b"} {
		f.Add(text, "bob")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		if Names(text, name) && !strings.Contains(text, "@") {
			t.Errorf("%q names %q", text, name)
		}
	})
}
