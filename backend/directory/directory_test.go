package directory

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/membership"
	"gossip/common/wire"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var alice, bob = id.UserID{1}, id.UserID{2}

// bench is a directory, a store, and the device with which everybody signs.
type bench struct {
	t      *testing.T
	store  *store.Store
	list   *Directory
	device *identity.DeviceKey
	now    time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "store.db"), store.Key{1})
	check(t, err)
	t.Cleanup(func() { check(t, s.Close()) })
	device, err := identity.NewDeviceKey(time.Now())
	check(t, err)
	b := &bench{t: t, store: s, device: device, now: time.Now()}
	b.reload()
	return b
}

// reload is what a restart does.
func (b *bench) reload() {
	b.list = New(id.HubID{1}, id.DeviceID{9})
	check(b.t, b.store.View(b.list.Load))
}

func (b *bench) update(do func(tx *store.Tx) error) {
	b.t.Helper()
	check(b.t, b.store.Update(do))
}

func (b *bench) sign(s membership.Statement) []byte {
	b.t.Helper()
	s.At, s.Device = b.now, b.device.ID()
	rand.Read(s.Nonce[:])
	encoded, err := s.Sign(b.device)
	check(b.t, err)
	return encoded
}

// append adds a statement to a channel's log and returns why it is refused.
func (b *bench) append(name id.ChannelID, encoded []byte) (returns bool, refusal error) {
	b.t.Helper()
	b.update(func(tx *store.Tx) error {
		ch, err := b.list.Open(tx, name)
		check(b.t, err)
		_, returns, refusal, err = b.list.Append(tx, ch, encoded, b.now, func(id.UserID, id.DeviceID) error { return nil })
		return err
	})
	return returns, refusal
}

// channel makes a public channel of alice's, which the hub shows as it is.
func (b *bench) channel() *Channel {
	b.t.Helper()
	first := b.sign(membership.Statement{User: alice, Action: membership.Create, Text: "den", Public: true})
	_, refusal := b.append(id.ChannelOf(first), first)
	check(b.t, refusal)
	ch := b.list.Channel(id.ChannelOf(first))
	b.take(wire.ChannelSummary{Channel: ch.ID, Name: "den", Length: 1, Head: ch.State.Head})
	return ch
}

// next has a user say something about the channel as it is now.
func (b *bench) next(ch *Channel, user id.UserID, action membership.Action) (returns bool) {
	b.t.Helper()
	returns, refusal := b.append(ch.ID, b.sign(membership.Statement{Channel: ch.ID, Previous: ch.State.Head, User: user, Action: action}))
	check(b.t, refusal)
	return returns
}

func (b *bench) take(s wire.ChannelSummary) (ch *Channel) {
	b.t.Helper()
	b.update(func(tx *store.Tx) (err error) {
		ch, err = b.list.Take(tx, s, true)
		return err
	})
	return ch
}

func TestALogSurvivesARestart(t *testing.T) {
	b := newBench(t)
	ch := b.channel()
	b.next(ch, bob, membership.Join)
	head := ch.State.Head
	b.reload()
	ch = b.list.Channel(ch.ID)
	if !ch.Member(alice) || !ch.Member(bob) || ch.State.Head != head || ch.Summary.Name != "den" {
		t.Errorf("after a restart it is %+v", ch)
	}
}

func TestALogOfAnotherChannelIsRefused(t *testing.T) {
	b := newBench(t)
	first := b.sign(membership.Statement{User: alice, Action: membership.Create, Text: "den", Public: true})
	if _, refusal := b.append(id.ChannelID{7}, first); refusal == nil {
		t.Error("a log was taken for that of another channel")
	}
	b.reload()
	if b.list.Channel(id.ChannelID{7}).Member(alice) {
		t.Error("and it counts")
	}
}

// TestWhoIsEntitled has bob come, go and come back.
func TestWhoIsEntitled(t *testing.T) {
	b := newBench(t)
	ch := b.channel()
	said := b.now
	b.now = b.now.Add(joinGrace - time.Second)
	if b.next(ch, bob, membership.Join) || !ch.Entitled(bob, 1, said) || ch.Entitled(bob, 1, said.Add(-time.Minute)) {
		t.Error("who came in a moment after a message was encrypted gets it, and none of before")
	}
	if !ch.CameBy(bob, 2) || ch.CameBy(bob, 1) {
		t.Error("bob came with the second statement")
	}
	b.next(ch, bob, membership.Leave)
	if ch.Entitled(bob, 2, said) || !ch.Knows(bob) {
		t.Error("who has left gets nothing more, and is known still")
	}
	if !b.next(ch, bob, membership.Join) {
		t.Error("bob comes back")
	}
	b.reload()
	if ch = b.list.Channel(ch.ID); ch.Entitled(bob, 1, b.now) || !ch.Entitled(bob, 4, b.now) {
		t.Error("after a restart only the log counts")
	}
}

// TestContradictions compares a hub's word with the log that is here.
func TestContradictions(t *testing.T) {
	b := newBench(t)
	ch := b.channel()
	b.next(ch, bob, membership.Join)
	head := ch.State.Head
	for name, c := range map[string]struct {
		length uint64
		head   [32]byte
		want   string
	}{
		"the same": {2, head, ""}, "more": {3, [32]byte{1}, ""}, "less": {1, [32]byte{1}, older}, "another": {2, [32]byte{1}, Rewritten},
	} {
		b.take(wire.ChannelSummary{Channel: ch.ID, Name: "den", Length: c.length, Head: c.head})
		if got := ch.Contradiction(); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestDistrust warns now and then, survives a restart, and ends when the hub comes back to its word.
func TestDistrust(t *testing.T) {
	b := newBench(t)
	ch := b.channel()
	distrust := func(why string) (warn bool) {
		b.update(func(tx *store.Tx) (err error) { warn, err = b.list.Distrust(tx, ch, why, b.now); return err })
		return warn
	}
	first, again, other := distrust(Rewritten), distrust(Rewritten), distrust(older)
	b.now = b.now.Add(warnEvery)
	if later := distrust(Rewritten); !first || again || other || !later {
		t.Errorf("warnings are due: %v, %v, %v, %v", first, again, other, later)
	}
	b.reload()
	ch = b.list.Channel(ch.ID)
	if ch.Trouble != Rewritten {
		t.Errorf("after a restart there is %q", ch.Trouble)
	}
	for _, want := range []bool{true, false} {
		b.update(func(tx *store.Tx) error {
			ended, err := b.list.Believe(tx, ch)
			if ended != want || ch.Trouble != "" {
				t.Errorf("ended: %v, %q", ended, ch.Trouble)
			}
			return err
		})
	}
	b.reload()
	if trouble := b.list.Channel(ch.ID).Trouble; trouble != "" {
		t.Errorf("it came back: %q", trouble)
	}
}

func TestSummariesThatAreNotTaken(t *testing.T) {
	b := newBench(t)
	for name, s := range map[string]wire.ChannelSummary{
		"no channel": {Name: "den"}, "a hidden mark": {Channel: id.ChannelID{2}, Name: "den\u202e"},
		"a long topic": {Channel: id.ChannelID{3}, Name: "den", Topic: strings.Repeat("x", maxTopic+1)},
	} {
		check(t, b.store.Update(func(tx *store.Tx) error {
			if _, err := b.list.Take(tx, s, true); !errors.Is(err, ErrRefused) {
				t.Errorf("%s: %v", name, err)
			}
			return nil
		}))
	}
	ch := b.channel()
	b.next(ch, bob, membership.Join)
	b.update(func(tx *store.Tx) error {
		if late, err := b.list.Take(tx, wire.ChannelSummary{Channel: ch.ID, Name: "old", Length: 1}, false); late != nil || err != nil {
			t.Errorf("a word that was overtaken is taken: %v, %v", late, err)
		}
		return nil
	})
	if b.take(ch.Summary) != nil {
		t.Error("what was known is told as news")
	}
}
