package hub_test

import (
	"fmt"
	"testing"
	"time"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
	"gossip/signaling/config"
	"gossip/signaling/hub"
	"gossip/signaling/hubtest"
)

func limited(change func(l *config.Limits)) hubtest.Option {
	return hubtest.WithConfig(func(c *config.Config) { change(&c.Limits) })
}

// TestRateKeepsOrder: what follows a refused packet is refused too until the wait is over, so nothing overtakes it.
func TestRateKeepsOrder(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, limited(func(l *config.Limits) { l.PacketsPerSecond, l.PacketBurst = 10, 20 }))
		alice, bob := h.Login(hubtest.NewPerson(t, "alice")), hubtest.NewPerson(t, "bob")
		h.Login(bob)
		var ids []id.MessageID
		for i := range 30 {
			ids = append(ids, alice.Tell(bob.Device.ID(), fmt.Sprint(i)))
		}
		taken, refused := 0, 0
		var wait time.Duration
		for range ids {
			signal := nextSignal(t, alice)
			switch signal.Kind {
			case wire.KindAck:
				if taken++; refused > 0 && signal.Re != ids[taken-1] {
					t.Fatal("a packet was taken after one was refused")
				}
			case wire.KindError:
				var refusal wire.Error
				if err := wire.Unmarshal(signal.Payload, &refusal); err != nil || refusal.Code != wire.CodeRate || refusal.RetryAfter == 0 {
					t.Fatalf("refused with %+v, %v", refusal, err)
				}
				refused++
				wait = refusal.Wait()
			}
		}
		if taken != 20 || refused != 10 {
			t.Errorf("%d were taken and %d refused, want 20 and 10", taken, refused)
		}
		time.Sleep(wait - time.Millisecond) // some tokens are there again
		alice.Tell(bob.Device.ID(), "too early")
		alice.ExpectRefusal(wire.CodeRate)
		time.Sleep(wait)
		alice.ExpectAck(alice.Tell(bob.Device.ID(), "after the wait"))
	})
}

func nextSignal(t *testing.T, c *hubtest.Client) *wire.SignalPacket {
	t.Helper()
	for {
		p, err := c.Receive()
		if err != nil {
			t.Fatal(err)
		}
		if signal, ok := p.(*wire.SignalPacket); ok {
			return signal
		}
	}
}

func TestFloodIsCut(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, limited(func(l *config.Limits) { l.PacketsPerSecond, l.PacketBurst = 10, 20 }))
		for name, send := range map[string]func(c *hubtest.Client) error{
			"messages": func(c *hubtest.Client) error {
				return c.Send(&wire.DataPacket{Kind: wire.KindMessage, ID: id.NewMessageID(), To: c.Device.ID(), Payload: []byte("x")})
			},
			"acks": func(c *hubtest.Client) error {
				return c.SendSignal(wire.KindAck, id.NoMessage, &wire.Ack{Seq: 1})
			},
			"typing": func(c *hubtest.Client) error {
				return c.Send(&wire.StreamPacket{Kind: wire.KindTyping, To: c.Device.ID(), Payload: []byte("x")})
			},
		} {
			c := h.Login(hubtest.NewPerson(t, name))
			go func() {
				for send(c) == nil {
				}
			}()
			var last error
			for last == nil {
				var p wire.Packet
				if p, last = c.Receive(); last == nil {
					if signal, ok := p.(*wire.SignalPacket); ok && signal.Kind == wire.KindError {
						var refusal wire.Error
						if err := wire.Unmarshal(signal.Payload, &refusal); err == nil && refusal.Code == wire.CodeFlood {
							last = &refusal
						}
					}
				}
			}
			if codeOf(last) != wire.CodeFlood {
				t.Errorf("%s: ended with %v", name, last)
			}
			c.Conn.Close()
		}
	})
}

func TestInboxDropsOldest(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, unlimitedRate, limited(func(l *config.Limits) { l.Inbox = 1 << 20 }))
		p := hubtest.NewPerson(t, "bob")
		bob, alice := h.Login(p), h.Login(hubtest.NewPerson(t, "alice"))
		bob.Conn.Cut()
		for i := range 20 { // of 64 KiB
			alice.ExpectAck(alice.Tell(p.Device.ID(), large(i)))
		}
		time.Sleep(11 * time.Minute)
		bob = h.Login(p)
		bob.Ack(id.NoChannel, 0)
		var notice wire.ExpiredNotice
		if err := wire.Unmarshal(bob.ExpectRefusal(wire.CodeExpired).Detail, &notice); err != nil || notice.Count < 4 || notice.Count > 6 {
			t.Fatalf("bob was told %+v, %v", notice, err)
		}
		for i := int(notice.Count); i < 20; i++ {
			bob.ExpectText(large(i))
		}
	})
}

func TestChannelsAreLimited(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, limited(func(l *config.Limits) { l.Channels = 2 }))
		alice := h.Login(hubtest.NewPerson(t, "alice"))
		alice.Create("one", false)
		statement := membership.New(membership.Create, time.Now())
		statement.Text = "two"
		if _, err := alice.Post(id.NoChannel, statement); codeOf(err) != wire.CodeLimit {
			t.Errorf("a channel over the limit: %v", err)
		}
	})
}

func TestAccountsAreLimited(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, limited(func(l *config.Limits) { l.Accounts = 2 }))
		alice := hubtest.NewPerson(t, "alice")
		h.Login(alice)
		h.Login(hubtest.NewPerson(t, "bob"))
		if err := h.Connect(hubtest.NewPerson(t, "carol")).TryLogin(""); codeOf(err) != wire.CodeLimit {
			t.Errorf("an account over the limit: %v", err)
		}
		alice.List(t, alice.Device, hubtest.NewDevice(t))
		h.Login(alice) // with a new card
	})
}

func TestNamesAreLimited(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, limited(func(l *config.Limits) { l.NameBytes = 8 }))
		if err := h.Connect(hubtest.NewPerson(t, "alice of the hill")).TryLogin(""); codeOf(err) != wire.CodeNameTaken {
			t.Errorf("a name over the limit: %v", err)
		}
		alice := h.Login(hubtest.NewPerson(t, "alice"))
		alice.Create("garden", true)
		statement := membership.New(membership.Create, time.Now())
		statement.Text = "gardenwall"
		if _, err := alice.Post(id.NoChannel, statement); codeOf(err) != wire.CodeLimit {
			t.Errorf("a channel's name over the limit: %v", err)
		}
	})
}

func TestLimitsAreChecked(t *testing.T) {
	good := hub.DefaultLimits()
	for name, change := range map[string]func(l *hub.Limits){
		"rate": func(l *hub.Limits) { l.PacketsPerSecond = 0 }, "burst": func(l *hub.Limits) { l.PacketBurst = 0 },
		"queue": func(l *hub.Limits) { l.QueueBytes = 1 }, "memory": func(l *hub.Limits) { l.MemoryBytes = 1 },
		"write": func(l *hub.Limits) { l.WriteTimeout = 0 }, "tries": func(l *hub.Limits) { l.PasswordTries = 0 },
		"accounts": func(l *hub.Limits) { l.Accounts = 0 }, "name": func(l *hub.Limits) { l.NameBytes = 0 }, "retention": func(l *hub.Limits) { l.Retention = -1 },
	} {
		bad := good
		change(&bad)
		if err := bad.Validate(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
}
