package membership

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gossip/common/id"
)

var start = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// author is a person with one device, or a hub (no user).
type author struct {
	user   id.UserID
	device id.DeviceID
	key    ed25519.PrivateKey
}

// Sign makes author a Signer, as identity.DeviceKey is.
func (a author) Sign(context string, message []byte) []byte {
	return ed25519.Sign(a.key, append([]byte("gossip "+context+" v1\x00"), message...))
}

// newAuthor makes a fixed key from a name; a hub has no user.
func newAuthor(name string, hub bool) author {
	seed := sha256.Sum256([]byte(name))
	a := author{key: ed25519.NewKeyFromSeed(seed[:])}
	a.device = id.DeviceID(a.key.Public().(ed25519.PublicKey))
	if !hub {
		a.user = sha256.Sum256([]byte("user " + name))
	}
	return a
}

var (
	hub   = newAuthor("hub", true)
	alice = newAuthor("alice", false)
	bob   = newAuthor("bob", false)
	carol = newAuthor("carol", false)
)

// belongs knows the devices of the three.
func belongs(user id.UserID, device id.DeviceID) error {
	for _, a := range []author{alice, bob, carol} {
		if a.user == user && a.device == device {
			return nil
		}
	}
	return fmt.Errorf("not a device of the user")
}

// story is a channel's log as a test writes it.
type story struct {
	*testing.T
	state State
	log   [][]byte
}

// statement is one by the author that has seen the whole log.
func (s *story) statement(by author, action Action, change func(*Statement)) []byte {
	s.Helper()
	t := New(action, start)
	t.User, t.Device = by.user, by.device
	if action != Create {
		t.Channel, t.Previous = s.state.ID, s.state.Head
	}
	if change != nil {
		change(t)
	}
	encoded, err := t.Sign(by)
	if err != nil {
		s.Fatalf("sign: %v", err)
	}
	return encoded
}

func (s *story) apply(encoded []byte) error {
	_, err := s.state.Apply(encoded, hub.device, belongs)
	if err == nil {
		s.log = append(s.log, encoded)
	}
	return err
}

func (s *story) do(by author, action Action, change func(*Statement)) {
	s.Helper()
	if err := s.apply(s.statement(by, action, change)); err != nil {
		s.Fatalf("action %d: %v", action, err)
	}
}

func (s *story) refuse(want error, by author, action Action, change func(*Statement)) {
	s.Helper()
	before := s.state.Head
	if err := s.apply(s.statement(by, action, change)); !errors.Is(err, want) {
		s.Fatalf("action %d: %v, want %v", action, err, want)
	}
	if s.state.Head != before {
		s.Fatal("a refused statement changed the log")
	}
}

func named(name string, public bool) func(*Statement) {
	return func(t *Statement) { t.Text, t.Public = name, public }
}

func about(subject author) func(*Statement) {
	return func(t *Statement) { t.Subject = subject.user }
}

func role(subject author, r Role) func(*Statement) {
	return func(t *Statement) { t.Subject, t.Role = subject.user, r }
}

// aliceMakes starts a story with a channel of alice's.
func aliceMakes(t *testing.T, public bool) *story {
	s := &story{T: t}
	s.do(alice, Create, named("garden", public))
	return s
}

func TestPublicChannel(t *testing.T) {
	s := &story{T: t}
	s.do(hub, Create, named("general", true))
	s.do(alice, Join, nil)
	s.do(bob, Join, nil)
	s.refuse(ErrForbidden, bob, Join, nil)
	s.refuse(ErrForbidden, alice, SetTopic, named("mine now", false))
	s.do(hub, SetRole, role(alice, Moderator))
	s.do(alice, SetTopic, named("all sorts", false))
	s.do(bob, Leave, nil)
	if s.state.Topic != "all sorts" || s.state.Has(bob.user) || s.state.Role(alice.user) != Moderator || s.state.Hub != hub.device {
		t.Fatalf("%+v", s.state)
	}
}

func TestPrivateChannel(t *testing.T) {
	s := aliceMakes(t, false)
	s.refuse(ErrForbidden, bob, Join, nil)
	s.do(alice, Invite, about(bob))
	s.do(bob, Join, nil)
	s.refuse(ErrForbidden, bob, Invite, about(carol))
	s.do(alice, SetRole, role(bob, Moderator))
	s.do(bob, Invite, about(carol))
	s.do(carol, Join, nil)
	s.do(bob, Rename, named("orchard", false))
	s.refuse(ErrForbidden, bob, Remove, about(alice))
	s.refuse(ErrForbidden, carol, Remove, about(bob))
	s.do(alice, Remove, about(bob))
	s.refuse(ErrForbidden, bob, Join, nil)
	s.refuse(ErrForbidden, bob, Leave, nil)
	if got := s.state.Users(); len(got) != 2 || s.state.Name != "orchard" || slices.Contains(got, bob.user) {
		t.Fatalf("%+v", s.state)
	}
}

func TestHubCannotSlipAListenerIn(t *testing.T) {
	s := aliceMakes(t, false)
	mallory := newAuthor("mallory", false)
	attempts := map[string][]byte{
		"invited by the hub":      s.statement(hub, Invite, about(carol)),
		"joined uninvited":        s.statement(carol, Join, nil),
		"in bob's name":           s.statement(mallory, Join, func(t *Statement) { t.User = bob.user }),
		"a role from the hub":     s.statement(hub, SetRole, role(alice, Member)),
		"removed by the hub":      s.statement(hub, Remove, about(alice)),
		"the hub joins":           s.statement(hub, Join, nil),
		"another channel created": s.statement(hub, Create, named("garden", true)),
	}
	for name, attempt := range attempts {
		if err := s.apply(attempt); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestAChannelsIdSaysHowItWasMade(t *testing.T) {
	private, public := aliceMakes(t, false), aliceMakes(t, true)
	if private.state.ID != id.ChannelOf(private.log[0]) || private.state.ID == public.state.ID {
		t.Fatal("the id does not follow from the first statement")
	}
	join := private.statement(bob, Join, nil)
	if err := public.apply(join); !errors.Is(err, ErrForbidden) {
		t.Fatalf("a statement of another channel: %v", err)
	}
}

func TestCrossedStatements(t *testing.T) {
	s := aliceMakes(t, true)
	first, second := s.statement(bob, Join, nil), s.statement(carol, Join, nil)
	rename := s.statement(alice, Rename, named("orchard", false))
	for _, join := range [][]byte{first, second} {
		if err := s.apply(join); err != nil {
			t.Fatalf("joins that cross: %v", err)
		}
	}
	if err := s.apply(rename); !errors.Is(err, ErrConflict) {
		t.Fatalf("a change of the channel on an old state: %v", err)
	}
	s.refuse(ErrConflict, alice, Invite, func(t *Statement) { t.Subject, t.Previous = newAuthor("dave", false).user, [32]byte{1} })
}

func TestAStatementStandsOnce(t *testing.T) {
	s := aliceMakes(t, true)
	join := s.statement(bob, Join, nil)
	if err := s.apply(join); err != nil {
		t.Fatal(err)
	}
	s.do(bob, Leave, nil)
	if err := s.apply(join); !errors.Is(err, ErrForbidden) {
		t.Fatalf("an old join brought back: %v", err)
	}
}

func TestReplayGivesTheSameState(t *testing.T) {
	s := aliceMakes(t, true)
	s.do(bob, Join, nil)
	s.refuse(ErrForbidden, alice, Leave, nil)
	s.refuse(ErrForbidden, alice, SetRole, role(alice, Member))
	s.do(alice, SetRole, role(bob, Owner))
	s.do(alice, Leave, nil)
	again, err := Replay(s.log, hub.device, belongs)
	if err != nil || again.Head != s.state.Head || again.Length != 4 || again.Role(bob.user) != Owner {
		t.Fatalf("%+v, %v", again, err)
	}
	for i := range s.log {
		for _, cut := range [][][]byte{slices.Delete(slices.Clone(s.log), i, i+1), swapped(s.log, i)} {
			if other, err := Replay(cut, hub.device, belongs); err == nil && other.Head == s.state.Head {
				t.Fatalf("the log changed at %d has the same hash", i)
			}
		}
	}
}

// swapped exchanges statement i with the one after it.
func swapped(log [][]byte, i int) [][]byte {
	out := slices.Clone(log)
	j := (i + 1) % len(out)
	out[i], out[j] = out[j], out[i]
	return out
}

func TestEveryByteOfAStatementCounts(t *testing.T) {
	s := aliceMakes(t, true)
	encoded := s.statement(bob, Join, nil)
	for i := range encoded {
		for bit := range 8 {
			tampered := bytes.Clone(encoded)
			tampered[i] ^= 1 << bit
			if _, err := Parse(tampered); !errors.Is(err, ErrMalformed) {
				t.Fatalf("byte %d, bit %d: %v", i, bit, err)
			}
		}
	}
}

func TestRefusedStatements(t *testing.T) {
	s := aliceMakes(t, true)
	tests := map[string]func(*Statement){
		"no channel":            func(t *Statement) { t.Channel = id.NoChannel },
		"no author":             func(t *Statement) { t.Device = id.NoDevice },
		"unknown action":        func(t *Statement) { t.Action = 99 },
		"subject of a join":     func(t *Statement) { t.Subject = bob.user },
		"role in a join":        func(t *Statement) { t.Role = Owner },
		"a join that publishes": func(t *Statement) { t.Public = true },
		"text in a join":        func(t *Statement) { t.Text = "x" },
		"role out of range":     func(t *Statement) { t.Action, t.Subject, t.Role = SetRole, bob.user, 9 },
		"name not normal":       func(t *Statement) { t.Action, t.Text = Rename, "#Garden" },
		"name empty":            func(t *Statement) { t.Action, t.Text = Rename, "" },
		"topic too long":        func(t *Statement) { t.Action, t.Text = SetTopic, strings.Repeat("x", maxTopic+1) },
		"topic with an escape":  func(t *Statement) { t.Action, t.Text = SetTopic, "roses\x1b]0;owned\a" },
		"topic turned around":   func(t *Statement) { t.Action, t.Text = SetTopic, "\u202eesrever" },
		"time before 1970":      func(t *Statement) { t.At = time.UnixMilli(-1) },
		"time after 9999":       func(t *Statement) { t.At = time.UnixMilli(latestTime + 1) },
	}
	for name, change := range tests {
		statement := New(Join, start)
		statement.Channel, statement.Previous, statement.User, statement.Device = s.state.ID, s.state.Head, alice.user, alice.device
		change(statement)
		if _, err := statement.Sign(alice); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	s := &story{T: &testing.T{}}
	s.do(alice, Create, named("garden", true))
	f.Add(s.log[0])
	f.Add(s.statement(bob, Join, nil))
	f.Add(s.statement(alice, SetRole, role(bob, Owner)))
	f.Fuzz(func(t *testing.T, encoded []byte) {
		statement, err := Parse(encoded)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		body, err := encoding.Marshal(statement.wire())
		if err != nil || !bytes.Contains(encoded, body) {
			t.Fatalf("%x re-marshals to %x (%v)", encoded, body, err)
		}
	})
}
