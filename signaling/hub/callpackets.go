package hub

import (
	"time"

	"gossip/common/id"
	"gossip/common/wire"
)

// ICE gives a user short-lived credentials for the STUN and TURN servers of the hub; none where it has no such servers.
type ICE func(user id.UserID, now time.Time) []wire.ICEServer

// iceServers are what a user's device may use at the moment.
func (h *Hub) iceServers(user id.UserID, now time.Time) []wire.ICEServer {
	if h.ice == nil {
		return nil
	}
	return h.ice(user, now)
}

// takeCall handles the packets of calls.
func (s *session) takeCall(p *wire.SignalPacket, now time.Time) *wire.Error {
	var refusal *wire.Error
	switch p.Kind {
	case wire.KindStartCall:
		var start wire.StartCall
		if wire.Unmarshal(p.Payload, &start) != nil {
			return malformed("a start_call of this device")
		}
		refusal = s.hub.calls.join(s, p.ID, &start, now)
	case wire.KindHangUp:
		var end wire.HangUp
		if wire.Unmarshal(p.Payload, &end) != nil {
			return malformed("a hang-up of this device")
		}
		refusal = s.hub.calls.hangUp(s, p.ID, &end, now)
	case wire.KindCallRoster:
		var request wire.CallRosterRequest
		if wire.Unmarshal(p.Payload, &request) != nil {
			return malformed("a gmp of this device")
		}
		refusal = s.hub.calls.ask(s, p.ID, request.Channel)
	case wire.KindICEServers:
		if len(p.Payload) > 0 {
			return malformed("a turn of this device")
		}
		s.deliver(signal(wire.KindICEServers, p.ID, &wire.ICEServers{Servers: s.hub.iceServers(s.user, now)}))
	}
	if refusal != nil {
		s.refusePacket(p.ID, refusal)
	}
	return nil
}
