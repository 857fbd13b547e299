package backendtest

import (
	"context"
	"slices"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/settings"
)

// choose changes the device's settings.
func (d *device) choose(change func(*settings.Values)) {
	d.world.t.Helper()
	check(d.world.t, d.client.Settings().Update(change))
}

// A message stays where its author wants so, although the conversation has a timer.
func TestAMessageThatStays(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		conv, back := alice.with(bob), bob.with(alice)
		check(t, alice.client.SetTimer(conv, 30*time.Second))
		_, err := alice.client.Send(conv, backend.Draft{Text: "stays", ExpiresIn: backend.Stays})
		check(t, err)
		m := alice.say(conv, "goes")
		bob.sees(back, "goes")
		check(t, bob.client.MarkRead(back, m))
		w.rest(time.Minute)
		for _, texts := range [][]string{alice.texts(conv), bob.texts(back)} {
			if !slices.Equal(texts, []string{"stays"}) {
				t.Errorf("a minute later there are %v", texts)
			}
		}
		if _, err := alice.client.Send(conv, backend.Draft{Text: "never", ExpiresIn: -5 * time.Second}); err == nil {
			t.Error("a message for less than no time was taken")
		}
	})
}

// Who tells nobody what they have read does not see what others have read, as long as that is so.
func TestReadReceiptsAreMutual(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		conv, back := alice.with(bob), bob.with(alice)
		alice.choose(func(v *settings.Values) { v.SendReadReceipts = false })
		m := alice.say(conv, "read me")
		bob.sees(back, "read me")
		check(t, bob.client.AcceptRequest(back))
		check(t, bob.client.MarkRead(back, m))
		alice.waits(conv, m, backend.Delivered)
		w.rest(10 * time.Second)
		if state, last := alice.message(conv, m).State, alice.info(conv).LastState; state != backend.Delivered || last != backend.Delivered {
			t.Errorf("alice sees that bob has read it: %s, %s", state, last)
		}
		if err := alice.client.WaitFor(context.Background(), conv, m, backend.Read); err == nil {
			t.Error("alice may wait for what she can't see")
		}
		alice.choose(func(v *settings.Values) { v.SendReadReceipts = true })
		if state, last := alice.message(conv, m).State, alice.info(conv).LastState; state != backend.Read || last != backend.Read {
			t.Errorf("alice does not see that bob has read it: %s, %s", state, last)
		}
	})
}

// Who does not tell that they are typing does not see others type.
func TestTypingIsMutual(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		alice.say(alice.with(bob), "hello")
		bob.say(bob.with(alice), "hello")
		w.rest(3 * time.Second)
		bob.choose(func(v *settings.Values) { v.SendTyping = false })
		check(t, alice.client.SetTyping(alice.with(bob), true))
		check(t, bob.client.SetTyping(bob.with(alice), true))
		w.rest(10 * time.Second)
		if a, b := alice.typing(), bob.typing(); len(a)+len(b) != 0 {
			t.Errorf("alice was told %v and bob %v", a, b)
		}
		bob.choose(func(v *settings.Values) { v.SendTyping = true })
		check(t, alice.client.SetTyping(alice.with(bob), true))
		w.rest(time.Second)
		if told := bob.typing(); len(told) != 1 {
			t.Errorf("bob was told %v", told)
		}
	})
}

// What a person begins gets the timer that they chose for it; what others began, or goes on, does not.
func TestTimerOfWhatIsBegun(t *testing.T) {
	story(t, func(w *world) {
		alice, bob, carol := w.join("alice"), w.join("bob"), w.join("carol")
		carol.say(carol.with(alice), "hello")
		alice.sees(alice.with(carol), "hello")
		alice.choose(func(v *settings.Values) { v.DefaultTimer = 3600 })
		m := alice.say(alice.with(bob), "hello bob")
		bob.sees(bob.with(alice), "hello bob")
		for _, timer := range []int64{alice.info(alice.with(bob)).Timer, bob.info(bob.with(alice)).Timer, bob.message(bob.with(alice), m).ExpiresIn} {
			if timer != 3600 {
				t.Errorf("a time is %d seconds", timer)
			}
		}
		alice.say(alice.with(carol), "hello carol")
		carol.sees(carol.with(alice), "hello carol")
		if timer := carol.info(carol.with(alice)).Timer; timer != 0 {
			t.Errorf("what carol began has a timer of %d seconds", timer)
		}
		check(t, alice.client.SetTimer(alice.with(bob), 0))
		m = alice.say(alice.with(bob), "stay")
		bob.sees(bob.with(alice), "stay")
		if timer := bob.message(bob.with(alice), m).ExpiresIn; timer != 0 {
			t.Errorf("after the timer was turned off a message lives %d seconds", timer)
		}
		den := alice.den("den", true)
		if timer := alice.info(den).Timer; timer != 3600 {
			t.Errorf("the channel has a timer of %d seconds", timer)
		}
	})
}
