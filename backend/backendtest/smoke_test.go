package backendtest

import (
	"testing"

	"gossip/signaling/hubtest"
)

// TestTwoPeopleTalk is the least that has to work: a channel, direct messages, and a restart.
func TestTwoPeopleTalk(t *testing.T) {
	h := hubtest.Start(t)
	alice, bob := newPerson(t, h, "alice"), newPerson(t, h, "bob")

	alice.says("#general", "hello, everybody")
	bob.hears("#general", "alice: hello, everybody")
	bob.says("#general", "hello, alice")
	alice.hears("#general", "alice: hello, everybody", "bob: hello, alice")

	alice.says("@bob", "just you and me")
	bob.hears("@alice", "alice: just you and me")
	bob.says("@alice", "indeed")
	alice.hears("@bob", "alice: just you and me", "bob: indeed")

	bob.quit()
	alice.says("@bob", "are you there?")
	alice.says("#general", "bob is away")
	bob.open()
	bob.hears("@alice", "alice: just you and me", "bob: indeed", "alice: are you there?")
	bob.hears("#general", "bob: hello, alice", "alice: bob is away")
}
