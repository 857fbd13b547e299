package chat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"gossip/backend/history"
	"gossip/common/content"
	"gossip/common/id"
	"gossip/common/wire"
)

func TestSendOfflineSurvivesARestart(t *testing.T) {
	p := newProfile(t)
	m, err := p.hub.Send(p.withBob(), Draft{Text: "hello"})
	check(t, err)
	p.close()
	p.open()
	got, err := p.hub.Message(p.withBob(), m)
	check(t, err)
	if got.Text != "hello" || got.State != history.StateQueued || !got.Mine {
		t.Fatalf("after the restart it is %+v", got)
	}
	if n := p.hub.outbox.Held(p.withBob().Key()); n != 1 {
		t.Fatalf("%d messages wait, want 1", n)
	}
	list := p.hub.Conversations()
	if len(list) != 1 || list[0].LastText != "hello" || list[0].Name != "bob" {
		t.Fatalf("the conversations are %+v", list)
	}
}

func TestSendRefusals(t *testing.T) {
	p := newProfile(t)
	stranger := newUser(t, "carol")
	for name, conv := range map[string]Conversation{
		"oneself": {Hub: p.hubID, User: p.alice.key.ID()}, "a stranger": {Hub: p.hubID, User: stranger.key.ID()},
		"an unknown channel": {Hub: p.hubID, Channel: id.ChannelID{9}},
	} {
		if _, err := p.hub.Send(conv, Draft{Text: "hello"}); err == nil {
			t.Errorf("a message to %s was taken", name)
		}
	}
	if _, err := p.hub.Send(p.withBob(), Draft{}); err == nil {
		t.Error("an empty message was taken")
	}
	if page, _, _ := p.hub.Before(p.withBob(), "", 10); len(page) != 0 {
		t.Errorf("a refused message left %v", page)
	}
}

func TestHistoryPages(t *testing.T) {
	p := newProfile(t)
	for i := range 25 {
		_, err := p.hub.Send(p.withBob(), Draft{Text: fmt.Sprint(i)})
		check(t, err)
	}
	var all []string
	before := history.Position("")
	for pages := 0; ; pages++ {
		page, more, err := p.hub.Before(p.withBob(), before, 10)
		check(t, err)
		texts := []string{}
		for _, m := range page {
			texts = append(texts, m.Text)
		}
		all = append(texts, all...)
		if !more {
			if pages != 2 {
				t.Fatalf("%d pages before the last", pages)
			}
			break
		}
		before = page[0].Position
	}
	for i, text := range all {
		if text != fmt.Sprint(i) {
			t.Fatalf("the history is %v", all)
		}
	}
	if _, _, err := p.hub.Before(p.withBob(), "nonsense", 10); err == nil {
		t.Error("a senseless position was taken")
	}
}

// TestFailedTransactionChangesNothing closes the store under the hub: what can't be stored must not stay in memory.
func TestFailedTransactionChangesNothing(t *testing.T) {
	p := newProfile(t)
	_, err := p.hub.Send(p.withBob(), Draft{Text: "one"})
	check(t, err)
	before := p.count(EventMessage)
	check(t, p.store.Close())
	if _, err := p.hub.Send(p.withBob(), Draft{Text: "two"}); err == nil {
		t.Fatal("a message was taken that could not be stored")
	}
	if got := p.count(EventMessage); got != before {
		t.Fatal("it was shown nevertheless")
	}
}

func TestClosedHubAnswers(t *testing.T) {
	p := newProfile(t)
	p.stop()
	if _, err := p.hub.Send(p.withBob(), Draft{Text: "one"}); !errors.Is(err, ErrClosed) {
		t.Fatalf("got %v", err)
	}
	if _, err := p.hub.FindUser(context.Background(), "nobody"); !errors.Is(err, ErrClosed) {
		t.Fatalf("got %v", err)
	}
}

// put stores a row of bob's as if it had come.
func (p *profile) received(major uint64, text string, expires int64) id.MessageID {
	p.t.Helper()
	r := &history.Row{
		ID: id.NewMessageID(), From: p.bob.key.ID(), Device: p.bob.device.ID(), Type: content.TypeText, Text: text,
		SentAt: history.Millis(time.Now()), State: history.StateReceived, ExpiresIn: expires,
	}
	check(p.t, p.hub.call(func() error {
		return p.hub.update(func(c *change) error { return c.Insert(p.withBob(), history.NewPlace(major, 1, r.ID), r) })
	}))
	return r.ID
}

func TestReadingStartsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))) // later than every identity
		p := newProfile(t)
		early, late := p.received(1, "early", 30), p.received(2, "late", 30)
		if info, _ := p.hub.Info(p.withBob()); info.Unread != 2 || info.LastText != "late" {
			t.Fatalf("before: %+v", info)
		}
		check(t, p.hub.MarkRead(p.withBob(), early))
		if info, _ := p.hub.Info(p.withBob()); info.Unread != 1 {
			t.Fatalf("after: %+v", info)
		}
		time.Sleep(29 * time.Second)
		if _, err := p.hub.Message(p.withBob(), early); err != nil {
			t.Fatal("gone too soon")
		}
		p.close() // the time ends while nothing runs
		time.Sleep(2 * time.Second)
		p.open()
		synctest.Wait()
		time.Sleep(time.Second)
		if _, err := p.hub.Message(p.withBob(), early); !errors.Is(err, history.ErrNoMessage) {
			t.Fatalf("it is still there: %v", err)
		}
		if p.count(EventMessageRemoved) != 1 {
			t.Fatal("nobody was told")
		}
		if _, err := p.hub.Message(p.withBob(), late); err != nil {
			t.Fatal("what was not read is gone")
		}
	})
}

func TestGapsSplit(t *testing.T) {
	spans := []span{{From: 3, To: 7, Major: 9}, {From: 10, To: 10, Major: 12}}
	for _, step := range []struct {
		i        int
		number   uint64
		from, to []uint64
	}{
		{0, 5, []uint64{3, 6, 10}, []uint64{4, 7, 10}},
		{0, 3, []uint64{4, 6, 10}, []uint64{4, 7, 10}},
		{0, 4, []uint64{6, 10}, []uint64{7, 10}},
		{1, 10, []uint64{6}, []uint64{7}},
		{0, 7, []uint64{6}, []uint64{6}},
		{0, 6, nil, nil},
	} {
		spans = splitSpan(spans, step.i, step.number, step.number)
		var from, to []uint64
		for _, s := range spans {
			from, to = append(from, s.From), append(to, s.To)
		}
		if !slices.Equal(from, step.from) || !slices.Equal(to, step.to) {
			t.Fatalf("after %d: %v to %v", step.number, from, to)
		}
	}
}

func TestPacketIDs(t *testing.T) {
	m, d := id.NewMessageID(), id.DeviceID{1}
	first, again := packetID(m, d), packetID(m, d)
	if first == packetID(m, id.NoDevice) || first != again || first == m {
		t.Error("the packet's id does not follow from message and device")
	}
}

func TestTimerText(t *testing.T) {
	for d, want := range map[time.Duration]string{30 * time.Second: "30 seconds", time.Hour: "1 hour", 28 * 24 * time.Hour: "4 weeks", 90 * time.Second: "90 seconds"} {
		if got := timerText(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

// TestAcksAreCumulative checks when a journal is acknowledged.
func TestAcksAreCumulative(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct {
		cursor cursor
		zero   bool
	}{
		"nothing new":       {cursor{seq: 5, acked: 5, told: true, ackAt: now}, true},
		"not started":       {cursor{}, false},
		"something waiting": {cursor{seq: 6, acked: 5, told: true, ackAt: now}, false},
	} {
		if due := c.cursor.due(); due.IsZero() != c.zero {
			t.Errorf("%s: due %v", name, due)
		}
	}
	own := cursor{seq: 3, own: map[uint64]bool{5: true, 4: true, 7: true}}
	own.skipOwn()
	if own.seq != 5 || len(own.own) != 1 {
		t.Errorf("own packets are not passed over: %+v", own)
	}
}

// TestSentencesOfThePackage keeps every error that a person can meet a sentence.
func TestSentencesOfThePackage(t *testing.T) {
	for _, err := range []error{ErrClosed, ErrOffline, history.ErrNoMessage, ErrNoChannel, ErrNoUser} {
		if !bytes.ContainsRune([]byte(err.Error()), ' ') {
			t.Errorf("%q is no sentence", err)
		}
	}
	var refusal error = &wire.Error{Code: wire.CodeNotMember, Sentence: "not in it"}
	if !isFinal(fmt.Errorf("ask: %w", refusal)) || isFinal(ErrOffline) {
		t.Error("a refusal of the hub is not told from a lost connection")
	}
}
