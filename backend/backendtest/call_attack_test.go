package backendtest

import (
	"slices"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/call"
	"gossip/backend/call/calltest"
	"gossip/backend/settings"
	"gossip/common/id"
	"gossip/common/wire"
)

// cheatedCall tells of alice, who calls bob through a hub that cheats her; carol is the hub's friend.
func cheatedCall(t *testing.T, tell func(w *world, c *cheat, alice, bob, carol *device)) {
	t.Helper()
	story(t, func(w *world) {
		people := callers(w, "alice", "bob", "carol")
		c := w.cheated(people[0])
		people[0].open()
		w.rest(5 * time.Second)
		tell(w, c, people[0], people[1], people[2])
	})
}

// changeNegotiation has the stream packets of a call changed on their way to the device.
func (c *cheat) changeNegotiation(change func(p *wire.StreamPacket) []wire.Packet) {
	c.set(func() {
		c.toDevice = func(p wire.Packet) []wire.Packet {
			stream, ok := p.(*wire.StreamPacket)
			if !ok || !slices.Contains([]wire.Kind{wire.KindOffer, wire.KindAnswer, wire.KindICE}, stream.Kind) {
				return []wire.Packet{p}
			}
			return change(stream)
		}
	})
}

// TestTheCheatLetsCallsThrough shows that the tests of attacks on calls test attacks.
func TestTheCheatLetsCallsThrough(t *testing.T) {
	cheatedCall(t, func(w *world, c *cheat, alice, bob, carol *device) {
		passed := 0
		c.changeNegotiation(func(p *wire.StreamPacket) []wire.Packet {
			passed++
			return []wire.Packet{p}
		})
		bob.calledBy(alice, backend.CallOptions{})
		alice.hears(bob, true)
		if passed == 0 {
			t.Error("nothing was negotiated through the hub's stream packets")
		}
	})
}

// A hub changes every byte of offers, answers and candidates in turn: nothing of it is taken, and with one untouched offer the
// call comes about.
func TestAttackChangesNegotiation(t *testing.T) {
	cheatedCall(t, func(w *world, c *cheat, alice, bob, carol *device) {
		at := 0
		c.changeNegotiation(func(p *wire.StreamPacket) []wire.Packet {
			var changed []wire.Packet
			for range 64 {
				wrong := *p
				wrong.Payload = slices.Clone(p.Payload)
				wrong.Payload[at*31%len(p.Payload)] ^= 1 << (at % 8)
				at++
				changed = append(changed, &wrong)
			}
			return changed
		})
		check(t, alice.client.StartCall(alice.with(bob), backend.CallOptions{}))
		bob.phase(call.Ringing)
		check(t, bob.client.AcceptCall())
		w.rest(10 * time.Second)
		if info := alice.client.Call(); len(info.Participants) > 0 && info.Participants[0].State == "connected" {
			t.Fatal("a changed negotiation was taken")
		}
		c.honest()
		alice.talks(1)
		alice.hears(bob, true)
	})
}

// A hub gives offers of carol as bob's, and bob's under other kinds: the seal says whose they are and what.
func TestAttackPassesAnothersOffer(t *testing.T) {
	cheatedCall(t, func(w *world, c *cheat, alice, bob, carol *device) {
		var recorded []*wire.StreamPacket
		c.changeNegotiation(func(p *wire.StreamPacket) []wire.Packet {
			if p.From == carol.id {
				kept := *p
				recorded = append(recorded, &kept)
			}
			return []wire.Packet{p}
		})
		carol.calledBy(alice, backend.CallOptions{})
		check(t, alice.client.HangUp())
		carol.phase(call.Idle)
		w.rest(time.Second)
		if len(recorded) == 0 {
			t.Fatal("carol has negotiated nothing")
		}
		c.changeNegotiation(func(p *wire.StreamPacket) []wire.Packet {
			var out []wire.Packet
			for _, r := range recorded {
				again, swapped := *r, *r
				swapped.From = bob.id
				out = append(out, &again, &swapped)
			}
			asOther := *p
			asOther.Kind = wire.KindAnswer
			return append(out, &asOther, p, p)
		})
		bob.calledBy(alice, backend.CallOptions{})
		info := alice.client.Call()
		if len(info.Participants) != 1 || info.Participants[0].Device != bob.id.String() {
			t.Errorf("alice is in a call with %+v", info.Participants)
		}
		before, _ := carol.calls.media.Heard(alice.id.String()).Voice()
		alice.hears(bob, true)
		bob.hears(alice, true)
		if after, _ := carol.calls.media.Heard(alice.id.String()).Voice(); after != before {
			t.Error("carol listens")
		}
	})
}

// A hub puts carol, who is not in the channel, and a device that nobody has, into the roster of a call: nobody connects to them.
func TestAttackPutsAListenerIntoTheRoster(t *testing.T) {
	cheatedCall(t, func(w *world, c *cheat, alice, bob, carol *device) {
		ctx, done := alice.patiently()
		defer done()
		conv, err := alice.client.CreateChannel(ctx, w.hubID, "secret", false)
		check(t, err)
		check(t, alice.client.Invite(ctx, conv, bob.user))
		w.rest(2 * time.Second)
		check(t, bob.client.JoinChannel(ctx, conv))
		w.rest(2 * time.Second)
		offered := map[id.DeviceID]int{}
		c.set(func() {
			c.toDevice = func(p wire.Packet) []wire.Packet {
				signal, ok := p.(*wire.SignalPacket)
				if !ok || signal.Kind != wire.KindCallRoster {
					return []wire.Packet{p}
				}
				var roster wire.CallRoster
				check(t, wire.Unmarshal(signal.Payload, &roster))
				for _, device := range []id.DeviceID{carol.id, id.DeviceID(randomBytes(32))} {
					roster.Devices = append(roster.Devices, wire.CallDevice{Device: device, Joined: 1})
				}
				slices.SortFunc(roster.Devices, wire.CallDevice.Compare)
				signal.Payload, err = wire.Marshal(&roster)
				check(t, err)
				return []wire.Packet{signal}
			}
			c.toHub = func(p wire.Packet) []wire.Packet {
				if stream, ok := p.(*wire.StreamPacket); ok {
					offered[stream.To]++
				}
				return []wire.Packet{p}
			}
		})
		check(t, alice.client.StartCall(conv, backend.CallOptions{}))
		w.rest(time.Second)
		check(t, bob.client.StartCall(conv, backend.CallOptions{}))
		alice.talks(1)
		w.rest(2 * time.Minute)
		alice.talks(1)
		if offered[carol.id] > 0 || offered[bob.id] == 0 || len(offered) != 1 {
			t.Errorf("alice has negotiated with %v", offered)
		}
	})
}

// TestRelaysOfTheHub has alice hide her address: the call goes through the relay that the hub names when she connects, and
// the credentials are renewed before they end.
func TestRelaysOfTheHub(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob")
		alice, bob := people[0], people[1]
		alice.calls.host.Internet().StartRelay()
		c, asked := w.cheated(alice), 0
		c.set(func() {
			c.welcome = func(welcome *wire.Welcome) {
				welcome.ICEServers = []wire.ICEServer{{
					URLs: calltest.RelayURLs, Username: calltest.RelayUser, Credential: calltest.RelayPassword,
					Expires: uint64(time.Now().Add(20 * time.Minute).UnixMilli()),
				}}
			}
			c.toHub = func(p wire.Packet) []wire.Packet {
				if signal, ok := p.(*wire.SignalPacket); ok && signal.Kind == wire.KindICEServers {
					asked++
				}
				return []wire.Packet{p}
			}
		})
		alice.open()
		w.rest(time.Second)
		check(t, alice.client.Settings().Update(func(v *settings.Values) { v.HideAddress = true }))
		bob.calledBy(alice, backend.CallOptions{})
		w.rest(2 * time.Second)
		if path := bob.client.Call().Participants[0].Statistics.Path; path != "relay" {
			t.Errorf("the path is %q", path)
		}
		if asked != 0 {
			t.Error("credentials were renewed at once")
		}
		w.rest(11 * time.Minute)
		if asked == 0 {
			t.Error("credentials were not renewed")
		}
		alice.hears(bob, true)
		check(t, alice.client.HangUp())
		bob.phase(call.Idle)
		w.rest(time.Minute)
	})
}
