package chat

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"gossip/backend/e2ee"
	"gossip/backend/outbox"
	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
)

// hears has alice's hub take what bob's device says in their conversation, as if it had been decrypted.
func (p *profile) hears(number uint64, sent time.Time, at uint64, bodies ...content.Body) {
	p.t.Helper()
	check(p.t, p.hub.call(func() error {
		return p.hub.update(func(c *change) error {
			for i, body := range bodies {
				m := &content.Message{
					ID: id.NewMessageID(), Conversation: content.Conversation{With: c.self}, SentAt: sent.UTC().Truncate(time.Millisecond),
					Author: p.bob.key.ID(), Body: body,
				}
				if content.Numbered(body) {
					m.Number = number + uint64(i)
				}
				if m.Number > 1 {
					m.Previous = [32]byte{1}
				}
				encoded, err := m.Marshal()
				check(p.t, err)
				packet := &wire.DataPacket{ID: id.NewMessageID(), From: p.bob.device.ID(), At: c.boundedTime(at)}
				if err := c.takePlain(packet, p.bob.key.ID(), encoded); err != nil {
					return err
				}
			}
			return nil
		})
	}))
}

// A member puts one reaction after another under a message: its row keeps a size that can be written.
func TestReactionsAreBounded(t *testing.T) {
	p := newProfile(t)
	m := p.received(1, "react to this", 0)
	var bodies []content.Body
	for i := range 3 * maxReactionsPerson {
		bodies = append(bodies, content.Reaction{Target: m, Emoji: fmt.Sprintf("x%d", i)})
	}
	p.hears(1, time.Now(), 0, bodies...)
	got, err := p.hub.Message(p.withBob(), m)
	check(t, err)
	if len(got.Reactions) != maxReactionsPerson {
		t.Errorf("%d reactions of one person", len(got.Reactions))
	}
}

// A member opens the longest hole and says of every other number in it that it is gone: what is kept of the holes stays small.
func TestHolesAreBounded(t *testing.T) {
	p := newProfile(t)
	p.hears(1, time.Now(), 0, content.Text{Markdown: "one"})
	p.hears(maxNumber, time.Now(), 0, content.Text{Markdown: "far"})
	p.hears(^uint64(0), time.Now(), 0, content.Text{Markdown: "too far"})
	for round := range uint64(3) {
		gone := content.Gone{}
		for i := range uint64(content.MaxTargets) {
			gone.Numbers = append(gone.Numbers, 10+2*(i+round*content.MaxTargets))
		}
		p.hears(0, time.Now(), 0, gone)
	}
	check(t, p.hub.call(func() error {
		return p.hub.update(func(c *change) error {
			n, err := c.numbers(p.withBob(), p.bob.device.ID())
			if len(n.Missing) > maxSpans || n.Last != maxNumber {
				t.Errorf("%d holes are kept, up to %d", len(n.Missing), n.Last)
			}
			return err
		})
	}))
}

// A member takes back, again and again, a thousand messages that nobody has: it costs one look at what waits, not one for each.
func TestWhatComesEarlyIsBounded(t *testing.T) {
	p := newProfile(t)
	remove := func() content.Body {
		body := content.Delete{}
		for range content.MaxTargets {
			body.Targets = append(body.Targets, id.NewMessageID())
		}
		return body
	}
	p.hears(1, time.Now(), uint64(time.Now().UnixMilli()), remove())
	started := time.Now()
	p.hears(2, time.Now(), uint64(time.Now().UnixMilli()), remove(), remove(), remove())
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("three deletions took %v", took)
	}
}

// A member sets a timer with a time at the end of days: others can still change it.
func TestATimerCanAlwaysBeChanged(t *testing.T) {
	p := newProfile(t)
	p.hears(1, time.UnixMilli(253402300799999), 0, content.Timer{ExpiresIn: time.Minute})
	check(t, p.hub.SetTimer(p.withBob(), 0))
	if info, _ := p.hub.Info(p.withBob()); info.Timer != 0 {
		t.Errorf("the timer is %d s", info.Timer)
	}
}

// A hub dates a copy of a disappearing message of one's own before all times, or after: it is erased once, in time.
func TestTimesOfTheHubAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)))
		p := newProfile(t)
		laptop := id.DeviceID(bytes.Repeat([]byte{7}, 32))
		for _, at := range []uint64{1 << 63, ^uint64(0)} {
			check(t, p.hub.call(func() error {
				return p.hub.update(func(c *change) error {
					m := &content.Message{
						ID: id.NewMessageID(), Conversation: outer(p.withBob()), SentAt: time.Now().UTC().Truncate(time.Millisecond), Number: 1,
						Author: c.self, Body: content.Text{Markdown: "soon gone", ExpiresIn: time.Minute},
					}
					bounded := c.boundedTime(at)
					return c.apply(&received{conv: p.withBob(), from: c.self, device: laptop, message: m, at: int64(bounded), major: bounded})
				})
			}))
		}
		page, _, err := p.hub.Before(p.withBob(), "", 10)
		check(t, err)
		if len(page) != 2 {
			t.Fatalf("%d messages are shown", len(page))
		}
		time.Sleep(2 * time.Minute)
		if page, _, _ = p.hub.Before(p.withBob(), "", 10); len(page) != 0 || p.count(EventMessageRemoved) != 2 {
			t.Errorf("%d are shown after their time", len(page))
		}
	})
}

// A hub asks for centuries of patience: the outbox waits minutes.
func TestAHubCannotHoldTheOutboxForEver(t *testing.T) {
	p := newProfile(t)
	check(t, p.hub.call(func() error {
		return p.hub.update(func(c *change) error {
			packet := outbox.Packet{ID: id.MessageID{1}}
			check(t, c.outbox.Post(c.tx, &packet, outbox.Note{}))
			for _, wait := range []uint{^uint(0), 1 << 62, 1 << 40, 9_300_000_000_000} {
				check(t, c.refused(packet.ID, &wire.Error{Code: wire.CodeRate, RetryAfter: wait}))
				if until := time.Until(c.outbox.RetryAt()); until > longestWait || until <= 0 {
					t.Errorf("after %d ms it waits %v", wait, until)
				}
			}
			return nil
		})
	}))
}

// A hub gives a packet that can't be read the id of a message that is there: that keeps its place, and ends in time.
func TestAPacketCannotTakeAMessagesPlace(t *testing.T) {
	p := newProfile(t)
	m := p.received(5, "mine", 0)
	check(t, p.hub.call(func() error {
		return p.hub.update(func(c *change) error {
			packet := &wire.DataPacket{ID: m, From: p.bob.device.ID(), At: 9}
			check(t, c.unreadable(packet, p.bob.key.ID(), errors.New("garbage")))
			r := &repair{ID: m, Conversation: p.withBob().Key(), From: p.bob.key.ID(), Device: p.bob.device.ID(), Major: 9}
			check(t, c.showRetrying(p.withBob(), r)) // noted before the message came
			check(t, c.endRepair(r))
			gap := gapID(p.withBob(), p.bob.device.ID())
			check(t, c.scheduleGap(p.withBob(), p.bob.key.ID(), p.bob.device.ID()))
			check(t, c.unreadable(&wire.DataPacket{ID: gap, From: p.bob.device.ID()}, p.bob.key.ID(), errors.New("garbage")))
			if len(c.repairs) != 1 || !c.repairs[gap].Gap {
				t.Errorf("%d repairs", len(c.repairs))
			}
			return nil
		})
	}))
	got, err := p.hub.Message(p.withBob(), m)
	check(t, err)
	if page, _, _ := p.hub.Before(p.withBob(), "", 10); got.Text != "mine" || len(page) != 1 {
		t.Errorf("it is %q now, among %d rows", got.Text, len(page))
	}
}

// What the hub can't answer now must not be lost; what it refuses for good is handled without.
func TestWhichRefusalsAreFinal(t *testing.T) {
	for code, final := range map[wire.ErrorCode]bool{wire.CodeInternal: false, wire.CodeStorage: false, wire.CodeRate: false, wire.CodeNotMember: true, wire.CodeLimit: true} {
		if isFinal(fmt.Errorf("ask: %w", &wire.Error{Code: code})) != final {
			t.Errorf("%s: final is %v", code, !final)
		}
	}
	if isFinal(ErrOffline) {
		t.Error("no answer at all is final")
	}
}

// A stranger gives alice a key of a channel and, with the hub's help, types there: it is not shown.
func TestTypingOfAStrangerInAChannel(t *testing.T) {
	p, channel := newProfile(t), id.ChannelID{5}
	theirs, err := store.Open(filepath.Join(t.TempDir(), "bob.db"), store.Key{2})
	check(t, err)
	defer theirs.Close()
	engine, now := e2ee.New(p.bob.device, p.hubID), time.Now().UTC().Truncate(time.Millisecond)
	m := content.Message{ID: id.NewMessageID(), Conversation: content.Conversation{Channel: channel}, SentAt: now, Author: p.bob.key.ID(), Body: content.Typing{Active: true}}
	plain, err := m.Marshal()
	check(t, err)
	var key e2ee.Outgoing
	var typing []byte
	check(t, theirs.Update(func(tx *store.Tx) error {
		_, keys, err := engine.EncryptChannel(tx, channel, []*identity.Device{p.alice.device.Device()}, plain, now)
		check(t, err)
		key = keys[0]
		typing, err = engine.SealTypingChannel(tx, channel, plain)
		return err
	}))
	check(t, p.hub.call(func() error {
		return p.hub.update(func(c *change) error {
			packet := &wire.DataPacket{Kind: key.Kind, ID: id.NewMessageID(), From: p.bob.device.ID(), Seq: 1, Payload: key.Payload}
			check(t, c.takeData(packet))
			if _, err := c.Engine.OpenTypingChannel(c.tx, channel, p.bob.device.ID(), typing); err != nil {
				t.Errorf("the key was not kept: %v", err)
			}
			return c.takeTyping(&wire.StreamPacket{Kind: wire.KindTyping, From: p.bob.device.ID(), Channel: channel, Payload: typing})
		})
	}))
	if n := p.count(EventTyping); n != 0 {
		t.Errorf("typing was shown %d times", n)
	}
}

// A member sends a packet with the id of another's: both count, each once.
func TestAPacketIDIsItsSendersOwn(t *testing.T) {
	p := newProfile(t)
	one := &wire.DataPacket{ID: id.NewMessageID(), From: p.bob.device.ID()}
	other := &wire.DataPacket{ID: one.ID, From: id.DeviceID{1}}
	check(t, p.hub.call(func() error {
		return p.hub.update(func(c *change) error {
			for _, want := range []bool{true, false} {
				for _, packet := range []*wire.DataPacket{one, other} {
					if fresh, err := c.firstSight(packet); err != nil || fresh != want {
						t.Errorf("a packet of %v: fresh %v, want %v (%v)", packet.From, fresh, want, err)
					}
				}
			}
			return nil
		})
	}))
}
