package hub_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
	"gossip/signaling/config"
	"gossip/signaling/hubtest"
)

// trio is three people in a private channel of alice's, with the call that they are about to have.
type trio struct {
	h                 *hubtest.Hub
	alice, bob, carol *hubtest.Client
	garden            id.ChannelID
	call              id.CallID
}

func threeInAGarden(t *testing.T, options ...hubtest.Option) *trio {
	t.Helper()
	h := hubtest.Start(t, options...)
	p := &trio{h: h, alice: h.Login(hubtest.NewPerson(t, "alice")), call: id.NewCallID()}
	p.garden = p.alice.Create("garden", false)
	p.bob, p.carol = p.member(t, "bob"), p.member(t, "carol")
	p.sync()
	return p
}

// member lets somebody into the garden.
func (p *trio) member(t *testing.T, name string) *hubtest.Client {
	t.Helper()
	c := p.h.Login(hubtest.NewPerson(t, name))
	invite := membership.New(membership.Invite, time.Now())
	invite.Subject = c.Person.User.ID()
	if _, err := p.alice.Post(p.garden, invite); err != nil {
		t.Fatal(err)
	}
	c.Join(p.garden)
	return c
}

// sync passes over what everyone has been told so far.
func (p *trio) sync() {
	time.Sleep(time.Second)
	for _, c := range []*hubtest.Client{p.alice, p.bob, p.carol} {
		c.Sync()
	}
}

// in fails unless a roster holds just these clients' devices.
func in(t *testing.T, roster *wire.CallRoster, clients ...*hubtest.Client) {
	t.Helper()
	if len(roster.Devices) != len(clients) {
		t.Fatalf("%d devices are in the call, want %d", len(roster.Devices), len(clients))
	}
	for _, c := range clients {
		if !slices.ContainsFunc(roster.Devices, func(d wire.CallDevice) bool { return d.Device == c.Device.ID() }) {
			t.Fatalf("%s is not in the call", c.Person.Name)
		}
	}
}

func TestCallRoster(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t)
		start := uint64(time.Now().UnixMilli())
		in(t, p.alice.StartCall(p.garden, p.call), p.alice)
		in(t, p.carol.ExpectRoster(), p.alice)
		time.Sleep(time.Second)
		roster := p.bob.StartCall(p.garden, p.call)
		in(t, roster, p.alice, p.bob)
		joined := roster.Devices[1].Joined - start
		if roster.Call != p.call || roster.Channel != p.garden || roster.Started != start || joined < 1000 || joined > 1200 {
			t.Errorf("the roster is %+v, begun at %d", roster, start)
		}
		in(t, p.alice.ExpectRoster(), p.alice, p.bob)
		in(t, p.carol.ExpectRoster(), p.alice, p.bob)
		in(t, p.alice.HangUp(p.garden, p.call), p.bob)
		in(t, p.carol.ExpectRoster(), p.bob)
		if over := p.bob.HangUp(p.garden, p.call); len(over.Devices) != 0 || over.Call != id.NoCall {
			t.Errorf("after everybody has gone: %+v", over)
		}
		if over := p.carol.ExpectRoster(); len(over.Devices) != 0 || over.Call != p.call || over.Started != start {
			t.Errorf("carol is told %+v of the end", over)
		}
		stats := p.h.Server().Hub().Stats()
		if stats.Calls != 0 || stats.CallDevices != 0 {
			t.Errorf("%d calls and %d devices are left", stats.Calls, stats.CallDevices)
		}
	})
}

// TestCallsAreToldOnConnect: who comes while a call runs learns of it, in its own channels only.
func TestCallsAreToldOnConnect(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t)
		p.alice.StartCall(p.garden, p.call)
		p.carol.Conn.Close()
		p.carol = p.h.Login(p.carol.Person)
		in(t, p.carol.ExpectRoster(), p.alice)
		mallory := p.h.Login(hubtest.NewPerson(t, "mallory"))
		if told := rostersOf(t, mallory); told != 0 {
			t.Errorf("a stranger is told of %d calls", told)
		}
	})
}

// rostersOf counts the rosters that came until now.
func rostersOf(t *testing.T, c *hubtest.Client) (rosters int) {
	t.Helper()
	time.Sleep(time.Second)
	m := id.NewMessageID()
	if err := c.SendSignal(wire.KindCardRequest, m, &wire.CardRequest{}); err != nil {
		t.Fatal(err)
	}
	for {
		switch signal := nextSignal(t, c); {
		case signal.Kind == wire.KindCallRoster:
			rosters++
		case signal.Re == m:
			return rosters
		}
	}
}

// TestTwoStartAtOnce: both are in one call, that of the first.
func TestTwoStartAtOnce(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t)
		first := p.alice.StartCall(p.garden, p.call)
		second := p.bob.StartCall(p.garden, id.NewCallID())
		if in(t, second, p.alice, p.bob); second.Call != first.Call || second.Call != p.call {
			t.Errorf("alice is in %v, bob in %v", first.Call, second.Call)
		}
	})
}

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

// TestTimesThatADeviceTells are kept within bounds.
func TestTimesThatADeviceTells(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t)
		now := time.Now()
		future, past := uint64(now.Add(time.Hour).UnixMilli()), uint64(now.Add(-240*time.Hour).UnixMilli())
		roster, err := p.alice.TryStartCall(wire.StartCall{Channel: p.garden, Call: p.call, Started: past, Joined: future})
		if err != nil {
			t.Fatal(err)
		}
		began, joined := time.UnixMilli(int64(roster.Started)), time.UnixMilli(int64(roster.Devices[0].Joined))
		if began.Before(now.Add(-25*time.Hour)) || joined.Before(now) || joined.After(time.Now()) {
			t.Errorf("a call begun at %v, joined at %v, is believed", began, joined)
		}
		roster, err = p.bob.TryStartCall(wire.StartCall{Channel: p.garden, Call: p.call, Joined: 1})
		if err != nil || roster.Devices[0].Joined < roster.Started {
			t.Errorf("somebody was in the call before it began: %+v, %v", roster, err)
		}
	})
}

// TestHostileCalls: nobody is in a call of a channel that they are not in, nor takes another out of one.
func TestHostileCalls(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t)
		p.alice.StartCall(p.garden, p.call)
		mallory := p.h.Login(hubtest.NewPerson(t, "mallory"))
		_, ask := mallory.Roster(p.garden)
		_, start := mallory.TryStartCall(wire.StartCall{Channel: p.garden, Call: p.call})
		_, nowhere := mallory.TryStartCall(wire.StartCall{Channel: id.ChannelID{9}, Call: p.call})
		for _, err := range []error{ask, start, nowhere} {
			if codeOf(err) != wire.CodeNotMember {
				t.Errorf("mallory gets: %v", err)
			}
		}
		in(t, p.bob.HangUp(p.garden, p.call), p.alice)
		in(t, p.bob.HangUp(p.garden, id.NewCallID()), p.alice)
		p.bob.StartCall(p.garden, p.call)
		in(t, p.bob.HangUp(p.garden, id.NewCallID()), p.alice, p.bob)
		p.sync()
		for name, packet := range map[string]*wire.SignalPacket{
			"start":  {Kind: wire.KindStartCall, Payload: []byte{0xa0}},
			"end":    {Kind: wire.KindHangUp, Payload: []byte("x")},
			"roster": {Kind: wire.KindCallRoster},
			"turn":   {Kind: wire.KindICEServers, Payload: []byte{1}},
		} {
			c := p.h.Login(hubtest.NewPerson(t, name))
			if err := c.Send(packet); err != nil {
				t.Fatal(err)
			}
			c.ExpectRefusal(wire.CodeMalformed)
			c.ExpectEnd()
		}
	})
}

// TestOneCallADevice: going to another channel's call leaves the first.
func TestOneCallADevice(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t, limited(func(l *config.Limits) { l.Calls = 1 }))
		park := p.alice.Create("park", true)
		p.alice.StartCall(p.garden, p.call)
		p.sync()
		in(t, p.alice.StartCall(park, id.NewCallID()), p.alice)
		if over := p.carol.ExpectRoster(); over.Channel != p.garden || len(over.Devices) != 0 {
			t.Errorf("carol is told %+v", over)
		}
		if stats := p.h.Server().Hub().Stats(); stats.Calls != 1 || stats.CallDevices != 1 {
			t.Errorf("%+v", stats)
		}
	})
}

func TestCallLimits(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t, limited(func(l *config.Limits) { l.Calls, l.CallDevices = 1, 2 }))
		p.alice.StartCall(p.garden, p.call)
		p.bob.StartCall(p.garden, p.call)
		in(t, p.bob.StartCall(p.garden, p.call), p.alice, p.bob) // who is in may say so again
		if _, err := p.carol.TryStartCall(wire.StartCall{Channel: p.garden, Call: p.call}); codeOf(err) != wire.CodeLimit {
			t.Errorf("a third device in a call for two: %v", err)
		}
		park := p.carol.Create("park", true)
		if _, err := p.carol.TryStartCall(wire.StartCall{Channel: park, Call: id.NewCallID()}); codeOf(err) != wire.CodeLimit {
			t.Errorf("a second call on a hub for one: %v", err)
		}
		p.bob.HangUp(p.garden, p.call)
		in(t, p.carol.StartCall(p.garden, p.call), p.alice, p.carol)
	})
}

// TestCallsHaveARate: coming and going all the time is refused, as any flood of packets is.
func TestCallsHaveARate(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t)
		const rounds = 150
		for range rounds {
			for kind, payload := range map[wire.Kind]any{
				wire.KindStartCall: &wire.StartCall{Channel: p.garden, Call: p.call}, wire.KindCallRoster: &wire.CallRosterRequest{Channel: p.garden},
			} {
				if err := p.alice.SendSignal(kind, id.NewMessageID(), payload); err != nil {
					t.Fatal(err)
				}
			}
		}
		taken := 0
		for range 2 * rounds {
			if nextSignal(t, p.alice).Kind == wire.KindCallRoster {
				taken++
			}
		}
		if taken > 200 || taken < 100 {
			t.Errorf("%d packets about a call were taken at once, of %d", taken, 2*rounds)
		}
	})
}

// TestRevokedDeviceInACall is out at once.
func TestRevokedDeviceInACall(t *testing.T) {
	story(t, func(t *testing.T) {
		p := threeInAGarden(t)
		person, phone := p.bob.Person, hubtest.NewDevice(t)
		person.List(t, person.Device, phone)
		p.bob.Conn.Close()
		p.bob = p.h.Login(person)
		onPhone := p.h.ConnectOver(p.h.DialFrom("198.51.100.7"), person, phone)
		onPhone.Login("")
		in(t, onPhone.StartCall(p.garden, p.call), onPhone)
		p.sync()
		person.List(t, person.Device)
		p.bob = p.h.Login(person)
		if roster := p.carol.ExpectRoster(); len(roster.Devices) != 0 {
			t.Errorf("the revoked phone is still in the call: %+v", roster)
		}
	})
}

// TestNoICEServers: a hub without STUN and TURN says so in the welcome and when it is asked.
func TestNoICEServers(t *testing.T) {
	story(t, func(t *testing.T) {
		alice := hubtest.Start(t).Login(hubtest.NewPerson(t, "alice"))
		if given := alice.ICEServers(); len(given)+len(alice.Welcome.ICEServers) != 0 {
			t.Errorf("given %v and %v", given, alice.Welcome.ICEServers)
		}
	})
}
