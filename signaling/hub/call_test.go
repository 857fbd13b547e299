package hub_test

import (
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
