package backendtest

import (
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/settings"
)

// TestPushToTalk has somebody who is heard only while a key is held: not a packet of them comes before.
func TestPushToTalk(t *testing.T) {
	story(t, func(w *world) {
		people := callers(w, "alice", "bob")
		alice, bob := people[0], people[1]
		check(t, bob.client.Settings().Update(func(v *settings.Values) { v.PushToTalk = true }))
		bob.calledBy(alice, backend.CallOptions{})
		w.rest(2 * time.Second)
		if packets, _ := alice.calls.media.Heard(bob.id.String()).Voice(); packets > 0 {
			t.Errorf("%d packets of bob were heard before he held the key", packets)
		}
		if !bob.client.Call().Muted {
			t.Error("bob does not see that he is muted")
		}
		alice.inCall("bob muted", func(i backend.CallInfo) bool { return i.Participants[0].Muted })
		check(t, bob.client.SetMuted(false))
		alice.hears(bob, true)
		check(t, bob.client.HangUp())
	})
}
