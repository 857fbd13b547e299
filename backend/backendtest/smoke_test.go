package backendtest

import (
	"context"
	"testing"
	"time"

	"gossip/backend"
	"gossip/common/id"
)

// TestRestartedClientCatchesUp is the least that has to work: a channel, direct messages, and a restart.
func TestRestartedClientCatchesUp(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		alice.say(w.general, "hello, everybody")
		bob.sees(w.general, "hello, everybody")
		bob.say(w.general, "hello, alice")
		alice.sees(w.general, "hello, alice")
		bob.close()
		alice.say(alice.with(bob), "are you there?")
		alice.say(w.general, "bob is away")
		bob.open()
		bob.sees(bob.with(alice), "are you there?")
		bob.sees(w.general, "bob is away")
	})
}

// waits waits for the state of a message of one's own.
func (d *device) waits(conv backend.Conversation, m id.MessageID, state backend.State) {
	d.world.t.Helper()
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	if err := d.client.WaitFor(ctx, conv, m, state); err != nil {
		d.world.t.Fatalf("%s waits for %s: %v", d.name, state, err)
	}
}

// message reads a message that must be there.
func (d *device) message(conv backend.Conversation, m id.MessageID) backend.Message {
	d.world.t.Helper()
	got, err := d.client.Message(conv, m)
	if err != nil {
		d.world.t.Fatalf("%s: %v", d.name, err)
	}
	return got
}

func TestReceiptsAndReadState(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		conv := alice.with(bob)
		m := alice.say(conv, "read me")
		bob.sees(bob.with(alice), "read me")
		check(t, bob.client.AcceptRequest(bob.with(alice)))
		alice.waits(conv, m, backend.Delivered)
		if info, _ := bob.client.Conversation(bob.with(alice)); info.Unread != 1 {
			t.Fatalf("unread %d, want 1", info.Unread)
		}
		check(t, bob.client.MarkRead(bob.with(alice), m))
		alice.waits(conv, m, backend.Read)
		if info, _ := bob.client.Conversation(bob.with(alice)); info.Unread != 0 {
			t.Fatalf("unread %d, want 0", info.Unread)
		}
	})
}

func TestEditDeleteReact(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		m := alice.say(w.general, "helo")
		bob.sees(w.general, "helo")
		check(t, alice.client.Edit(w.general, m, "hello"))
		bob.sees(w.general, "hello")
		check(t, bob.client.React(w.general, m, "👍", false))
		w.rest(5 * time.Second)
		got := alice.message(w.general, m)
		if len(got.Reactions) != 1 || got.Reactions[0].Emoji != "👍" || got.Reactions[0].Mine || !got.Edited {
			t.Fatalf("alice sees %+v", got)
		}
		if err := bob.client.Edit(w.general, m, "bob was here"); err == nil {
			t.Fatal("bob can edit what alice wrote")
		}
		check(t, alice.client.Delete(w.general, m))
		w.rest(5 * time.Second)
		if got := bob.message(w.general, m); !got.Deleted || got.Text != "" || len(got.Reactions) != 0 {
			t.Fatalf("bob sees %+v", got)
		}
	})
}

func TestDisappearingMessages(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		conv, back := alice.with(bob), bob.with(alice)
		check(t, alice.client.SetTimer(conv, 30*time.Second))
		w.rest(5 * time.Second)
		if info, _ := bob.client.Conversation(back); info.Timer != 30 {
			t.Fatalf("bob's timer is %d", info.Timer)
		}
		m := bob.say(back, "burn this")
		alice.sees(conv, "burn this")
		bob.waits(back, m, backend.Sent)
		w.rest(31 * time.Second)
		if _, err := bob.client.Message(back, m); err == nil {
			t.Fatal("the sender still has it")
		}
		alice.message(conv, m) // not read yet
		check(t, alice.client.MarkRead(conv, m))
		alice.close()
		w.rest(40 * time.Second)
		alice.open()
		w.rest(time.Second)
		if _, err := alice.client.Message(conv, m); err == nil {
			t.Fatal("the reader still has it after a restart")
		}
	})
}

func TestPrivateChannel(t *testing.T) {
	story(t, func(w *world) {
		alice, bob, carol := w.join("alice"), w.join("bob"), w.join("carol")
		ctx, done := context.WithTimeout(context.Background(), 10*time.Minute)
		defer done()
		conv := alice.den("secret", false)
		alice.say(conv, "alone")
		if err := carol.client.JoinChannel(ctx, conv); err == nil {
			t.Fatal("carol got into a private channel")
		}
		alice.admits(conv, bob)
		alice.say(conv, "welcome")
		bob.sees(conv, "welcome")
		bob.say(conv, "thank you")
		alice.sees(conv, "thank you")
		check(t, alice.client.SetTopic(ctx, conv, "quiet"))
		w.rest(2 * time.Second)
		if info, _ := bob.client.Conversation(conv); info.Topic != "quiet" || info.Role != "member" {
			t.Fatalf("bob sees %+v", info)
		}
		check(t, alice.client.RemoveMember(ctx, conv, bob.user))
		w.rest(2 * time.Second)
		if _, err := bob.client.Send(conv, backend.Draft{Text: "let me in"}); err == nil {
			t.Fatal("bob can still write")
		}
	})
}

func TestTyping(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		alice.say(alice.with(bob), "hello")
		bob.say(bob.with(alice), "hello")
		w.rest(3 * time.Second)
		check(t, alice.client.SetTyping(alice.with(bob), true))
		w.rest(time.Second)
		if got := bob.typing(); len(got) != 1 || !got[0] {
			t.Fatalf("bob was told %v", got)
		}
		w.rest(10 * time.Second)
		if got := bob.typing(); len(got) != 2 || got[1] {
			t.Fatalf("bob was told %v", got)
		}
	})
}

// typing lists what the device was told about who types.
func (d *device) typing() (told []bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		if e.Type == backend.EventTyping {
			told = append(told, e.Typing)
		}
	}
	return told
}

func TestRestoredFromThePhrase(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		words, err := alice.client.Phrase()
		check(t, err)
		second := w.newDevice("alice2", "alice")
		second.open()
		phrase := ""
		for _, word := range words {
			phrase += word + " "
		}
		check(t, second.client.RestoreIdentity(phrase, "alice"))
		w.enter(second, backend.JoinRequest{Address: hubAddress})
		if second.user != alice.user || second.id == alice.id {
			t.Fatal("the phrase gave back another user or the same device")
		}
		w.rest(5 * time.Second)
		bob.say(bob.with(alice), "to both of you")
		alice.sees(alice.with(bob), "to both of you")
		second.sees(second.with(bob), "to both of you")
		second.say(second.with(bob), "from the second")
		bob.sees(bob.with(alice), "from the second")
		alice.sees(alice.with(bob), "from the second")
		second.say(w.general, "general from the second")
		bob.sees(w.general, "general from the second")
		alice.sees(w.general, "general from the second")
	})
}
