package server

import (
	"log/slog"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
	"gossip/signaling/config"
	"gossip/signaling/hub"
	"gossip/signaling/turn"
)

// openTurn opens STUN and TURN where they are wanted. A port that nobody asked for may be in use: the hub works without.
func openTurn(c config.Config, log *slog.Logger) (*turn.Server, error) {
	address, chosen := c.TurnAddress()
	if address == "" {
		return nil, nil
	}
	opened, err := turn.New(turn.Options{
		Address: address, PublicIPs: c.TurnPublicIP, MinPort: c.TurnRelayPorts.Min, MaxPort: c.TurnRelayPorts.Max,
		AllowPrivate: c.TurnAllowPrivate, Allocations: c.Limits.TurnAllocations, Bandwidth: int(c.Limits.TurnBandwidth), Log: log,
	})
	if err != nil && !chosen {
		log.Warn("calls get no relay from this hub", "err", err)
		return nil, nil
	}
	if err == nil {
		log.Info("STUN and TURN are open", "address", address, "port", opened.Port())
	}
	return opened, err
}

// iceFrom makes what the hub tells devices of a TURN server; nil when there is none.
func iceFrom(s *turn.Server) hub.ICE {
	if s == nil {
		return nil
	}
	return func(user id.UserID, now time.Time) []wire.ICEServer {
		c := s.Credentials(user, now)
		if len(c.URLs) == 0 {
			return nil
		}
		return []wire.ICEServer{{URLs: c.URLs, Username: c.Username, Credential: c.Password, Expires: uint64(c.Expires.UnixMilli())}}
	}
}
