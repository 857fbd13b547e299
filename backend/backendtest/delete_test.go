package backendtest

import (
	"context"
	"slices"
	"testing"
	"time"

	"gossip/backend"
	"gossip/common/id"
)

// listed reports whether the device's list has the conversation.
func (d *device) listed(conv backend.Conversation) bool {
	return slices.ContainsFunc(d.client.Conversations(), func(i backend.ConversationInfo) bool { return i.Key == conv.String() })
}

// A deleted direct conversation is gone with everything in it, on this device only, and begins anew with the next word.
func TestDeletedConversation(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		conv, back := alice.with(bob), bob.with(alice)
		check(t, alice.client.SetTimer(conv, time.Hour))
		old := alice.say(conv, "erase me")
		bob.sees(back, "erase me")
		w.rest(time.Second)
		bob.say(back, "and "+marker)
		alice.sees(conv, "and "+marker)
		check(t, alice.client.SaveDraft(conv, "never sent", id.NoMessage))
		check(t, alice.client.Pin(conv, true))
		w.rest(5 * time.Second)
		check(t, alice.client.DeleteConversation(conv))
		gone := func() {
			t.Helper()
			if rows := alice.history(conv); len(rows) != 0 || alice.listed(conv) {
				t.Errorf("alice still sees %+v (listed: %v)", rows, alice.listed(conv))
			}
			if info := alice.info(conv); info.Unread != 0 || info.LastText != "" || info.LastAt != "" || info.Draft != "" || info.Pinned || info.Timer != 3600 {
				t.Errorf("alice still sees %+v", info)
			}
			if found, err := alice.client.Search(context.Background(), marker, 10); err != nil || len(found.Hits) != 0 {
				t.Errorf("alice still finds %+v, %v", found, err)
			}
		}
		gone()
		alice.kill()
		alice.open()
		w.rest(10 * time.Second)
		gone()
		check(t, bob.client.Edit(back, messageID(t, bob.sees(back, "and "+marker).ID), "edited"))
		check(t, bob.client.MarkRead(back, old))
		w.rest(10 * time.Second)
		gone()
		if texts := bob.texts(back); !slices.Equal(texts, []string{"erase me", "edited"}) {
			t.Errorf("bob sees %q", texts)
		}
		bob.say(back, "hello again")
		alice.sees(conv, "hello again")
		if texts := alice.texts(conv); !alice.listed(conv) || len(texts) != 1 || alice.info(conv).Request {
			t.Errorf("alice sees %q (listed: %v)", texts, alice.listed(conv))
		}
		w.rest(2 * time.Hour) // what the old timers were for
		if alice.client.DeleteConversation(backend.Conversation{Hub: w.hubID, User: id.UserID{1}}) == nil {
			t.Error("a conversation that never was is deleted")
		}
	})
}

// A channel is emptied and stays listed; what is said next is there, in its order, and nothing is missed.
func TestClearedChannel(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		alice.say(w.general, "one")
		bob.sees(w.general, "one")
		check(t, bob.client.DeleteConversation(w.general))
		if !bob.listed(w.general) || len(bob.history(w.general)) != 0 {
			t.Errorf("listed: %v, rows: %v", bob.listed(w.general), bob.history(w.general))
		}
		alice.say(w.general, "two")
		bob.say(w.general, "three")
		alice.sees(w.general, "three")
		bob.sees(w.general, "two")
		w.rest(10 * time.Minute)
		if texts := bob.texts(w.general); len(texts) != 2 || bob.info(w.general).Unread != 1 {
			t.Errorf("bob sees %q", texts)
		}
		if gaps := append(bob.notices(w.general, "gap"), alice.notices(w.general, "gap")...); len(gaps) != 0 {
			t.Errorf("there are gaps: %+v", gaps)
		}
	})
}

// A channel that was left stays listed with what was said in it, until that is deleted; to join again lists it again.
func TestLeftChannel(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		alice.say(w.general, "keep this")
		bob.sees(w.general, "keep this")
		check(t, bob.client.LeaveChannel(context.Background(), w.general))
		w.rest(5 * time.Second)
		bob.kill()
		bob.open()
		w.rest(5 * time.Second)
		if texts := bob.texts(w.general); !bob.listed(w.general) || bob.info(w.general).Member || len(texts) != 1 {
			t.Errorf("bob sees %q (listed: %v, %+v)", texts, bob.listed(w.general), bob.info(w.general))
		}
		check(t, bob.client.DeleteConversation(w.general))
		if bob.listed(w.general) || len(bob.history(w.general)) != 0 {
			t.Errorf("bob still sees %+v", bob.history(w.general))
		}
		check(t, bob.client.JoinChannel(context.Background(), w.general))
		w.rest(5 * time.Second)
		if !bob.listed(w.general) || !bob.info(w.general).Member {
			t.Errorf("bob is back, and sees %+v", bob.info(w.general))
		}
	})
}

// What waited for a connection is not sent once its conversation is deleted; what is said afterwards is.
func TestDeletedBeforeItIsSent(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		conv, back := alice.with(bob), bob.with(alice)
		alice.say(conv, "hello")
		bob.sees(back, "hello")
		alice.line.setDown(true)
		w.rest(2 * time.Minute)
		alice.say(conv, "regretted")
		check(t, alice.client.DeleteConversation(conv))
		alice.kill()
		alice.open()
		alice.say(conv, "instead")
		bob.sees(back, "instead")
		w.rest(10 * time.Minute)
		if texts := bob.texts(back); !slices.Equal(texts, []string{"hello", "instead"}) {
			t.Errorf("bob sees %q", texts)
		}
		if gaps := bob.notices(back, "gap"); len(gaps) != 0 {
			t.Errorf("bob misses %+v", gaps)
		}
	})
}

// Who comes and goes does not bring a deleted conversation back into a list.
func TestADeletedConversationIsNotToldOf(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		conv := alice.with(bob)
		alice.say(conv, "hello")
		bob.sees(bob.with(alice), "hello")
		check(t, alice.client.DeleteConversation(conv))
		w.rest(5 * time.Second)
		told := func() (count int) {
			alice.mu.Lock()
			defer alice.mu.Unlock()
			for _, e := range alice.events {
				if e.Type == backend.EventConversation && e.Conversation == conv.String() {
					count++
				}
			}
			return count
		}
		before := told()
		bob.close()
		w.rest(10 * time.Second)
		bob.open()
		w.rest(10 * time.Second)
		if n := told() - before; n != 0 {
			t.Errorf("it was told of %d times", n)
		}
		bob.say(bob.with(alice), "hello again")
		alice.sees(conv, "hello again")
		w.rest(time.Second)
		if told() == before {
			t.Error("nobody was told of the new message's conversation")
		}
	})
}
