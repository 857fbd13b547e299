package backendtest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestTwoClientsThousandMessages has two people send a thousand messages each to a channel, while the hub is killed and
// started again five times, and each client too: both histories hold all of them, once, in each sender's order.
func TestTwoClientsThousandMessages(t *testing.T) {
	each := 1000
	if testing.Short() {
		each = 100
	}
	const kills = 5
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		w.rest(time.Second)
		for i := range each {
			alice.say(w.general, fmt.Sprintf("alice %d", i))
			bob.say(w.general, fmt.Sprintf("bob %d", i))
			w.rest(time.Duration(rng.IntN(60)) * time.Millisecond)
			if i%(each/(3*kills)) != 0 || i == 0 {
				continue
			}
			switch n := i / (each / (3 * kills)) % 3; n {
			case 0:
				w.hub.Kill()
				time.Sleep(time.Duration(rng.IntN(3000)) * time.Millisecond)
				w.hub.Revive()
			default:
				d := []*device{alice, bob}[n-1]
				d.line.dieAfter(1 + rng.IntN(10)) // at any write
				time.Sleep(time.Duration(rng.IntN(100)) * time.Millisecond)
				d.kill()
				time.Sleep(time.Duration(rng.IntN(2000)) * time.Millisecond)
				d.open()
			}
		}
		w.rest(2 * time.Minute)
		for _, d := range []*device{alice, bob} {
			d.holds(d.texts(w.general), "alice", each)
			d.holds(d.texts(w.general), "bob", each)
			if gaps := d.notices(w.general, "gap"); len(gaps) > 0 {
				t.Errorf("%s is told of gaps: %v", d.name, gaps)
			}
		}
	})
}
