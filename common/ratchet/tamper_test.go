package ratchet

import (
	"bytes"
	"encoding"
	"testing"
)

// everyChange calls with each way of flipping one bit of each byte, dropping the tail from each byte on,
// and adding a byte.
func everyChange(data []byte, with func(position int, changed []byte)) {
	for i := range data {
		for bit := range 8 {
			changed := bytes.Clone(data)
			changed[i] ^= 1 << bit
			with(i, changed)
		}
		with(i, bytes.Clone(data[:i]))
	}
	with(len(data), append(bytes.Clone(data), 0))
}

func TestTamperedSessionMessages(t *testing.T) {
	a, b := answered(t)
	inChain := func() []byte { deliver(t, a, b, "before"); return encrypt(t, a, "the message") }
	turning := func() []byte { deliver(t, b, a, "turn"); return encrypt(t, a, "the message") }
	overtaken := func() []byte { m := encrypt(t, a, "the message"); deliver(t, a, b, "overtakes"); return m }
	for name, next := range map[string]func() []byte{"in chain": inChain, "turning": turning, "overtaken": overtaken} {
		t.Run(name, func(t *testing.T) {
			message := next()
			before := marshal(t, b)
			everyChange(message, func(i int, changed []byte) {
				if plaintext, err := b.Decrypt(changed, noon); err == nil || plaintext != nil {
					t.Fatalf("byte %d changed, opened all the same", i)
				}
			})
			if !bytes.Equal(before, marshal(t, b)) {
				t.Fatal("a refused message changed the state")
			}
			expectOpens(t, b, message, "the message")
		})
	}
}

func TestTamperedChannelMessages(t *testing.T) {
	sender, receiver := channelPair(t)
	overtaken := encryptChannel(t, sender, "overtaken")
	expectOpensChannel(t, receiver, encryptChannel(t, sender, "overtakes"), "overtakes")
	for text, message := range map[string][]byte{"overtaken": overtaken, "next": encryptChannel(t, sender, "next")} {
		before := marshal(t, receiver)
		everyChange(message, func(i int, changed []byte) {
			if plaintext, err := receiver.Decrypt(changed, noon); err == nil || plaintext != nil {
				t.Fatalf("byte %d changed, opened all the same", i)
			}
		})
		if !bytes.Equal(before, marshal(t, receiver)) {
			t.Fatal("a refused message changed the state")
		}
		expectOpensChannel(t, receiver, message, text)
	}
}

func TestTamperedTransientChannelMessages(t *testing.T) {
	sender, receiver := channelPair(t)
	message, err := sender.SealTransient([]byte("typing"))
	if err != nil {
		t.Fatal(err)
	}
	everyChange(message, func(i int, changed []byte) {
		if _, err := receiver.OpenTransient(changed); err == nil {
			t.Fatalf("byte %d changed, opened all the same", i)
		}
	})
}

// A start that was changed on the way (the OpenPGP signature stands before it) gives keys that open nothing.
func TestTamperedStart(t *testing.T) {
	a, start, err := Initiate(binding(), noon)
	if err != nil {
		t.Fatal(err)
	}
	message := encrypt(t, a, "hello")
	for i := range 64 {
		changed := start
		if i < 32 {
			changed.Root[i] ^= 1
		} else {
			changed.RatchetKey[i-32] ^= 1
		}
		b, err := Accept(binding(), changed, noon)
		if err != nil {
			continue
		}
		if _, err := b.Decrypt(message, noon); err == nil {
			t.Fatalf("byte %d of the start changed, opened all the same", i)
		}
	}
}

type state interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// states are samples of all that is stored or distributed, with skipped keys and finished chains.
func states(t testing.TB) map[string]state {
	a, b := answered(t)
	encrypt(t, a, "lost")
	deliver(t, a, b, "arrives")
	fresh, freshAnswer := pair(t)
	sender, receiver := channelPair(t)
	encryptChannel(t, sender, "lost")
	expectOpensChannel(t, receiver, encryptChannel(t, sender, "arrives"), "arrives")
	distribution := sender.Distribution()
	return map[string]state{
		"initiator": a, "responder": b, "fresh initiator": fresh, "fresh responder": freshAnswer,
		"sender key": sender, "receiver key": receiver, "distribution": &distribution,
	}
}

// blank is an empty state of the same type.
func blank(s state) state {
	switch s.(type) {
	case *Session:
		return new(Session)
	case *SenderKey:
		return new(SenderKey)
	case *ReceiverKey:
		return new(ReceiverKey)
	}
	return new(Distribution)
}

// The store seals states, so a changed key can't be told here; but what restores must be just what the
// bytes say, and what does not restore must leave the receiver as it was.
func TestTamperedStates(t *testing.T) {
	for name, s := range states(t) {
		t.Run(name, func(t *testing.T) {
			data := marshal(t, s)
			refused := 0
			everyChange(data, func(i int, changed []byte) {
				other := blank(s)
				if err := other.UnmarshalBinary(changed); err != nil {
					refused++
					if !bytes.Equal(marshal(t, other), marshal(t, blank(s))) {
						t.Fatalf("byte %d: a refused state was restored in part", i)
					}
					return
				}
				if again := marshal(t, other); !bytes.Equal(again, changed) {
					t.Fatalf("byte %d: restored as something else\n in %x\nout %x", i, changed, again)
				}
			})
			if refused < len(data) {
				t.Fatalf("%d of the changes refused, not even the %d truncations", refused, len(data))
			}
		})
	}
}

func TestStatesComeBack(t *testing.T) {
	for name, s := range states(t) {
		data := marshal(t, s)
		other := blank(s)
		if err := other.UnmarshalBinary(data); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !bytes.Equal(marshal(t, other), data) {
			t.Errorf("%s came back changed", name)
		}
	}
}
