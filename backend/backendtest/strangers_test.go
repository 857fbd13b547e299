package backendtest

import (
	"slices"
	"testing"
	"time"

	"gossip/backend"
)

// A stranger who writes learns nothing until they are accepted, through restarts; then they get the receipts that were held back.
func TestAStrangersRequest(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		conv, back := alice.with(bob), bob.with(alice)
		alice.say(w.general, "hello all") // so that their devices have met
		bob.sees(w.general, "hello all")
		bob.say(w.general, "hello alice")
		alice.sees(w.general, "hello alice")
		m := alice.say(conv, "do you know me?")
		bob.sees(back, "do you know me?")
		check(t, bob.client.MarkRead(back, m))
		check(t, bob.client.SetTyping(back, true))
		w.rest(time.Second)
		bob.kill()
		bob.open()
		w.rest(10 * time.Second)
		if info := bob.info(back); !info.Request || info.LastText != "do you know me?" {
			t.Errorf("bob's list shows %+v", info)
		}
		if state := alice.message(conv, m).State; state != backend.Sent || len(alice.typing()) != 0 {
			t.Errorf("alice sees the state %s and %v", state, alice.typing())
		}
		if alice.info(conv).Request {
			t.Error("for alice bob is a stranger, to whom she has written")
		}
		check(t, bob.client.AcceptRequest(back))
		w.rest(5 * time.Second)
		if info := bob.info(back); info.Request {
			t.Error("what was accepted is still a request")
		}
		if state := alice.message(conv, m).State; state != backend.Read {
			t.Errorf("after it was accepted alice sees the state %s", state)
		}
	})
}

// Whoever writes back, on whatever device, or has verified the other, has accepted them.
func TestWhatAcceptsARequest(t *testing.T) {
	for name, accept := range map[string]func(bob, laptop, alice *device) error{
		"an answer": func(bob, laptop, alice *device) error {
			_, err := bob.client.Send(bob.with(alice), backend.Draft{Text: "yes"})
			return err
		},
		"an answer on the other device": func(bob, laptop, alice *device) error {
			_, err := laptop.client.Send(laptop.with(alice), backend.Draft{Text: "yes"})
			return err
		},
		"a reaction": func(bob, laptop, alice *device) error {
			last := bob.history(bob.with(alice))
			return bob.client.React(bob.with(alice), messageID(bob.world.t, last[len(last)-1].ID), "👍", false)
		},
		"a compared number": func(bob, laptop, alice *device) error { return bob.client.SetVerified(alice.user, true) },
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(w *world) {
				alice, bob := w.join("alice"), w.join("bob")
				laptop := w.restored(bob, "bob's laptop")
				w.rest(10 * time.Second)
				alice.say(alice.with(bob), "hello?")
				bob.sees(bob.with(alice), "hello?")
				laptop.sees(laptop.with(alice), "hello?")
				if !bob.info(bob.with(alice)).Request || !laptop.info(laptop.with(alice)).Request {
					t.Fatal("it is no request")
				}
				check(t, accept(bob, laptop, alice))
				w.rest(10 * time.Second)
				if bob.info(bob.with(alice)).Request {
					t.Error("it is still a request")
				}
				m := alice.say(alice.with(bob), "thank you")
				alice.waits(alice.with(bob), m, backend.Delivered)
			})
		})
	}
}

// What a blocked person sends directly is dropped for good; the hub keeps nothing of it.
func TestBlockedInPrivate(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		conv, back := alice.with(bob), bob.with(alice)
		alice.say(conv, "hello")
		bob.sees(back, "hello")
		w.rest(time.Second)
		bob.say(back, "go away")
		alice.sees(conv, "go away")
		check(t, bob.client.Block(alice.user, true))
		w.rest(2 * time.Second)
		lost := alice.say(conv, "please")
		w.rest(10 * time.Second)
		bob.kill()
		bob.open()
		alice.say(conv, "please!")
		w.rest(10 * time.Second)
		if texts := bob.texts(back); !slices.Equal(texts, []string{"hello", "go away"}) {
			t.Errorf("bob sees %q", texts)
		}
		if info := bob.info(back); !info.PersonBlocked || info.Blocked == "" || info.Unread != 1 || info.LastText != "go away" {
			t.Errorf("bob's list shows %+v", info)
		}
		if state := alice.message(conv, lost).State; state != backend.Sent {
			t.Errorf("alice sees the state %s", state)
		}
		if _, err := bob.client.Send(back, backend.Draft{Text: "hm"}); err == nil {
			t.Error("bob can write to whom he has blocked")
		}
		if people := bob.client.BlockedPeople(); len(people) != 1 || people[0].Name != "alice" || !people[0].Blocked || people[0].Fingerprint != alice.client.Me().Fingerprint {
			t.Errorf("blocked are %+v", people)
		}
		check(t, bob.client.Block(alice.user, false))
		alice.say(conv, "thank you")
		bob.sees(back, "thank you")
		w.rest(10 * time.Minute) // longer than anything is asked for again
		if texts := bob.texts(back); !slices.Equal(texts, []string{"hello", "go away", "thank you"}) {
			t.Errorf("in the end bob sees %q", texts)
		}
		if gaps := append(bob.notices(back, "gap"), bob.notices(back, "warning")...); len(gaps) != 0 {
			t.Errorf("bob is told of %+v", gaps)
		}
		if len(bob.client.BlockedPeople()) != 0 || bob.client.Block(bob.user, true) == nil {
			t.Error("the list of blocked people is wrong")
		}
	})
}

// What a blocked person says in a channel is kept and left out until they are blocked no more.
func TestBlockedInAChannel(t *testing.T) {
	story(t, func(w *world) {
		alice, bob, carol := w.join("alice"), w.join("bob"), w.join("carol")
		w.rest(5 * time.Second)
		before := alice.say(w.general, "before")
		bob.sees(w.general, "before")
		check(t, bob.client.Block(alice.user, true))
		if info := bob.info(w.general); info.Unread != 0 || info.LastText == "before" {
			t.Errorf("bob's list shows %+v", info)
		}
		alice.say(w.general, "meanwhile")
		w.rest(time.Second)
		asked := carol.say(w.general, "who is there?")
		bob.sees(w.general, "who is there?")
		alice.sees(w.general, "who is there?")
		check(t, alice.client.React(w.general, asked, "👍", false))
		_, err := carol.client.Send(w.general, backend.Draft{Text: "an answer", ReplyTo: before})
		check(t, err)
		answer := bob.sees(w.general, "an answer")
		alice.say(w.general, "last")
		alice.client.SetTyping(w.general, true)
		w.rest(5 * time.Second)
		if texts := bob.texts(w.general); !slices.Equal(texts, []string{"who is there?", "an answer"}) {
			t.Errorf("bob sees %q", texts)
		}
		if info := bob.info(w.general); info.Unread != 2 || info.LastText != "an answer" {
			t.Errorf("bob's list shows %+v", info)
		}
		if m := bob.message(w.general, asked); len(m.Reactions) != 0 || !answer.Reply.Missing {
			t.Errorf("bob sees the reactions %+v and the quote %+v", m.Reactions, answer.Reply)
		}
		if _, err := bob.client.Message(w.general, before); err == nil {
			t.Error("bob finds what is left out")
		}
		if bob.saw(messageID(t, alice.sees(w.general, "last").ID)) || len(bob.typing()) != 0 {
			t.Error("bob was told of what is left out")
		}
		check(t, bob.client.Block(alice.user, false))
		if texts := bob.texts(w.general); !slices.Equal(texts, []string{"before", "meanwhile", "who is there?", "an answer", "last"}) {
			t.Errorf("in the end bob sees %q", texts)
		}
		if info := bob.info(w.general); info.Unread != 2 || info.LastText != "last" {
			t.Errorf("in the end bob's list shows %+v", info)
		}
		w.rest(time.Second)
		cleared := 0
		bob.mu.Lock()
		for _, e := range bob.events {
			if e.Type == backend.EventCleared && e.Conversation == w.general.String() {
				cleared++
			}
		}
		bob.mu.Unlock()
		if cleared != 2 {
			t.Errorf("bob was told %d times to read the channel anew", cleared)
		}
	})
}

// A stranger who begins with a timer asks, too.
func TestAStrangersTimer(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		check(t, alice.client.SetTimer(alice.with(bob), time.Hour))
		w.rest(10 * time.Second)
		if info := bob.info(bob.with(alice)); !info.Request || info.Timer != 3600 {
			t.Errorf("bob's list shows %+v", info)
		}
	})
}
