package backendtest

import (
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/call"
	"gossip/backend/call/calltest"
	"gossip/backend/settings"
	"gossip/common/wire"
	"gossip/signaling/hubtest"
)

// atOnce is how soon others learn that somebody's program has ended, and how long it may take to end.
const atOnce = time.Second

// closesAtOnce ends the device's program.
func (d *device) closesAtOnce() time.Time {
	d.world.t.Helper()
	since := time.Now()
	d.close()
	if took := time.Since(since); took > atOnce {
		d.world.t.Errorf("%s's program takes %v to end", d.name, took)
	}
	return since
}

// learns checks that the device's call is as it should be soon after something happened.
func (d *device) learns(since time.Time, what string, is func(backend.CallInfo) bool) {
	d.world.t.Helper()
	d.inCall(what, is)
	if took := time.Since(since); took > atOnce+200*time.Millisecond {
		d.world.t.Errorf("%s sees it after %v", d.name, took)
	}
}

func idle(i backend.CallInfo) bool { return i.Phase == call.Idle }

// TestProgramEndsInACall closes a program in a call, and one that calls: the others learn it at once.
func TestProgramEndsInACall(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob", "carol")
		alice, bob, carol := people[0], people[1], people[2]
		bob.calledBy(alice, backend.CallOptions{})
		since := bob.closesAtOnce()
		alice.learns(since, "no call", idle)

		bob.open()
		w.rest(5 * time.Second)
		check(t, bob.client.StartCall(bob.with(alice), backend.CallOptions{}))
		alice.phase(call.Ringing)
		since = bob.closesAtOnce()
		alice.learns(since, "no call", idle)
		alice.shows(alice.with(bob), "missed_call", "You missed a call from bob.")

		bob.open()
		w.rest(5 * time.Second)
		for _, d := range people {
			check(t, d.client.StartCall(w.general, backend.CallOptions{}))
			w.rest(2 * time.Second)
		}
		alice.talks(2)
		since = bob.closesAtOnce()
		alice.learns(since, "only carol", func(i backend.CallInfo) bool {
			return len(i.Participants) == 1 && len(i.Running) == 1 && len(i.Running[0].Names) == 2
		})
		carol.hears(alice, true)
	})
}

// TestProgramEndsWithoutANetwork closes a program whose call has neither a hub nor a relay any more: it waits for nobody.
func TestProgramEndsWithoutANetwork(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob")
		alice, bob := people[0], people[1]
		alice.relayed()
		bob.calledBy(alice, backend.CallOptions{})
		w.rest(5 * time.Second)
		alice.calls.host.Cut(true)
		alice.line.each((*hubtest.Conn).HalfOpen)
		w.rest(time.Second)
		alice.closesAtOnce()
	})
}

// relayed has the device's calls go through a relay only, which its hub names.
func (d *device) relayed() {
	w := d.world
	w.t.Helper()
	d.calls.host.Internet().StartRelay()
	c := w.cheated(d)
	c.set(func() {
		c.welcome = func(welcome *wire.Welcome) {
			welcome.ICEServers = []wire.ICEServer{{
				URLs: calltest.RelayURLs, Username: calltest.RelayUser, Credential: calltest.RelayPassword,
				Expires: uint64(time.Now().Add(time.Hour).UnixMilli()),
			}}
		}
	})
	d.open()
	w.rest(time.Second)
	check(w.t, d.client.Settings().Update(func(v *settings.Values) { v.HideAddress = true }))
}
