package roster

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gossip/common/id"
)

// Whom the person has blocked stays so through a new card and a restart; oneself and strangers can't be.
func TestBlockedPeople(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	r, shut := opened(t, path)
	bob := newUser(t, "bob")
	_, err := r.Accept(id.HubID{1}, [][]byte{bob.card(1, 1)}, time.Now())
	check(t, err)
	check(t, r.Block(bob.key.ID(), true))
	bob.addDevice()
	_, err = r.Accept(id.HubID{1}, [][]byte{bob.card(2, 2)}, time.Now())
	check(t, err)
	shut()
	r, shut = opened(t, path)
	defer shut()
	people := r.BlockedPeople()
	if len(people) != 1 || people[0].Name != "bob" || !people[0].Blocked || people[0].Hub != "" || !r.Blocked(bob.key.ID()) {
		t.Errorf("blocked are %+v", people)
	}
	check(t, r.Block(bob.key.ID(), false))
	if r.Blocked(bob.key.ID()) || len(r.BlockedPeople()) != 0 {
		t.Error("bob is still blocked")
	}
	if r.Block(r.Self(), true) == nil || r.Block(id.UserID{9}, true) == nil {
		t.Error("oneself or a stranger can be blocked")
	}
}

func TestFingerprintText(t *testing.T) {
	if got := FingerprintText(id.UserID{0xab, 0xcd, 0x01}); !strings.HasPrefix(got, "ABCD 0100 ") || len(got) != 64+15 {
		t.Errorf("got %q", got)
	}
}
