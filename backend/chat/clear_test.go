package chat

import (
	"testing"

	"gossip/backend/store"
)

// Nothing of a deleted conversation's messages is left in the store.
func TestNothingIsLeftOfADeletedConversation(t *testing.T) {
	p := newProfile(t)
	kept := []string{"message", "place", "unread", "search"}
	left := func() (names []string) {
		check(t, p.store.View(func(tx *store.Tx) error {
			for _, name := range append(kept, "early", "sent", "received") {
				if empty, err := tx.Bucket(name, p.hubID[:], p.withBob().Key()).Empty(); err != nil || !empty {
					names = append(names, name)
				}
			}
			empty, err := tx.Bucket("pending", p.hubID[:]).Empty()
			if !empty {
				names = append(names, "pending")
			}
			return err
		}))
		return names
	}
	p.hear(1, "one")
	_, err := p.hub.Send(p.withBob(), Draft{Text: "two"})
	check(t, err)
	if n := len(left()); n != len(kept)+1 {
		t.Fatalf("before there are %v", left())
	}
	check(t, p.hub.DeleteConversation(p.withBob()))
	if names := left(); len(names) != 0 {
		t.Errorf("afterwards there are rows in %v", names)
	}
	if n := p.hub.outbox.Held(p.withBob().Key()); n != 0 {
		t.Errorf("%d messages wait", n)
	}
	p.close()
	p.open()
	if page, _, _ := p.hub.Before(p.withBob(), "", 10); len(page) != 0 || len(p.hub.Conversations()) != 0 {
		t.Errorf("after a restart there are %v and %v", page, p.hub.Conversations())
	}
}
