package backendtest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/settings"
	"gossip/common/id"
)

// reached is how far a message has come with each of its recipients.
func (d *device) reached(conv backend.Conversation, m id.MessageID) string {
	d.world.t.Helper()
	info, err := d.client.MessageInfo(conv, m)
	if err != nil {
		d.world.t.Fatalf("%s: %v", d.name, err)
	}
	var list []string
	for _, to := range info.Recipients {
		if (to.At == "") != (to.State == backend.Sent) {
			d.world.t.Errorf("%s has the time %q in state %s", to.Name, to.At, to.State)
		}
		list = append(list, to.Name+" "+string(to.State))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// A message in a channel is delivered when all have it, and read when all have read it; who has it so far can be asked.
func TestHowFarAMessageHasCome(t *testing.T) {
	story(t, func(w *world) {
		alice, bob, carol := w.join("alice"), w.join("bob"), w.join("carol")
		w.rest(5 * time.Second)
		carol.close()
		m := alice.say(w.general, "hello")
		check := func(d *device, state backend.State, reached string) {
			t.Helper()
			w.rest(5 * time.Second)
			if got := d.message(w.general, m).State; got != state {
				t.Errorf("the message is %s, want %s", got, state)
			}
			if got := d.reached(w.general, m); got != reached {
				t.Errorf("it has come to %q, want %q", got, reached)
			}
		}
		check(alice, backend.Sent, "bob delivered, carol sent")
		if err := bob.client.MarkRead(w.general, m); err != nil {
			t.Fatal(err)
		}
		check(alice, backend.Sent, "bob read, carol sent")
		alice.kill()
		alice.open()
		carol.open()
		check(alice, backend.Delivered, "bob read, carol delivered")
		alice.choose(func(v *settings.Values) { v.SendReadReceipts = false })
		check(alice, backend.Delivered, "bob delivered, carol delivered")
		alice.choose(func(v *settings.Values) { v.SendReadReceipts = true })
		if err := carol.client.MarkRead(w.general, m); err != nil {
			t.Fatal(err)
		}
		check(alice, backend.Read, "bob read, carol read")
		dave := w.join("dave")
		check(alice, backend.Read, "bob read, carol read")
		check(bob, backend.Received, "")
		if _, err := dave.client.MessageInfo(w.general, m); err == nil {
			t.Error("dave is told of a message from before he came")
		}
	})
}

// Nobody waits for the word of somebody who is out.
func TestWhoIsOutIsNotWaitedFor(t *testing.T) {
	story(t, func(w *world) {
		alice, bob, carol := w.join("alice"), w.join("bob"), w.join("carol")
		ctx, done := context.WithTimeout(context.Background(), 10*time.Minute)
		defer done()
		conv := alice.den("den", true)
		w.rest(time.Second)
		check(t, bob.client.JoinChannel(ctx, conv))
		check(t, carol.client.JoinChannel(ctx, conv))
		w.rest(5 * time.Second)
		carol.close()
		m := alice.say(conv, "hello")
		bob.sees(conv, "hello")
		check(t, bob.client.MarkRead(conv, m))
		w.rest(5 * time.Second)
		if state := alice.message(conv, m).State; state != backend.Sent {
			t.Fatalf("the message is %s", state)
		}
		check(t, alice.client.RemoveMember(ctx, conv, carol.user))
		w.rest(time.Second)
		if state := alice.message(conv, m).State; state != backend.Read {
			t.Errorf("after the other is out the message is %s", state)
		}
	})
}

// The sentence about a message's encryption says what it was and whether the person is verified.
func TestWhatIsSaidOfEncryption(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		conv, back := alice.with(bob), bob.with(alice)
		m, all := alice.say(conv, "hello"), alice.say(w.general, "hello all")
		bob.sees(back, "hello")
		bob.sees(w.general, "hello all")
		sentence := func(d *device, conv backend.Conversation, m id.MessageID, parts ...string) {
			t.Helper()
			info, err := d.client.MessageInfo(conv, m)
			check(t, err)
			for _, part := range parts {
				if !strings.Contains(info.Encryption, part) {
					t.Errorf("%q does not say %q", info.Encryption, part)
				}
			}
			if info.SentAt == "" || info.ReceivedAt == "" {
				t.Errorf("its times are %+v", info)
			}
		}
		sentence(bob, back, m, "Double Ratchet", "ML-KEM-768 and X25519", "not verified alice")
		check(t, bob.client.SetVerified(alice.user, true))
		sentence(bob, back, m, "You have verified alice.")
		sentence(bob, w.general, all, "sender's key for this channel", "You have verified alice.")
		sentence(alice, w.general, all, "your key for this channel")
	})
}
