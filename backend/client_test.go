package backend

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gossip/backend/vault"
)

func newClient(t *testing.T, dir string) *Client {
	t.Helper()
	c, err := New(Options{Dir: dir, Unlock: vault.Unlock{KeyFile: true}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestPhraseGivesBackTheFingerprint(t *testing.T) {
	first := newClient(t, t.TempDir())
	if first.HasIdentity() || first.Me() != (Me{}) {
		t.Fatal("a new profile has an identity")
	}
	if _, err := first.Phrase(); !errors.Is(err, ErrNoIdentity) {
		t.Fatalf("got %v", err)
	}
	check(t, first.CreateIdentity("alice"))
	if err := first.CreateIdentity("bob"); err == nil {
		t.Fatal("a second identity was made")
	}
	words, err := first.Phrase()
	check(t, err)
	if len(words) != 24 {
		t.Fatalf("%d words", len(words))
	}
	second := newClient(t, t.TempDir())
	if err := second.RestoreIdentity(strings.Join(words[:23], " "), "alice"); err == nil {
		t.Fatal("23 words were enough")
	}
	check(t, second.RestoreIdentity(strings.ToUpper(strings.Join(words, "\n")), "alice again"))
	a, b := first.Me(), second.Me()
	if a.Fingerprint != b.Fingerprint || a.User != b.User || a.Device == b.Device || b.Name != "alice again" {
		t.Fatalf("%+v and %+v", a, b)
	}
	card, err := second.Card()
	check(t, err)
	if !strings.HasPrefix(card, "-----BEGIN PGP PUBLIC KEY BLOCK-----") {
		t.Fatalf("the card begins %.40q", card)
	}
}

func TestIdentityIsKept(t *testing.T) {
	dir := t.TempDir()
	c := newClient(t, dir)
	check(t, c.CreateIdentity("alice"))
	me := c.Me()
	if _, err := New(Options{Dir: dir, Unlock: vault.Unlock{KeyFile: true}}); err == nil {
		t.Fatal("the profile was opened twice")
	}
	check(t, c.Close())
	check(t, c.Close())
	if again := newClient(t, dir); again.Me() != me {
		t.Fatalf("%+v became %+v", me, again.Me())
	}
}

func TestCommandsWithoutAHub(t *testing.T) {
	c := newClient(t, t.TempDir())
	if _, err := c.Join(t.Context(), JoinRequest{Address: "hub.example.org"}); !errors.Is(err, ErrNoIdentity) {
		t.Fatalf("got %v", err)
	}
	check(t, c.CreateIdentity("alice"))
	for _, bad := range []string{"", "hub.example.org:0", "gossip://nonsense"} {
		if _, err := c.Join(t.Context(), JoinRequest{Address: bad}); err == nil {
			t.Errorf("joined %q", bad)
		}
	}
	for _, to := range []string{"#general", "@bob", "general", ""} {
		if _, err := c.Resolve(t.Context(), to); err == nil {
			t.Errorf("%q means something without a hub", to)
		}
	}
	if _, err := c.Send(Conversation{}, Draft{Text: "hello"}); err == nil {
		t.Error("a message went nowhere")
	}
	if len(c.Hubs()) != 0 || len(c.Conversations()) != 0 {
		t.Error("there is something where nothing is")
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	c := newClient(t, t.TempDir())
	check(t, c.CreateIdentity("alice"))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	check(t, c.Run(ctx))
}

// TestEventsCoalesce checks that of what may be replaced only the newest waits, and that a reader who falls far behind sees a
// hole in the sequence.
func TestEventsCoalesce(t *testing.T) {
	s := newStream()
	for i := range 3 {
		s.emit([]Event{
			{Type: EventConversation, Conversation: "a", Hub: strings.Repeat("x", i)},
			{Type: EventMessage, MessageID: strings.Repeat("m", i)},
		})
	}
	var kinds []EventType
	for {
		e, ok := s.next()
		if !ok {
			break
		}
		kinds = append(kinds, e.Type)
		if e.Seq != uint64(len(kinds)) {
			t.Fatalf("event %d has number %d", len(kinds), e.Seq)
		}
		if e.Type == EventConversation && e.Hub != "xx" {
			t.Fatalf("an old word was kept: %+v", e)
		}
	}
	if len(kinds) != 4 {
		t.Fatalf("%v", kinds)
	}
	for range maxUnread + 5 {
		s.emit([]Event{{Type: EventMessage}})
	}
	if e, _ := s.next(); e.Seq != 4+5+1 {
		t.Fatalf("the hole does not show: %d", e.Seq)
	}
}
