package turn

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Requests are answered to whoever asks, under a sender's address that may be forged: so many a second for each address, and
// for each relay, so that a flood from everywhere takes nobody's relay away.
const (
	requestsPerSecond = 100
	requestBurst      = 400
	requestAddresses  = 16384 // that are counted at one time
)

// requestRates count requests by address, IPv6 ones by the network that one household has.
type requestRates struct {
	mu     sync.Mutex // guards the following
	of     map[netip.Addr]*rate.Limiter
	tidied time.Time
}

func sourceOf(from net.Addr) netip.Addr {
	at, _ := addressOf(from)
	if ip := at.Addr(); !ip.Is6() {
		return ip
	}
	prefix, err := at.Addr().Prefix(64)
	if err != nil {
		return netip.Addr{}
	}
	return prefix.Addr()
}

// allow counts one request. When too many addresses ask, those that are not known have to wait until some are forgotten.
func (r *requestRates) allow(from net.Addr, now time.Time) bool {
	ip := sourceOf(from)
	r.mu.Lock()
	defer r.mu.Unlock()
	limiter := r.of[ip]
	if limiter == nil {
		if len(r.of) >= requestAddresses && now.Sub(r.tidied) >= time.Second {
			r.tidyLocked(now)
		}
		if len(r.of) >= requestAddresses {
			return false
		}
		if r.of == nil {
			r.of = map[netip.Addr]*rate.Limiter{}
		}
		limiter = rate.NewLimiter(requestsPerSecond, requestBurst)
		r.of[ip] = limiter
	}
	return limiter.AllowN(now, 1)
}

// tidy forgets the addresses that have not asked for a while.
func (r *requestRates) tidy(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tidyLocked(now)
}

func (r *requestRates) tidyLocked(now time.Time) {
	r.tidied = now
	for ip, limiter := range r.of {
		if limiter.TokensAt(now) >= requestBurst {
			delete(r.of, ip)
		}
	}
}

// admit says whether a datagram of a client is worth pion/turn's work.
func (s *Server) admit(datagram []byte, from net.Addr) bool {
	r, ok := s.relayOf(from), false
	switch {
	case !isRequest(datagram):
		ok = r != nil
	case r != nil:
		ok = r.asks.Allow()
	default:
		ok = s.requests.allow(from, time.Now())
	}
	if !ok {
		s.counters.overRate.Add(1)
	}
	return ok
}
