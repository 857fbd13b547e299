package hub

import (
	"time"

	"gossip/common/wire"
)

// packetBytes is how large a packet may be to count as one: a larger one counts once for each so many bytes begun, or
// else a device could fill the disk and the others' lines with the largest packets at the rate of small ones.
const packetBytes = 16 << 10

// charge counts what the hub has sent because of one packet beyond its first answer: the next packets wait for it.
func (s *session) charge(answers int, now time.Time) {
	if more := min(answers-1, s.packets.Burst()); more > 0 {
		s.packets.ReserveN(now, more)
	}
}

// overRate counts one packet with a payload of so many bytes. wait is how long the device has to hold its packets back, 0 when this one is taken;
// flood says that it has gone on all the same for so long that it is to be cut.
func (s *session) overRate(payload int, now time.Time) (wait time.Duration, flood bool) {
	if until := s.refuseUntil.Load(); until > now.UnixMilli() {
		return time.UnixMilli(until).Sub(now), s.countRefused(now)
	}
	reservation := s.packets.ReserveN(now, min(1+payload/packetBytes, s.packets.Burst()))
	wait = reservation.DelayFrom(now)
	if wait == 0 {
		return 0, false
	}
	reservation.CancelAt(now)
	// Until a burst's tenth is free again, so that refusing does not go on packet by packet.
	wait += time.Duration(float64(s.hub.limits.PacketBurst) / s.hub.limits.PacketsPerSecond / 10 * float64(time.Second))
	s.refuseUntil.Store(now.Add(wait).UnixMilli())
	return wait, s.countRefused(now)
}

// countRefused reports whether the device floods: it keeps sending although every packet is refused.
func (s *session) countRefused(now time.Time) (flood bool) {
	s.hub.counters.rateRefused.Add(1)
	if now.Sub(s.refusedLast) > time.Second {
		s.refused = 0
	}
	s.refused++
	s.refusedLast = now
	return s.refused >= floodFactor*s.hub.limits.PacketBurst
}

func rateRefusal(wait time.Duration) *wire.Error {
	return &wire.Error{
		Code: wire.CodeRate, Sentence: "This device sends more packets than the hub allows. They are sent again in a moment.", RetryAfter: retryAfter(wait),
	}
}
