package chat

import (
	"errors"
	"testing"

	"gossip/backend/history"
	"gossip/common/content"
	"gossip/common/id"
)

// What is read at once is read in several transactions, and all of it.
func TestMuchIsReadAtOnce(t *testing.T) {
	p := newProfile(t)
	last := id.NoMessage
	check(t, p.hub.call(func() error {
		return p.hub.update(func(c *change) error {
			for n := range 2*maxRead + 1 {
				r := &history.Row{ID: id.NewMessageID(), From: p.bob.key.ID(), Type: content.TypeText, Text: "hello", SentAt: int64(n), State: history.StateReceived}
				last = r.ID
				if err := c.Insert(p.withBob(), history.NewPlace(uint64(n), 1, r.ID), r); err != nil {
					return err
				}
			}
			return nil
		})
	}))
	if info, _ := p.hub.Info(p.withBob()); info.Unread != 2*maxRead+1 {
		t.Fatalf("%d are unread", info.Unread)
	}
	check(t, p.hub.MarkRead(p.withBob(), last))
	if info, _ := p.hub.Info(p.withBob()); info.Unread != 0 || info.FirstUnread != "" {
		t.Errorf("%d are unread still", info.Unread)
	}
	if err := p.hub.MarkRead(p.withBob(), id.NewMessageID()); !errors.Is(err, history.ErrNoMessage) {
		t.Errorf("what is not here was read: %v", err)
	}
}
