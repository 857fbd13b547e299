package backendtest

import (
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"gossip/backend"
	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
	"gossip/signaling/hubtest"
)

// den makes a channel of one's own.
func (d *device) den(name string, public bool) backend.Conversation {
	d.world.t.Helper()
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	conv, err := d.client.CreateChannel(ctx, d.world.hubID, name, public)
	check(d.world.t, err)
	return conv
}

// admits invites another device's user and waits until they are in.
func (d *device) admits(conv backend.Conversation, other *device) {
	d.world.t.Helper()
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	check(d.world.t, d.client.Invite(ctx, conv, other.user))
	d.world.rest(2 * time.Second)
	check(d.world.t, other.client.JoinChannel(ctx, conv))
	d.world.rest(2 * time.Second)
}

// A hub gives another log of a channel's members: alice is warned, and nothing is sent there any more.
func TestAttackRewritesAChannelsMembers(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		den := alice.den("den", false)
		alice.admits(den, bob)
		c.changeUpdates(func(u *wire.ChannelUpdate) {
			for i := range u.Summaries {
				if u.Summaries[i].Channel == den.Channel {
					u.Summaries[i].Head = [32]byte(randomBytes(32))
				}
			}
		})
		c.set(func() {
			c.welcome = func(welcome *wire.Welcome) {
				for i := range welcome.Channels {
					welcome.Channels[i].Head = [32]byte(randomBytes(32))
				}
			}
		})
		alice.line.each((*hubtest.Conn).Cut)
		w.rest(10 * time.Second)
		if warnings := alice.notices(den, "warning"); len(warnings) != 1 {
			t.Errorf("alice is warned of %v", warnings)
		}
		alice.cannotSend(den, "rewritten")
	})
}

// A hub gives another head of a channel's log: alice's distrust outlives her program, and her history says it once although the hub
// changes its word all the time.
func TestAttackRewritesAndWaitsForARestart(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		den := alice.den("den", false)
		alice.admits(den, bob)
		wrong, head := true, [32]byte(randomBytes(32))
		c.set(func() {
			c.welcome = func(welcome *wire.Welcome) {
				for i := range welcome.Channels {
					if wrong && welcome.Channels[i].Channel == den.Channel {
						welcome.Channels[i].Head = head
					}
				}
			}
		})
		for range 5 {
			alice.line.each((*hubtest.Conn).Cut)
			w.rest(70 * time.Second) // longer than the pause between attempts
			c.set(func() { wrong = !wrong })
		}
		if warnings := alice.notices(den, "warning"); len(warnings) != 1 {
			t.Errorf("alice is warned of %v", warnings)
		}
		alice.cannotSend(den, "rewritten")
		c.set(func() { wrong = true })
		for range 2 {
			alice.close()
			alice.open()
			w.rest(10 * time.Second)
			alice.cannotSend(den, "rewritten")
		}
		c.honest()
		ctx, done := context.WithTimeout(context.Background(), patience)
		defer done()
		check(t, bob.client.LeaveChannel(ctx, den)) // the log goes on, and is right again
		w.rest(10 * time.Second)
		alice.line.each((*hubtest.Conn).Cut)
		w.rest(70 * time.Second)
		alice.say(den, "the right log is back")
	})
}

// A hub shows the log as it was before bob was removed: alice keeps to what she knows, and sends nothing.
func TestAttackServesAnOldLog(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		den := alice.den("den", false)
		var old wire.ChannelSummary
		c.set(func() {
			c.welcome = func(welcome *wire.Welcome) {
				for i, s := range welcome.Channels {
					if s.Channel == den.Channel && old.Channel == id.NoChannel {
						old = s
					} else if s.Channel == den.Channel {
						welcome.Channels[i] = old
					}
				}
			}
		})
		alice.admits(den, bob)
		alice.line.each((*hubtest.Conn).Cut)
		w.rest(5 * time.Second)
		ctx, done := context.WithTimeout(context.Background(), patience)
		defer done()
		check(t, alice.client.RemoveMember(ctx, den, bob.user))
		w.rest(5 * time.Second)
		alice.line.each((*hubtest.Conn).Cut)
		w.rest(10 * time.Second)
		alice.cannotSend(den, "older list")
		members, err := alice.client.Members(den)
		check(t, err)
		if len(members) != 1 {
			t.Errorf("alice believes in %d members", len(members))
		}
		c.honest()
		alice.line.each((*hubtest.Conn).Cut)
		w.rest(10 * time.Second)
		alice.say(den, "the right log is back")
	})
}

// A hub puts a listener into a private channel's log, with the listener's own signature: alice refuses the log, and the
// listener gets no key.
func TestAttackSlipsAListenerIn(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		den := alice.den("den", false)
		alice.admits(den, bob)
		mallory := hubtest.NewPerson(t, "mallory")
		w.hub.Login(mallory)
		forged := 0
		c.set(func() {
			c.toHub = func(p wire.Packet) []wire.Packet {
				if data, ok := p.(*wire.DataPacket); ok && data.To == mallory.Device.ID() {
					t.Error("alice gives mallory a key")
				}
				return []wire.Packet{p}
			}
			c.toDevice = func(p wire.Packet) []wire.Packet {
				signal, ok := p.(*wire.SignalPacket)
				if !ok || signal.Kind != wire.KindChannelUpdate {
					return []wire.Packet{p}
				}
				var update wire.ChannelUpdate
				check(t, wire.Unmarshal(signal.Payload, &update))
				if update.Channel == den.Channel && len(update.Statements) > 0 {
					join := membership.New(membership.Join, time.Now())
					join.Channel, join.User, join.Device = den.Channel, mallory.User.ID(), mallory.Device.ID()
					join.Previous = headAfter(t, update.Statements)
					encoded, err := join.Sign(mallory.Device)
					check(t, err)
					update.Statements = append(update.Statements, encoded)
					forged++
				}
				var err error
				signal.Payload, err = wire.Marshal(&update)
				check(t, err)
				return []wire.Packet{signal}
			}
		})
		ctx, done := context.WithTimeout(context.Background(), patience)
		defer done()
		bob.client.SetTopic(ctx, den, "only members know") // refused or not: alice looks at the log
		alice.client.SetTopic(ctx, den, "hers")
		alice.client.SetTopic(ctx, den, "hers again")
		w.rest(10 * time.Second)
		if forged == 0 {
			t.Fatal("no log was forged")
		}
		alice.client.Send(den, backend.Draft{Text: "only for bob"}) // refused or not: mallory must not get the key
		w.rest(time.Minute)
		members, err := alice.client.Members(den)
		check(t, err)
		for _, m := range members {
			if m.User == mallory.User.ID().String() {
				t.Error("alice believes that mallory is in")
			}
		}
		if warnings := alice.notices(den, "warning"); len(warnings) == 0 {
			t.Error("alice is not warned")
		}
	})
}

// headAfter is the log's hash after the statements, of which the first may be any of the log.
func headAfter(t *testing.T, statements [][]byte) [32]byte {
	t.Helper()
	last, err := membership.Parse(statements[len(statements)-1])
	check(t, err)
	return sha256.Sum256(append(last.Previous[:], statements[len(statements)-1]...))
}

// A hub keeps bob's removal from alice while she is connected: the removed one reads what she says until she learns of
// it, and with her next connection she does.
func TestAttackHidesARemoval(t *testing.T) {
	story(t, func(w *world) {
		alice, bob, carol := w.join("alice"), w.join("bob"), w.join("carol")
		den := carol.den("den", false)
		carol.admits(den, alice)
		carol.admits(den, bob)
		c := w.cheated(alice)
		alice.open()
		w.rest(5 * time.Second)
		c.changeUpdates(func(u *wire.ChannelUpdate) { *u = wire.ChannelUpdate{} })
		ctx, done := context.WithTimeout(context.Background(), patience)
		defer done()
		check(t, carol.client.RemoveMember(ctx, den, bob.user))
		w.rest(5 * time.Second)
		c.honest()
		alice.line.each((*hubtest.Conn).Cut)
		w.rest(5 * time.Second)
		alice.say(den, "without bob")
		carol.sees(den, "without bob")
		w.rest(10 * time.Second)
		for _, text := range bob.texts(den) {
			if text == "without bob" {
				t.Error("bob reads on after he was removed")
			}
		}
	})
}
