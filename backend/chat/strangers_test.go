package chat

import (
	"testing"
	"time"

	"gossip/backend/history"
	"gossip/common/content"
	"gossip/common/id"
)

// hear takes a text of bob's in as if it had come.
func (p *profile) hear(number uint64, text string) {
	p.t.Helper()
	m := &content.Message{
		ID: id.NewMessageID(), Conversation: content.Conversation{With: p.alice.key.ID()}, SentAt: time.Now().UTC(), Author: p.bob.key.ID(),
		Number: number, Body: content.Text{Markdown: text},
	}
	r := &received{conv: p.withBob(), from: p.bob.key.ID(), device: p.bob.device.ID(), message: m, at: history.Millis(time.Now()), major: uint64(history.Millis(time.Now()))}
	check(p.t, p.hub.call(func() error {
		return p.hub.update(func(c *change) error { return c.accept(r) })
	}))
}

// heard counts the rows of people.
func (p *profile) heard() (count int) {
	p.t.Helper()
	page, _, err := p.hub.Before(p.withBob(), "", 100)
	check(p.t, err)
	for _, m := range page {
		if m.Notice == nil {
			count++
		}
	}
	return count
}

// So many strangers may ask at once, and no more; those who are asked already go on.
func TestStrangersAreBounded(t *testing.T) {
	p := newProfile(t)
	stranger := func(n int) Conversation { return Conversation{Hub: p.hubID, User: id.UserID{0xff, byte(n)}} }
	check(t, p.hub.call(func() error {
		return p.hub.update(func(c *change) error {
			for n := range maxRequests {
				c.Conversation(stranger(n)).Asked = true
			}
			return nil
		})
	}))
	p.hear(1, "one too many")
	if n := p.heard(); n != 0 {
		t.Fatalf("%d rows of a stranger too many", n)
	}
	if len(p.hub.Conversations()) != maxRequests {
		t.Fatalf("%d conversations", len(p.hub.Conversations()))
	}
	check(t, p.hub.AcceptRequest(stranger(7)))
	p.hear(1, "there is room")
	p.hear(2, "and for more of the same")
	if n := p.heard(); n != 2 {
		t.Errorf("%d rows where there was room", n)
	}
	if info, _ := p.hub.Info(p.withBob()); !info.Request {
		t.Error("it is no request")
	}
	if info, _ := p.hub.Info(stranger(7)); info.Request {
		t.Error("what was accepted is a request")
	}
}

// A number that a blocked person leaves out is not asked for: what comes would be dropped.
func TestNothingOfABlockedPersonIsMissed(t *testing.T) {
	p := newProfile(t)
	p.hear(1, "one")
	check(t, p.hub.Roster.Block(p.bob.key.ID(), true))
	p.hear(3, "three")
	check(t, p.hub.Roster.Block(p.bob.key.ID(), false))
	p.hear(2, "two")
	p.hear(4, "four")
	if n := p.heard(); n != 2 {
		t.Errorf("%d rows, want the first and the last", n)
	}
	check(t, p.hub.call(func() error {
		if len(p.hub.repairs) != 0 {
			t.Errorf("%d repairs", len(p.hub.repairs))
		}
		return nil
	}))
}
