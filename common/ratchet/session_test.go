package ratchet

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
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

func TestJumps(t *testing.T) {
	a, b := answered(t)
	var messages [][]byte
	for range MaxJump + 3 {
		messages = append(messages, encrypt(t, a, "x"))
	}
	expectRefused(t, b, messages[MaxJump+1], ErrTooFarAhead)
	expectOpens(t, b, messages[MaxJump], "x")
	expectOpens(t, b, messages[0], "x")
	expectOpens(t, b, messages[MaxJump-1], "x")
	if len(b.skipped) != MaxJump-2 {
		t.Fatalf("%d skipped keys, want %d", len(b.skipped), MaxJump-2)
	}
}

func TestJumpOverTheEndOfAChain(t *testing.T) {
	a, b := answered(t)
	deliver(t, a, b, "0")
	for range MaxJump + 1 {
		encrypt(t, a, "lost")
	}
	deliver(t, b, a, "answer")
	expectRefused(t, b, encrypt(t, a, "next chain"), ErrTooFarAhead)
}

func TestOldestSkippedKeysGoFirst(t *testing.T) {
	a, b := answered(t)
	var first []byte
	for range 3 {
		lost := encrypt(t, a, "lost")
		if first == nil {
			first = lost
		}
		for range MaxJump - 1 {
			encrypt(t, a, "lost")
		}
		deliver(t, a, b, "arrives")
		deliver(t, b, a, "answer")
	}
	if len(b.skipped) != MaxSkippedSession {
		t.Fatalf("%d skipped keys, want %d", len(b.skipped), MaxSkippedSession)
	}
	expectRefused(t, b, first, ErrReplayed)
	restored := new(Session)
	if err := restored.UnmarshalBinary(marshal(t, b)); err != nil {
		t.Fatalf("the largest state does not restore: %v", err)
	}
}

func TestSkippedKeysExpire(t *testing.T) {
	a, b := answered(t)
	late, later := encrypt(t, a, "late"), encrypt(t, a, "later")
	deliver(t, a, b, "on time")
	almost, over := noon.Add(SkippedLifetime-time.Second), noon.Add(SkippedLifetime)
	if _, err := b.Decrypt(late, almost); err != nil {
		t.Fatalf("a second before the end: %v", err)
	}
	if _, err := b.Decrypt(later, over); !errors.Is(err, ErrReplayed) {
		t.Fatalf("at the end: %v", err)
	}
	if b.Expire(almost) || !b.Expire(over) || b.Expire(over) || len(b.skipped) != 0 {
		t.Fatalf("expire left %d keys", len(b.skipped))
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

func TestLongPlaintexts(t *testing.T) {
	a, b := pair(t)
	deliver(t, a, b, strings.Repeat("x", MaxPlaintext))
	deliver(t, a, b, "")
	long := make([]byte, MaxPlaintext+1)
	if _, err := a.Encrypt(long, noon); !errors.Is(err, ErrTooLong) {
		t.Fatalf("encrypt: %v", err)
	}
	if _, err := a.SealTransient(long); !errors.Is(err, ErrTooLong) {
		t.Fatalf("seal: %v", err)
	}
}

func TestEndOfChain(t *testing.T) {
	a, b := pair(t)
	a.sending.next, b.receiving.next = endOfChain-1, endOfChain-1
	deliver(t, a, b, "the last one")
	if _, err := a.Encrypt([]byte("one too many"), noon); !errors.Is(err, ErrExhausted) {
		t.Fatalf("encrypt: %v", err)
	}
	a.sending.next = endOfChain
	message, err := a.seal([]byte("a peer without that check"))
	if err != nil {
		t.Fatal(err)
	}
	expectRefused(t, b, message, ErrTooFarAhead)
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
