package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	everything = Choices{On: true, Preview: true}
	discreet   = Choices{On: true}
	start      = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
)

func direct(text string) Message { return Message{Conversation: "d", From: "Bob", Text: text} }

func channel(text string) Message {
	return Message{Conversation: "c", Channel: true, Name: "general", From: "Bob", Text: text}
}

func with(m Message, change func(*Message)) Message {
	change(&m)
	return m
}

func TestWhoIsTold(t *testing.T) {
	for name, row := range map[string]struct {
		message  Message
		choices  Choices
		attended string
		want     string // title and body, "" for no alert
	}{
		"direct":                 {direct("Hello"), everything, "", "Bob|Hello"},
		"another is looked at":   {direct("Hello"), everything, "c", "Bob|Hello"},
		"channel":                {channel("Hello"), everything, "", "#general|Bob: Hello"},
		"on one of several hubs": {with(channel("Hello"), func(m *Message) { m.Hub = "Club" }), everything, "", "#general (Club)|Bob: Hello"},
		"mention":                {with(channel("@me!"), func(m *Message) { m.Mention = true }), everything, "", "Bob mentioned you in #general|@me!"},
		"without preview":        {direct("Hello"), discreet, "", "Gossip|New message"},
		"mention, no preview":    {with(channel("@me!"), func(m *Message) { m.Mention = true }), discreet, "", "Gossip|New message"},
		"request":                {with(direct("Buy!"), func(m *Message) { m.Request = true }), everything, "", "Message request|Bob would like to write to you"},
		"request, no preview":    {with(direct("Buy!"), func(m *Message) { m.Request = true }), discreet, "", "Gossip|New message"},
		"muted, but a mention":   {with(channel("@me!"), func(m *Message) { m.Mention, m.Muted = true, true }), everything, "", "Bob mentioned you in #general|@me!"},

		"one's own":            {with(direct("Hello"), func(m *Message) { m.Mine = true }), everything, "", ""},
		"looked at":            {direct("Hello"), everything, "d", ""},
		"muted":                {with(channel("Hello"), func(m *Message) { m.Muted = true }), everything, "", ""},
		"blocked":              {with(direct("Hello"), func(m *Message) { m.Blocked = true }), everything, "", ""},
		"blocked, but mention": {with(channel("@me!"), func(m *Message) { m.Blocked, m.Mention = true, true }), everything, "", ""},
		"switched off":         {direct("Hello"), Choices{Preview: true}, "", ""},
		"not to be disturbed":  {with(channel("@me!"), func(m *Message) { m.Mention = true }), Choices{On: true, Preview: true, DoNotDisturb: true}, "", ""},
	} {
		var d Decider
		d.Attend(row.attended)
		alert, ok := d.Take(start, row.message, row.choices)
		got := ""
		if ok {
			got = alert.Title + "|" + alert.Body
		}
		if got != row.want {
			t.Errorf("%s: got %q, want %q", name, got, row.want)
		}
		if alert.Quiet != (ok && row.message.Request) {
			t.Errorf("%s: quiet is %v", name, alert.Quiet)
		}
		if _, later := d.Next(); later {
			t.Errorf("%s: there is more to come", name)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"two\nlines\t and  room":           "two lines and room",
		"a\u202eb\x00c\u200b":              "abc",
		"👩\u200d👧 done":                    "👩\u200d👧 done",
		strings.Repeat("x", 500):           strings.Repeat("x", 200) + "…",
		strings.Repeat("é", 200):           strings.Repeat("é", 200),
		strings.Repeat("word ", 100) + "z": strings.TrimSpace(strings.Repeat("word ", 40)) + "…",
		"\xff\xfe broken":                  "\ufffd\ufffd broken",
		"":                                 "",

		"**Hi** _you_, ~~not~~ `me`":                      "Hi you, not me",
		"> quoted\n\nsee [here](https://example.org/a_b)": "quoted see here",
		"# Title\n```go\nx := a * b * c\n```":             "Title x := a * b * c",
		"snake_case_name and 2*3*4 and a * b":             "snake_case_name and 2*3*4 and a * b",
		"**":                                              "**",
		strings.Repeat("**", 4000) + "x":                  strings.Repeat("*", 200) + "…",
	} {
		var d Decider
		if alert, ok := d.Take(start, direct(text), everything); !ok || alert.Body != want {
			t.Errorf("%q became %q, want %q", text, alert.Body, want)
		}
	}
}

func TestBurst(t *testing.T) {
	for name, row := range map[string]struct {
		choices Choices
		want    string
	}{
		"shown": {everything, "5 new messages"}, "discreet": {discreet, "5 new messages"},
	} {
		var d Decider
		if _, ok := d.Take(start, channel("1"), row.choices); !ok {
			t.Fatalf("%s: the first is not told", name)
		}
		for i := 2; i <= 5; i++ {
			if alert, ok := d.Take(start.Add(time.Duration(i)*time.Millisecond), channel(fmt.Sprint(i)), row.choices); ok {
				t.Errorf("%s: %d is told at once as %+v", name, i, alert)
			}
		}
		if alert, ok := d.Take(start, direct("another"), row.choices); !ok || alert.Conversation != "d" {
			t.Errorf("%s: another conversation's is not told at once", name)
		}
		next, ok := d.Next()
		if !ok || !next.Equal(start.Add(pause)) {
			t.Errorf("%s: next at %v, %v", name, next, ok)
		}
		if alerts := d.Due(next.Add(-1), row.choices); len(alerts) != 0 {
			t.Errorf("%s: told too early: %+v", name, alerts)
		}
		if alerts := d.Due(next, row.choices); len(alerts) != 1 || alerts[0].Body != row.want {
			t.Errorf("%s: told as %+v, want %q", name, alerts, row.want)
		}
		if _, ok := d.Next(); ok {
			t.Errorf("%s: there is more to come", name)
		}
	}
}

func TestOneMoreShowsItsText(t *testing.T) {
	var d Decider
	d.Take(start, channel("1"), everything)
	d.Take(start.Add(time.Second), channel("2"), everything)
	if alerts := d.Due(start.Add(pause), everything); len(alerts) != 1 || alerts[0].Body != "Bob: 2" {
		t.Errorf("told as %+v", alerts)
	}
	if alert, ok := d.Take(start.Add(3*pause), channel("3"), discreet); !ok || alert.Body != "3 new messages" {
		t.Errorf("told as %+v, %v", alert, ok)
	}
}

func TestSeen(t *testing.T) {
	var d Decider
	if d.Attend("c") || d.Seen("d") {
		t.Error("something is to be withdrawn although nothing was told")
	}
	d.Attend("")
	d.Take(start, channel("1"), everything)
	d.Take(start, channel("2"), everything)
	if !d.Attend("c") {
		t.Error("what is looked at stays told")
	}
	if _, ok := d.Next(); ok {
		t.Error("what is looked at is told again")
	}
	d.Attend("")
	d.Take(start, direct("1"), everything)
	if !d.Seen("d") {
		t.Error("what was read elsewhere stays told")
	}
	if alert, ok := d.Take(start, direct("2"), discreet); !ok || alert.Body != "New message" {
		t.Errorf("the count goes on: %+v, %v", alert, ok)
	}
}

func TestGone(t *testing.T) {
	message := func(id string) Message { return Message{ID: id, Conversation: "d", From: "Bob", Text: "text " + id} }
	for name, row := range map[string]struct {
		messages string // one letter each
		gone     string
		withdraw bool
	}{
		"told":                     {"a", "a", true},
		"told, and one waits":      {"ab", "a", true},
		"one that waits":           {"ab", "b", true},
		"one among others":         {"abc", "b", false},
		"one that was never there": {"a", "z", false},
		"nothing told":             {"", "a", false},
	} {
		var d Decider
		for _, id := range row.messages {
			d.Take(start, message(string(id)), everything)
		}
		if got := d.Gone("d", row.gone); got != row.withdraw {
			t.Errorf("%s: withdrawn is %v", name, got)
		}
		for _, alert := range d.Due(start.Add(pause), everything) {
			if strings.Contains(alert.Body, "text "+row.gone) {
				t.Errorf("%s: told as %q", name, alert.Body)
			}
		}
	}
}

func TestDisturbedNoMore(t *testing.T) {
	var d Decider
	d.Take(start, channel("1"), everything)
	d.Take(start, channel("2"), everything)
	if alerts := d.Due(start.Add(pause), Choices{On: true, DoNotDisturb: true}); len(alerts) != 0 {
		t.Errorf("told as %+v although the person wants peace", alerts)
	}
	if _, ok := d.Next(); ok {
		t.Error("it comes again")
	}
}

// screen notes what it is told to do.
type screen struct{ done []string }

func (s *screen) Show(a Alert)        { s.done = append(s.done, a.Conversation+": "+a.Body) }
func (s *screen) Withdraw(key string) { s.done = append(s.done, "withdraw "+key) }

func TestNotifier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shown := &screen{}
		n := New(shown, func() Choices { return everything })
		ctx, cancel := context.WithCancel(t.Context())
		go n.Run(ctx)
		defer cancel()
		n.Take(channel("1"))
		n.Take(channel("2"))
		n.Take(direct("a"))
		synctest.Wait()
		n.Take(channel("3"))
		time.Sleep(pause)
		synctest.Wait()
		n.Attend("c")
		n.Take(channel("4"))
		n.Seen("d")
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []string{"c: Bob: 1", "d: a", "c: 3 new messages", "withdraw c", "withdraw d"}
		if !slices.Equal(shown.done, want) {
			t.Errorf("the screen did %q, want %q", shown.done, want)
		}
	})
}

func TestRing(t *testing.T) {
	call := Message{Conversation: "d", From: "Bob"}
	const shown, gone = "d: Video call", "withdraw d"
	for name, row := range map[string]struct {
		tell func(*Notifier)
		want []string
	}{
		"the person is away":         {func(n *Notifier) { n.Ring(call, true); n.Rang() }, []string{shown, gone}},
		"looks at the window":        {func(n *Notifier) { n.Attend("c"); n.Ring(call, true); n.Rang() }, nil},
		"comes":                      {func(n *Notifier) { n.Ring(call, true); n.Attend("c"); n.Rang() }, []string{shown, gone}},
		"goes":                       {func(n *Notifier) { n.Attend("c"); n.Ring(call, true); n.Attend("") }, []string{shown}},
		"goes after it has rung":     {func(n *Notifier) { n.Attend("c"); n.Ring(call, true); n.Rang(); n.Attend("") }, nil},
		"comes and goes":             {func(n *Notifier) { n.Ring(call, true); n.Attend("c"); n.Attend("") }, []string{shown, gone, shown}},
		"wants peace":                {func(n *Notifier) { n.choices = peace; n.Ring(call, true); n.Rang() }, nil},
		"has blocked who calls":      {func(n *Notifier) { n.Ring(Message{Conversation: "d", Blocked: true}, true) }, nil},
		"it never rang and is ended": {func(n *Notifier) { n.Rang() }, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			screen := &screen{}
			n := New(screen, func() Choices { return everything })
			ctx, cancel := context.WithCancel(t.Context())
			row.tell(n)
			go n.Run(ctx)
			synctest.Wait()
			cancel()
			if !slices.Equal(screen.done, row.want) {
				t.Errorf("%s: the screen did %q, want %q", name, screen.done, row.want)
			}
		})
	}
}

func peace() Choices { return Choices{On: true, Preview: true, DoNotDisturb: true} }

func TestRingCanBeAnswered(t *testing.T) {
	actions := wordRing(Message{Conversation: "d", From: "Bob"}, false, everything).Actions()
	if len(actions) != 2 || actions[0].Name != AcceptCall || actions[1].Name != DeclineCall {
		t.Errorf("it offers %+v", actions)
	}
	if actions := word(Message{}, 1, 1, everything).Actions(); actions != nil {
		t.Errorf("a message offers %+v", actions)
	}
}
