package backendtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"gossip/backend"
	"gossip/common/id"
	"gossip/common/wire"
	"gossip/signaling/hubtest"
)

// A hub gives everything twice, also under new ids and sequences: all is shown once.
func TestAttackReplaysPackets(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		var all []*wire.DataPacket
		c.changeData(func(p *wire.DataPacket) []wire.Packet {
			p.Seq *= 10
			again, renamed := *p, *p
			again.Seq++
			renamed.Seq += 2
			renamed.ID = id.NewMessageID()
			all = append(all, p)
			return []wire.Packet{p, p, &again, &renamed}
		})
		for i := range 20 {
			bob.say(w.general, fmt.Sprintf("bob %d", i))
			bob.say(bob.with(alice), fmt.Sprintf("dm %d", i))
			w.rest(time.Second)
		}
		for _, p := range all {
			late := *p
			late.Seq, late.ID, late.At = p.Seq+1_000_000, id.NewMessageID(), uint64(time.Now().UnixMilli())
			c.inject(&late)
		}
		w.rest(20 * time.Minute)
		alice.holds(alice.texts(w.general), "bob", 20)
		alice.holds(alice.texts(alice.with(bob)), "dm", 20)
	})
}

// A hub gives packets in another order: each sender's order stays.
func TestAttackReordersPackets(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		bob.say(w.general, "first")
		bob.say(bob.with(alice), "first")
		w.rest(5 * time.Second)
		held := map[id.ChannelID]*wire.DataPacket{}
		c.changeData(func(p *wire.DataPacket) []wire.Packet {
			before := held[p.Channel]
			if before == nil {
				held[p.Channel] = p
				return nil
			}
			delete(held, p.Channel)
			before.Seq, p.Seq = p.Seq, before.Seq
			return []wire.Packet{p, before}
		})
		for i := range 20 {
			bob.say(w.general, fmt.Sprintf("bob %d", i))
			bob.say(bob.with(alice), fmt.Sprintf("dm %d", i))
			w.rest(100 * time.Millisecond)
		}
		w.rest(time.Minute)
		c.honest()
		alice.line.each((*hubtest.Conn).Cut)
		w.rest(20 * time.Minute)
		alice.holds(alice.texts(w.general), "bob", 20)
		alice.holds(alice.texts(alice.with(bob)), "dm", 20)
	})
}

// A hub makes packets up, in the name of nobody, of bob and of carol: nothing of it is shown.
func TestAttackInventsASender(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		carol := w.join("carol")
		w.rest(2 * time.Second)
		var real []*wire.DataPacket
		c.changeData(func(p *wire.DataPacket) []wire.Packet {
			copied := *p
			real = append(real, &copied)
			return []wire.Packet{p}
		})
		bob.say(w.general, "bob 0")
		bob.say(bob.with(alice), "dm 0")
		w.rest(5 * time.Second)
		seq := uint64(1000)
		for _, from := range []id.DeviceID{id.DeviceID(randomBytes(32)), bob.id, carol.id, alice.id} {
			for _, p := range real {
				forged, garbage := *p, *p
				forged.From, garbage.From, garbage.Payload = from, from, randomBytes(len(p.Payload))
				for _, f := range []*wire.DataPacket{&forged, &garbage} {
					seq++
					f.Seq, f.ID = seq, id.NewMessageID()
					c.inject(f)
				}
			}
		}
		c.set(func() { c.toDevice = nil })
		w.rest(20 * time.Minute)
		if texts := spoken(alice, w.general); !slices.Equal(texts, []string{"bob: bob 0"}) {
			t.Errorf("alice sees in #general %q", texts)
		}
		for _, with := range []*device{bob, carol} {
			for _, text := range spoken(alice, alice.with(with)) {
				if with != bob || text != "bob: dm 0" {
					t.Errorf("alice sees from %s %q", with.name, text)
				}
			}
		}
	})
}

// spoken are the readable messages with who wrote them.
func spoken(d *device, conv backend.Conversation) (texts []string) {
	for _, m := range d.history(conv) {
		if m.Notice == nil && m.Text != "" {
			texts = append(texts, m.FromName+": "+m.Text)
		}
	}
	return texts
}

// A hub passes one kind of packet off as another: nothing of it is shown, and the next message comes through.
func TestAttackChangesTheKind(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		c.changeData(func(p *wire.DataPacket) []wire.Packet {
			switch p.Kind {
			case wire.KindSenderKey:
				p.Kind = wire.KindSession
			case wire.KindSession:
				p.Kind = wire.KindSenderKey
			default:
				p.Kind = wire.KindSession
			}
			return []wire.Packet{p}
		})
		bob.say(bob.with(alice), "one")
		bob.say(w.general, "two")
		w.rest(10 * time.Second)
		if texts := append(spoken(alice, alice.with(bob)), spoken(alice, w.general)...); slices.Contains(texts, "bob: one") {
			t.Errorf("alice sees %q", texts)
		}
		c.honest()
		w.rest(10 * time.Minute)
		alice.sees(alice.with(bob), "one")
		alice.sees(w.general, "two")
	})
}

// A hub withholds messages: the next one shows the hole, and when the hub gives in they are asked for by themselves.
func TestAttackWithholds(t *testing.T) {
	attack(t, func(w *world, c *cheat, alice, bob *device) {
		bob.say(bob.with(alice), "before")
		alice.sees(alice.with(bob), "before")
		bob.say(w.general, "before")
		alice.sees(w.general, "before")
		withheld := 0
		c.changeData(func(p *wire.DataPacket) []wire.Packet {
			withheld++
			return nil
		})
		for _, conv := range []backend.Conversation{bob.with(alice), w.general} {
			bob.say(conv, "withheld 1")
			bob.say(conv, "withheld 2")
		}
		w.rest(5 * time.Second)
		c.changeData(func(p *wire.DataPacket) []wire.Packet { // only what answers her asking is held back now
			if p.Channel == id.NoChannel && p.From == bob.id && withheld > 4 {
				return nil
			}
			withheld++
			return []wire.Packet{p}
		})
		bob.say(w.general, "after")
		alice.sees(w.general, "after")
		w.rest(3 * time.Minute)
		if gaps := alice.notices(w.general, "gap"); len(gaps) != 1 || gaps[0].Count != 2 {
			t.Errorf("alice is told of the gaps %v, want one of two messages", gaps)
		}
		c.honest()
		bob.say(bob.with(alice), "after")
		alice.sees(alice.with(bob), "after")
		w.rest(15 * time.Minute)
		for _, conv := range []backend.Conversation{alice.with(bob), w.general} {
			if texts := alice.texts(conv); !slices.Equal(texts, []string{"before", "withheld 1", "withheld 2", "after"}) {
				t.Errorf("in the end alice sees %q", texts)
			}
			if gaps := alice.notices(conv, "gap"); len(gaps) > 0 {
				t.Errorf("the gaps %v are still shown", gaps)
			}
		}
	})
}
