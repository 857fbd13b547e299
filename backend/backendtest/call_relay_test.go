package backendtest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/call"
	"gossip/backend/call/calltest"
	"gossip/backend/settings"
	"gossip/common/wire"
	"gossip/signaling/config"
	"gossip/signaling/hubtest"
)

// TestCallsThroughTheHubsRelay has two people who hide their addresses call each other by the relay of a real hub, over UDP and
// TCP of this machine and in real time: neither reaches the other but by it.
func TestCallsThroughTheHubsRelay(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			w := newWorld(t, hubtest.WithConfig(func(c *config.Config) {
				c.Turn, c.TurnRelayPorts = "127.0.0.1:0", config.DefaultTurnPorts()
			}))
			alice, bob := w.relayed("alice", transport), w.relayed("bob", transport)
			w.meet(alice, bob)
			w.meet(bob, alice)
			alice.say(alice.with(bob), "hello")
			bob.sees(bob.with(alice), "hello")
			bob.say(bob.with(alice), "hello to you")
			alice.sees(alice.with(bob), "hello to you")

			bob.calledBy(alice, backend.CallOptions{})
			for _, pair := range [][2]*device{{alice, bob}, {bob, alice}} {
				d, other := pair[0], pair[1]
				info := d.inCall("a voice by the relay", func(i backend.CallInfo) bool {
					packets, _ := d.calls.media.Heard(other.id.String()).Voice()
					return packets > 50 && i.Participants[0].Statistics.Path != ""
				})
				if path := info.Participants[0].Statistics.Path; path != "relay" || !info.Relay {
					t.Errorf("%s's path is %q", d.name, path)
				}
			}
			check(t, alice.client.HangUp())
			bob.phase(call.Idle)
		})
	}
}

// relayed is a person who hides their address, and to whom the hub's relay is told with one transport only.
func (w *world) relayed(name, transport string) *device {
	w.t.Helper()
	d := w.newDevice(name, name)
	d.calls = calls{media: calltest.NewMedia(), loopback: true}
	d.open()
	check(w.t, d.client.CreateIdentity(name))
	w.enter(d, backend.JoinRequest{Address: hubAddress})
	c := w.cheated(d)
	c.set(func() {
		c.welcome = func(welcome *wire.Welcome) {
			for i := range welcome.ICEServers {
				s := &welcome.ICEServers[i]
				s.URLs = slices.DeleteFunc(s.URLs, func(url string) bool { return !strings.HasSuffix(url, "transport="+transport) })
			}
		}
	})
	d.open()
	check(w.t, d.client.Settings().Update(func(v *settings.Values) { v.HideAddress = true }))
	d.becomes(backend.HubOnline)
	return d
}

// becomes waits until the hub's connection is in a state.
func (d *device) becomes(state string) {
	d.world.t.Helper()
	for range 600 {
		if hubs := d.client.Hubs(); len(hubs) == 1 && hubs[0].State == state {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	d.world.t.Fatalf("%s is not %s: %+v", d.name, state, d.client.Hubs())
}
