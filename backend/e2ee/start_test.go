package e2ee

import (
	"testing"
	"time"

	"gossip/common/id"
	"gossip/common/ratchet"
)

// TestStartFits changes one part of a good start after the other. The seal's signature and recipient already tie most
// of them; this is the second lock on the same door.
func TestStartFits(t *testing.T) {
	now := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	session, alice, bob := ratchet.SessionID{1}, id.DeviceID{2}, id.DeviceID{3}
	good := sessionStart{Version: startVersion, Session: session, Initiator: alice, Responder: bob, Time: now.UnixMilli()}
	if !good.fits(session, alice, bob, now) {
		t.Fatal("a good start does not fit")
	}
	for name, spoil := range map[string]func(*sessionStart){
		"version":   func(s *sessionStart) { s.Version++ },
		"session":   func(s *sessionStart) { s.Session[15]++ },
		"initiator": func(s *sessionStart) { s.Initiator = bob },
		"responder": func(s *sessionStart) { s.Responder = alice },
		"too early": func(s *sessionStart) { s.Time -= StartWindow.Milliseconds() + 1 },
		"too late":  func(s *sessionStart) { s.Time += StartWindow.Milliseconds() + 1 },
		"overflow":  func(s *sessionStart) { s.Time = -1 << 63 },
	} {
		bad := good
		if spoil(&bad); bad.fits(session, alice, bob, now) {
			t.Errorf("%s: a wrong start fits", name)
		}
	}
}
