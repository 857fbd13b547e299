package backendtest

import (
	"context"
	"slices"
	"testing"
	"time"

	"gossip/backend"
	"gossip/common/id"
)

// info is what the device's list shows of a conversation.
func (d *device) info(conv backend.Conversation) backend.ConversationInfo {
	d.world.t.Helper()
	info, err := d.client.Conversation(conv)
	if err != nil {
		d.world.t.Fatalf("%s: %v", d.name, err)
	}
	return info
}

// Messages that name a person are counted apart while they are unread, whatever is edited or deleted meanwhile.
func TestMentions(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		counts := func(unread, mentions int) {
			t.Helper()
			w.rest(2 * time.Second)
			if info := bob.info(w.general); info.Unread != unread || info.Mentions != mentions {
				t.Errorf("bob has %d unread messages, %d of which name him; want %d and %d", info.Unread, info.Mentions, unread, mentions)
			}
		}
		first := alice.say(w.general, "hello everybody, @all even")
		named := alice.say(w.general, "hello @Bob!")
		alice.say(w.general, "`@bob` is code")
		bob.sees(w.general, "`@bob` is code")
		counts(3, 1)
		if !bob.message(w.general, named).Mention || bob.message(w.general, first).Mention || alice.message(w.general, named).Mention {
			t.Error("the wrong messages name somebody")
		}
		if info := bob.info(w.general); info.FirstUnread != first.String() {
			t.Errorf("the first unread message is %s, want %s", info.FirstUnread, first)
		}
		check(t, alice.client.Edit(w.general, first, "hello everybody, @bob even"))
		counts(3, 2)
		check(t, alice.client.Edit(w.general, named, "hello!"))
		counts(3, 1)
		bob.kill()
		bob.open()
		counts(3, 1)
		check(t, alice.client.Delete(w.general, first))
		counts(3, 0)
		check(t, alice.client.Edit(w.general, named, "hello, @bob!"))
		counts(3, 1)
		check(t, bob.client.MarkRead(w.general, named))
		counts(1, 0)
		if info := bob.info(w.general); info.FirstUnread == "" || info.FirstUnread == first.String() {
			t.Errorf("the first unread message is %q", info.FirstUnread)
		}
	})
}

// A channel's owner may call everybody.
func TestEverybodyIsCalledByModerators(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		ctx, done := context.WithTimeout(context.Background(), patience)
		defer done()
		conv := alice.den("den", true)
		w.rest(time.Second)
		check(t, bob.client.JoinChannel(ctx, conv))
		w.rest(time.Second)
		called := alice.say(conv, "@all: dinner")
		answered := bob.say(conv, "@all: coming")
		bob.sees(conv, "@all: dinner")
		alice.sees(conv, "@all: coming")
		if !bob.message(conv, called).Mention || alice.message(conv, answered).Mention {
			t.Error("the owner's word must name everybody, and a member's nobody")
		}
	})
}

// Who is named by a name that they have given up meanwhile is named all the same.
func TestMentionsByAnOldName(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		alice.say(w.general, "hello")
		bob.sees(w.general, "hello")
		w.rest(5 * time.Second)
		alice.line.setDown(true)
		w.rest(2 * time.Minute)
		check(t, bob.client.SetName(context.Background(), "robert"))
		m := alice.say(w.general, "where is @bob?")
		alice.line.setDown(false)
		bob.sees(w.general, "where is @bob?")
		if !bob.message(w.general, m).Mention {
			t.Error("it does not name him")
		}
		check(t, alice.client.Edit(w.general, m, "where is everybody?"))
		bob.sees(w.general, "where is everybody?")
		if bob.message(w.general, m).Mention {
			t.Error("it still names him")
		}
	})
}

// The list says who wrote last and how far that has come.
func TestLastMessage(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		conv, back := alice.with(bob), bob.with(alice)
		m := alice.say(conv, "first")
		bob.sees(back, "first")
		check(t, bob.client.AcceptRequest(back))
		check(t, bob.client.MarkRead(back, m))
		alice.waits(conv, m, backend.Read)
		if info := alice.info(conv); !info.LastMine || info.LastFrom != "" || info.LastState != backend.Read || info.LastText != "first" {
			t.Errorf("alice's list shows %+v", info)
		}
		if info := bob.info(back); info.LastMine || info.LastFrom != "alice" || info.LastState != backend.Received {
			t.Errorf("bob's list shows %+v", info)
		}
		check(t, bob.client.SetTimer(back, time.Hour))
		w.rest(2 * time.Second)
		if info := alice.info(conv); info.LastMine || info.LastFrom != "" || info.LastState != "" {
			t.Errorf("a notice is shown as %+v", info)
		}
	})
}

// A draft is kept through a restart, told of when it begins and ends, and ends when it is sent.
func TestDrafts(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		conv := alice.with(bob)
		answered := alice.say(w.general, "what?")
		bob.sees(w.general, "what?")
		told := func() int {
			alice.mu.Lock()
			defer alice.mu.Unlock()
			return len(slices.DeleteFunc(slices.Clone(alice.events), func(e backend.Event) bool {
				return e.Type != backend.EventConversation || e.Conversation != conv.String()
			}))
		}
		w.rest(time.Second)
		before := told()
		for _, text := range []string{"I", "I w", "I was", "I was thinking"} {
			check(t, alice.client.SaveDraft(conv, text, id.NoMessage))
			w.rest(time.Second)
		}
		if n := told() - before; n != 1 {
			t.Errorf("the beginning of a draft was told %d times", n)
		}
		check(t, alice.client.SaveDraft(w.general, "", answered))
		if !slices.ContainsFunc(alice.client.Conversations(), func(i backend.ConversationInfo) bool { return i.Key == conv.String() && i.Draft == "I was thinking" }) {
			t.Error("the list does not show the draft")
		}
		alice.kill()
		alice.open()
		if info := alice.info(conv); info.Draft != "I was thinking" {
			t.Errorf("after a restart the draft is %q", info.Draft)
		}
		if info := alice.info(w.general); info.Draft != "" || info.DraftReplyTo != answered.String() {
			t.Errorf("after a restart the draft answers %q", info.DraftReplyTo)
		}
		alice.say(conv, "I was thinking of you")
		if info := alice.info(conv); info.Draft != "" {
			t.Errorf("what was sent is still a draft: %q", info.Draft)
		}
		check(t, alice.client.SaveDraft(w.general, "", id.NoMessage))
		if info := alice.info(w.general); info.DraftReplyTo != "" {
			t.Error("the emptied draft is still there")
		}
		if err := alice.client.SaveDraft(backend.Conversation{Hub: w.hubID, User: id.UserID{1}}, "x", id.NoMessage); err == nil {
			t.Error("a draft to nobody was taken")
		}
	})
}

// Pinned and muted are a person's own marks; they survive a restart, and muting ends by itself.
func TestPinnedAndMuted(t *testing.T) {
	story(t, func(w *world) {
		alice := w.join("alice")
		check(t, alice.client.Pin(w.general, true))
		check(t, alice.client.Mute(w.general, 3600))
		alice.kill()
		alice.open()
		if info := alice.info(w.general); !info.Pinned || !info.Muted || info.MutedUntil == "" {
			t.Errorf("after a restart it is %+v", info)
		}
		w.rest(time.Hour)
		if info := alice.info(w.general); info.Muted || info.MutedUntil != "" {
			t.Errorf("after its time it is still muted: %+v", info)
		}
		check(t, alice.client.Mute(w.general, -1))
		w.rest(48 * time.Hour)
		if info := alice.info(w.general); !info.Muted || info.MutedUntil != "" {
			t.Errorf("muted for good it is %+v", info)
		}
		check(t, alice.client.Mute(w.general, 0))
		check(t, alice.client.Pin(w.general, false))
		if info := alice.info(w.general); info.Muted || info.Pinned {
			t.Errorf("in the end it is %+v", info)
		}
		for _, seconds := range []int64{-2, 1 << 40} {
			if alice.client.Mute(w.general, seconds) == nil {
				t.Errorf("muting for %d seconds was taken", seconds)
			}
		}
	})
}
