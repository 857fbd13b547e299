package identity

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// phraseVector is a row of testdata/phrases.json. The fingerprint is that of RFC 9580: SHA-256 over the primary key.
type phraseVector struct {
	Words       string // BIP-39 English, 24 words
	Fingerprint string // of the user certificate, hexadecimal
	User        string // the same as a user id
}

// vectors reads a file of testdata; an empty one is a failure.
func vectors[V any](t testing.TB, file string) (v []V) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	check(t, err)
	check(t, json.Unmarshal(b, &v))
	if len(v) == 0 {
		t.Fatalf("no vectors in %s", file)
	}
	return v
}

// TestPhraseVectors runs each phrase through every entry point that takes or gives a user key.
func TestPhraseVectors(t *testing.T) {
	for _, v := range vectors[phraseVector](t, "phrases.json") {
		phrase := parsePhrase(t, v.Words)
		if got := strings.Join(phrase.Words(), " "); got != v.Words {
			t.Errorf("words came back as %q", got)
		}
		for _, name := range []string{"Alice", "Bob"} {
			key, err := UserKeyFromPhrase(phrase, name)
			check(t, err)
			stored, err := key.MarshalBinary()
			check(t, err)
			restored, err := ParseUserKey(stored)
			check(t, err)
			certificate, err := parseUserCertificate(key.Certificate())
			check(t, err)
			for way, id := range map[string]interface{ String() string }{"phrase": key.ID(), "stored": restored.ID(), "certificate": certificate.id} {
				if id.String() != v.User {
					t.Errorf("%s of %.20s…: %v, want %v", way, v.Words, id, v.User)
				}
			}
			if id := key.ID(); hex.EncodeToString(id[:]) != v.Fingerprint {
				t.Errorf("%.20s…: fingerprint %x, want %s", v.Words, id, v.Fingerprint)
			}
		}
	}
}

func TestParsePhraseIsTolerant(t *testing.T) {
	messy := "  " + strings.ReplaceAll(strings.ToUpper(alicePhrase), " ", "\t\n ") + "\r\n"
	phrase := parsePhrase(t, messy)
	if got := strings.Join(phrase.Words(), " "); got != alicePhrase {
		t.Errorf("got %q", got)
	}
}

func TestParsePhraseSaysWhatIsWrong(t *testing.T) {
	words := strings.Fields(alicePhrase)
	change := func(i int, word string) string {
		w := append([]string(nil), words...)
		w[i] = word
		return strings.Join(w, " ")
	}
	for name, test := range map[string]struct{ text, want string }{
		"misspelt":     {change(6, "abandn"), `word 7, "abandn", isn't a recovery word`},
		"two misspelt": {strings.Replace(change(6, "abandn"), "art", "arrt", 1), "word 7"},
		"checksum":     {change(23, "zoo"), "don't belong together"},
		"one short":    {strings.Join(words[1:], " "), "this has 23"},
		"one more":     {alicePhrase + " art", "this has 25"},
		"12 words":     {strings.Repeat("abandon ", 11) + "about", "this has 12"},
		"empty":        {"", "this has 0"},
		"long":         {strings.Repeat("abandon ", 1000), "too long"},
		"long word":    {strings.Repeat("a", 1000), "isn't a recovery word"},
	} {
		_, err := ParsePhrase(test.text)
		if err == nil || !strings.Contains(err.Error(), test.want) || len(err.Error()) > 200 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewPhrasesDiffer(t *testing.T) {
	a, err := NewPhrase()
	check(t, err)
	b, err := NewPhrase()
	check(t, err)
	if len(a.Words()) != 24 || strings.Join(a.Words(), " ") == strings.Join(b.Words(), " ") {
		t.Error("the phrases aren't 24 random words")
	}
	a.Words()[0] = "changed"
	if a.Words()[0] == "changed" {
		t.Error("Words gives the phrase itself away")
	}
	parsePhrase(t, strings.Join(a.Words(), " "))
}

func TestUserKeyNeedsPhraseAndName(t *testing.T) {
	if _, err := UserKeyFromPhrase(Phrase{}, "Alice"); err == nil {
		t.Error("the zero phrase made a key")
	}
	if _, err := UserKeyFromPhrase(parsePhrase(t, alicePhrase), "\u202e"); err == nil {
		t.Error("a name of nothing but a bidi control was certified")
	}
}

func FuzzParsePhrase(f *testing.F) {
	for _, v := range vectors[phraseVector](f, "phrases.json") {
		f.Add(v.Words)
	}
	f.Add("")
	f.Add("ABANDON abandon\u00a0Zoo")
	f.Fuzz(func(t *testing.T, text string) {
		phrase, err := ParsePhrase(text)
		if err != nil {
			return
		}
		again, err := ParsePhrase(strings.Join(phrase.Words(), " "))
		if err != nil || len(again.Words()) != 24 {
			t.Fatal("the words of a good phrase aren't a good phrase:", err)
		}
	})
}
