package backendtest

import (
	"context"
	"slices"
	"testing"
	"time"

	"gossip/backend"
	"gossip/common/identity"
	"gossip/signaling/hubtest"
)

// A phrase typed into an empty profile gives back the same user on another device; what is written from then on reaches
// both, and what is read on one is read on the other.
func TestTwoDevicesOfOneUser(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		alice.say(alice.with(bob), "before the laptop")
		bob.sees(bob.with(alice), "before the laptop")
		laptop := w.restored(bob, "bob's laptop")
		if laptop.user != bob.user || laptop.id == bob.id {
			t.Fatal("the phrase gave back another user, or the same device")
		}
		if one, other := bob.client.Me().Fingerprint, laptop.client.Me().Fingerprint; one != other || one == "" {
			t.Errorf("the fingerprint was %s and is %s", one, other)
		}
		w.rest(10 * time.Second)
		alice.say(alice.with(bob), "to both")
		alice.say(w.general, "to all")
		for _, d := range []*device{bob, laptop} {
			d.sees(d.with(alice), "to both")
			d.sees(w.general, "to all")
		}
		bob.say(bob.with(alice), "from the desk")
		laptop.say(laptop.with(alice), "from the sofa")
		alice.sees(alice.with(bob), "from the desk")
		alice.sees(alice.with(bob), "from the sofa")
		if m := laptop.sees(laptop.with(alice), "from the desk"); !m.Mine || m.State != backend.Sent && m.State != backend.Delivered {
			t.Errorf("the laptop shows bob's own words as %+v", m)
		}
		bob.sees(bob.with(alice), "from the sofa")
		laptop.say(w.general, "bob, from the sofa")
		alice.sees(w.general, "bob, from the sofa")
		bob.sees(w.general, "bob, from the sofa")
		for _, text := range laptop.texts(laptop.with(alice)) {
			if text == "before the laptop" {
				t.Error("the laptop shows what was said before it was there")
			}
		}
	})
}

// What is read on one device is read on the other, also one that was off, and a disappearing message goes on both as soon
// as its time is over since it was read on the first.
func TestReadStateReachesTheOtherDevice(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		laptop := w.restored(bob, "bob's laptop")
		w.rest(10 * time.Second)
		m, err := alice.client.Send(alice.with(bob), backend.Draft{Text: "for five minutes", ExpiresIn: 5 * time.Minute})
		check(t, err)
		bob.sees(bob.with(alice), "for five minutes")
		laptop.sees(laptop.with(alice), "for five minutes")
		laptop.close()
		check(t, bob.client.MarkRead(bob.with(alice), m))
		read := time.Now()
		w.rest(time.Minute)
		laptop.open()
		w.rest(10 * time.Second)
		info, err := laptop.client.Conversation(laptop.with(alice))
		check(t, err)
		if info.Unread != 0 {
			t.Errorf("the laptop has %d unread messages", info.Unread)
		}
		time.Sleep(time.Until(read.Add(5*time.Minute + time.Second)))
		for _, d := range []*device{alice, bob, laptop} {
			conv := d.with(alice)
			if d == alice {
				conv = d.with(bob)
			}
			if slices.Contains(d.texts(conv), "for five minutes") {
				t.Errorf("%s still shows the message", d.name)
			}
		}
	})
}

// A device that joins while another one is off, and both while the hub crashes: in the end each knows the other.
func TestDevicesMeetThroughWeather(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		bob.line.each((*hubtest.Conn).HalfOpen)
		laptop := w.restored(bob, "bob's laptop")
		w.hub.Crash()
		w.rest(time.Minute)
		bob.kill()
		alice.say(alice.with(bob), "to all of you")
		laptop.sees(laptop.with(alice), "to all of you")
		laptop.kill()
		bob.open()
		bob.sees(bob.with(alice), "to all of you")
		bob.say(w.general, "hello, laptop")
		laptop.open()
		laptop.sees(w.general, "hello, laptop")
		tablet := w.restored(laptop, "bob's tablet")
		w.rest(time.Minute)
		alice.say(alice.with(bob), "to three devices")
		for _, d := range []*device{bob, laptop, tablet} {
			d.sees(d.with(alice), "to three devices")
		}
	})
}

// A device that was away takes what a new member said about a channel through the inbox, although the statement that let
// them in comes another way and later.
func TestInboxWaitsForTheLogs(t *testing.T) {
	story(t, func(w *world) {
		alice, carol := w.join("alice"), w.join("carol")
		laptop := w.restored(alice, "alice's laptop")
		ctx, done := context.WithTimeout(context.Background(), patience)
		defer done()
		den := alice.den("den", true)
		w.rest(10 * time.Second)
		laptop.close()
		check(t, carol.client.JoinChannel(ctx, den))
		m, err := alice.client.Send(den, backend.Draft{Text: "welcome"})
		check(t, err)
		carol.sees(den, "welcome")
		check(t, carol.client.MarkRead(den, m))
		w.rest(10 * time.Second)
		laptop.open()
		w.rest(10 * time.Second)
		if shown := laptop.sees(den, "welcome"); shown.State != backend.Read {
			t.Errorf("the laptop shows %q although carol has read it", shown.State)
		}
	})
}

// A device that was off until its subkey was over connects with a new one, although nothing but the connection renews it.
func TestConnectingRenewsTheSubkey(t *testing.T) {
	story(t, func(w *world) {
		bob := w.join("bob")
		bob.close()
		w.rest(identity.SubkeyLifetime + 24*time.Hour)
		client, err := backend.New(backend.Options{Dir: bob.dir, Unlock: unlock, Dial: w.hub.Dial})
		check(t, err)
		defer client.Close()
		check(t, client.Reconnect(w.hubID))
		w.rest(10 * time.Second)
		if hub := client.Hubs()[0]; hub.State != backend.HubOnline {
			t.Errorf("bob is %s: %s", hub.State, hub.Detail)
		}
	})
}
