package ratchet

import (
	"testing"
	"time"

	"gossip/common/id"
)

// The devices and times that every test uses.
var (
	alice   = id.DeviceID{0xa1, 0x1c, 0xe0}
	bob     = id.DeviceID{0xb0, 0xb0}
	carol   = id.DeviceID{0xca, 0x40, 0x1}
	general = id.ChannelID{0x6e, 0xe4, 0xa1}
	noon    = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
)

func binding() Binding {
	return Binding{Session: SessionID{5, 4, 3, 2, 1}, Initiator: alice, Responder: bob}
}

// pair returns both ends of a fresh session, alice its initiator.
func pair(t testing.TB) (a, b *Session) {
	t.Helper()
	a, start, err := Initiate(binding(), noon)
	if err != nil {
		t.Fatal(err)
	}
	b, err = Accept(binding(), start, noon)
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

// answered is pair after one message each way, both of which arrived.
func answered(t testing.TB) (a, b *Session) {
	t.Helper()
	a, b = pair(t)
	deliver(t, a, b, "hello bob")
	deliver(t, b, a, "hello alice")
	return a, b
}

func encrypt(t testing.TB, s *Session, text string) []byte {
	t.Helper()
	message, err := s.Encrypt([]byte(text), noon)
	if err != nil {
		t.Fatalf("encrypt %q: %v", text, err)
	}
	return message
}

func expectOpens(t testing.TB, s *Session, message []byte, text string) {
	t.Helper()
	got, err := s.Decrypt(message, noon)
	if err != nil || string(got) != text {
		t.Fatalf("decrypt: %q, %v; want %q", got, err, text)
	}
}

func deliver(t testing.TB, from, to *Session, text string) {
	t.Helper()
	expectOpens(t, to, encrypt(t, from, text), text)
}

// channelPair returns bob's sender key and alice's receiver key of it.
func channelPair(t testing.TB) (*SenderKey, *ReceiverKey) {
	t.Helper()
	sender, err := NewSenderKey(general, bob, 7, noon)
	if err != nil {
		t.Fatal(err)
	}
	return sender, accept(t, sender.Distribution())
}

func accept(t testing.TB, d Distribution) *ReceiverKey {
	t.Helper()
	receiver, err := AcceptSenderKey(d, noon)
	if err != nil {
		t.Fatal(err)
	}
	return receiver
}

func encryptChannel(t testing.TB, k *SenderKey, text string) []byte {
	t.Helper()
	message, err := k.Encrypt([]byte(text))
	if err != nil {
		t.Fatalf("encrypt %q: %v", text, err)
	}
	return message
}

// marshal is a state's byte form, to compare and to restore from.
func marshal(t testing.TB, state interface{ MarshalBinary() ([]byte, error) }) []byte {
	t.Helper()
	data, err := state.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}
