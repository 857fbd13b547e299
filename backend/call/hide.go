package call

import (
	"regexp"
	"slices"

	"github.com/pion/webrtc/v4"

	"gossip/common/id"
)

const errNoRelay = sentence("Your address is hidden, and this hub has no relay that calls could go through. " +
	"Show your address to those you call (Settings), or ask whoever runs the hub to turn its relay on.")

// canRelay reports whether a hub has a server that relays, not only one that tells addresses.
func (p *Phone) canRelay(hub id.HubID) bool {
	return slices.ContainsFunc(p.Signals.Relays(hub), Relay.relays)
}

// mayConnect refuses a call that could not come about without showing an address that the person hides.
func (p *Phone) mayConnect(hub id.HubID) error {
	if p.RelayOnly() && !p.canRelay(hub) {
		return errNoRelay
	}
	return nil
}

// hidden reports whether a user does not learn this device's address: nobody does where the person wants it so; a stranger
// does not where a relay can help it.
func (p *Phone) hidden(user id.UserID) bool {
	hub := p.machine.room.Hub
	return p.RelayOnly() || p.canRelay(hub) && p.Signals.Stranger(hub, user)
}

// configuration says which servers help with a connection, and whether they are the only way.
func (p *Phone) configuration(q *peer) webrtc.Configuration {
	c := webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle}
	for _, r := range p.Signals.Relays(p.machine.room.Hub) {
		c.ICEServers = append(c.ICEServers, webrtc.ICEServer{URLs: r.URLs, Username: r.Username, Credential: r.Credential})
	}
	if p.hidden(q.user) {
		c.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	return c
}

// exposed reports whether a connection shows an address that is to be hidden by now: another must take its place before new
// addresses are told.
func (p *Phone) exposed(q *peer) bool {
	return q.link != nil && q.link.pc.GetConfiguration().ICETransportPolicy != webrtc.ICETransportPolicyRelay && p.hidden(q.user)
}

// base is where a candidate says which address of the device is behind it.
var base = regexp.MustCompile(` raddr \S+ rport \d+`)

// withoutBase takes these addresses out of candidates and descriptions, as RFC 8839 section 5.1 has it for privacy. A relayed
// candidate would otherwise name the device's own address.
func withoutBase(text string) string {
	return base.ReplaceAllString(text, " raddr 0.0.0.0 rport 9")
}
