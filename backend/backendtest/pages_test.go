package backendtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gossip/backend"
	"gossip/common/id"
)

// The pages behind a position and around a message are parts of the whole history.
func TestPagesOfTheHistory(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		var ids []id.MessageID
		for i := range 20 {
			ids = append(ids, alice.say(w.general, fmt.Sprint("line ", i)))
		}
		bob.sees(w.general, "line 19")
		all := bob.history(w.general)
		at := slices.IndexFunc(all, func(m backend.Message) bool { return m.ID == ids[10].String() })
		page, more, err := bob.client.HistoryAfter(w.general, all[at].Position, 4)
		check(t, err)
		if !more || !sameRows(page, all[at+1:at+5]) {
			t.Errorf("behind the position are %v", page)
		}
		page, more, err = bob.client.HistoryAfter(w.general, all[len(all)-3].Position, 10)
		check(t, err)
		if more || !sameRows(page, all[len(all)-2:]) {
			t.Errorf("at the end are %v (more: %v)", page, more)
		}
		if page, more, err = bob.client.HistoryAfter(w.general, "", 10); err != nil || more || len(page) != 0 {
			t.Errorf("behind the newest are %v, %v", page, err)
		}
		page, before, after, err := bob.client.HistoryAround(w.general, ids[10], 3)
		check(t, err)
		if !before || !after || !sameRows(page, all[at-3:at+4]) {
			t.Errorf("around the message are %v", page)
		}
		if _, before, after, err = bob.client.HistoryAround(w.general, ids[10], 100); err != nil || before || after {
			t.Errorf("around all there is more: %v, %v, %v", before, after, err)
		}
		if _, _, _, err := bob.client.HistoryAround(w.general, id.NewMessageID(), 3); !errors.Is(err, backend.ErrNoMessage) {
			t.Errorf("around nothing: %v", err)
		}
	})
}

func sameRows(a, b []backend.Message) bool {
	return slices.EqualFunc(a, b, func(a, b backend.Message) bool { return a.ID == b.ID && a.Text == b.Text })
}

// An answer shows what it answers, as that is now.
func TestQuotes(t *testing.T) {
	story(t, func(w *world) {
		alice, bob := w.join("alice"), w.join("bob")
		asked := alice.say(w.general, "who is\nthere? "+strings.Repeat("x", 300))
		bob.sees(w.general, "who is\nthere? "+strings.Repeat("x", 300))
		_, err := bob.client.Send(w.general, backend.Draft{Text: "me", ReplyTo: asked})
		check(t, err)
		quote := func() backend.Quote { return *alice.sees(w.general, "me").Reply }
		got := quote()
		if got.ID != asked.String() || got.FromName != "alice" || !strings.HasPrefix(got.Text, "who is there? xx") || len([]rune(got.Text)) != 200 {
			t.Errorf("the answer shows %+v", got)
		}
		check(t, alice.client.React(w.general, asked, "👍", false))
		check(t, bob.client.React(w.general, asked, "👍", false))
		check(t, alice.client.Edit(w.general, asked, "who was there?"))
		bob.sees(w.general, "who was there?")
		if got := quote(); got.Text != "who was there?" {
			t.Errorf("after the edit the answer shows %+v", got)
		}
		w.rest(5 * time.Second)
		reactions := alice.message(w.general, asked).Reactions
		if len(reactions) != 1 || len(reactions[0].Users) != 2 || !slices.Equal(slices.Sorted(slices.Values(reactions[0].Names)), []string{"alice", "bob"}) {
			t.Errorf("the reactions are %+v", reactions)
		}
		check(t, alice.client.Delete(w.general, asked))
		if got := quote(); !got.Deleted || got.Text != "" || got.Missing {
			t.Errorf("after the deletion the answer shows %+v", got)
		}
		_, err = bob.client.Send(w.general, backend.Draft{Text: "to nothing", ReplyTo: id.NewMessageID()})
		check(t, err)
		if got := alice.sees(w.general, "to nothing").Reply; got == nil || !got.Missing {
			t.Errorf("an answer to nothing shows %+v", got)
		}
	})
}
