package backendtest

import (
	"fmt"
	"testing"
	"time"
)

// TestCaughtUp: on a line on which an answer takes a while, a device knows when all is here that waited for it.
func TestCaughtUp(t *testing.T) {
	const waiting = 40
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		w.rest(time.Minute)
		if !bob.client.CaughtUp() {
			t.Error("bob has not caught up although nothing waits")
		}
		bob.line.setDown(true)
		w.rest(time.Minute)
		if bob.client.CaughtUp() {
			t.Error("bob has caught up without a network")
		}
		for i := range waiting {
			alice.say(w.general, fmt.Sprint("general ", i))
			alice.say(alice.with(bob), fmt.Sprint("direct ", i))
		}
		bob.line.slow(300 * time.Millisecond)
		bob.line.setDown(false)
		check(t, bob.client.Reconnect(w.hubID))
		for start := time.Now(); !bob.client.CaughtUp(); w.rest(50 * time.Millisecond) {
			if time.Since(start) > 5*time.Minute {
				t.Fatal("bob never catches up")
			}
		}
		bob.holds(bob.texts(w.general), "general", waiting)
		bob.holds(bob.texts(bob.with(alice)), "direct", waiting)
	})
}
