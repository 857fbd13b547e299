package hub_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
	"gossip/signaling/config"
	"gossip/signaling/hub"
	"gossip/signaling/hubtest"
	"gossip/signaling/sshd"
)

// TestNothingLostNorTwice sends through cuts, restarts and crashes; what was acknowledged arrives once, in order.
func TestNothingLostNorTwice(t *testing.T) {
	weather := map[string]func(h *hubtest.Hub, alice, bob *hubtest.Client){
		"bob is cut":    func(_ *hubtest.Hub, _, bob *hubtest.Client) { bob.Conn.Cut() },
		"both are cut":  func(_ *hubtest.Hub, alice, bob *hubtest.Client) { alice.Conn.Cut(); bob.Conn.Cut() },
		"hub restarts":  func(h *hubtest.Hub, _, _ *hubtest.Client) { h.Restart() },
		"hub crashes":   func(h *hubtest.Hub, _, _ *hubtest.Client) { h.Crash() },
		"bob half-open": func(_ *hubtest.Hub, _, bob *hubtest.Client) { bob.Conn.HalfOpen() },
	}
	for name, happen := range weather {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T) { throughWeather(t, happen) })
		})
	}
}

func throughWeather(t *testing.T, happen func(h *hubtest.Hub, alice, bob *hubtest.Client)) {
	h := hubtest.Start(t)
	alice, bob := inGeneral(h, hubtest.NewPerson(t, "alice")), inGeneral(h, hubtest.NewPerson(t, "bob"))
	general := alice.General()
	var seen []string
	var last uint64
	for round := range 4 {
		for i := range 5 {
			alice.ExpectAck(alice.Say(general, fmt.Sprint(round, i)))
		}
		for range 2 { // he reads some, and acknowledges less
			p := bob.ExpectData()
			seen, last = append(seen, string(p.Payload)), p.Seq
		}
		bob.Ack(general, last-1)
		happen(h, alice, bob)
		alice, bob = h.Login(alice.Person), h.Login(bob.Person)
		alice.Ack(general, 0)
		bob.Ack(general, last)
		for range 3 {
			p := bob.ExpectData()
			seen, last = append(seen, string(p.Payload)), p.Seq
		}
	}
	for i, text := range seen {
		if want := fmt.Sprint(i/5, i%5); text != want {
			t.Fatalf("message %d is %q, want %q: %q", i, text, want, seen)
		}
	}
}

// TestOwnPacketHidesNobodys: a device's cursor passes its own packets, but not what others said before them and the device has
// not confirmed: a connection may end before that comes through.
func TestOwnPacketHidesNobodys(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := inGeneral(h, hubtest.NewPerson(t, "alice")), inGeneral(h, hubtest.NewPerson(t, "bob"))
		general := alice.General()
		alice = h.Login(alice.Person) // does not read #general yet
		bob.ExpectAck(bob.Say(general, "before"))
		alice.ExpectAck(alice.Say(general, "hers"))
		bob.ExpectText("hers")
		bob.ExpectAck(bob.Say(general, "after"))
		alice.Conn.Delay(time.Second)
		alice.Ack(general, 0)
		time.Sleep(1500 * time.Millisecond) // the hub has sent it all, and nothing has come through
		alice.Conn.Cut()
		bob.Ack(general, 3)
		time.Sleep(time.Minute) // the hub drops what all have
		alice = h.Login(alice.Person)
		alice.Ack(general, 0)
		alice.ExpectText("before")
		alice.ExpectText("after")
	})
}

// TestJoinSurvivesCrash: what was said after a join is not missed although cursors reach the disk lazily.
func TestJoinSurvivesCrash(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := inGeneral(h, hubtest.NewPerson(t, "alice")), h.Login(hubtest.NewPerson(t, "bob"))
		general := alice.General()
		alice.ExpectAck(alice.Say(general, "before"))
		bob.Join(general)
		bob.Conn.Cut()
		alice.ExpectAck(alice.Say(general, "after"))
		h.Crash()
		alice = h.Login(alice.Person)
		alice.Ack(general, 2) // all that there is: the hub must not drop it
		time.Sleep(time.Minute)
		bob = h.Login(bob.Person)
		bob.Ack(general, 0)
		bob.ExpectText("after")
	})
}

// TestJoinIsTheLastThingBeforeACrash: whose statement reached the disk and nothing after it is in, and misses nothing of what
// is said before they are back.
func TestJoinIsTheLastThingBeforeACrash(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := inGeneral(h, hubtest.NewPerson(t, "alice")), h.Login(hubtest.NewPerson(t, "bob"))
		general := alice.General()
		alice.ExpectAck(alice.Say(general, "before"))
		h.DieAt(2)
		if _, err := bob.Post(general, membership.New(membership.Join, time.Now())); err == nil {
			t.Fatal("the hub has answered")
		}
		synctest.Wait()
		if !h.Dead() {
			t.Fatal("the hub lives: the joining takes fewer writes than it took")
		}
		h.Crash()
		alice = h.Login(alice.Person)
		alice.Ack(general, 1)
		alice.ExpectAck(alice.Say(general, "after"))
		bob = h.Login(bob.Person)
		bob.Ack(general, 0)
		bob.ExpectText("after")
	})
}

func TestTrimsWhatAllHave(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		p := hubtest.NewPerson(t, "bob")
		bob, alice := h.Login(p), h.Login(hubtest.NewPerson(t, "alice"))
		bob.Ack(id.NoChannel, 0)
		for i := range 3 {
			alice.ExpectAck(alice.Tell(p.Device.ID(), fmt.Sprint(i)))
			bob.ExpectText(fmt.Sprint(i))
		}
		bob.Ack(id.NoChannel, 2)
		bob.Sync()
		bob.Conn.Cut()
		time.Sleep(time.Minute)
		bob = h.Login(p)
		bob.Ack(id.NoChannel, 0) // from the hub's cursor, not from the start
		bob.ExpectText("2")
	})
}

func TestExpiredIsTold(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, hubtest.WithConfig(func(c *config.Config) { c.Limits.Retention = time.Hour }))
		p := hubtest.NewPerson(t, "bob")
		bob, alice := h.Login(p), h.Login(hubtest.NewPerson(t, "alice"))
		bob.Conn.Cut()
		for i := range 3 {
			alice.ExpectAck(alice.Tell(p.Device.ID(), fmt.Sprint(i)))
		}
		time.Sleep(2 * time.Hour)
		alice = h.Login(alice.Person)
		alice.ExpectAck(alice.Tell(p.Device.ID(), "new"))
		bob = h.Login(p)
		bob.Ack(id.NoChannel, 0)
		var notice wire.ExpiredNotice
		if err := wire.Unmarshal(bob.ExpectRefusal(wire.CodeExpired).Detail, &notice); err != nil || notice.Count != 3 || notice.After != 0 {
			t.Errorf("bob was told %+v, %v", notice, err)
		}
		bob.ExpectText("new")
	})
}

// TestSlowIsCutAndResumes: a member who does not read is cut; the others get everything meanwhile, and so does he later.
func TestSlowIsCutAndResumes(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, unlimitedRate, hubtest.WithTune(func(l *hub.Limits, _ *sshd.Limits) { l.QueueBytes = 512 << 10 }))
		alice, bob, carol := inGeneral(h, hubtest.NewPerson(t, "alice")), inGeneral(h, hubtest.NewPerson(t, "bob")), inGeneral(h, hubtest.NewPerson(t, "carol"))
		general := alice.General()
		const messages = 60 // of 64 KiB: more than the windows of the transport and of SSH and the queue together
		start := time.Now()
		for i := range messages {
			alice.ExpectAck(alice.Say(general, large(i)))
			carol.ExpectText(large(i))
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("carol waited %v for bob", took)
		}
		synctest.Wait()
		if stats := h.Server().Hub().Stats(); stats.Slow != 1 {
			t.Errorf("%d sessions were cut for being slow", stats.Slow)
		}
		bob.ExpectEnd()
		bob = h.Login(bob.Person)
		bob.Ack(general, 0)
		for i := range messages {
			bob.ExpectText(large(i))
		}
	})
}

func large(i int) string { return fmt.Sprintf("%0*d", 64<<10, i) }

var unlimitedRate = hubtest.WithConfig(func(c *config.Config) {
	c.Limits.PacketsPerSecond, c.Limits.PacketBurst = 1e6, 1e6
})

// TestCrowdSlowsItsSender: when all in a room read more slowly than one sends, the sender waits and nobody is cut.
func TestCrowdSlowsItsSender(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, unlimitedRate, hubtest.WithTune(func(l *hub.Limits, _ *sshd.Limits) { l.QueueBytes = 1 << 20 }))
		alice := inGeneral(h, hubtest.NewPerson(t, "alice"))
		const messages = 100 // of 64 KiB
		done := make(chan string, 20)
		for i := range cap(done) {
			c := inGeneral(h, hubtest.NewPerson(t, fmt.Sprint("reader ", i)))
			c.Conn.Limit(1 << 20)
			go func() {
				var last string
				for last != large(messages-1) {
					p, err := c.Receive()
					if err != nil {
						break
					}
					if data, ok := p.(*wire.DataPacket); ok {
						last = string(data.Payload)
					}
				}
				done <- last
			}()
		}
		for i := range messages {
			alice.Say(alice.General(), large(i))
		}
		for range cap(done) {
			if last := <-done; last != large(messages-1) {
				t.Error("a reader ended with another message")
			}
		}
		if stats := h.Server().Hub().Stats(); stats.Slow != 0 {
			t.Errorf("%d sessions were cut", stats.Slow)
		}
	})
}

// TestStuckWriteIsCut: a write that does not end is a device that is gone.
func TestStuckWriteIsCut(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t, unlimitedRate)
		alice, bob := inGeneral(h, hubtest.NewPerson(t, "alice")), inGeneral(h, hubtest.NewPerson(t, "bob"))
		for i := range 50 { // less than the queue holds
			alice.ExpectAck(alice.Say(alice.General(), large(i)))
		}
		alice.Conn.Close()
		time.Sleep(time.Minute)
		synctest.Wait()
		if stats := h.Server().Hub().Stats(); stats.Slow != 1 || stats.Sessions != 0 {
			t.Errorf("after a minute: %+v", stats)
		}
		bob.ExpectEnd()
	})
}

func TestShutdownTellsAndFinishes(t *testing.T) {
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice, bob := inGeneral(h, hubtest.NewPerson(t, "alice")), inGeneral(h, hubtest.NewPerson(t, "bob"))
		m := alice.Say(alice.General(), "just before")
		bob.ExpectText("just before")
		stopped := make(chan struct{})
		go func() { h.Stop(); close(stopped) }()
		alice.ExpectAck(m)
		if refusal := alice.ExpectRefusal(wire.CodeShutdown); refusal.RetryAfter == 0 {
			t.Error("alice was not told when to come back")
		}
		alice.ExpectEnd()
		bob.ExpectRefusal(wire.CodeShutdown)
		<-stopped
		if _, err := h.Dial(t.Context(), ""); err == nil {
			t.Error("a hub that is down takes connections")
		}
	})
}
