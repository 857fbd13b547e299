package ratchet

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestAnswersTurnTheRatchet(t *testing.T) {
	a, b := pair(t)
	first := encrypt(t, a, "one")
	second := encrypt(t, a, "two")
	if a.Established() || b.Established() {
		t.Fatal("established before any message arrived")
	}
	expectOpens(t, b, first, "one")
	expectOpens(t, b, second, "two")
	if !b.Established() || a.Established() {
		t.Fatalf("established: alice %v, bob %v; want only bob", a.Established(), b.Established())
	}
	key := a.ownPublic
	deliver(t, b, a, "three")
	if !a.Established() || a.LastDecrypted() != noon {
		t.Fatalf("alice: established %v, last decrypted %v", a.Established(), a.LastDecrypted())
	}
	deliver(t, a, b, "four")
	if a.ownPublic == key {
		t.Fatal("alice's ratchet key is the old one after bob's answer")
	}
}

func TestResponderMaySpeakFirst(t *testing.T) {
	a, b := pair(t)
	late := encrypt(t, a, "sent before the answer")
	deliver(t, b, a, "answer to a message that has not arrived")
	deliver(t, a, b, "second chain")
	expectOpens(t, b, late, "sent before the answer")
}

func TestLateMessagesOfOldChains(t *testing.T) {
	a, b := answered(t)
	var late [][]byte
	for turn := range 50 {
		late = append(late, encrypt(t, a, fmt.Sprint("late ", turn)))
		deliver(t, a, b, "on time")
		deliver(t, b, a, "answer")
	}
	for turn, message := range late {
		expectOpens(t, b, message, fmt.Sprint("late ", turn))
		if _, err := b.Decrypt(message, noon); err == nil {
			t.Fatalf("turn %d: opened twice", turn)
		}
	}
}

func TestRepeatsAreTold(t *testing.T) {
	a, b := answered(t)
	old := encrypt(t, a, "old")
	expectOpens(t, b, old, "old")
	expectRefused(t, b, old, ErrReplayed)
	deliver(t, b, a, "turn")
	deliver(t, a, b, "turn")
	expectRefused(t, b, old, ErrReplayed)
}

// expectRefused checks the cause and that the state did not change.
func expectRefused(t *testing.T, s *Session, message []byte, want error) {
	t.Helper()
	before := marshal(t, s)
	plaintext, err := s.Decrypt(message, noon)
	if !errors.Is(err, want) || plaintext != nil {
		t.Fatalf("decrypt: %q, %v; want %v", plaintext, err, want)
	}
	if !bytes.Equal(before, marshal(t, s)) {
		t.Fatal("a refused message changed the state")
	}
}

func TestOwnMessagesAreRefused(t *testing.T) {
	a, b := answered(t)
	own := encrypt(t, a, "mine")
	expectRefused(t, a, own, ErrForged)
	deliver(t, b, a, "answer")
	deliver(t, a, b, "answer")
	expectRefused(t, a, own, ErrForged)
}

func TestWeakRatchetKeys(t *testing.T) {
	one := [32]byte{1} // a point of order 4 (RFC 7748 section 6.1); zero is one of order 2
	for _, weak := range [][32]byte{{}, one} {
		if _, err := Accept(binding(), Start{Root: [32]byte{1}, RatchetKey: weak}, noon); !errors.Is(err, ErrMalformed) {
			t.Errorf("accept %x: %v", weak, err)
		}
		a, _ := answered(t)
		message := header{ratchetKey: weak}.append(nil)
		encrypt(t, a, "so that a turn is possible")
		expectRefused(t, a, append(message, make([]byte, 40)...), ErrForged)
	}
}

func TestBindings(t *testing.T) {
	good := binding()
	for name, change := range map[string]func(*Binding){
		"no session":   func(b *Binding) { b.Session = SessionID{} },
		"no initiator": func(b *Binding) { b.Initiator = [32]byte{} },
		"no responder": func(b *Binding) { b.Responder = [32]byte{} },
		"with itself":  func(b *Binding) { b.Responder = b.Initiator },
	} {
		bad := good
		change(&bad)
		_, _, err := Initiate(bad, noon)
		_, err2 := Accept(bad, Start{Root: [32]byte{1}, RatchetKey: [32]byte{9}}, noon)
		if err == nil || err2 == nil {
			t.Errorf("%s: initiate %v, accept %v", name, err, err2)
		}
	}
	if _, err := Accept(good, Start{RatchetKey: [32]byte{9}}, noon); !errors.Is(err, ErrMalformed) {
		t.Errorf("start without a secret: %v", err)
	}
}

// A message must not open in another session, between other devices, or with the roles exchanged.
func TestBindingIsAuthenticated(t *testing.T) {
	a, start, err := Initiate(binding(), noon)
	if err != nil {
		t.Fatal(err)
	}
	message := encrypt(t, a, "for bob")
	for name, other := range map[string]Binding{
		"session":   {SessionID{9}, alice, bob},
		"initiator": {binding().Session, carol, bob},
		"responder": {binding().Session, alice, carol},
		"roles":     {binding().Session, bob, alice},
	} {
		b, err := Accept(other, start, noon)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Decrypt(message, noon); !errors.Is(err, ErrForged) {
			t.Errorf("other %s: %v", name, err)
		}
	}
}

func TestRenewal(t *testing.T) {
	a, b := answered(t)
	if a.RenewalDue(noon.Add(RenewalAge-time.Second)) || !a.RenewalDue(noon.Add(RenewalAge)) {
		t.Fatal("renewal by age")
	}
	for range RenewalMessages - 3 {
		deliver(t, a, b, "x")
	}
	if a.RenewalDue(noon) || b.RenewalDue(noon) {
		t.Fatal("due one message early")
	}
	deliver(t, b, a, "x")
	if !a.RenewalDue(noon) || !b.RenewalDue(noon) {
		t.Fatal("not due after 1,000 messages")
	}
}

func TestTransient(t *testing.T) {
	a, b := pair(t)
	before := marshal(t, a)
	message, err := a.SealTransient([]byte("typing"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, marshal(t, a)) {
		t.Fatal("a transient message changed the state")
	}
	if got, err := b.OpenTransient(message); err != nil || string(got) != "typing" {
		t.Fatalf("open: %q, %v", got, err)
	}
	if _, err := a.OpenTransient(message); !errors.Is(err, ErrForged) {
		t.Fatalf("sent back to alice: %v", err)
	}
	for i := range message {
		changed := bytes.Clone(message)
		changed[i] ^= 1
		if _, err := b.OpenTransient(changed); err == nil {
			t.Fatalf("byte %d changed, opened all the same", i)
		}
	}
}

// The two devices may start together; the caller picks one, but both must work meanwhile.
func TestBothStart(t *testing.T) {
	a, b := pair(t)
	back := Binding{Session: SessionID{77}, Initiator: bob, Responder: alice}
	b2, start, err := Initiate(back, noon)
	if err != nil {
		t.Fatal(err)
	}
	a2, err := Accept(back, start, noon)
	if err != nil {
		t.Fatal(err)
	}
	fromAlice, fromBob := encrypt(t, a, "I start"), encrypt(t, b2, "no, I start")
	expectOpens(t, b, fromAlice, "I start")
	expectOpens(t, a2, fromBob, "no, I start")
	expectRefused(t, b2, fromAlice, ErrForged)
	deliver(t, b, a, "yours then")
	deliver(t, a2, b2, "yours then")
}
