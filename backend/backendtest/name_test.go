package backendtest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gossip/backend"
)

// A new name reaches everybody on the hub and one's own other devices; one that is taken changes nothing.
func TestSetName(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		laptop := w.restored(alice, "alice's laptop")
		w.rest(10 * time.Second)
		check(t, alice.client.SetName(context.Background(), "Alice Liddell"))
		if name := alice.client.Me().Name; name != "Alice Liddell" {
			t.Errorf("alice is called %q", name)
		}
		alice.say(alice.with(bob), "it's me")
		if m := bob.sees(bob.with(alice), "it's me"); m.FromName != "Alice Liddell" {
			t.Errorf("bob sees a message of %q", m.FromName)
		}
		if p, err := bob.client.FindUser(context.Background(), w.hubID, "alice liddell"); err != nil || p.User != alice.user.String() || p.Warning != "" {
			t.Errorf("bob finds %+v, %v", p, err)
		}
		check(t, laptop.client.Reconnect(w.hubID))
		laptop.kill()
		laptop.open()
		w.rest(10 * time.Second)
		if name := laptop.client.Me().Name; name != "Alice Liddell" {
			t.Errorf("the laptop calls her %q", name)
		}
		err := alice.client.SetName(context.Background(), "b0b")
		if err == nil || !strings.Contains(err.Error(), "taken") {
			t.Errorf("a taken name gave %v", err)
		}
		w.rest(10 * time.Second)
		if hub := alice.client.Hubs()[0]; alice.client.Me().Name != "Alice Liddell" || hub.State != backend.HubOnline || hub.Account != "Alice Liddell" {
			t.Errorf("after a refusal it is %q, %+v", alice.client.Me().Name, hub)
		}
		alice.say(alice.with(bob), "still me")
		bob.sees(bob.with(alice), "still me")
		if alice.client.SetName(context.Background(), "no@name") == nil {
			t.Error("a name that can't be was taken")
		}
		alice.line.setDown(true)
		w.rest(time.Minute)
		check(t, alice.client.SetName(context.Background(), "alice"))
		alice.line.setDown(false)
		w.rest(5 * time.Minute)
		if p, err := bob.client.FindUser(context.Background(), w.hubID, "alice"); err != nil || p.Name != "alice" {
			t.Errorf("later bob finds %+v, %v", p, err)
		}
	})
}

// Others join by the link that a member's list of hubs shows.
func TestTheHubsLink(t *testing.T) {
	story(t, func(w *world) {
		alice := w.join("alice")
		alice.kill()
		alice.open()
		link := alice.client.Hubs()[0].Link
		w.rest(time.Second)
		if now := alice.client.Hubs()[0].Link; now != link || !strings.HasPrefix(link, "gossip://hub.example:1720/#h=") {
			t.Fatalf("the link is %q and %q", link, now)
		}
		bob := w.newDevice("bob", "bob")
		bob.open()
		check(t, bob.client.CreateIdentity("bob"))
		check(t, bob.tries(backend.JoinRequest{Address: link}))
		if id := bob.client.Hubs()[0].ID; id != w.hubID.String() {
			t.Errorf("bob is on %s", id)
		}
	})
}

// The profile's size is that of its files, and the conversations' that of what was said.
func TestStorage(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		for range 3 {
			alice.say(alice.with(bob), strings.Repeat("long ", 1000))
		}
		alice.say(w.general, "short")
		w.rest(5 * time.Second)
		s, err := alice.client.Storage()
		check(t, err)
		info, err := os.Stat(filepath.Join(alice.dir, storeFile))
		check(t, err)
		if s.Folder != alice.dir || s.Bytes < info.Size() {
			t.Errorf("the profile is %+v", s)
		}
		if len(s.Conversations) != 2 || s.Conversations[0].Key != alice.with(bob).String() || s.Conversations[0].Messages != 3 || s.Conversations[0].Bytes < 15000 {
			t.Errorf("the conversations are %+v", s.Conversations)
		}
	})
}
