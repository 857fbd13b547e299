package hub_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
	"gossip/signaling/hubtest"
)

// TestRemovedDuringHandshake: a stolen device that waits within its handshake while its owner takes it off the list
// does not get in.
func TestRemovedDuringHandshake(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		p := hubtest.NewPerson(t, "alice")
		phone := hubtest.NewDevice(t)
		p.List(t, p.Device, phone)
		h.Login(p).Conn.Close()
		stolen := h.ConnectOver(h.DialFrom("198.51.100.7"), p, phone)
		if err := stolen.Greet(); err != nil {
			t.Fatal(err)
		}
		p.List(t, p.Device)
		h.Login(p)
		if err := stolen.Prove(""); codeOf(err) != wire.CodeCard {
			t.Errorf("the stolen phone proved itself with: %v", err)
		}
		stolen.ExpectEnd()
	})
}

// TestPasswordsGuessedAtOnce: many connections from one address get no more guesses than one.
func TestPasswordsGuessedAtOnce(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, hubtest.WithPassword("open sesame"))
		const connections = 12
		tried := make(chan error, connections)
		start := time.Now()
		for i := range connections {
			c := h.ConnectOver(h.DialFrom("198.51.100.7"), hubtest.NewPerson(t, fmt.Sprint("mallory ", i)), nil)
			if err := c.Greet(); err != nil {
				t.Fatal(err)
			}
			go func() { tried <- c.Prove(fmt.Sprint("guess ", i)) }()
		}
		guesses := 0
		for range connections {
			var refusal *wire.Error
			if errors.As(<-tried, &refusal) && refusal.Code == wire.CodePassword && refusal.RetryAfter == 0 {
				guesses++
			}
		}
		if took := time.Since(start); guesses < 2 || guesses > 5 {
			t.Errorf("%d guesses were judged within %v, at most 5 may be", guesses, took)
		}
	})
}

// TestSameIDOfAnother: nobody can keep a packet from its recipient by sending one with the same id before.
func TestSameIDOfAnother(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		bob := h.Login(hubtest.NewPerson(t, "bob"))
		bob.Ack(id.NoChannel, 0)
		alice, mallory := h.Login(hubtest.NewPerson(t, "alice")), h.Login(hubtest.NewPerson(t, "mallory"))
		m := id.NewMessageID()
		for _, c := range []*hubtest.Client{mallory, alice} {
			packet := &wire.DataPacket{Kind: wire.KindMessage, ID: m, To: bob.Device.ID(), Payload: []byte(c.Person.Name)}
			if err := c.Send(packet); err != nil {
				t.Fatal(err)
			}
			c.ExpectAck(m)
			bob.ExpectText(c.Person.Name)
		}
	})
}

// TestStatementSentAgainIsNotToldAgain: whoever has seen a statement could have everybody told of it all the time.
func TestStatementSentAgainIsNotToldAgain(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := h.Login(hubtest.NewPerson(t, "alice")), h.Login(hubtest.NewPerson(t, "bob"))
		garden := alice.Create("garden", true)
		mallory := h.Login(hubtest.NewPerson(t, "mallory"))
		bob.ExpectUpdate()
		for _, statement := range alice.Log(garden) {
			if _, err := mallory.PostRaw(statement); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		if told := updatesOf(t, bob); told != 0 {
			t.Errorf("bob was told %d times more", told)
		}
	})
}

// updatesOf counts the channel updates that came until now.
func updatesOf(t *testing.T, c *hubtest.Client) (updates int) {
	t.Helper()
	m := id.NewMessageID()
	if err := c.SendSignal(wire.KindCardRequest, m, &wire.CardRequest{}); err != nil {
		t.Fatal(err)
	}
	for {
		switch signal := nextSignal(t, c); {
		case signal.Kind == wire.KindChannelUpdate:
			updates++
		case signal.Re == m:
			return updates
		}
	}
}

// TestLargePacketsCountMore: the rate is one of bytes too.
func TestLargePacketsCountMore(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice := h.Login(hubtest.NewPerson(t, "alice"))
		taken := 0
		for range 150 {
			alice.Tell(alice.Device.ID(), large(0)) // 64 KiB, five times what counts as one packet
			if nextSignal(t, alice).Kind == wire.KindAck {
				taken++
			}
		}
		if taken != 40 {
			t.Errorf("%d packets of 64 KiB were taken at once, want a fifth of the burst", taken)
		}
	})
}

// TestAskingTheSameCardOften: a small request must not bring a hundred copies of one card, nor one name take long.
func TestAskingTheSameCardOften(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice := h.Login(hubtest.NewPerson(t, "alice"))
		request := wire.CardRequest{Names: []string{strings.Repeat("ﷺ", 4000)}}
		for range wire.MaxCardsWanted {
			request.Users = append(request.Users, wire.WantedCard{User: alice.Person.User.ID()})
		}
		if cards, end := ask(t, alice, request); len(cards) != 1 || end.Missing != 1 {
			t.Errorf("got %d cards, %d missing", len(cards), end.Missing)
		}
	})
}

// TestWelcomeMissesNothing: a change to a channel while a member logs in is in the welcome, or told after it.
func TestWelcomeMissesNothing(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := h.Login(hubtest.NewPerson(t, "alice")), h.Login(hubtest.NewPerson(t, "bob"))
		garden := alice.Create("garden", true)
		bob.Join(garden)
		for i := range 60 {
			bob.Conn.Close()
			time.Sleep(time.Second)
			posted := make(chan error)
			invite := membership.New(membership.Invite, time.Now())
			invite.Subject = id.UserID{1, byte(i)}
			head := alice.State(garden).Head
			invite.Channel, invite.Previous, invite.User, invite.Device = garden, head, alice.Person.User.ID(), alice.Device.ID()
			encoded, err := invite.Sign(alice.Device)
			if err != nil {
				t.Fatal(err)
			}
			bob = h.Connect(bob.Person)
			if err := bob.Greet(); err != nil {
				t.Fatal(err)
			}
			go func() {
				_, err := alice.PostRaw(encoded)
				posted <- err
			}()
			if err := errors.Join(bob.Prove(""), <-posted); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			known := uint64(updatesOf(t, bob))
			for _, summary := range bob.Welcome.Channels {
				if summary.Channel == garden {
					known += summary.Length
				}
			}
			if want := uint64(3 + i); known < want {
				t.Fatalf("login %d: bob knows of %d changes, of %d", i, known, want)
			}
		}
	})
}

// TestRemovedWhileSubscribing: who is removed in the moment in which it begins to follow the channel follows nothing.
func TestRemovedWhileSubscribing(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice := h.Login(hubtest.NewPerson(t, "alice"))
		garden := alice.Create("garden", true)
		bob := h.Login(hubtest.NewPerson(t, "bob"))
		for i := range 40 {
			if _, err := bob.Post(garden, membership.New(membership.Join, time.Now())); err != nil {
				t.Fatal(err)
			}
			remove := membership.New(membership.Remove, time.Now())
			remove.Subject, remove.Channel, remove.Previous = bob.Person.User.ID(), garden, alice.State(garden).Head
			remove.User, remove.Device = alice.Person.User.ID(), alice.Device.ID()
			encoded, err := remove.Sign(alice.Device)
			if err != nil {
				t.Fatal(err)
			}
			removed := make(chan error)
			go func() {
				_, err := alice.PostRaw(encoded)
				removed <- err
			}()
			for range i % 8 {
				bob.Ack(id.NoChannel, 0)
			}
			bob.Ack(garden, 0)
			if err := <-removed; err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			alice.ExpectAck(alice.Say(garden, "is he gone?"))
			if got := dataOf(t, bob); got != 0 {
				t.Fatalf("round %d: bob gets the channel's packets", i)
			}
		}
	})
}

// dataOf counts the data packets that came until now.
func dataOf(t *testing.T, c *hubtest.Client) (packets int) {
	t.Helper()
	m := id.NewMessageID()
	if err := c.SendSignal(wire.KindCardRequest, m, &wire.CardRequest{}); err != nil {
		t.Fatal(err)
	}
	for {
		p, err := c.Receive()
		if err != nil {
			t.Fatal(err)
		}
		switch p := p.(type) {
		case *wire.DataPacket:
			packets++
		case *wire.SignalPacket:
			if p.Re == m {
				return packets
			}
		}
	}
}
