package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
	"gossip/signaling/config"
	"gossip/signaling/hubtest"
)

// story runs a test on fake time.
func story(t *testing.T, tell func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, tell)
}

// inGeneral logs a person in, joined to #general and following it.
func inGeneral(h *hubtest.Hub, p *hubtest.Person) *hubtest.Client {
	c := h.Login(p)
	c.Join(c.General())
	return c
}

func TestChannelMessageReachesMembers(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := inGeneral(h, hubtest.NewPerson(t, "alice")), inGeneral(h, hubtest.NewPerson(t, "bob"))
		alice.Sync() // passes over bob's join
		general := alice.General()
		m := alice.Say(general, "hello")
		ack := alice.ExpectAck(m)
		if ack.Seq != 1 || ack.Channel != general || ack.At == 0 {
			t.Errorf("acknowledged as %+v", ack)
		}
		p := bob.ExpectText("hello")
		if p.From != alice.Device.ID() || p.ID != m || p.Seq != ack.Seq || p.At != ack.At || p.Channel != general {
			t.Errorf("bob got %+v", p)
		}
		bob.ExpectAck(bob.Say(general, "hi"))
		if p := alice.ExpectText("hi"); p.Seq != 2 { // and not her own
			t.Errorf("alice got %+v", p)
		}
	})
}

func TestDirectMessageWaitsInInbox(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		person := hubtest.NewPerson(t, "bob")
		bob := h.Login(person)
		bob.Conn.Close()
		alice := h.Login(hubtest.NewPerson(t, "alice"))
		expires := uint64(time.Now().Add(time.Hour).UnixMilli())
		m := id.NewMessageID()
		if err := alice.Send(&wire.DataPacket{Kind: wire.KindSession, ID: m, To: person.Device.ID(), Payload: []byte("for later"), Expires: expires}); err != nil {
			t.Fatal(err)
		}
		if ack := alice.ExpectAck(m); ack.Seq != 0 || ack.At == 0 {
			t.Errorf("acknowledged as %+v", ack)
		}
		bob = h.Login(person)
		bob.Ack(id.NoChannel, 0)
		p := bob.ExpectText("for later")
		if p.Kind != wire.KindSession || p.To != person.Device.ID() || p.Expires != expires || p.Seq != 1 {
			t.Errorf("bob got %+v", p)
		}
	})
}

func TestResumeAfterCut(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := inGeneral(h, hubtest.NewPerson(t, "alice")), inGeneral(h, hubtest.NewPerson(t, "bob"))
		alice.Sync()
		general := alice.General()
		alice.ExpectAck(alice.Say(general, "one"))
		first := bob.ExpectText("one")
		bob.Ack(general, first.Seq)
		bob.Conn.Cut()
		alice.ExpectAck(alice.Say(general, "two"))
		alice.ExpectAck(alice.Say(general, "three"))
		bob = h.Login(bob.Person)
		bob.Ack(general, first.Seq)
		bob.ExpectText("two")
		bob.ExpectText("three")
		alice.ExpectAck(alice.Say(general, "four"))
		bob.ExpectText("four")
	})
}

func TestSenderIsTheHubsToFill(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		person := hubtest.NewPerson(t, "alice")
		for name, p := range map[string]*wire.DataPacket{
			"from":    {From: id.DeviceID{1}},
			"seq":     {Seq: 7},
			"at":      {At: 7},
			"expires": {Expires: 1 << 60},
		} {
			alice := h.Login(person)
			p.Kind, p.ID, p.To, p.Payload = wire.KindMessage, id.NewMessageID(), alice.Device.ID(), []byte("x")
			if err := alice.Send(p); err != nil {
				t.Fatal(err)
			}
			if refusal := alice.ExpectRefusal(wire.CodeMalformed); refusal.Sentence == "" {
				t.Errorf("%s: no sentence", name)
			}
			alice.ExpectEnd()
		}
	})
}

func TestWhoMayWriteWhere(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := h.Login(hubtest.NewPerson(t, "alice")), h.Login(hubtest.NewPerson(t, "bob"))
		private := alice.Create("secret", false)
		bob.Say(private, "knock")
		bob.ExpectRefusal(wire.CodeNotMember)
		bob.Say(bob.General(), "not in yet")
		bob.ExpectRefusal(wire.CodeNotMember)
		bob.Ack(private, 0)
		bob.ExpectRefusal(wire.CodeNotMember)
		bob.Tell(id.DeviceID{9}, "nobody")
		bob.ExpectRefusal(wire.CodeUnknownDevice)
		if log := bob.Log(private); len(log) != 0 {
			t.Error("a stranger reads the log of a private channel")
		}
	})
}

func TestSentAgainIsDeliveredOnce(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := inGeneral(h, hubtest.NewPerson(t, "alice")), inGeneral(h, hubtest.NewPerson(t, "bob"))
		p := &wire.DataPacket{Kind: wire.KindMessage, ID: id.NewMessageID(), Channel: alice.General(), Payload: []byte("once")}
		var acks []wire.Ack
		for range 3 {
			if err := alice.Send(p); err != nil {
				t.Fatal(err)
			}
			acks = append(acks, alice.ExpectAck(p.ID))
		}
		if acks[1] != acks[0] || acks[2] != acks[0] {
			t.Errorf("acknowledged as %+v", acks)
		}
		alice.ExpectAck(alice.Say(alice.General(), "then"))
		bob.ExpectText("once")
		bob.ExpectText("then")
	})
}

func TestOwnOtherDeviceGetsCopy(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		p := hubtest.NewPerson(t, "alice")
		phone := hubtest.NewDevice(t)
		p.List(t, p.Device, phone)
		desk := inGeneral(h, p)
		mobile := h.ConnectOver(h.DialFrom("198.51.100.7"), p, phone)
		mobile.Login("")
		mobile.Ack(desk.General(), 0)
		mobile.Sync()
		desk.ExpectAck(desk.Say(desk.General(), "from the desk"))
		mobile.ExpectText("from the desk")
	})
}

// TestNewDeviceStartsAtItsLogin: it takes a while until a device knows its user's channels and reads them; what is said meanwhile
// is not missed.
func TestNewDeviceStartsAtItsLogin(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		p := hubtest.NewPerson(t, "alice")
		desk := inGeneral(h, p)
		desk.ExpectAck(desk.Say(desk.General(), "before"))
		phone := hubtest.NewDevice(t)
		p.List(t, p.Device, phone)
		mobile := h.ConnectOver(h.DialFrom("198.51.100.7"), p, phone)
		mobile.Login("")
		desk.ExpectAck(desk.Say(desk.General(), "meanwhile"))
		mobile.Ack(desk.General(), 0)
		mobile.ExpectText("meanwhile")
	})
}

func TestLeaverGetsNothingMore(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := inGeneral(h, hubtest.NewPerson(t, "alice")), inGeneral(h, hubtest.NewPerson(t, "bob"))
		general := alice.General()
		if _, err := bob.Post(general, membership.New(membership.Leave, time.Now())); err != nil {
			t.Fatal(err)
		}
		alice.ExpectAck(alice.Say(general, "gone?"))
		bob.Join(general)
		alice.ExpectAck(alice.Say(general, "back"))
		bob.ExpectText("back") // and nothing from between
	})
}

func TestInvitedIsTold(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob, carol := h.Login(hubtest.NewPerson(t, "alice")), h.Login(hubtest.NewPerson(t, "bob")), h.Login(hubtest.NewPerson(t, "carol"))
		private := alice.Create("secret", false)
		invite := membership.New(membership.Invite, time.Now())
		invite.Subject = bob.Person.User.ID()
		if _, err := alice.Post(private, invite); err != nil {
			t.Fatal(err)
		}
		if update := bob.ExpectUpdate(); update.Channel == private && len(update.Statements) == 1 {
			update = bob.ExpectUpdate() // the summary comes after the statement
			if len(update.Summaries) != 1 || !update.Summaries[0].Invited || update.Summaries[0].Channel != private {
				t.Errorf("bob was told %+v", update)
			}
		} else {
			t.Errorf("bob was told %+v", update)
		}
		bob.Join(private)
		alice.ExpectAck(alice.Say(private, "welcome"))
		bob.ExpectText("welcome")
		public := alice.Create("open", true)
		if update := carol.ExpectUpdate(); len(update.Summaries) != 1 || update.Summaries[0].Channel != public || update.Summaries[0].Member {
			t.Errorf("carol was told %+v, and first of the public channel", update)
		}
	})
}

func TestTypingReachesWhoIsThere(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := inGeneral(h, hubtest.NewPerson(t, "alice")), inGeneral(h, hubtest.NewPerson(t, "bob"))
		synctest.Wait() // until bob has caught up: who has not is not there yet
		for _, p := range []*wire.StreamPacket{{Channel: alice.General()}, {To: bob.Device.ID()}} {
			p.Kind, p.Payload = wire.KindTyping, []byte("…")
			if err := alice.Send(p); err != nil {
				t.Fatal(err)
			}
			if got := bob.ExpectStream(wire.KindTyping); got.From != alice.Device.ID() || got.Channel != p.Channel || got.To != p.To {
				t.Errorf("bob got %+v", got)
			}
		}
		if err := alice.Send(&wire.StreamPacket{Kind: wire.KindPresence, To: bob.Device.ID(), Payload: []byte("x")}); err != nil {
			t.Fatal(err)
		}
		alice.ExpectRefusal(wire.CodeMalformed)
	})
}

func TestPresenceIsGathered(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice := h.Login(hubtest.NewPerson(t, "alice"))
		time.Sleep(2 * time.Second)
		alice.Sync()
		bob, carol := hubtest.NewPerson(t, "bob"), hubtest.NewPerson(t, "carol")
		h.Login(bob)
		h.Login(carol).Conn.Close()
		var got wire.Presence
		if err := wire.Unmarshal(alice.ExpectStream(wire.KindPresence).Payload, &got); err != nil {
			t.Fatal(err)
		}
		seen := map[id.UserID]wire.PresenceEntry{}
		for _, entry := range got.Entries {
			seen[entry.User] = entry
		}
		if e := seen[bob.User.ID()]; !e.Online || e.Card != bob.Card.Hash() || len(seen) != 2 || seen[carol.User.ID()].Online {
			t.Errorf("alice was told %+v", got)
		}
	})
}

func TestRetentionZeroKeepsNothing(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, hubtest.WithConfig(func(c *config.Config) { c.Limits.Retention = 0 }))
		alice, bob := inGeneral(h, hubtest.NewPerson(t, "alice")), inGeneral(h, hubtest.NewPerson(t, "bob"))
		general := alice.General()
		if ack := alice.ExpectAck(alice.Say(general, "now")); ack.Seq != 0 || ack.At == 0 {
			t.Errorf("acknowledged as %+v", ack)
		}
		bob.ExpectText("now")
		bob.Conn.Cut()
		alice.ExpectAck(alice.Say(general, "nobody hears this"))
		bob = h.Login(bob.Person)
		bob.Ack(general, 0)
		bob.Sync()
		alice.ExpectAck(alice.Say(general, "again"))
		bob.ExpectText("again")
	})
}
