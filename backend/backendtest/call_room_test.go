package backendtest

import (
	"context"
	"strings"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/call"
)

func TestChannelCall(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob", "carol")
		alice, bob, carol := people[0], people[1], people[2]
		check(t, alice.client.StartCall(w.general, backend.CallOptions{}))
		bob.inCall("a running call", func(i backend.CallInfo) bool {
			return len(i.Running) == 1 && i.Running[0].Conversation == w.general.String() && len(i.Running[0].Names) == 1
		})
		check(t, bob.client.StartCall(w.general, backend.CallOptions{}))
		alice.talks(1)
		check(t, carol.client.StartCall(w.general, backend.CallOptions{}))
		for _, d := range people {
			d.talks(2)
			for _, other := range people {
				if other != d {
					d.hears(other, true)
				}
			}
			if made := len(d.calls.media.Sources("microphone")); made != 1 {
				t.Errorf("%s has %d microphones open", d.name, made)
			}
		}
		check(t, bob.client.HangUp())
		alice.talks(1)
		carol.talks(1)
		carol.hears(alice, true)
		check(t, alice.client.HangUp())
		carol.talks(0)
		check(t, carol.client.HangUp())
		w.rest(3 * time.Second)
		if info := bob.client.Call(); len(info.Running) != 0 {
			t.Errorf("bob is told that %+v runs", info.Running)
		}
		rows := bob.notices(w.general, "call")
		if len(rows) != 1 || !strings.HasPrefix(rows[0].Text, "alice started a call; it lasted ") {
			t.Errorf("bob sees %+v", rows)
		}
	})
}

// TestChannelCallOfStrangers has people call in a channel who have no session with each other, nor each other's card.
func TestChannelCallOfStrangers(t *testing.T) {
	story(t, func(w *world) {
		people := neighbours(w, "alice", "bob", "carol", "dave")
		for _, d := range people {
			check(t, d.client.StartCall(w.general, backend.CallOptions{}))
			w.rest(time.Second)
		}
		for _, d := range people {
			d.talks(len(people) - 1)
		}
		people[1].hears(people[3], true)
		people[3].hears(people[1], true)
	})
}

// TestHubRestartedDuringCalls takes the hub away under a direct call, and under one in a channel.
func TestHubRestartedDuringCalls(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob", "carol")
		alice, bob, carol := people[0], people[1], people[2]
		bob.calledBy(alice, backend.CallOptions{})
		w.hub.Kill()
		bob.hears(alice, true)
		w.rest(20 * time.Second)
		alice.hears(bob, true)
		w.hub.Revive()
		w.rest(time.Minute)
		bob.hears(alice, true)
		check(t, alice.client.HangUp())
		bob.phase(call.Idle)

		check(t, alice.client.StartCall(w.general, backend.CallOptions{}))
		w.rest(time.Second)
		check(t, bob.client.StartCall(w.general, backend.CallOptions{}))
		alice.talks(1)
		w.hub.Kill()
		w.rest(10 * time.Second)
		alice.hears(bob, true)
		w.hub.Revive()
		carol.inCall("two who told the hub again", func(i backend.CallInfo) bool { return len(i.Running) == 1 && len(i.Running[0].Names) == 2 })
		w.rest(time.Minute)
		alice.talks(1)
		alice.hears(bob, true)
		if restarts := alice.client.Call().Participants[0].Statistics.Restarts; restarts != 0 {
			t.Errorf("the path was looked for %d times", restarts)
		}
		check(t, carol.client.StartCall(w.general, backend.CallOptions{}))
		alice.talks(2)
		bob.talks(2)
	})
}

func TestRemovedMemberIsOutOfTheCall(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob", "carol")
		alice, bob, carol := people[0], people[1], people[2]
		ctx, done := context.WithTimeout(context.Background(), 10*time.Minute)
		defer done()
		conv, err := alice.client.CreateChannel(ctx, w.hubID, "secret", false)
		check(t, err)
		for _, d := range []*device{bob, carol} {
			check(t, alice.client.Invite(ctx, conv, d.user))
			w.rest(2 * time.Second)
			check(t, d.client.JoinChannel(ctx, conv))
			w.rest(2 * time.Second)
		}
		for _, d := range people {
			check(t, d.client.StartCall(conv, backend.CallOptions{}))
			w.rest(2 * time.Second)
		}
		for _, d := range people {
			d.talks(2)
		}
		check(t, alice.client.RemoveMember(ctx, conv, bob.user))
		alice.talks(1)
		carol.talks(1)
		if info := bob.phase(call.Idle); !strings.Contains(info.Ended, "no longer in this channel") {
			t.Errorf("bob is told %q", info.Ended)
		}
		carol.hears(alice, true)
		bob.hears(alice, false)
		if err := bob.client.StartCall(conv, backend.CallOptions{}); err == nil {
			t.Error("bob can join again")
		}
	})
}
