package ratchet

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

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

// A chain that loses a few here and there keeps no more keys than one that loses them at once.
func TestSkippedKeysOfOneChain(t *testing.T) {
	a, b := answered(t)
	first := encrypt(t, a, "lost")
	for range 2 {
		for range MaxJump / 2 {
			encrypt(t, a, "lost")
		}
		deliver(t, a, b, "arrives")
	}
	if len(b.skipped) != MaxJump {
		t.Fatalf("%d skipped keys, want %d", len(b.skipped), MaxJump)
	}
	expectRefused(t, b, first, ErrReplayed)
}

// Whatever is done with a state, it forgets what is too old.
func TestEveryUseExpiresSkippedKeys(t *testing.T) {
	over := noon.Add(SkippedLifetime)
	a, b := answered(t)
	missing := func() {
		encrypt(t, a, "lost")
		deliver(t, a, b, "arrives")
	}
	missing()
	if _, err := b.Encrypt(nil, over); err != nil || len(b.skipped) != 0 {
		t.Fatalf("encrypt: %v, %d keys are left", err, len(b.skipped))
	}
	missing()
	if _, err := b.Decrypt(encrypt(t, a, "late"), over); err != nil || len(b.skipped) != 0 {
		t.Fatalf("decrypt: %v, %d keys are left", err, len(b.skipped))
	}
	sender, receiver := channelPair(t)
	encryptChannel(t, sender, "lost")
	expectOpensChannel(t, receiver, encryptChannel(t, sender, "arrives"), "arrives")
	if _, err := receiver.Decrypt(encryptChannel(t, sender, "late"), over); err != nil || len(receiver.skipped) != 0 {
		t.Fatalf("channel decrypt: %v, %d keys are left", err, len(receiver.skipped))
	}
}

func TestOversizedMessages(t *testing.T) {
	a, b := answered(t)
	message := encrypt(t, a, strings.Repeat("x", MaxPlaintext))
	expectRefused(t, b, append(message, 0), ErrMalformed)
	sender, receiver := channelPair(t)
	message = encryptChannel(t, sender, strings.Repeat("x", MaxPlaintext))
	expectRefusedChannel(t, receiver, append(message, 0), ErrMalformed)
}

// A member whose chain runs over its end must not make the receiver's numbers start again.
func TestEndOfChannelChain(t *testing.T) {
	sender, receiver := channelPair(t)
	sender.chain.next, receiver.chain.next = endOfChain-1, endOfChain-1
	expectOpensChannel(t, receiver, encryptChannel(t, sender, "the last one"), "the last one")
	sender.chain.next--
	message := encryptChannel(t, sender, "x")
	copy(message[9:13], []byte{0xff, 0xff, 0xff, 0xff})
	expectRefusedChannel(t, receiver, sender.sign(message[:len(message)-64]), ErrTooFarAhead)
}

// Canonical bytes of a state that no sequence of messages leads to.
func TestImpossibleStates(t *testing.T) {
	for name, change := range map[string]func(*Session){
		"sending without a private key":    func(s *Session) { clear(s.ownPrivate[:]) },
		"private key without sending":      func(s *Session) { s.sending = chain{} },
		"receiving without the peer's key": func(s *Session) { clear(s.peer[:]) },
		"peer's key without receiving":     func(s *Session) { s.receiving = chain{} },
		"no chain at all": func(s *Session) {
			s.sending, s.receiving, s.ownPrivate, s.peer = chain{}, chain{}, [32]byte{}, [32]byte{}
		},
		"no devices":        func(s *Session) { s.binding = Binding{} },
		"too many skipped":  func(s *Session) { s.skipped = make(skippedKeys, MaxSkippedSession+1) },
		"too many finished": func(s *Session) { s.finished = make([]chainTag, keptTags+1) },
	} {
		a, b := answered(t)
		deliver(t, a, b, "alice has both chains now")
		change(a)
		if err := new(Session).UnmarshalBinary(marshal(t, a)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, receiver := channelPair(t)
	receiver.first = 1
	if err := new(ReceiverKey).UnmarshalBinary(marshal(t, receiver)); !errors.Is(err, ErrMalformed) {
		t.Errorf("receiver key before its own start: %v", err)
	}
}

func TestOtherStateVersions(t *testing.T) {
	for name, s := range states(t) {
		data := bytes.Clone(marshal(t, s))
		data[1] = stateVersion + 1
		err := blank(s).UnmarshalBinary(data)
		if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "version 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
