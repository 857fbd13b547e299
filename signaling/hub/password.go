package hub

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
)

// password is what a hub asks for, kept as its hash so that comparing takes the same time whatever is offered. nil
// means that nothing is asked for.
type password struct{ hash [sha256.Size]byte }

func newPassword(text string) *password {
	if text == "" {
		return nil
	}
	return &password{sha256.Sum256([]byte(text))}
}

func (p *password) matches(offered string) bool {
	if p == nil {
		return true
	}
	hash := sha256.Sum256([]byte(offered))
	return subtle.ConstantTimeCompare(hash[:], p.hash[:]) == 1
}

// admits reports whether the credentials hold the password. A password that is the text of an invite token may come as that
// token, which is how a link carries it.
func (p *password) admits(c *wire.Credentials) bool {
	if p.matches(c.Password) {
		return true
	}
	var token id.InviteToken
	return copy(token[:], c.Token) == len(token) && len(c.Token) == len(token) && p.matches(token.Reveal())
}

const (
	forgetAfter = 10 * time.Minute
	maxFailures = 10_000 // addresses that are remembered; beyond, the one that failed longest ago is forgotten
)

// failures are wrong passwords by address, an IPv6 one by its network. The zero value is ready.
type failures struct {
	mu sync.Mutex // guards the following
	by map[netip.Prefix]failure
}

type failure struct {
	count int
	last  time.Time
}

// network is what is counted together: one IPv4 address, or one IPv6 /64, which a single customer gets.
func network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, _ := a.Prefix(bits) // the zero prefix for an address that is none
	return p
}

// try judges one password of an address, after holding it up for as long as the wrong ones before it ask for. When that
// is longer than the login may take, it returns a refusal at once. Of connections that try at the same time one is judged,
// and the others wait for what that one has earned them.
func (f *failures) try(ctx context.Context, a netip.Addr, delay delays, right func() bool) (bool, error) {
	for {
		was, left := f.judge(a, delay, time.Now(), right)
		if left <= 0 {
			return was, nil
		}
		if err := waitFor(ctx, left); err != nil {
			return false, err
		}
	}
}

// judge counts the password, unless the address has to wait.
func (f *failures) judge(a netip.Addr, delay delays, now time.Time, right func() bool) (was bool, left time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if left := f.leftLocked(a, delay, now); left > 0 {
		return false, left
	}
	if right() {
		delete(f.by, network(a))
		return true, 0
	}
	f.addLocked(a, now)
	return false, 0
}

// waitFor returns after a while, or a refusal when the login is over before.
func waitFor(ctx context.Context, left time.Duration) error {
	if ends, ok := ctx.Deadline(); ok && time.Until(ends) <= left {
		return &wire.Error{
			Code: wire.CodePassword, RetryAfter: retryAfter(left),
			Sentence: fmt.Sprintf("Too many wrong passwords came from this network. Try again in %s.", left.Round(time.Second)),
		}
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// delays are the wait after the first wrong password of an address, which doubles with each further one, and its limit.
type delays struct{ first, longest time.Duration }

// leftLocked is how long an address has to wait. mu is held.
func (f *failures) leftLocked(a netip.Addr, delay delays, now time.Time) time.Duration {
	fail := f.by[network(a)]
	if fail.count == 0 || now.Sub(fail.last) > forgetAfter {
		return 0
	}
	wait := min(delay.longest, delay.first<<min(fail.count-1, 20))
	return wait - now.Sub(fail.last)
}

// addLocked counts a wrong password. mu is held.
func (f *failures) addLocked(a netip.Addr, now time.Time) {
	if f.by == nil {
		f.by = map[netip.Prefix]failure{}
	}
	p := network(a)
	fail := f.by[p]
	if now.Sub(fail.last) > forgetAfter {
		fail.count = 0
	}
	f.by[p] = failure{fail.count + 1, now}
	if len(f.by) > maxFailures {
		f.forgetOldestLocked()
	}
}

func (f *failures) forgetOldestLocked() {
	var oldest netip.Prefix
	var when time.Time
	for p, fail := range f.by {
		if when.IsZero() || fail.last.Before(when) {
			oldest, when = p, fail.last
		}
	}
	delete(f.by, oldest)
}
