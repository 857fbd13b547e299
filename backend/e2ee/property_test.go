package e2ee_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gossip/backend/e2ee"
	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/ratchet"
	"gossip/common/wire"
)

// keyUse names a message key by what it is derived from: a session's ratchet key, or a channel's epoch and device,
// and the index.
type keyUse string

// directKey reads the key of a payload between two devices from the header of its ratchet message, all but the byte
// of the format and the number of messages in the chain before.
func directKey(t testing.TB, payload []byte) keyUse {
	t.Helper()
	var envelope struct {
		Session ratchet.SessionID `cbor:"1,keyasint"`
		Start   []byte            `cbor:"2,keyasint,omitempty"`
		Message []byte            `cbor:"3,keyasint"`
	}
	if err := wire.Unmarshal(payload, &envelope); err != nil {
		t.Fatal(err)
	}
	return keyUse(slices.Concat(envelope.Session[:], envelope.Message[1:33], envelope.Message[37:41]))
}

func channelKey(t testing.TB, from id.DeviceID, message []byte) keyUse {
	t.Helper()
	epoch, index, err := ratchet.MessageEpoch(message)
	if err != nil {
		t.Fatal(err)
	}
	return keyUse(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(bytes.Clone(from[:]), epoch), index))
}

// packet is on its way; to is nil for a message to the channel.
type packet struct {
	from *person
	out  e2ee.Outgoing
	text string // what it says; "" for a sender key
}

// world is three people on a network that delays, repeats and reorders, whose transactions fail at random.
type world struct {
	t       *rapid.T
	tb      testing.TB
	people  []*person
	used    map[keyUse]string              // what every key that was sent encrypted
	inboxes map[id.DeviceID][]packet       // direct packets under way
	waiting map[id.DeviceID][]packet       // channel messages under way
	read    map[id.DeviceID]map[string]int // how often which text was read
	count   int
}

var errAbort = errors.New("the disk is full")

// attempt runs do in a transaction of p and lets one in three fail at the end; true when it was committed.
func (w *world) attempt(p *person, do func(tx *store.Tx) error) bool {
	abort := rapid.IntRange(0, 2).Draw(w.t, "abort") == 0
	err := p.update(func(tx *store.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		if abort {
			return errAbort
		}
		return nil
	})
	if err != nil && err != errAbort {
		w.t.Fatalf("%s: %v", p.name, err)
	}
	return err == nil
}

// sent notes that a key was used, and that only once.
func (w *world) sent(key keyUse, text string) {
	if before, twice := w.used[key]; twice {
		w.t.Fatalf("one message key encrypted %q and %q", before, text)
	}
	w.used[key] = text
}

func (w *world) person(label string) *person { return rapid.SampledFrom(w.people).Draw(w.t, label) }

func (w *world) text() string {
	w.count++
	return fmt.Sprint("message ", w.count)
}

func (w *world) sendDirect() {
	from, to := w.person("from"), w.person("to")
	if from == to {
		return
	}
	text := w.text()
	var out e2ee.Outgoing
	committed := w.attempt(from, func(tx *store.Tx) (err error) {
		out, err = from.engine.EncryptTo(tx, to.key.Device(), []byte(text), from.now)
		return err
	})
	if committed {
		w.sent(directKey(w.tb, out.Payload), text)
		w.inboxes[to.id()] = append(w.inboxes[to.id()], packet{from, out, text})
	}
}

func (w *world) sendChannel() {
	from, text := w.person("from"), w.text()
	var members []*person
	for _, p := range w.people {
		if p != from && rapid.IntRange(0, 7).Draw(w.t, "away") != 0 {
			members = append(members, p)
		}
	}
	var message []byte
	var keys []e2ee.Outgoing
	committed := w.attempt(from, func(tx *store.Tx) (err error) {
		message, keys, err = from.engine.EncryptChannel(tx, general, devices(members...), []byte(text), from.now)
		return err
	})
	if !committed {
		return
	}
	w.sent(channelKey(w.tb, from.id(), message), text)
	for _, key := range keys {
		w.sent(directKey(w.tb, key.Payload), fmt.Sprint("sender key ", w.count))
		w.inboxes[key.To] = append(w.inboxes[key.To], packet{from: from, out: key})
	}
	for _, p := range members {
		w.waiting[p.id()] = append(w.waiting[p.id()], packet{from, e2ee.Outgoing{Payload: message}, text})
	}
}

// deliver gives one packet under way to its reader; it stays under way when the transaction fails, and sometimes
// although it did not.
func (w *world) deliver() {
	to := w.person("reader")
	inbox := w.inboxes[to.id()]
	if len(inbox) == 0 {
		return
	}
	i := rapid.IntRange(0, min(3, len(inbox)-1)).Draw(w.t, "which")
	w.deliverDirect(to, inbox[i], func() {
		if rapid.IntRange(0, 4).Draw(w.t, "again") != 0 {
			w.inboxes[to.id()] = slices.Delete(slices.Clone(inbox), i, i+1)
		}
	})
}

func (w *world) deliverDirect(to *person, p packet, done func()) {
	if p.out.Kind == wire.KindSenderKey {
		err := to.takesKey(p.from, p.out)
		if err != nil && !errors.Is(err, e2ee.ErrReplayed) && !errors.Is(err, e2ee.ErrUndecryptable) {
			w.t.Fatalf("%s takes a key of %s: %v", to.name, p.from.name, err)
		}
		done()
		return
	}
	w.receive(to, p, done, func(tx *store.Tx) ([]byte, error) {
		return to.engine.DecryptFrom(tx, p.from.key.Device(), p.out.Kind, p.out.Payload, to.now)
	})
}

func (w *world) deliverChannel() {
	to := w.person("reader")
	waiting := w.waiting[to.id()]
	if len(waiting) == 0 {
		return
	}
	i := rapid.IntRange(0, min(3, len(waiting)-1)).Draw(w.t, "which")
	w.deliverWaiting(to, waiting[i], func() { w.waiting[to.id()] = slices.Delete(slices.Clone(waiting), i, i+1) })
}

func (w *world) deliverWaiting(to *person, p packet, done func()) {
	w.receive(to, p, done, func(tx *store.Tx) ([]byte, error) {
		return to.engine.DecryptChannel(tx, general, p.from.id(), p.out.Payload, to.now)
	})
}

func (w *world) receive(to *person, p packet, done func(), decrypt func(*store.Tx) ([]byte, error)) {
	var got []byte
	var refused error
	committed := w.attempt(to, func(tx *store.Tx) error {
		got, refused = decrypt(tx)
		return nil
	})
	switch {
	case refused == nil && string(got) != p.text:
		w.t.Fatalf("%s reads %q from %s, want %q", to.name, got, p.from.name, p.text)
	case refused == nil && committed:
		if w.read[to.id()][p.text]++; w.read[to.id()][p.text] > 1 {
			w.t.Fatalf("%s read %q twice", to.name, p.text)
		}
		done()
	case errors.Is(refused, e2ee.ErrReplayed) && w.read[to.id()][p.text] == 1:
		done()
	case refused != nil && !errors.Is(refused, e2ee.ErrNoSenderKey):
		w.t.Fatalf("%s can't read %q from %s: %v", to.name, p.text, p.from.name, refused)
	}
}

func (w *world) tick() {
	by := rapid.SampledFrom([]time.Duration{time.Millisecond, time.Hour}).Draw(w.t, "by")
	for _, p := range w.people {
		p.now = p.now.Add(by)
	}
}

// TestNoKeyIsUsedTwice: whatever fails, is repeated or comes late, no message key ever encrypts two messages that
// were sent, every text is read at most once, and in the end all of them were.
func TestNoKeyIsUsedTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{
			t: rt, tb: t, people: []*person{newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "carol")},
			used: map[keyUse]string{}, inboxes: map[id.DeviceID][]packet{}, waiting: map[id.DeviceID][]packet{},
			read: map[id.DeviceID]map[string]int{},
		}
		for _, p := range w.people {
			w.read[p.id()] = map[string]int{}
		}
		actions := []func(){w.sendDirect, w.sendChannel, w.deliver, w.deliver, w.deliverChannel, w.deliverChannel, w.tick}
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			rapid.SampledFrom(actions).Draw(rt, "action")()
		}
		w.drain()
	})
}

// drain delivers everything that is still under way.
func (w *world) drain() {
	for _, to := range w.people {
		for range 200 {
			if len(w.inboxes[to.id()]) == 0 {
				break
			}
			p := w.inboxes[to.id()][0]
			w.deliverDirect(to, p, func() { w.inboxes[to.id()] = w.inboxes[to.id()][1:] })
		}
		for range 200 {
			if len(w.waiting[to.id()]) == 0 {
				break
			}
			p := w.waiting[to.id()][0]
			w.deliverWaiting(to, p, func() { w.waiting[to.id()] = w.waiting[to.id()][1:] })
		}
		if left := len(w.inboxes[to.id()]) + len(w.waiting[to.id()]); left > 0 {
			w.t.Fatalf("%s could not read %d packets, having read %v", to.name, left, slices.Sorted(maps.Keys(w.read[to.id()])))
		}
	}
}
