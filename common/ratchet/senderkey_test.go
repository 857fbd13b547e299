package ratchet

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"gossip/common/id"
)

func TestChannelMessages(t *testing.T) {
	sender, receiver := channelPair(t)
	for i := range 3 {
		message := encryptChannel(t, sender, fmt.Sprint(i))
		epoch, index, err := MessageEpoch(message)
		if err != nil || epoch != 7 || index != uint64(i) {
			t.Fatalf("message %d says epoch %d, index %d, %v", i, epoch, index, err)
		}
		expectOpensChannel(t, receiver, message, fmt.Sprint(i))
		expectRefusedChannel(t, receiver, message, ErrReplayed)
	}
}

func expectOpensChannel(t testing.TB, k *ReceiverKey, message []byte, text string) {
	t.Helper()
	got, err := k.Decrypt(message, noon)
	if err != nil || string(got) != text {
		t.Fatalf("decrypt: %q, %v; want %q", got, err, text)
	}
}

// expectRefusedChannel checks the cause and that the state did not change.
func expectRefusedChannel(t testing.TB, k *ReceiverKey, message []byte, want error) {
	t.Helper()
	before := marshal(t, k)
	plaintext, err := k.Decrypt(message, noon)
	if !errors.Is(err, want) || plaintext != nil {
		t.Fatalf("decrypt: %q, %v; want %v", plaintext, err, want)
	}
	if !bytes.Equal(before, marshal(t, k)) {
		t.Fatal("a refused message changed the state")
	}
}

func TestNewcomersGetNoHistory(t *testing.T) {
	sender, member := channelPair(t)
	history := encryptChannel(t, sender, "before carol came")
	newcomer := accept(t, sender.Distribution())
	expectRefusedChannel(t, newcomer, history, ErrBeforeShared)
	next := encryptChannel(t, sender, "welcome")
	expectOpensChannel(t, newcomer, next, "welcome")
	expectOpensChannel(t, member, next, "welcome")
	expectOpensChannel(t, member, history, "before carol came")
}

func TestChannelJumps(t *testing.T) {
	sender, receiver := channelPair(t)
	encryptChannel(t, sender, "lost")
	for range MaxJumpSenderKey - 1 {
		sender.chain.pass()
	}
	farthest := encryptChannel(t, sender, "as far as allowed")
	expectRefusedChannel(t, receiver, encryptChannel(t, sender, "too far"), ErrTooFarAhead)
	expectOpensChannel(t, receiver, farthest, "as far as allowed")
	if len(receiver.skipped) != MaxSkippedSenderKey {
		t.Fatalf("%d skipped keys, want %d", len(receiver.skipped), MaxSkippedSenderKey)
	}
}

func TestChannelSkippedKeys(t *testing.T) {
	sender, receiver := channelPair(t)
	var messages [][]byte
	for i := range MaxSkippedSenderKey + 2 {
		messages = append(messages, encryptChannel(t, sender, fmt.Sprint(i)))
	}
	expectOpensChannel(t, receiver, messages[MaxSkippedSenderKey+1], fmt.Sprint(MaxSkippedSenderKey+1))
	expectRefusedChannel(t, receiver, messages[0], ErrReplayed)
	expectOpensChannel(t, receiver, messages[1], "1")
	over := noon.Add(SkippedLifetime)
	if _, err := receiver.Decrypt(messages[2], over); !errors.Is(err, ErrReplayed) {
		t.Fatalf("after a week: %v", err)
	}
	if receiver.Expire(noon) || !receiver.Expire(over) || len(receiver.skipped) != 0 {
		t.Fatalf("expire left %d keys", len(receiver.skipped))
	}
}

func TestSenderKeyMismatches(t *testing.T) {
	sender, receiver := channelPair(t)
	message := encryptChannel(t, sender, "x")
	for name, change := range map[string]func(*Distribution){
		"channel":     func(d *Distribution) { d.Channel = id.ChannelID{1} },
		"device":      func(d *Distribution) { d.Device = carol },
		"signing key": func(d *Distribution) { d.SigningKey[3] ^= 1 },
		"chain key":   func(d *Distribution) { d.ChainKey[3] ^= 1 },
	} {
		d := sender.Distribution()
		d.Index = 0
		d.ChainKey = receiver.chain.key
		change(&d)
		other := accept(t, d)
		before := marshal(t, other)
		if _, err := other.Decrypt(message, noon); !errors.Is(err, ErrForged) {
			t.Errorf("other %s: %v", name, err)
		}
		if !bytes.Equal(before, marshal(t, other)) {
			t.Errorf("other %s: a forged message changed the state", name)
		}
	}
	other := accept(t, Distribution{Channel: general, Device: bob, Epoch: 8})
	expectRefusedChannel(t, other, message, ErrWrongEpoch)
}

// A member has the chain key and the transient key, and must not be able to speak as the owner.
func TestMembersCannotForge(t *testing.T) {
	sender, receiver := channelPair(t)
	forger, err := NewSenderKey(general, bob, 7, noon)
	if err != nil {
		t.Fatal(err)
	}
	forger.chain, forger.transient = sender.chain, sender.transient
	expectRefusedChannel(t, receiver, encryptChannel(t, forger, "I am bob"), ErrForged)
	typing, err := forger.SealTransient([]byte("bob is typing"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := receiver.OpenTransient(typing); !errors.Is(err, ErrForged) {
		t.Fatalf("forged transient: %v", err)
	}
}

func TestChannelTransient(t *testing.T) {
	sender, receiver := channelPair(t)
	before := marshal(t, sender)
	message, err := sender.SealTransient([]byte("typing"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, marshal(t, sender)) {
		t.Fatal("a transient message changed the state")
	}
	if epoch, _, err := MessageEpoch(message); err != nil || epoch != 7 {
		t.Fatalf("epoch %d, %v", epoch, err)
	}
	if got, err := receiver.OpenTransient(message); err != nil || string(got) != "typing" {
		t.Fatalf("open: %q, %v", got, err)
	}
	if _, err := receiver.Decrypt(message, noon); !errors.Is(err, ErrMalformed) {
		t.Fatalf("decrypt of a transient message: %v", err)
	}
	other := accept(t, Distribution{Channel: general, Device: bob, Epoch: 8})
	if _, err := other.OpenTransient(message); !errors.Is(err, ErrWrongEpoch) {
		t.Fatalf("another epoch: %v", err)
	}
}

func TestRotation(t *testing.T) {
	sender, _ := channelPair(t)
	if sender.RotationDue(noon.Add(RotationAge-time.Second)) || !sender.RotationDue(noon.Add(RotationAge)) {
		t.Fatal("rotation by age")
	}
	for range RotationMessages {
		if sender.RotationDue(noon) {
			t.Fatalf("due after %d messages", sender.chain.next)
		}
		encryptChannel(t, sender, "x")
	}
	if !sender.RotationDue(noon) {
		t.Fatal("not due after 200 messages")
	}
}

func TestSenderKeyLimits(t *testing.T) {
	sender, receiver := channelPair(t)
	long := make([]byte, MaxPlaintext+1)
	if _, err := sender.Encrypt(long); !errors.Is(err, ErrTooLong) {
		t.Fatalf("encrypt: %v", err)
	}
	if _, err := sender.SealTransient(long); !errors.Is(err, ErrTooLong) {
		t.Fatalf("seal: %v", err)
	}
	expectOpensChannel(t, receiver, encryptChannel(t, sender, string(long[1:])), string(long[1:]))
	sender.chain.next = endOfChain
	if _, err := sender.Encrypt(nil); !errors.Is(err, ErrExhausted) {
		t.Fatalf("at the end of the chain: %v", err)
	}
	if _, err := NewSenderKey(id.NoChannel, bob, 0, noon); err == nil {
		t.Fatal("made a sender key of no channel")
	}
	if _, err := AcceptSenderKey(Distribution{Channel: general}, noon); err == nil {
		t.Fatal("accepted a sender key of no device")
	}
}
