package backendtest

import (
	"context"
	"strings"
	"testing"
	"time"

	"gossip/backend"
	"gossip/common/id"
	"gossip/signaling/hubtest"
)

// tries is Join by a device that may be refused.
func (d *device) tries(request backend.JoinRequest) error {
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	_, err := d.client.Join(ctx, request)
	return err
}

func TestLeaveTheHubAndComeBack(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		alice.say(alice.with(bob), "before")
		bob.sees(bob.with(alice), "before")
		check(t, bob.client.LeaveHub(w.hubID))
		if len(bob.client.Hubs()) != 0 {
			t.Fatal("the hub is still there")
		}
		alice.say(alice.with(bob), "while away")
		w.rest(5 * time.Second)
		check(t, bob.tries(backend.JoinRequest{Address: hubAddress}))
		bob.sees(bob.with(alice), "before")
		bob.sees(bob.with(alice), "while away")
	})
}

func TestWrongPassword(t *testing.T) {
	story(t, func(w *world) {
		alice := w.newDevice("alice", "alice")
		alice.open()
		check(t, alice.client.CreateIdentity("alice"))
		if err := alice.tries(backend.JoinRequest{Address: hubAddress, Password: "guess"}); err == nil || !strings.Contains(err.Error(), "password") {
			t.Fatalf("got %v", err)
		}
		if len(alice.client.Hubs()) != 0 {
			t.Fatal("a hub that let nobody in is joined")
		}
		check(t, alice.tries(backend.JoinRequest{Address: hubAddress, Password: "correct horse"}))
	}, hubtest.WithPassword("correct horse"))
}

// TestInviteToken: a link that lets one in can be handed on, and nobody comes in without.
func TestInviteToken(t *testing.T) {
	token := id.NewInviteToken()
	story(t, func(w *world) {
		named := func(name string) *device {
			d := w.newDevice(name, name)
			d.open()
			check(t, d.client.CreateIdentity(name))
			return d
		}
		alice, bob, carol := named("alice"), named("bob"), named("carol")
		host, port, err := id.ParseHostPort(hubAddress)
		check(t, err)
		invite := id.Invite{Host: host, Port: port, Hub: w.hubID}
		if err := alice.tries(backend.JoinRequest{Address: invite.Link()}); err == nil || !strings.Contains(err.Error(), "password") {
			t.Fatalf("a link without the token: %v", err)
		}
		invite.Token = token
		check(t, alice.tries(backend.JoinRequest{Address: invite.Link()}))
		check(t, bob.tries(backend.JoinRequest{Address: alice.client.Hubs()[0].Link}))
		bob.close()
		bob.open()
		w.rest(5 * time.Second)
		check(t, carol.tries(backend.JoinRequest{Address: bob.client.Hubs()[0].Link}))
	}, hubtest.WithPassword(token.Reveal()))
}

func TestTakenName(t *testing.T) {
	story(t, func(w *world) {
		w.join("alice")
		second := w.newDevice("second", "second")
		second.open()
		check(t, second.client.CreateIdentity("alice"))
		if err := second.tries(backend.JoinRequest{Address: hubAddress}); err == nil || !strings.Contains(err.Error(), "name") {
			t.Fatalf("got %v", err)
		}
		check(t, second.tries(backend.JoinRequest{Address: hubAddress, Name: "alicia"}))
		if me := second.client.Me(); me.Name != "alicia" {
			t.Fatalf("the name is %q", me.Name)
		}
	})
}

func TestJoinNowhere(t *testing.T) {
	story(t, func(w *world) {
		alice := w.newDevice("alice", "alice")
		alice.open()
		check(t, alice.client.CreateIdentity("alice"))
		w.hub.Kill()
		if err := alice.tries(backend.JoinRequest{Address: hubAddress}); err == nil || !strings.Contains(err.Error(), "Check") {
			t.Fatalf("got %v", err)
		}
		w.hub.Revive()
		check(t, alice.tries(backend.JoinRequest{Address: hubAddress}))
	})
}

// TestWhoIsOnline: who was online before one came is known, too.
func TestWhoIsOnline(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		alice.close()
		alice.open()
		w.rest(3 * time.Second)
		online := func() bool {
			for _, p := range alice.client.People(w.hubID) {
				if p.User == bob.user.String() {
					return p.Online
				}
			}
			return false
		}
		if !online() {
			t.Fatal("bob is there and shown as away")
		}
		bob.close()
		w.rest(3 * time.Second)
		if online() {
			t.Fatal("bob is away and shown as there")
		}
	})
}
