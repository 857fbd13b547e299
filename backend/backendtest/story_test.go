package backendtest

import (
	"testing"
	"testing/synctest"
	"time"

	"gossip/signaling/hubtest"
	"gossip/signaling/server"
)

// withFolder starts the hub from the files of another one.
func withFolder(t *testing.T, files folder) hubtest.Option {
	return func(o *server.Options) { files.write(t, o.Config.Data) }
}

func TestThreeMessages(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		alice.say(w.general, "hello everybody")
		bob.sees(w.general, "hello everybody")
		bob.say(bob.with(alice), "hello alice")
		alice.sees(alice.with(bob), "hello alice")
		alice.say(alice.with(bob), "hello bob")
		bob.sees(bob.with(alice), "hello bob")
	})
}

func TestAKilledClientComesBack(t *testing.T) {
	tpl := makeTemplate(t, people...)
	start := time.Now()
	synctest.Test(t, func(t *testing.T) {
		w := worldFrom(t, tpl, "alice", "bob")
		alice, bob := w.devices[0], w.devices[1]
		bob.kill()
		alice.say(w.general, "one")
		alice.say(alice.with(bob), "two")
		alice.kill()
		alice.open()
		w.rest(5 * time.Second)
		bob.open()
		bob.sees(w.general, "one")
		bob.sees(bob.with(alice), "two")
		w.hub.Crash()
		bob.say(w.general, "three")
		alice.sees(w.general, "three")
	})
	t.Log("took", time.Since(start))
}

// people are those of the template.
var people = []string{"alice", "bob", "carol", "dave"}
