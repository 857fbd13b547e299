package backendtest

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestKillsBetweenMessages has two people talk while the hub and they themselves are killed: both histories hold
// everything, once, in each sender's order.
func TestKillsBetweenMessages(t *testing.T) {
	const each = 120
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		w.rest(time.Second)
		for i := range each {
			alice.say(w.general, fmt.Sprintf("alice %d", i))
			bob.say(w.general, fmt.Sprintf("bob %d", i))
			alice.say(alice.with(bob), fmt.Sprintf("dm %d", i))
			switch i % 40 {
			case 5:
				w.hub.Crash()
			case 13:
				alice.kill()
				alice.open()
			case 21:
				bob.kill()
				w.rest(3 * time.Second)
				bob.open()
			case 33:
				w.hub.Kill()
				w.rest(time.Second)
				w.hub.Revive()
			}
		}
		w.rest(15 * time.Minute)
		for _, d := range []*device{alice, bob} {
			for _, sender := range []string{"alice", "bob"} {
				d.holds(d.texts(w.general), sender, each)
			}
		}
		bob.holds(bob.texts(bob.with(alice)), "dm", each)
		alice.holds(alice.texts(alice.with(bob)), "dm", each)
	})
}

// holds checks that the texts "prefix 0", "prefix 1" and so on are there, once and in order.
func (d *device) holds(texts []string, prefix string, count int) {
	d.world.t.Helper()
	next := 0
	for _, text := range texts {
		var n int
		if _, err := fmt.Sscanf(text, prefix+" %d", &n); err != nil {
			continue
		}
		if n != next {
			d.world.t.Errorf("%s sees %s %d, want %d", d.name, prefix, n, next)
			return
		}
		next++
	}
	if next != count {
		d.world.t.Errorf("%s sees %d of %d of %s", d.name, next, count, prefix)
	}
}

// TestTheHubDiesBetweenTwoCopies: a message goes to the other and to one's own second device, and the hub dies at each of its
// writes. Both people see it where the other's copy was received, before what was said meanwhile.
func TestTheHubDiesBetweenTwoCopies(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		w.restored(alice, laptop)
		w.rest(time.Minute)
		for write := 1; write <= 3; write++ {
			w.hub.DieAt(write)
			alice.say(alice.with(bob), fmt.Sprintf("alice %d", write))
			w.rest(time.Second)
			bob.say(bob.with(alice), fmt.Sprintf("bob %d", write))
			alice.line.setDown(true)
			w.hub.Crash()
			w.rest(time.Minute)
			alice.line.setDown(false)
			w.rest(time.Minute)
		}
		if left, right := alice.texts(alice.with(bob)), bob.texts(bob.with(alice)); len(left) != 6 || !slices.Equal(left, right) {
			t.Errorf("alice sees %q, bob %q", left, right)
		}
	})
}
