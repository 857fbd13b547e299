package outbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/wire"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// bench is an outbox and a store.
type bench struct {
	t     *testing.T
	store *store.Store
	box   *Outbox
}

func newBench(t *testing.T) *bench {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "store.db"), store.Key{1})
	check(t, err)
	t.Cleanup(func() { check(t, s.Close()) })
	b := &bench{t: t, store: s, box: New(id.HubID{1})}
	b.reload()
	return b
}

// reload is what a restart does, and a transaction that failed.
func (b *bench) reload() { check(b.t, b.store.View(b.box.Load)) }

func (b *bench) update(do func(tx *store.Tx) error) {
	b.t.Helper()
	check(b.t, b.store.Update(do))
}

func name(n int) id.MessageID { return id.MessageID{byte(n >> 8), byte(n), 1} }

// post adds the n-th packet, of a message.
func (b *bench) post(n int, message id.MessageID) {
	b.t.Helper()
	p := &Packet{Kind: wire.KindMessage, ID: name(n), Conversation: []byte("room"), Message: message, Payload: []byte{1}}
	b.update(func(tx *store.Tx) error { return b.box.Post(tx, p, Note{Number: uint64(n)}) })
}

// transmit returns the packets that are sent now.
func (b *bench) transmit() (sent []id.MessageID) {
	b.t.Helper()
	check(b.t, b.box.Transmit(b.store, time.Now(), func(p wire.Packet) error {
		sent = append(sent, p.(*wire.DataPacket).ID)
		return nil
	}))
	return sent
}

func (b *bench) acknowledge(n int, seq uint64) (done *Delivery) {
	b.t.Helper()
	b.update(func(tx *store.Tx) (err error) {
		_, done, err = b.box.Acknowledged(tx, name(n), seq, 10*seq)
		return err
	})
	return done
}

func TestPacketsGoInOrder(t *testing.T) {
	b := newBench(t)
	for n := range maxInFlight + 2 {
		b.post(n, id.NoMessage)
	}
	sent := b.transmit()
	if len(sent) != maxInFlight || !slices.IsSortedFunc(sent, func(x, y id.MessageID) int { return slices.Compare(x[:], y[:]) }) {
		t.Fatalf("%d packets go at first", len(sent))
	}
	if again := b.transmit(); len(again) != 0 || !b.box.Full() {
		t.Fatalf("%d go twice", len(again))
	}
	b.acknowledge(1, 1)
	if next := b.transmit(); !slices.Equal(next, []id.MessageID{name(maxInFlight)}) {
		t.Fatalf("behind them go %v", next)
	}
	b.reload()
	if sent = b.transmit(); sent[0] != name(0) || sent[1] != name(2) {
		t.Fatalf("after a restart go %v", sent[:2])
	}
}

func TestARefusedConnectionWaits(t *testing.T) {
	b := newBench(t)
	b.post(1, id.NoMessage)
	b.post(2, id.NoMessage)
	check(t, b.box.Transmit(b.store, time.Now(), func(wire.Packet) error { return errors.New("full") }))
	if wait := time.Until(b.box.RetryAt()); wait <= 0 || wait > shortRetry || len(b.transmit()) != 0 {
		t.Fatalf("it waits %v", wait)
	}
	b.box.Restart(time.Time{})
	if sent := b.transmit(); len(sent) != 2 {
		t.Fatalf("%d are sent", len(sent))
	}
	b.box.Restart(time.Now().Add(time.Hour))
	if sent := b.transmit(); len(sent) != 0 {
		t.Fatalf("%d are sent too early", len(sent))
	}
}

// TestDelivery settles the copies of messages, in every way.
func TestDelivery(t *testing.T) {
	const kept, taken, refused, unknown = 1, 2, 3, 4
	for _, c := range []struct {
		copies []int
		want   Delivery
	}{
		{[]int{kept}, Delivery{Kept: 1, Seq: 100, At: 1000}},
		{[]int{kept, taken}, Delivery{Kept: 2, Seq: 100, At: 1000}},
		{[]int{refused, kept}, Delivery{Kept: 1, Seq: 101, At: 1010, Problem: "no"}},
		{[]int{unknown, unknown}, Delivery{}},
		{[]int{refused, unknown}, Delivery{Problem: "no"}},
	} {
		t.Run(fmt.Sprint(c.copies), func(t *testing.T) {
			b := newBench(t)
			for n := range c.copies {
				b.post(n, name(500))
			}
			var done *Delivery
			for n, end := range c.copies {
				if done != nil {
					t.Fatal("done before the last copy")
				}
				problem := map[int]string{refused: "no"}[end]
				if end == kept || end == taken {
					done = b.acknowledge(n, uint64(100+n))
					continue
				}
				b.update(func(tx *store.Tx) (err error) { done, err = b.box.Refused(tx, name(n), problem); return err })
			}
			if done == nil || done.Message != name(500) || string(done.Conversation) != "room" {
				t.Fatalf("done is %+v", done)
			}
			c.want.Message, c.want.Conversation = done.Message, done.Conversation
			if fmt.Sprint(*done) != fmt.Sprint(c.want) || !b.box.Empty() {
				t.Errorf("done is %+v, want %+v; empty: %v", *done, c.want, b.box.Empty())
			}
			if again := b.acknowledge(0, 1); again != nil {
				t.Errorf("settled twice: %+v", again)
			}
		})
	}
}

func (b *bench) hold(room string, n int) {
	b.t.Helper()
	b.update(func(tx *store.Tx) error {
		return b.box.Hold(tx, &Message{Conversation: []byte(room), ID: name(n), Number: uint64(n)})
	})
}

// TestNothingOvertakes releases messages of which one is not ready.
func TestNothingOvertakes(t *testing.T) {
	b := newBench(t)
	for n, room := range []string{"a", "b", "a", "b", "b"} {
		b.hold(room, n)
	}
	b.reload()
	release := func(limit int, unready ...uint64) (numbers []uint64) {
		b.update(func(tx *store.Tx) error {
			return b.box.Release(tx, limit, func(m *Message) bool { return !slices.Contains(unready, m.Number) }, func(m *Message) error {
				numbers = append(numbers, m.Number)
				return nil
			})
		})
		return numbers
	}
	if got := release(9, 1); !slices.Equal(got, []uint64{0, 2}) {
		t.Fatalf("released are %v", got)
	}
	if got := release(2); !slices.Equal(got, []uint64{1, 3}) || b.box.Held([]byte("b")) != 1 || b.box.AllHeld() != 1 {
		t.Fatalf("released are %v", got)
	}
	var rooms []string
	for room := range b.box.Holding() {
		rooms = append(rooms, string(room))
	}
	if !slices.Equal(rooms, []string{"b"}) {
		t.Errorf("messages of %v are held", rooms)
	}
}

func TestCancel(t *testing.T) {
	b := newBench(t)
	b.hold("a", 1)
	b.hold("a", 2)
	b.hold("b", 3)
	b.update(func(tx *store.Tx) error {
		return b.box.Cancel(tx, []byte("a"), func(m *Message) (bool, error) { return m.Number == 1, nil })
	})
	for range 2 {
		if a, both := b.box.Held([]byte("a")), b.box.AllHeld(); a != 1 || both != 2 {
			t.Fatalf("%d and %d are held", a, both)
		}
		b.reload()
	}
}

// TestNotesAreBounded remembers what the newest packets carried, and no more.
func TestNotesAreBounded(t *testing.T) {
	b := newBench(t)
	b.update(func(tx *store.Tx) error {
		for n := range keptNotes + 1 {
			if err := b.box.keepNote(tx, name(n), Note{Number: uint64(n)}); err != nil {
				return err
			}
		}
		return nil
	})
	check(t, b.store.View(func(tx *store.Tx) error {
		if _, found, err := b.box.NoteOf(tx, name(0)); err != nil || found {
			t.Errorf("the oldest is still there (%v)", err)
		}
		note, found, err := b.box.NoteOf(tx, name(keptNotes))
		if !found || note.Number != keptNotes {
			t.Errorf("the newest is %+v", note)
		}
		return err
	}))
}
