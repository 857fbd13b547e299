package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
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
