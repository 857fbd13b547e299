package hub_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
	"gossip/signaling/hubtest"
)

// TestAttackersDoNotDisturb: 200 people talk while others send garbage, frames of any size, half packets, the same
// packet again and again, floods, and open connections to leave them half-open.
func TestAttackersDoNotDisturb(t *testing.T) {
	const people = 200
	story(t, func(t *testing.T) {
		h := hubtest.Start(t)
		var good []*hubtest.Client
		for i := range people {
			good = append(good, inGeneral(h, hubtest.NewPerson(t, fmt.Sprintf("person %d", i))))
		}
		done := make(chan struct{})
		for name, attack := range attacks {
			c := h.Connect(hubtest.NewPerson(t, name))
			go func() {
				attack(c)
				done <- struct{}{}
			}()
		}
		for round := range 5 {
			text := fmt.Sprint("round ", round)
			start := time.Now()
			good[round].ExpectAck(good[round].Say(good[0].General(), text))
			for i, c := range good {
				if i != round {
					c.ExpectText(text)
				}
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("round %d took %v", round, took)
			}
			time.Sleep(time.Second)
		}
		for range attacks {
			<-done
		}
		time.Sleep(5 * time.Minute) // half-open connections are found by their silence
		synctest.Wait()
		if sessions := h.Server().Hub().Stats().Sessions; sessions != people {
			t.Errorf("%d sessions are left of %d", sessions, people)
		}
	})
}

// attacks are what bad clients do with an authenticated connection.
var attacks = map[string]func(c *hubtest.Client){
	"raw garbage":     func(c *hubtest.Client) { io.CopyN(c.Channel, rand.Reader, 1<<20) },
	"transport noise": func(c *hubtest.Client) { io.CopyN(c.Conn, rand.Reader, 1<<16) },
	"garbage inside":  loggedIn(func(c *hubtest.Client) { io.CopyN(c.Channel, rand.Reader, 1<<20) }),
	"oversized":       loggedIn(func(c *hubtest.Client) { c.SendRaw([]byte{0xff, 0xff, 0xff, 0xff, 1}) }),
	"empty frame":     loggedIn(func(c *hubtest.Client) { c.SendRaw([]byte{0, 0, 0, 0}) }),
	"truncated":       loggedIn(func(c *hubtest.Client) { c.SendRaw([]byte{0, 0, 1, 0, 1, 0xa4}); c.Channel.CloseWrite() }),
	"unknown class":   loggedIn(func(c *hubtest.Client) { c.SendRaw([]byte{0, 0, 0, 2, 9, 0xa0}) }),
	"repeated": loggedIn(func(c *hubtest.Client) {
		p := &wire.DataPacket{Kind: wire.KindMessage, ID: id.MessageID{1}, To: c.Device.ID(), Payload: []byte("again")}
		for range 150 {
			c.Send(p)
		}
		c.Conn.Close()
	}),
	"flood": loggedIn(func(c *hubtest.Client) {
		for c.SendSignal(wire.KindCardRequest, id.NewMessageID(), &wire.CardRequest{Names: []string{"person 1"}}) == nil {
		}
	}),
	"half-open before login": func(c *hubtest.Client) { c.Conn.HalfOpen() },
	"half-open":              loggedIn(func(c *hubtest.Client) { c.Ack(id.NoChannel, 0); c.Conn.HalfOpen() }),
	"never reads": loggedIn(func(c *hubtest.Client) {
		for range 150 {
			c.Tell(c.Device.ID(), large(0))
		}
		c.Conn.HalfOpen()
	}),
}

func loggedIn(then func(c *hubtest.Client)) func(c *hubtest.Client) {
	return func(c *hubtest.Client) {
		if c.TryLogin("") == nil {
			then(c)
		}
	}
}
