package backendtest

import (
	"strings"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/call"
)

func TestCallsThatAreNotTaken(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob", "carol")
		alice, bob, carol := people[0], people[1], people[2]
		conv, back := alice.with(bob), bob.with(alice)

		check(t, alice.client.StartCall(conv, backend.CallOptions{Video: true}))
		if info := bob.phase(call.Ringing); !info.Incoming || !info.Video || info.CallerName != "alice" || info.Conversation != back.String() {
			t.Errorf("bob's call rings as %+v", info)
		}
		check(t, bob.client.DeclineCall())
		if info := alice.phase(call.Idle); info.Ended != "They declined the call." {
			t.Errorf("alice is told %q", info.Ended)
		}
		alice.shows(conv, "call", "bob declined your video call.")
		bob.shows(back, "call", "You declined a video call from alice.")

		check(t, alice.client.StartCall(conv, backend.CallOptions{}))
		bob.phase(call.Ringing)
		w.rest(61 * time.Second)
		if info := alice.phase(call.Idle); info.Ended != "They did not answer." {
			t.Errorf("alice is told %q", info.Ended)
		}
		bob.phase(call.Idle)
		bob.shows(back, "missed_call", "You missed a call from alice.")
		if info, _ := bob.client.Conversation(back); info.Unread == 0 {
			t.Error("the missed call does not count as unread")
		}

		check(t, alice.client.StartCall(conv, backend.CallOptions{}))
		bob.phase(call.Ringing)
		check(t, alice.client.HangUp())
		bob.phase(call.Idle)
		bob.shows(back, "missed_call", "You missed a call from alice.", "You missed a call from alice.")

		bob.calledBy(carol, backend.CallOptions{})
		check(t, alice.client.StartCall(conv, backend.CallOptions{}))
		if info := alice.inCall("busy", func(i backend.CallInfo) bool { return i.Phase == call.Idle }); info.Ended != "They are in another call." {
			t.Errorf("alice is told %q", info.Ended)
		}
		bob.hears(carol, true)
		bob.shows(back, "missed_call", "You missed a call from alice.", "You missed a call from alice.", "You missed a call from alice: you were in another call.")
		if err := bob.client.StartCall(back, backend.CallOptions{}); err == nil {
			t.Error("bob can be in two calls")
		}
	})
}

// TestBothCall has two people call each other at the same moment: one call comes of it.
func TestBothCall(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob")
		alice, bob := people[0], people[1]
		alice.line.slow(200 * time.Millisecond)
		bob.line.slow(200 * time.Millisecond)
		for range 4 { // ids are random: either may give way
			check(t, alice.client.StartCall(alice.with(bob), backend.CallOptions{}))
			check(t, bob.client.StartCall(bob.with(alice), backend.CallOptions{}))
			one, other := alice.talks(1), bob.talks(1)
			if one.Call != other.Call {
				t.Fatal("they are in two calls")
			}
			alice.hears(bob, true)
			bob.hears(alice, true)
			check(t, bob.client.HangUp())
			alice.phase(call.Idle)
			bob.phase(call.Idle)
			w.rest(time.Second)
		}
	})
}

func TestCallWhileAway(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob")
		alice, bob := people[0], people[1]
		bob.close()
		check(t, alice.client.StartCall(alice.with(bob), backend.CallOptions{}))
		w.rest(2 * time.Minute)
		bob.open()
		w.rest(10 * time.Second)
		bob.phase(call.Idle)
		bob.shows(bob.with(alice), "missed_call", "You missed a call from alice.")
		alice.shows(alice.with(bob), "call", "You called bob; nobody answered.")
		alice.line.setDown(true)
		w.rest(time.Second)
		if err := alice.client.StartCall(alice.with(bob), backend.CallOptions{}); err == nil {
			t.Error("alice can call without a connection")
		}
	})
}

// TestStrangersDoNotRing has somebody call to whom the other has never said anything.
func TestStrangersDoNotRing(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice")
		mallory := w.join("mallory")
		alice := people[0]
		check(t, mallory.client.StartCall(mallory.with(alice), backend.CallOptions{}))
		w.rest(5 * time.Second)
		alice.phase(call.Idle)
		alice.shows(alice.with(mallory), "missed_call", "You missed a call from mallory.")
		if info, _ := alice.client.Conversation(alice.with(mallory)); !info.Request {
			t.Error("the stranger's call is no request")
		}
		check(t, mallory.client.HangUp())
		w.rest(time.Second)
		check(t, mallory.client.StartCall(mallory.with(alice), backend.CallOptions{}))
		w.rest(5 * time.Second)
		alice.phase(call.Idle)
		check(t, alice.client.AcceptRequest(alice.with(mallory)))
		check(t, mallory.client.HangUp())
		w.rest(time.Second)
		check(t, mallory.client.StartCall(mallory.with(alice), backend.CallOptions{}))
		alice.phase(call.Ringing)
	})
}

func TestAnsweredOnAnotherDevice(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob")
		alice, bob := people[0], people[1]
		second := w.restored(bob, "bob2")
		w.rest(30 * time.Second)
		bob.say(bob.with(alice), "I have another device") // which hears by this that alice is no stranger
		w.rest(5 * time.Second)
		check(t, alice.client.StartCall(alice.with(bob), backend.CallOptions{}))
		bob.phase(call.Ringing)
		second.phase(call.Ringing)
		check(t, bob.client.AcceptCall())
		if info := second.phase(call.Idle); info.Ended != "You answered on another device." {
			t.Errorf("the second device is told %q", info.Ended)
		}
		alice.talks(1)
		check(t, bob.client.HangUp())
		alice.phase(call.Idle)
		second.shows(second.with(alice), "call", alice.callText(bob))
	})
}

// callText is the last row of a call with another, as both see it.
func (d *device) callText(other *device) string {
	d.world.rest(2 * time.Second)
	rows := d.notices(d.with(other), "call")
	return strings.ReplaceAll(rows[len(rows)-1].Text, other.name, d.name)
}

func TestBlockedInACall(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob")
		alice, bob := people[0], people[1]
		bob.calledBy(alice, backend.CallOptions{})
		check(t, bob.client.Block(alice.user, true))
		bob.phase(call.Idle)
		alice.phase(call.Idle)
		check(t, alice.client.StartCall(alice.with(bob), backend.CallOptions{}))
		w.rest(5 * time.Second)
		bob.phase(call.Idle)
	})
}

func TestVanishedPeer(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob")
		alice, bob := people[0], people[1]
		bob.calledBy(alice, backend.CallOptions{})
		bob.calls.host.Cut(true)
		bob.kill()
		since := time.Now()
		alice.inCall("reconnecting", func(i backend.CallInfo) bool { return i.State == "reconnecting" })
		t.Logf("alice sees it after %v", time.Since(since))
		if info := alice.phase(call.Idle); info.Ended != "The connection was lost." {
			t.Errorf("alice is told %q", info.Ended)
		}
		t.Logf("the call ended after %v", time.Since(since))
		bob.calls.host.Cut(false)
		bob.open()
		w.rest(10 * time.Second)
		bob.phase(call.Idle)
		bob.calledBy(alice, backend.CallOptions{})
	})
}

func TestCutOfFiveSeconds(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob")
		alice, bob := people[0], people[1]
		bob.calledBy(alice, backend.CallOptions{})
		bob.calls.host.Cut(true)
		w.rest(5 * time.Second)
		bob.calls.host.Cut(false)
		since := time.Now()
		alice.talks(1)
		bob.talks(1)
		t.Logf("back %v after the cut", time.Since(since))
		alice.hears(bob, true)
		bob.hears(alice, true)
	})
}

// TestVideo has two people turn their cameras on and off and share a screen, without negotiating anew.
func TestVideo(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob")
		alice, bob := people[0], people[1]
		bob.calledBy(alice, backend.CallOptions{Video: true})
		alice.watches(bob, call.KindCamera, true)
		bob.watches(alice, call.KindCamera, true)
		check(t, alice.client.SetCamera(false))
		bob.inCall("alice's camera off", func(i backend.CallInfo) bool { return !i.Participants[0].Camera })
		bob.watches(alice, call.KindCamera, false)
		check(t, alice.client.SetScreen(true))
		bob.inCall("alice's screen", func(i backend.CallInfo) bool { return i.Participants[0].Screen })
		bob.watches(alice, call.KindScreen, true)
		check(t, alice.client.SetCamera(true))
		bob.watches(alice, call.KindCamera, true)
		check(t, bob.client.SetDeafened(true))
		if _, volume := bob.calls.media.Heard(alice.id.String()).Voice(); volume != 0 {
			t.Errorf("bob is deafened and hears at %v", volume)
		}
		alice.hears(bob, false)
		check(t, bob.client.SetDeafened(false))
		check(t, bob.client.SetVolume(alice.user, 0.5))
		if _, volume := bob.calls.media.Heard(alice.id.String()).Voice(); volume != 0.5 {
			t.Errorf("bob hears alice at %v", volume)
		}
		info := bob.client.Call()
		t.Logf("%+v", info.Participants[0].Statistics)
		if !strings.Contains(info.Encryption, "encrypted") || info.Participants[0].Statistics.Path != "direct" || info.Participants[0].Quality != "good" {
			t.Errorf("bob sees %+v", info)
		}
		check(t, alice.client.HangUp())
		bob.phase(call.Idle)
		w.rest(time.Second)
		for _, kind := range []string{"microphone", call.KindCamera, call.KindScreen} {
			for _, s := range alice.calls.media.Sources(kind) {
				if _, _, _, closed := s.Figures(); !closed {
					t.Errorf("alice's %s is still on", kind)
				}
			}
		}
	})
}

// watches checks that another's pictures come, each of which can be decoded, or that none do.
func (d *device) watches(other *device, kind string, want bool) {
	d.world.t.Helper()
	d.world.rest(time.Second)
	before, _, _, _ := d.calls.media.Watched(other.id.String(), kind).Frames()
	d.world.rest(2 * time.Second)
	after, _, broken, _ := d.calls.media.Watched(other.id.String(), kind).Frames()
	if got := after - before; want != (got >= 38) || !want && got > 0 || broken > 0 {
		d.world.t.Errorf("%s watched %d frames of %s's %s in 2 s, %d could not be decoded", d.name, got, other.name, kind, broken)
	}
}
