package hub_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
	"gossip/signaling/hubtest"
)

// TestCutInACall: a device stays for a while in the call that goes on without the hub, and for good when it comes back.
func TestCutInACall(t *testing.T) {
	for name, weather := range map[string]func(*hubtest.Conn){"cut": (*hubtest.Conn).Cut, "closed": func(c *hubtest.Conn) { c.Close() }} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T) {
				p := threeInAGarden(t)
				p.alice.StartCall(p.garden, p.call)
				p.bob.StartCall(p.garden, p.call)
				p.sync()
				joined := time.Now()
				weather(p.alice.Conn)
				weather(p.bob.Conn)
				time.Sleep(20 * time.Second)
				p.alice = p.h.Login(p.alice.Person)
				in(t, p.alice.StartCall(p.garden, p.call), p.alice, p.bob)
				if told := rostersOf(t, p.carol); told != 0 {
					t.Errorf("carol is told %d times of what has not changed", told)
				}
				time.Sleep(30 * time.Second)
				in(t, p.carol.ExpectRoster(), p.alice)
				time.Sleep(time.Hour)
				p.bob = p.h.Login(p.bob.Person)
				in(t, p.bob.ExpectRoster(), p.alice)
				if roster := p.alice.HangUp(p.garden, p.call); len(roster.Devices) != 0 {
					t.Errorf("alice's end leaves %+v, %v after the cut", roster, time.Since(joined))
				}
			})
		})
	}
}

// TestBackWithoutTheCall: an app that was started anew is not in the call any more, although it is online.
func TestBackWithoutTheCall(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t)
		p.alice.StartCall(p.garden, p.call)
		p.bob.StartCall(p.garden, p.call)
		p.sync()
		p.alice = p.h.Login(p.alice.Person) // replaces the connection
		in(t, p.alice.ExpectRoster(), p.alice, p.bob)
		time.Sleep(40 * time.Second)
		in(t, p.alice.ExpectRoster(), p.bob)
	})
}

// TestReplacedWhileInACall: the end of the old connection takes nothing from what the new one has told.
func TestReplacedWhileInACall(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t)
		p.alice.StartCall(p.garden, p.call)
		p.alice = p.h.Login(p.alice.Person)
		in(t, p.alice.StartCall(p.garden, p.call), p.alice)
		time.Sleep(5 * time.Minute)
		roster, err := p.bob.Roster(p.garden)
		if err != nil {
			t.Fatal(err)
		}
		in(t, roster, p.alice)
	})
}

// TestHalfOpenInACall: a device of which nothing is heard is out once the hub has seen that.
func TestHalfOpenInACall(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t)
		p.alice.StartCall(p.garden, p.call)
		p.sync()
		p.alice.Conn.HalfOpen()
		time.Sleep(10 * time.Minute)
		p.bob, p.carol = p.h.Login(p.bob.Person), p.h.Login(p.carol.Person)
		if roster, err := p.bob.Roster(p.garden); err != nil || len(roster.Devices) != 0 {
			t.Errorf("ten minutes later: %+v, %v", roster, err)
		}
	})
}

// TestRemovedFromACall: who is no member any more is in no call of the channel, and gets no roster.
func TestRemovedFromACall(t *testing.T) {
	for _, action := range []membership.Action{membership.Remove, membership.Leave} {
		story(t, func(t *testing.T) {
			p := threeInAGarden(t)
			p.alice.StartCall(p.garden, p.call)
			p.bob.StartCall(p.garden, p.call)
			p.sync()
			statement, author := membership.New(action, time.Now()), p.bob
			if action == membership.Remove {
				statement.Subject, author = p.bob.Person.User.ID(), p.alice
			}
			if _, err := author.Post(p.garden, statement); err != nil {
				t.Fatal(err)
			}
			in(t, p.carol.ExpectRoster(), p.alice)
			for _, try := range []func() error{
				func() error { _, err := p.bob.Roster(p.garden); return err },
				func() error {
					_, err := p.bob.TryStartCall(wire.StartCall{Channel: p.garden, Call: p.call})
					return err
				},
			} {
				if err := try(); codeOf(err) != wire.CodeNotMember {
					t.Errorf("bob, who is out, gets: %v", err)
				}
			}
			p.carol.StartCall(p.garden, p.call)
			if told := rostersOf(t, p.bob); told != 0 {
				t.Errorf("bob is told %d rosters", told)
			}
		})
	}
}

// TestRemovedWhileJoining: whichever of the two comes first, nobody is in a call of a channel that they are not in.
func TestRemovedWhileJoining(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t)
		garden := p.alice.Create("park", true)
		for i := range 30 {
			if _, err := p.bob.Post(garden, membership.New(membership.Join, time.Now())); err != nil {
				t.Fatal(err)
			}
			remove := membership.New(membership.Remove, time.Now())
			remove.Subject = p.bob.Person.User.ID()
			remove.Channel, remove.Previous = garden, p.alice.State(garden).Head
			remove.User, remove.Device = p.alice.Person.User.ID(), p.alice.Device.ID()
			encoded, err := remove.Sign(p.alice.Device)
			if err != nil {
				t.Fatal(err)
			}
			removed := make(chan error)
			go func() {
				_, err := p.alice.PostRaw(encoded)
				removed <- err
			}()
			for range i % 8 {
				p.bob.Ack(id.NoChannel, 0)
			}
			p.bob.TryStartCall(wire.StartCall{Channel: garden, Call: p.call})
			if err := <-removed; err != nil {
				t.Fatal(err)
			}
			if stats := p.h.Server().Hub().Stats(); stats.CallDevices != 0 {
				t.Fatalf("round %d: bob is in the call of a channel that he is not in", i)
			}
			time.Sleep(time.Second)
		}
	})
}

// TestRestartInACall: the rosters are what the devices tell the new hub, with the times that they had.
func TestRestartInACall(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t)
		p.alice.StartCall(p.garden, p.call)
		time.Sleep(time.Minute)
		before := p.bob.StartCall(p.garden, p.call)
		p.h.Crash()
		p.alice, p.bob, p.carol = p.h.Login(p.alice.Person), p.h.Login(p.bob.Person), p.h.Login(p.carol.Person)
		if told := rostersOf(t, p.carol); told != 0 {
			t.Error("the hub knows of a call before anybody told")
		}
		for i, c := range []*hubtest.Client{p.alice, p.bob} {
			if _, err := c.TryStartCall(wire.StartCall{Channel: p.garden, Call: p.call, Started: before.Started, Joined: before.Devices[i].Joined}); err != nil {
				t.Fatal(err)
			}
		}
		after, err := p.carol.Roster(p.garden)
		if err != nil || fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("before %+v\nafter %+v, %v", before, after, err)
		}
	})
}

// TestRostersAgree: after any history of calls and weather everybody online was last told what the hub would answer, and
// only members are in the call.
func TestRostersAgree(t *testing.T) {
	for seed := range uint64(12) {
		story(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			p := threeInAGarden(t)
			everyone := []**hubtest.Client{&p.alice, &p.bob, &p.carol}
			told := map[id.DeviceID]string{}
			for range 25 {
				c := everyone[random.IntN(len(everyone))]
				switch random.IntN(6) {
				case 0, 1:
					(*c).SendSignal(wire.KindStartCall, id.NewMessageID(), &wire.StartCall{Channel: p.garden, Call: p.call})
				case 2:
					(*c).SendSignal(wire.KindHangUp, id.NewMessageID(), &wire.HangUp{Channel: p.garden, Call: p.call})
				case 3:
					(*c).Conn.Cut()
					time.Sleep(time.Duration(random.IntN(60)) * time.Second)
					*c = p.h.Login((*c).Person)
				case 4:
					*c = p.h.Login((*c).Person) // replaces the connection
				case 5:
					time.Sleep(time.Duration(random.IntN(40)) * time.Second)
				}
			}
			if seed%3 == 0 {
				if _, err := p.bob.Post(p.garden, membership.New(membership.Leave, time.Now())); err != nil {
					t.Fatal(err)
				}
				everyone = []**hubtest.Client{&p.alice, &p.carol}
			}
			time.Sleep(2 * time.Minute)
			for _, c := range everyone {
				told[(*c).Device.ID()] = lastTold(t, *c)
			}
			want, err := p.alice.Roster(p.garden)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range want.Devices {
				if told[d.Device] == "" && len(want.Devices) > 0 {
					t.Errorf("seed %d: a device that is no member's is in the call", seed)
				}
			}
			for _, c := range everyone {
				if last := told[(*c).Device.ID()]; last != fmt.Sprint(want.Devices) {
					t.Errorf("seed %d: %s was told %s, the hub says %v", seed, (*c).Person.Name, last, want.Devices)
				}
			}
		})
	}
}

// lastTold is the devices of the last roster that came; none when none has.
func lastTold(t *testing.T, c *hubtest.Client) string {
	t.Helper()
	last := fmt.Sprint([]wire.CallDevice(nil))
	m := id.NewMessageID()
	if err := c.SendSignal(wire.KindCardRequest, m, &wire.CardRequest{}); err != nil {
		t.Fatal(err)
	}
	for {
		signal := nextSignal(t, c)
		if signal.Re == m {
			return last
		}
		if signal.Kind == wire.KindCallRoster {
			var roster wire.CallRoster
			if err := wire.Unmarshal(signal.Payload, &roster); err != nil {
				t.Fatal(err)
			}
			last = fmt.Sprint(roster.Devices)
		}
	}
}
