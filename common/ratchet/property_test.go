package ratchet

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// flight is a message on its way, or one that has arrived and could be repeated.
type flight struct {
	message []byte
	text    string
	to      *end
	session SessionID
}

// end is one device with its sessions to the other.
type end struct {
	name     string
	sessions map[SessionID]*Session
}

// restart puts every session through its stored form.
func (e *end) restart(t *rapid.T) {
	for name, s := range e.sessions {
		data, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		restored := new(Session)
		if err := restored.UnmarshalBinary(data); err != nil {
			t.Fatalf("%s can't restore %v: %v", e.name, name, err)
		}
		again, err := restored.MarshalBinary()
		if err != nil || !bytes.Equal(data, again) {
			t.Fatalf("%s restored another state of %v: %v", e.name, name, err)
		}
		e.sessions[name] = restored
	}
}

// weather is two devices, some sessions between them, and a network that loses, repeats and reorders.
type weather struct {
	alice, bob *end
	names      []SessionID
	flying     []flight
	arrived    []flight
	sent       int
}

// newWeather starts sessions: the even ones from alice, the odd ones from bob.
func newWeather(t *rapid.T, sessions int) *weather {
	w := &weather{
		alice: &end{"alice", map[SessionID]*Session{}},
		bob:   &end{"bob", map[SessionID]*Session{}},
	}
	for i := range sessions {
		b := Binding{Session: SessionID{byte(i + 1)}, Initiator: alice, Responder: bob}
		initiator, responder := w.alice, w.bob
		if i%2 == 1 {
			b.Initiator, b.Responder = bob, alice
			initiator, responder = responder, initiator
		}
		first, start, err := Initiate(b, noon)
		if err != nil {
			t.Fatal(err)
		}
		second, err := Accept(b, start, noon)
		if err != nil {
			t.Fatal(err)
		}
		initiator.sessions[b.Session], responder.sessions[b.Session] = first, second
		w.names = append(w.names, b.Session)
	}
	return w
}

func (w *weather) send(t *rapid.T, from, to *end) {
	name := rapid.SampledFrom(w.names).Draw(t, "session")
	for range rapid.IntRange(1, 5).Draw(t, "messages") {
		w.sent++
		text := fmt.Sprintf("%d from %s", w.sent, from.name)
		message, err := from.sessions[name].Encrypt([]byte(text), noon)
		if err != nil {
			t.Fatal(err)
		}
		w.flying = append(w.flying, flight{message, text, to, name})
	}
}

// land takes any message out of the air: what is late is overtaken.
func (w *weather) land(t *rapid.T) flight {
	if len(w.flying) == 0 {
		t.Skip("nothing in the air")
	}
	i := rapid.IntRange(0, len(w.flying)-1).Draw(t, "which")
	f := w.flying[i]
	w.flying = slices.Delete(w.flying, i, i+1)
	return f
}

func (w *weather) deliver(t *rapid.T, f flight) {
	plaintext, err := f.to.sessions[f.session].Decrypt(f.message, noon)
	if err != nil || string(plaintext) != f.text {
		t.Fatalf("%s opens %q as %q, %v", f.to.name, f.text, plaintext, err)
	}
	w.arrived = append(w.arrived, f)
}

// expectIgnored delivers to a session what it must refuse, and compares its state.
func expectIgnored(t *rapid.T, s *Session, message []byte) {
	before, _ := s.MarshalBinary()
	if plaintext, err := s.Decrypt(message, noon); err == nil {
		t.Fatalf("opened %q", plaintext)
	}
	if after, _ := s.MarshalBinary(); !bytes.Equal(before, after) {
		t.Fatal("a refused message changed the state")
	}
}

func (w *weather) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"alice sends": func(t *rapid.T) { w.send(t, w.alice, w.bob) },
		"bob sends":   func(t *rapid.T) { w.send(t, w.bob, w.alice) },
		"deliver":     func(t *rapid.T) { w.deliver(t, w.land(t)) },
		"lose":        func(t *rapid.T) { w.land(t) },
		"restart":     func(t *rapid.T) { w.alice.restart(t); w.bob.restart(t) },
		"repeat": func(t *rapid.T) {
			if len(w.arrived) == 0 {
				t.Skip("nothing has arrived")
			}
			f := rapid.SampledFrom(w.arrived).Draw(t, "which")
			expectIgnored(t, f.to.sessions[f.session], f.message)
		},
		"change": func(t *rapid.T) {
			if len(w.flying) == 0 {
				t.Skip("nothing in the air")
			}
			f := rapid.SampledFrom(w.flying).Draw(t, "which")
			changed := bytes.Clone(f.message)
			changed[rapid.IntRange(0, len(changed)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			expectIgnored(t, f.to.sessions[f.session], changed)
		},
		"reflect": func(t *rapid.T) {
			if len(w.flying) == 0 {
				t.Skip("nothing in the air")
			}
			f := rapid.SampledFrom(w.flying).Draw(t, "which")
			sender := w.alice
			if f.to == w.alice {
				sender = w.bob
			}
			expectIgnored(t, sender.sessions[f.session], f.message)
		},
	}
}

// calm delivers all that is left, in any order, and then a message each way in every session.
func (w *weather) calm(t *rapid.T) {
	for len(w.flying) > 0 {
		w.deliver(t, w.land(t))
	}
	for _, name := range w.names {
		for _, pair := range [][2]*end{{w.alice, w.bob}, {w.bob, w.alice}} {
			message, err := pair[0].sessions[name].Encrypt([]byte("after all"), noon)
			if err != nil {
				t.Fatal(err)
			}
			w.deliver(t, flight{message, "after all", pair[1], name})
		}
	}
}

// Whatever is lost, late, repeated or changed on the way: what arrives first opens, what arrives again
// does not, and both ends find back together.
func TestSessionInBadWeather(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWeather(t, 1)
		t.Repeat(w.actions())
		w.calm(t)
	})
}

// Both sides start at once: two sessions live side by side and neither disturbs the other.
func TestBothStartInBadWeather(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWeather(t, 2)
		t.Repeat(w.actions())
		w.calm(t)
	})
}

// A channel: every member opens every message once, whatever the order, but nothing from before it joined.
func TestChannelInBadWeather(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sender, err := NewSenderKey(general, bob, 1, noon)
		if err != nil {
			t.Fatal(err)
		}
		var messages [][]byte
		var members []*member
		t.Repeat(map[string]func(*rapid.T){
			"send": func(t *rapid.T) {
				message, err := sender.Encrypt(fmt.Append(nil, len(messages)))
				if err != nil {
					t.Fatal(err)
				}
				messages = append(messages, message)
			},
			"join": func(t *rapid.T) { members = append(members, newMember(t, sender, len(messages))) },
			"deliver": func(t *rapid.T) {
				if len(members) == 0 || len(messages) == 0 {
					t.Skip("nobody or nothing there")
				}
				i := rapid.IntRange(0, len(messages)-1).Draw(t, "message")
				rapid.SampledFrom(members).Draw(t, "member").deliver(t, i, messages[i])
			},
			"restart": func(t *rapid.T) {
				sender = restored(t, sender, new(SenderKey))
				for _, m := range members {
					m.key = restored(t, m.key, new(ReceiverKey))
				}
			},
		})
	})
}

// member is a device of the channel and what it has read.
type member struct {
	key    *ReceiverKey
	joined int
	read   map[int]bool
}

func newMember(t *rapid.T, sender *SenderKey, joined int) *member {
	data, err := sender.Distribution().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var d Distribution
	if err := d.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	key, err := AcceptSenderKey(d, noon)
	if err != nil {
		t.Fatal(err)
	}
	return &member{key: key, joined: joined, read: map[int]bool{}}
}

func (m *member) deliver(t *rapid.T, i int, message []byte) {
	plaintext, err := m.key.Decrypt(message, noon)
	if wanted := i >= m.joined && !m.read[i]; wanted != (err == nil) {
		t.Fatalf("message %d to a member since %d that has read %v: %v", i, m.joined, m.read, err)
	}
	if err == nil && string(plaintext) != fmt.Sprint(i) {
		t.Fatalf("message %d opens as %q", i, plaintext)
	}
	m.read[i] = true
}

// restored puts a state through its stored form.
func restored[S state](t *rapid.T, from, to S) S {
	data, err := from.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if err := to.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	return to
}
