package content_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gossip/common/content"
	"gossip/common/id"
)

func TestMayEdit(t *testing.T) {
	for _, c := range []struct {
		why            string
		person, author id.UserID
		target         content.Type
		want           bool
	}{
		{"own text", alice, alice, content.TypeText, true},
		{"another's text", alice, bob, content.TypeText, false},
		{"own file", alice, alice, content.TypeFile, false},
		{"own timer", alice, alice, content.TypeTimer, false},
		{"own message of a newer version", alice, alice, 99, false},
	} {
		if err := content.MayEdit(c.person, c.author, c.target); (err == nil) != c.want {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

func TestMayDelete(t *testing.T) {
	for _, c := range []struct {
		why            string
		person, author id.UserID
		moderator      bool
		target         content.Type
		want           bool
	}{
		{"own text", alice, alice, false, content.TypeText, true},
		{"own file", alice, alice, false, content.TypeFile, true},
		{"another's text", alice, bob, false, content.TypeText, false},
		{"another's text as moderator", alice, bob, true, content.TypeText, true},
		{"own timer change", alice, alice, false, content.TypeTimer, false},
		{"another's call as moderator", alice, bob, true, content.TypeCall, false},
		{"own message of a newer version", alice, alice, false, 99, true},
		{"another's message of a newer version", alice, bob, false, 99, false},
	} {
		if err := content.MayDelete(c.person, c.author, c.moderator, c.target); (err == nil) != c.want {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

func TestMayReact(t *testing.T) {
	for target := content.TypeText; target <= content.TypeICE; target++ {
		want := target == content.TypeText || target == content.TypeFile
		if err := content.MayReact(target); (err == nil) != want {
			t.Errorf("to a %v: %v", target, err)
		}
	}
}

// In whatever order edits arrive, the same one wins.
func TestNewestWins(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	edits := []content.Stamp{
		{SentAt: noon, ID: id.MessageID{3}}, {SentAt: noon.Add(time.Second), ID: id.MessageID{1}},
		{SentAt: noon.Add(time.Second).In(time.FixedZone("x", 3600)), ID: id.MessageID{2}}, {SentAt: noon.Add(-time.Hour), ID: id.MessageID{9}},
	}
	for range 50 {
		random.Shuffle(len(edits), func(a, b int) { edits[a], edits[b] = edits[b], edits[a] })
		var newest content.Stamp
		for _, edit := range edits {
			if edit.After(newest) {
				newest = edit
			}
		}
		if newest.ID != (id.MessageID{2}) {
			t.Fatalf("seed %d: %v wins", seed, newest)
		}
	}
	if edits[0].After(edits[0]) {
		t.Error("an edit comes after itself")
	}
}

func TestStampOfAMessage(t *testing.T) {
	if got := message(content.Text{Markdown: "x"}).Stamp(); got != (content.Stamp{SentAt: noon, ID: id.MessageID{0xee}}) {
		t.Errorf("got %v", got)
	}
}

func TestTimerBounds(t *testing.T) {
	for d, want := range map[time.Duration]bool{
		0: true, time.Second: true, content.MaxTimer: true, 90 * time.Second: true, -1: false, -time.Second: false,
		time.Second - 1: false, time.Second + 1: false, content.MaxTimer + time.Second: false, 1 << 62: false,
	} {
		if err := content.CheckTimer(d); (err == nil) != want {
			t.Errorf("%v: %v", d, err)
		}
	}
}

func TestTimerPresets(t *testing.T) {
	presets := content.TimerPresets()
	if len(presets) != 8 || presets[0] != 0 || !slices.IsSorted(presets) || presets[7] != content.MaxTimer {
		t.Errorf("presets %v", presets)
	}
	for _, preset := range presets {
		if err := content.CheckTimer(preset); err != nil {
			t.Error(err)
		}
	}
	presets[0] = 1
	if content.TimerPresets()[0] != 0 {
		t.Error("a caller can change the presets for all")
	}
}

func TestExpiry(t *testing.T) {
	if got := content.Expiry(noon, 0); !got.IsZero() {
		t.Errorf("off: %v", got)
	}
	if got := content.Expiry(noon, time.Hour); !got.Equal(noon.Add(time.Hour)) {
		t.Errorf("an hour: %v", got)
	}
}

func TestNumberedAndDurable(t *testing.T) {
	numbered := "call delete edit file reaction text timer"
	var got []string
	for kind := content.TypeText; kind <= content.TypeICE; kind++ {
		body := content.Unknown{Kind: kind}
		if content.Numbered(body) {
			got = append(got, kind.String())
		}
		if durable := content.Durable(body); durable == (kind == content.TypeTyping || kind >= content.TypeOffer) {
			t.Errorf("%v: durable %v", kind, durable)
		}
	}
	slices.Sort(got)
	if strings.Join(got, " ") != numbered {
		t.Errorf("numbered: %v, want %v", got, numbered)
	}
	if newer := (content.Unknown{Kind: 99}); !content.Durable(newer) || content.Numbered(newer) || newer.Type().String() != "unknown (99)" {
		t.Errorf("%v", newer.Type())
	}
}

func TestEveryTypeHasABody(t *testing.T) {
	seen := map[content.Type]bool{}
	for _, body := range bodies() {
		seen[body.Type()] = true
	}
	for kind := content.TypeText; kind <= content.TypeICE; kind++ {
		if !seen[kind] {
			t.Errorf("no body of type %v is tested", kind)
		}
	}
}

func TestConversationSeenBy(t *testing.T) {
	channel := content.Conversation{Channel: general}
	for _, c := range []struct {
		why                  string
		sent                 content.Conversation
		self, sender, author id.UserID
		want                 content.Conversation
	}{
		{"in a channel", channel, alice, bob, bob, channel},
		{"to me", content.Conversation{With: alice}, alice, bob, bob, content.Conversation{With: bob}},
		{"from my other device", content.Conversation{With: bob}, alice, alice, alice, content.Conversation{With: bob}},
		{"to myself", content.Conversation{With: alice}, alice, alice, alice, content.Conversation{With: alice}},
		{"passed on by a third person", content.Conversation{With: carol}, alice, bob, bob, content.Conversation{}},
		{"from a device of bob's that carol lists as hers", content.Conversation{With: alice}, alice, carol, bob, content.Conversation{}},
		{"the same in a channel", channel, alice, carol, bob, content.Conversation{}},
	} {
		m := content.Message{Conversation: c.sent, Author: c.author}
		got, err := m.SeenBy(c.self, c.sender)
		if got != c.want || (err == nil) != (c.want != content.Conversation{}) {
			t.Errorf("%s: %v, %v", c.why, got, err)
		}
	}
}

func TestConversationText(t *testing.T) {
	for _, c := range []content.Conversation{{Channel: general}, {With: bob}} {
		raw, err := json.Marshal(map[content.Conversation]content.Conversation{c: c})
		got := map[content.Conversation]content.Conversation{}
		if err != nil || json.Unmarshal(raw, &got) != nil || got[c] != c {
			t.Errorf("%v through JSON: %s, %v, %v", c, raw, got, err)
		}
		if short := c.LogValue().String(); short != c.String()[:10] {
			t.Errorf("%v in a log: %s", c, short)
		}
	}
	for _, text := range []string{"", "c_", "u_", "m_aaaaaaaaaaaaaaaaaaaaaaaaaa", id.NoChannel.String(), id.NoUser.String()} {
		c := content.Conversation{With: bob}
		if err := c.UnmarshalText([]byte(text)); err == nil || c.With != bob {
			t.Errorf("%q is read as %v, %v", text, c, err)
		}
	}
}

func TestCleanFileName(t *testing.T) {
	for name, want := range map[string]string{
		"a.txt": "a.txt", "/etc/passwd": "passwd", `C:\Users\bob\a.txt`: "a.txt", "../../a": "a", "a/": "file", "": "file", ".": "file", "..": "file",
		" a b ": "a b", "a\x00\n\u202egpj.exe": "agpj.exe", "\u200b": "file", "a\xff": "a", strings.Repeat("é", 200): strings.Repeat("é", 127),
		strings.Repeat("x", 254) + " y": strings.Repeat("x", 254), "Ünder.png": "Ünder.png", "a\u2028b": "ab",
	} {
		if got := content.CleanFileName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func FuzzCleanFileName(f *testing.F) {
	for _, seed := range []string{"a/b", "..", `\\x\y`, " \u202e.", strings.Repeat("é ", 100)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		once := content.CleanFileName(name)
		if twice := content.CleanFileName(once); twice != once || once == "" || len(once) > content.MaxFileName || strings.ContainsAny(once, "/\\\x00") {
			t.Errorf("%q becomes %q and then %q", name, once, twice)
		}
	})
}

// Nothing prints a key by accident: not fmt with any verb, not JSON, not a log.
func TestKeysNeverPrint(t *testing.T) {
	key := content.NewFileKey()
	if key == content.NewFileKey() {
		t.Fatal("two fresh keys are the same")
	}
	file, sender := content.File{ID: id.FileID{1}, Key: key, Name: "a"}, content.SenderKey{Distribution: key[:]}
	for _, value := range []any{key, &key, file, &file, sender, &sender, message(file), []content.Body{file, sender}} {
		var out strings.Builder
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&out, verb, value)
		}
		raw, err := json.Marshal(value)
		if err != nil {
			t.Error(err)
		}
		out.Write(raw)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "value", value)
		four := key[8:12]
		for _, form := range []string{
			fmt.Sprintf("%x", four), fmt.Sprintf("%X", four), strings.Trim(fmt.Sprint(four), "[]"), fmt.Sprintf("%d,%d,%d", four[0], four[1], four[2]),
			fmt.Sprintf("%#x, %#x, %#x", four[0], four[1], four[2]), string(four),
			base64.StdEncoding.EncodeToString(key[6:12]),
		} {
			if strings.Contains(out.String(), form) {
				t.Errorf("%T prints %q of the key in %q", value, form, out.String())
			}
		}
	}
}
