package history

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gossip/backend/search"
	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
)

// find searches and returns the texts that were found, the newest first.
func (p *profile) find(question string, limit int) (texts []string, hits Hits) {
	p.t.Helper()
	hits, err := p.archive.Search(context.Background(), Search{Question: search.Parse(question, time.Now()), Limit: limit})
	check(p.t, err)
	texts = []string{}
	for _, hit := range hits.List {
		texts = append(texts, hit.Message.Text)
	}
	return texts, hits
}

// finds fails unless exactly these texts are found, with all of the index there.
func (p *profile) finds(question string, want ...string) {
	p.t.Helper()
	got, hits := p.find(question, 50)
	if !slices.Equal(got, append([]string{}, want...)) || hits.Partial || hits.More {
		p.t.Fatalf("%q found %q (more: %v, partial: %v), want %q", question, got, hits.More, hits.Partial, want)
	}
}

// later stores a message of bob's a little later than the one before.
func (p *profile) later(major uint64, text string, expires int64) id.MessageID {
	p.t.Helper()
	time.Sleep(time.Millisecond)
	return p.received(major, text, expires)
}

func TestSearchFollowsTheMessages(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := newProfile(t)
		synctest.Wait()
		first, second := p.later(1, "the old mill", 0), p.later(2, "the new Mühle", 0)
		p.later(3, "something else", 0)
		p.finds("THE", "the new Mühle", "the old mill")
		p.finds("muhle the", "the new Mühle")
		p.change(first, func(r *Row) { r.Text = "the green mill" })
		p.finds("old")
		p.finds("green", "the green mill")
		p.change(second, func(r *Row) { r.Text, r.Deleted = "", true })
		p.finds("muhle")
		p.finds("the", "the green mill")
	})
}

// change changes a stored row.
func (p *profile) change(m id.MessageID, do func(r *Row)) {
	p.t.Helper()
	check(p.t, p.update(func(c *Change) error {
		at, r, err := Find(c.tx, p.withBob(), m)
		if err != nil || r == nil {
			return errors.Join(err, ErrNoMessage)
		}
		do(r)
		return c.Replace(p.withBob(), at, r)
	}))
}

// TestSearchForgetsWhatIsOver has a message expire: its text leaves the index with it, and is not found before that either.
func TestSearchForgetsWhatIsOver(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := newProfile(t)
		short := p.later(1, "burn after reading", 30)
		p.later(2, "keep after reading", 0)
		p.finds("reading", "keep after reading", "burn after reading")
		check(t, p.update(func(c *Change) error {
			at, r, err := Find(c.tx, p.withBob(), short)
			return errors.Join(err, c.Read(p.withBob(), at, r, time.Now()))
		}))
		time.Sleep(31 * time.Second)
		if due := p.archive.ExpiryDue(); due.IsZero() || due.After(time.Now()) {
			t.Fatalf("the message is due at %v", due)
		}
		p.finds("reading", "keep after reading")
		check(t, p.update((*Change).Expire))
		p.finds("reading", "keep after reading")
		if text := p.indexedText(); strings.Contains(text, "burn") || !strings.Contains(text, "keep") {
			t.Fatalf("the index holds %q", text)
		}
	})
}

// indexedText is all that the index of the conversation with bob holds.
func (p *profile) indexedText() (text string) {
	p.t.Helper()
	check(p.t, p.store.View(func(tx *store.Tx) error {
		for _, value := range tx.Bucket("search", p.hubID[:], p.withBob().Key()).Range(nil, nil, false, 0) {
			text += string(value)
		}
		return nil
	}))
	return text
}

// TestSearchLeavesTheProgramOut writes rows that nobody said: notices, and what a newer version sent.
func TestSearchLeavesTheProgramOut(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := newProfile(t)
		synctest.Wait()
		check(t, p.update(func(c *Change) error {
			unread := &Row{ID: id.NewMessageID(), From: bob, Type: content.Type(99), Text: "a needle of tomorrow", SentAt: 1}
			notice := &Row{ID: id.NewMessageID(), From: bob, SentAt: 1, Notice: &Notice{Kind: NoticeTimer, Text: "a needle set messages to disappear"}}
			return errors.Join(c.Notice(p.withBob(), 0, notice), c.Insert(p.withBob(), NewPlace(9, 1, unread.ID), unread))
		}))
		p.finds("needle")
	})
}

func TestSearchLimit(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := newProfile(t)
		for i := range 20 {
			p.later(uint64(20-i), fmt.Sprint("number ", i), 0) // places fall while times rise
		}
		texts, hits := p.find("number", 3)
		if !slices.Equal(texts, []string{"number 19", "number 18", "number 17"}) || !hits.More {
			t.Fatalf("found %q, more: %v", texts, hits.More)
		}
		if _, hits := p.find("number", 20); hits.More || len(hits.List) != 20 {
			t.Fatalf("%d found, more: %v", len(hits.List), hits.More)
		}
	})
}

// unindex makes the profile one from before there was an index, and stops what is in the background.
func (p *profile) unindex() {
	p.t.Helper()
	p.stop()
	check(p.t, p.store.Update(func(tx *store.Tx) error {
		err := tx.Drop("search_state")
		for n := range benchChannels + 1 {
			err = errors.Join(err, tx.Drop("search", p.hubID[:], p.benchConversation(n).Key()))
		}
		return err
	}))
}

// reopenQuietly opens the profile as after a kill, with nothing in the background.
func (p *profile) reopenQuietly() {
	p.t.Helper()
	check(p.t, p.store.Close())
	p.load()
}

// stored looks for a folded word in every row of the store, and returns the ids of the messages that have it.
func (p *profile) stored(word string) (ids []string) {
	p.t.Helper()
	check(p.t, p.store.View(func(tx *store.Tx) error {
		for _, key := range p.archive.stored(tx) {
			for _, value := range p.archive.ConversationOf(key).Bucket(tx, rowBucket).Range(nil, nil, false, 0) {
				r, err := store.DecodeValue[Row](value)
				if err != nil {
					return err
				}
				if r.searched() && strings.Contains(search.Fold(r.Text), word) {
					ids = append(ids, r.ID.String())
				}
			}
		}
		return nil
	}))
	slices.Sort(ids)
	return ids
}

// found returns the ids of the messages that a search for a word finds.
func (p *profile) found(word string) (ids []string, partial bool) {
	p.t.Helper()
	_, hits := p.find(strconv.Quote(word), 1<<20)
	for _, hit := range hits.List {
		ids = append(ids, hit.Message.ID)
	}
	slices.Sort(ids)
	return ids, hits.Partial
}

// TestOldProfileIsIndexedInSteps takes an old profile in, transaction by transaction, with a kill after each, a search, and
// changes of what is indexed already and of what is not yet.
func TestOldProfileIsIndexedInSteps(t *testing.T) {
	const rows = (benchChannels + 1) * (maxIndexed + 88)
	inBubble(t, func(t *testing.T) {
		p := newProfile(t)
		synctest.Wait()
		check(t, p.insertRows(0, rows))
		p.unindex()
		indexed, steps := 0, 0
		for ; ; steps++ {
			unfinished, err := p.archive.unindexed()
			check(t, err)
			if len(unfinished) == 0 {
				break
			}
			_, err = p.archive.indexSome(unfinished[0])
			check(t, err)
			if steps%8 == 0 {
				p.changeAnything(steps)
				ids, partial := p.found("message")
				if len(ids) <= indexed || !partial {
					t.Fatalf("after step %d %d are found, some steps before it %d; partial: %v", steps, len(ids), indexed, partial)
				}
				indexed = len(ids)
			}
			p.reopenQuietly()
		}
		for _, word := range []string{"weather", "changed", "message 17", "old mill"} {
			if got, partial := p.found(word); partial || len(got) == 0 || !slices.Equal(got, p.stored(word)) {
				t.Errorf("%q: %d found, %d stored, partial: %v", word, len(got), len(p.stored(word)), partial)
			}
		}
		if steps != 2*(benchChannels+1) {
			t.Errorf("%d steps", steps)
		}
	})
}

// changeAnything edits the oldest and the newest message of each conversation and adds one.
func (p *profile) changeAnything(step int) {
	p.t.Helper()
	check(p.t, p.update(func(c *Change) error {
		for n := range benchChannels + 1 {
			conv := p.benchConversation(n)
			rows := conv.Bucket(c.tx, rowBucket)
			for _, reverse := range []bool{false, true} {
				for key, value := range rows.Range(nil, nil, reverse, 1) {
					r, err := store.DecodeValue[Row](value)
					if err != nil {
						return err
					}
					r.Text = fmt.Sprint("message changed in step ", step)
					if err := c.Replace(conv, Place(key), &r); err != nil {
						return err
					}
				}
			}
			r := &Row{ID: id.NewMessageID(), From: bob, Type: content.TypeText, Text: fmt.Sprint("message added in step ", step), SentAt: Millis(c.now)}
			if err := c.Insert(conv, NewPlace(uint64(1e6+step), 1, r.ID), r); err != nil {
				return err
			}
		}
		return nil
	}))
}

// TestOldProfileIsIndexedByItself opens an old profile and waits.
func TestOldProfileIsIndexedByItself(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := newProfile(t)
		synctest.Wait()
		check(t, p.insertRows(0, 3000))
		p.unindex()
		if got, partial := p.found("message"); len(got) != 0 || !partial {
			t.Fatalf("%d are found in a profile without an index, partial: %v", len(got), partial)
		}
		p.close()
		p.open()
		synctest.Wait()
		if got, partial := p.found("message"); len(got) != 3000 || partial {
			t.Fatalf("%d are found, partial: %v", len(got), partial)
		}
	})
}

// TestDamagedIndexIsMadeAnew damages the index in several ways; each time nothing fails, and soon all is found again.
func TestDamagedIndexIsMadeAnew(t *testing.T) {
	nonsense := func(p *profile, key []byte) {
		check(p.t, p.store.Update(func(tx *store.Tx) error {
			return tx.Bucket("search", p.hubID[:], p.withBob().Key()).Put(key, []byte("nonsense"))
		}))
	}
	newest := func(p *profile) (key []byte) {
		check(p.t, p.store.View(func(tx *store.Tx) (err error) {
			key, _, err = tx.Bucket("search", p.hubID[:], p.withBob().Key()).Seek(nil)
			return err
		}))
		return key
	}
	for name, damage := range map[string]func(p *profile){
		"found by a search":    func(p *profile) { nonsense(p, newest(p)); p.find("message", 9) },
		"found by an insert":   func(p *profile) { nonsense(p, newest(p)); p.received(1<<40, "message of after", 0) },
		"a key that is short":  func(p *profile) { nonsense(p, []byte{0}); p.find("message", 9) },
		"of another history":   func(p *profile) { p.eraseBehindItsBack(); p.find("message", 9999) },
		"of a version unknown": func(p *profile) { p.rebuildVersion() },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				p := newProfile(t)
				check(t, p.insertRows(0, 4000))
				synctest.Wait()
				damage(p)
				synctest.Wait()
				got, partial := p.found("message")
				if want := p.stored("message"); partial || len(want) < 3999 || !slices.Equal(got, want) {
					t.Fatalf("%d are found, %d stored, partial: %v", len(got), len(want), partial)
				}
			})
		})
	}
}

// eraseBehindItsBack removes a row as a program would that knows no index.
func (p *profile) eraseBehindItsBack() {
	check(p.t, p.store.Update(func(tx *store.Tx) error {
		rows := p.withBob().Bucket(tx, rowBucket)
		key, _, err := rows.Last()
		return errors.Join(err, rows.Delete(key))
	}))
}

// rebuildVersion makes the index one of another version and opens the profile again.
func (p *profile) rebuildVersion() {
	check(p.t, p.store.Update(func(tx *store.Tx) error {
		return store.PutValue(tx.Bucket("search_state"), p.hubID[:], 99)
	}))
	p.close()
	p.open()
}
