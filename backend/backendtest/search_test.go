package backendtest

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"gossip/backend"
	"gossip/signaling/hubtest"
)

// asks searches, and returns what was found as "author: text".
func (d *device) asks(question string) (found []string, result backend.SearchResult) {
	d.world.t.Helper()
	return d.askFor(question, 200)
}

// askFor is asks for a number of hits.
func (d *device) askFor(question string, limit int) (found []string, result backend.SearchResult) {
	d.world.t.Helper()
	result, err := d.client.Search(context.Background(), question, limit)
	check(d.world.t, err)
	found = []string{}
	for _, hit := range result.Hits {
		found = append(found, hit.Message.FromName+": "+hit.Message.Text)
	}
	return found, result
}

// finds fails unless a question finds exactly this, the newest first, and was understood.
func (d *device) finds(question string, want ...string) {
	d.world.t.Helper()
	if found, result := d.asks(question); !slices.Equal(found, append([]string{}, want...)) || result.Hint != "" {
		d.world.t.Errorf("%s finds %q for %s (%s), want %q", d.name, found, question, result.Hint, want)
	}
}

// TestSearch tells a story and looks for what was said in it.
func TestSearch(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		day := time.Now().Format(time.DateOnly)
		alice.say(w.general, "Who comes to the café?")
		bob.sees(w.general, "Who comes to the café?")
		w.rest(time.Second)
		bob.say(w.general, "I come, see https://cafe.example")
		alice.sees(w.general, "I come, see https://cafe.example")
		w.rest(time.Second)
		m := bob.say(bob.with(alice), "the CAFE is closed")
		alice.sees(alice.with(bob), "the CAFE is closed")

		alice.finds("cafe", "bob: the CAFE is closed", "bob: I come, see https://cafe.example", "alice: Who comes to the café?")
		alice.finds(`"the cafe"`, "bob: the CAFE is closed", "alice: Who comes to the café?")
		alice.finds("cafe from:me", "alice: Who comes to the café?")
		alice.finds("from:Bob in:#general", "bob: I come, see https://cafe.example")
		alice.finds("in:@bob", "bob: the CAFE is closed")
		alice.finds("has:link", "bob: I come, see https://cafe.example")
		alice.finds("come on:"+day, "bob: I come, see https://cafe.example", "alice: Who comes to the café?")
		alice.finds("come before:" + day)

		check(t, bob.client.Edit(bob.with(alice), m, "the bar is closed"))
		alice.sees(alice.with(bob), "the bar is closed")
		alice.finds("closed", "bob: the bar is closed")
		alice.finds("cafe in:@bob")
		bob.finds("bar", "bob: the bar is closed")
		check(t, bob.client.Delete(bob.with(alice), m))
		w.rest(5 * time.Second)
		for _, d := range []*device{alice, bob} {
			d.finds("bar")
			d.finds("closed")
			d.close()
			d.open()
			d.finds("who", "alice: Who comes to the café?")
		}
		marks, result := alice.asks("CAFE who")
		if want := [][2]int{{0, 3}, {17, 21}}; len(marks) != 1 || !slices.Equal(result.Hits[0].Ranges, want) {
			t.Errorf("the marks are %+v, want %v", result.Hits, want)
		}
	})
}

// TestSearchHints asks what can't be understood.
func TestSearchHints(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		alice.say(w.general, "hello bob")
		bob.sees(w.general, "hello bob")
		for question, want := range map[string]struct {
			hint string
			hits int
		}{
			"":                 {"Type a word", 0},
			"hello from:zed":   {"Nobody you know is called “zed”", 0},
			"hello in:#nosuch": {"no conversation called “#nosuch”", 0},
			"hello in:@alice":  {"no conversation called “@alice”", 0},
			"hello on:someday": {"is not a date", 1},
			"hello kind:x":     {"no filter kind:", 0},
		} {
			found, result := alice.asks(question)
			if !strings.Contains(result.Hint, want.hint) || len(found) != want.hits {
				t.Errorf("%q finds %q, hint %q", question, found, result.Hint)
			}
		}
		alice.finds("hello from:al", "alice: hello bob") // still typing
		alice.finds("hello in:gen", "alice: hello bob")
	})
}

// TestSearchForgets has a message disappear.
func TestSearchForgets(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		m, err := alice.client.Send(alice.with(bob), backend.Draft{Text: "burn after reading", ExpiresIn: time.Minute})
		check(t, err)
		bob.sees(bob.with(alice), "burn after reading")
		bob.finds("burn", "alice: burn after reading")
		check(t, bob.client.MarkRead(bob.with(alice), m))
		w.rest(2 * time.Minute)
		alice.finds("burn")
		bob.finds("burn")
	})
}

// checkSearch compares what a search on a device finds in a room with what its history shows there.
func (s *simulation) checkSearch(d *device, r *room, rows []backend.Message) (broken []string) {
	shown, found := []string{}, []string{}
	for _, m := range rows {
		if strings.Contains(m.Text, marker) {
			shown = append(shown, m.ID+" "+m.Text)
		}
	}
	_, result := d.asks(strings.ToLower(marker))
	for _, hit := range result.Hits {
		if hit.Message.Conversation == r.of(s.ownerOf(d)).String() {
			found = append(found, hit.Message.ID+" "+hit.Message.Text)
		}
	}
	slices.Sort(shown)
	slices.Sort(found)
	if !slices.Equal(shown, found) || result.More || result.Hint != "" {
		broken = append(broken, fmt.Sprintf("%s finds in %s %q (%s), its history is %q", d.name, r.name, found, result.Hint, shown))
	}
	return broken
}

// TestSearchLeavesTheBlockedOut has alice block bob: what he says in channels is not found until she lets him speak again.
func TestSearchLeavesTheBlockedOut(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		bob.say(w.general, "buy my needles")
		alice.sees(w.general, "buy my needles")
		w.rest(time.Second)
		alice.say(w.general, "no needles please")
		check(t, alice.client.Block(bob.user, true))
		alice.finds("needles", "alice: no needles please")
		alice.finds("needles from:bob")
		check(t, alice.client.Block(bob.user, false))
		alice.finds("needles", "alice: no needles please", "bob: buy my needles")
	})
}

// TestSearchOnTwoHubs has alice on two hubs, each with a #general: what she finds is in the order in which it was said.
func TestSearchOnTwoHubs(t *testing.T) {
	const away = "away.example:1720"
	story(t, func(w *world) {
		other := hubtest.Start(w.t)
		alice := w.newDevice("alice", "alice")
		alice.way = func(ctx context.Context, address string) (net.Conn, error) {
			if address == away {
				return other.Dial(ctx, address)
			}
			return w.hub.Dial(ctx, address)
		}
		alice.open()
		check(t, alice.client.CreateIdentity("alice"))
		w.enter(alice, backend.JoinRequest{Address: hubAddress})
		w.enter(alice, backend.JoinRequest{Address: away})
		away := alice.resolve("#general@away.example")
		want := []string{}
		for i := range 6 {
			text := fmt.Sprint("needle ", i)
			alice.say([]backend.Conversation{w.general, away}[i%2], text)
			want = append([]string{"alice: " + text}, want...)
			w.rest(time.Second)
		}
		alice.finds("needle", want...)
		alice.finds("in:general from:alice", want...)
		if found, result := alice.askFor("needle", 4); !slices.Equal(found, want[:4]) || !result.More {
			t.Errorf("of the newest 4 she finds %q, more: %v", found, result.More)
		}
	})
}
