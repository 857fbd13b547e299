package history

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var alice, bob, carol = id.UserID{1}, id.UserID{2}, id.UserID{3}

// people knows three by their names.
type people struct{ blocked map[id.UserID]bool }

func (p *people) Name(_ id.HubID, user id.UserID) string {
	return map[id.UserID]string{alice: "alice", bob: "bob", carol: "carol"}[user]
}

func (p *people) Blocked(user id.UserID) bool { return p.blocked[user] }

// profile is what alice keeps of one hub, with the search index kept up in the background.
type profile struct {
	t       testing.TB
	path    string
	hubID   id.HubID
	people  people
	store   *store.Store
	archive *Archive
	stop    func()
	told    []string // what listeners heard
}

func newProfile(t testing.TB) *profile {
	t.Helper()
	p := &profile{t: t, path: filepath.Join(t.TempDir(), "store.db"), hubID: id.HubID{1}, people: people{map[id.UserID]bool{}}}
	p.open()
	t.Cleanup(func() { p.close() })
	return p
}

// open opens the profile and has it indexed.
func (p *profile) open() {
	p.t.Helper()
	p.load()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.archive.KeepIndexed(ctx)
	}()
	p.stop = func() {
		cancel()
		<-done
	}
}

// load opens the profile.
func (p *profile) load() {
	p.t.Helper()
	var err error
	p.store, err = store.Open(p.path, store.Key{1})
	check(p.t, err)
	p.archive = New(Config{
		Hub: p.hubID, Self: alice, Device: id.DeviceID{1}, Store: p.store, People: &p.people,
		ReadReceipts: func() bool { return true }, Log: slog.New(slog.DiscardHandler),
	})
	check(p.t, p.store.View(p.archive.Load))
	p.stop = func() {}
}

func (p *profile) close() {
	p.stop()
	check(p.t, p.store.Close())
}

// update makes a change.
func (p *profile) update(do func(c *Change) error) error {
	return p.store.Update(func(tx *store.Tx) error {
		c := p.archive.Begin(tx, time.Now(), p)
		if err := do(c); err != nil {
			return err
		}
		return c.Finish()
	})
}

func (p *profile) Added(m Message)                    { p.told = append(p.told, "added "+m.Text) }
func (p *profile) Changed(m Message)                  { p.told = append(p.told, "changed "+m.Text) }
func (p *profile) Removed(Conversation, id.MessageID) { p.told = append(p.told, "removed") }
func (p *profile) Cleared(Conversation)               { p.told = append(p.told, "cleared") }
func (p *profile) Listed()                            { p.told = append(p.told, "listed") }
func (p *profile) withBob() Conversation              { return Conversation{Hub: p.hubID, User: bob} }
func (p *profile) channel() Conversation              { return Conversation{Hub: p.hubID, Channel: id.ChannelID{1}} }
func text(from id.UserID, words string, expires int64) *Row {
	return &Row{
		ID: id.NewMessageID(), From: from, Type: content.TypeText, Text: words, SentAt: Millis(time.Now()), State: StateReceived, ExpiresIn: expires,
	}
}

// received stores a row of bob's.
func (p *profile) received(major uint64, words string, expires int64) id.MessageID {
	p.t.Helper()
	r := text(bob, words, expires)
	check(p.t, p.update(func(c *Change) error { return c.Insert(p.withBob(), NewPlace(major, 1, r.ID), r) }))
	return r.ID
}

// inBubble runs a test in fake time.
func inBubble(t *testing.T, do func(t *testing.T)) { synctest.Test(t, do) }

func TestPlacesSort(t *testing.T) {
	a, b := id.MessageID{1}, id.MessageID{2}
	order := []Place{NewPlace(1, 1, a), NewPlace(1, 1, b), NewPlace(1, 2, a), NewPlace(2, 1, a), NewPlace(256, 1, a), Unsent(1, a)}
	for i := 1; i < len(order); i++ {
		if !order[i-1].before(order[i]) || order[i-1].position() >= order[i].position() {
			t.Errorf("%d does not stand before %d", i-1, i)
		}
		back, err := parsePosition(order[i].position())
		if err != nil || back != order[i] {
			t.Errorf("position %d does not read back", i)
		}
	}
}

func TestConversationKeys(t *testing.T) {
	for _, conv := range []Conversation{{Hub: id.HubID{1}, Channel: id.ChannelID{2}}, {Hub: id.HubID{1}, User: id.UserID{2}}} {
		back, err := ParseConversation(conv.String())
		if err != nil || back != conv {
			t.Errorf("%s reads back as %v, %v", conv, back, err)
		}
	}
	for _, bad := range []string{"", "/", "h_", "#general", strings.Repeat("x", 200), id.HubID{1}.String() + "/" + id.ChannelID{}.String()} {
		if _, err := ParseConversation(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func FuzzParseConversation(f *testing.F) {
	f.Add(Conversation{Hub: id.HubID{1}, Channel: id.ChannelID{2}}.String())
	f.Add(Conversation{Hub: id.HubID{1}, User: id.UserID{2}}.String())
	f.Fuzz(func(t *testing.T, key string) {
		if conv, err := ParseConversation(key); err == nil && conv.String() != key {
			t.Errorf("%q reads as %q", key, conv)
		}
	})
}

func TestShorten(t *testing.T) {
	if got := shorten("a\n\n b", previewLength); got != "a b" {
		t.Errorf("got %q", got)
	}
	if got := []rune(shorten(strings.Repeat("ä", 500), previewLength)); len(got) != previewLength {
		t.Errorf("%d runes", len(got))
	}
}

// TestABlockedPersonIsNotSeen blocks somebody who has written in a channel, and takes that back.
func TestABlockedPersonIsNotSeen(t *testing.T) {
	p := newProfile(t)
	block := func(on bool) {
		p.people.blocked[carol] = on
		check(t, p.update(func(c *Change) error { return c.BlockChanged(p.channel(), carol) }))
	}
	check(t, p.update(func(c *Change) error {
		for n, from := range []id.UserID{bob, carol} {
			r := text(from, p.people.Name(p.hubID, from), 0)
			if err := c.Insert(p.channel(), NewPlace(uint64(n+1), 1, r.ID), r); err != nil {
				return err
			}
		}
		return nil
	}))
	seen := func() (texts []string) {
		page, _, err := p.archive.Before(p.channel(), "", 10)
		check(t, err)
		for _, m := range page {
			texts = append(texts, m.Text)
		}
		return texts
	}
	block(true)
	if s := p.archive.Summary(p.channel()); s.Unread != 1 || s.LastText != "bob" || !slices.Equal(seen(), []string{"bob"}) {
		t.Errorf("blocked: %+v, %v", s, seen())
	}
	block(false)
	if s := p.archive.Summary(p.channel()); s.LastText != "carol" || !slices.Equal(seen(), []string{"bob", "carol"}) {
		t.Errorf("not blocked: %+v, %v", s, seen())
	}
}

// TestAFailedChangeLeavesNothing has a transaction fail after it has changed what is in memory.
func TestAFailedChangeLeavesNothing(t *testing.T) {
	p := newProfile(t)
	p.received(1, "one", 0)
	r := text(bob, "two", 0)
	err := p.update(func(c *Change) error {
		check(t, c.Insert(p.withBob(), NewPlace(2, 1, r.ID), r))
		check(t, c.KeepDraft(p.withBob(), Draft{Text: "three"}))
		return ErrNoMessage
	})
	if err == nil {
		t.Fatal("the transaction did not fail")
	}
	check(t, p.store.View(p.archive.Load))
	if s := p.archive.Summary(p.withBob()); s.Unread != 1 || s.LastText != "one" || !p.archive.Draft(p.withBob()).Empty() {
		t.Errorf("left is %+v", s)
	}
}

// TestWhatIsTold compares what a listener hears with what was done.
func TestWhatIsTold(t *testing.T) {
	p := newProfile(t)
	m := p.received(1, "one", 0)
	check(t, p.update(func(c *Change) error {
		at, r, err := Find(c.tx, p.withBob(), m)
		check(t, err)
		r.Text = "two"
		check(t, c.Replace(p.withBob(), at, r))
		return c.Erase(p.withBob(), at, r)
	}))
	check(t, p.update(func(c *Change) error { return c.Clear(p.withBob(), false) }))
	if want := []string{"listed", "added one", "changed two", "removed", "cleared", "listed"}; !slices.Equal(p.told, want) {
		t.Errorf("told was %q, want %q", p.told, want)
	}
}

// TestWhatComesEarlyIsBounded keeps as many messages for others as there is room for. What is beyond is not counted for each,
// until the first are too old.
func TestWhatComesEarlyIsBounded(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := newProfile(t)
		target := id.NewMessageID()
		keep := func(count int) {
			check(t, p.update(func(c *Change) error {
				for range count {
					if err := c.KeepEarly(p.withBob(), target, id.NewMessageID(), Early{From: bob, At: Millis(c.now)}); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		kept := func() (count int) {
			check(t, p.store.View(func(tx *store.Tx) (err error) {
				count, err = p.withBob().Bucket(tx, earlyBucket).Len()
				return err
			}))
			return count
		}
		keep(maxEarly + 10)
		if n := kept(); n != maxEarly || !p.archive.earlyFull[p.withBob()].After(time.Now()) {
			t.Fatalf("%d are kept, full until %v", n, p.archive.earlyFull[p.withBob()])
		}
		time.Sleep(earlyLifetime + time.Second)
		keep(1)
		if n := kept(); n != 1 {
			t.Fatalf("%d are kept when all but one are too old", n)
		}
		taken := 0
		check(t, p.update(func(c *Change) error {
			return c.TakeEarly(p.withBob(), target, func(Early) error { taken++; return nil })
		}))
		if taken != 1 || kept() != 0 {
			t.Errorf("%d were taken, %d are left", taken, kept())
		}
	})
}
