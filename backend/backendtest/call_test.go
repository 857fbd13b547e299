package backendtest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/call"
	"gossip/backend/call/calltest"
)

// calls is what a device calls with.
type calls struct {
	media    *calltest.Media
	network  call.Network // nil: this machine's own
	host     *calltest.Host
	loopback bool // the addresses of this machine alone count
}

// machine is the media, nil where there are none.
func (c *calls) machine() call.Media {
	if c.media == nil {
		return nil
	}
	return c.media
}

// callers are people who have talked with each other, each with a machine of their own.
func callers(w *world, names ...string) (people []*device) {
	w.t.Helper()
	people = neighbours(w, names...)
	for i, d := range people {
		for _, other := range people[:i] {
			w.meet(d, other)
			w.meet(other, d)
			d.say(d.with(other), "hello")
			other.say(other.with(d), "hello")
		}
	}
	w.rest(5 * time.Second)
	return people
}

// neighbours are people on one hub who have never said anything, each with a machine of their own.
func neighbours(w *world, names ...string) (people []*device) {
	w.t.Helper()
	internet := calltest.NewInternet(w.t, calltest.Open, calltest.Open, calltest.Open, calltest.Open)
	for i, name := range names {
		d := w.newDevice(name, name)
		d.calls = calls{media: calltest.NewMedia(), network: internet.Hosts[i].Net, host: internet.Hosts[i]}
		d.open()
		check(w.t, d.client.CreateIdentity(name))
		w.enter(d, backend.JoinRequest{Address: hubAddress})
		people = append(people, d)
	}
	w.rest(5 * time.Second)
	return people
}

// patiently is the context of a command.
func (d *device) patiently() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}

// phase waits until the device's call is in a phase.
func (d *device) phase(want call.Phase) backend.CallInfo {
	d.world.t.Helper()
	return d.inCall(fmt.Sprintf("phase %q", want), func(i backend.CallInfo) bool { return i.Phase == want })
}

// talks waits until the device is connected to so many others.
func (d *device) talks(others int) backend.CallInfo {
	d.world.t.Helper()
	return d.inCall(fmt.Sprintf("%d connected", others), func(i backend.CallInfo) bool {
		connected := 0
		for _, p := range i.Participants {
			if p.State == "connected" {
				connected++
			}
		}
		return connected == others && len(i.Participants) == others
	})
}

// inCall waits until what is shown of the call is as it should be.
func (d *device) inCall(what string, is func(backend.CallInfo) bool) backend.CallInfo {
	d.world.t.Helper()
	for range 600 {
		if info := d.client.Call(); is(info) {
			return info
		}
		time.Sleep(100 * time.Millisecond)
	}
	d.world.t.Fatalf("%s waits for %s; the call is %+v", d.name, what, d.client.Call())
	return backend.CallInfo{}
}

// hears checks that another's voice comes, or that it does not.
func (d *device) hears(other *device, want bool) {
	d.world.t.Helper()
	d.world.rest(300 * time.Millisecond)
	before, _ := d.calls.media.Heard(other.id.String()).Voice()
	d.world.rest(2 * time.Second)
	after, _ := d.calls.media.Heard(other.id.String()).Voice()
	if got := after - before; want != (got > 50) || !want && got > 0 {
		d.world.t.Errorf("%s heard %d packets of %s in 2 s", d.name, got, other.name)
	}
}

// calledBy has one call the other, who accepts.
func (d *device) calledBy(caller *device, o backend.CallOptions) {
	d.world.t.Helper()
	check(d.world.t, caller.client.StartCall(caller.with(d), o))
	d.phase(call.Ringing)
	check(d.world.t, d.client.AcceptCall())
	if d.client.Call().Camera {
		d.world.t.Errorf("%s accepts, and is seen unasked", d.name)
	}
	if o.Video {
		check(d.world.t, d.client.SetCamera(true))
	}
	d.talks(1)
	caller.talks(1)
}

// shows checks the rows of calls in a conversation.
func (d *device) shows(conv backend.Conversation, kind string, want ...string) {
	d.world.t.Helper()
	d.world.rest(2 * time.Second)
	var got []string
	for _, n := range d.notices(conv, kind) {
		got = append(got, n.Text)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		d.world.t.Errorf("%s sees the calls %q, want %q", d.name, got, want)
	}
}

func TestCall(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob")
		alice, bob := people[0], people[1]
		bob.calledBy(alice, backend.CallOptions{})
		alice.hears(bob, true)
		bob.hears(alice, true)
		check(t, alice.client.SetMuted(true))
		bob.inCall("alice muted", func(i backend.CallInfo) bool { return i.Participants[0].Muted })
		bob.hears(alice, false)
		check(t, alice.client.SetMuted(false))
		bob.hears(alice, true)
		check(t, alice.client.HangUp())
		alice.phase(call.Idle)
		bob.phase(call.Idle)
		const row = "You talked with %s for %s."
		alice.shows(alice.with(bob), "call", fmt.Sprintf(row, "bob", "9 s"))
	})
}
