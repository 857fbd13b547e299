package ratchet

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// What parses as a session message is the same bytes when it is put together again.
func FuzzSessionMessage(f *testing.F) {
	a, b := answered(f)
	f.Add(encrypt(f, a, "in a new chain"))
	deliver(f, a, b, "x")
	f.Add(encrypt(f, a, "in a known chain"))
	f.Add([]byte{formatSession})
	data := marshal(f, b)
	f.Fuzz(func(t *testing.T, message []byte) {
		m, err := parseSessionMessage(message)
		if err == nil {
			again := append(append(m.header.append(nil), m.nonce...), m.sealed...)
			if !bytes.Equal(again, message) {
				t.Fatalf("parsed %x, put together %x", message, again)
			}
		}
		s := new(Session)
		if err := s.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Decrypt(message, noon); err != nil && !bytes.Equal(marshal(t, s), data) {
			t.Fatal("a refused message changed the state")
		}
	})
}

func FuzzSessionTransient(f *testing.F) {
	a, b := answered(f)
	message, err := a.SealTransient([]byte("typing"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(message)
	f.Fuzz(func(t *testing.T, message []byte) { b.OpenTransient(message) })
}

// What parses as a channel message is the same bytes when it is put together again, and MessageEpoch agrees.
func FuzzChannelMessage(f *testing.F) {
	sender, receiver := channelPair(f)
	f.Add(encryptChannel(f, sender, "hello"))
	f.Add([]byte{formatSenderKey})
	data := marshal(f, receiver)
	f.Fuzz(func(t *testing.T, message []byte) {
		m, err := parseChannelMessage(message)
		if err == nil {
			again := binary.BigEndian.AppendUint64([]byte{formatSenderKey}, m.epoch)
			again = binary.BigEndian.AppendUint32(again, m.index)
			again = append(append(again, m.nonce...), m.sealed...)
			if !bytes.Equal(again, message[:len(message)-64]) {
				t.Fatalf("parsed %x, put together %x", message, again)
			}
			if epoch, index, err := MessageEpoch(message); err != nil || epoch != m.epoch || index != uint64(m.index) {
				t.Fatalf("epoch %d, index %d, %v", epoch, index, err)
			}
		}
		k := new(ReceiverKey)
		if err := k.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Decrypt(message, noon); err != nil && !bytes.Equal(marshal(t, k), data) {
			t.Fatal("a refused message changed the state")
		}
	})
}

func FuzzChannelTransient(f *testing.F) {
	sender, receiver := channelPair(f)
	message, err := sender.SealTransient([]byte("typing"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(message)
	f.Fuzz(func(t *testing.T, message []byte) {
		_, opened := receiver.OpenTransient(message)
		if _, _, err := MessageEpoch(message); err != nil && opened == nil {
			t.Fatalf("opens, but has no epoch: %v", err)
		}
	})
}

// fuzzState checks that a state which restores marshals to the same bytes and can be used without a panic.
func fuzzState[S state](f *testing.F, blank func() S, use func(S)) {
	for _, s := range states(f) {
		if _, ok := s.(S); ok {
			f.Add(marshal(f, s))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := blank()
		if err := s.UnmarshalBinary(data); err != nil {
			return
		}
		if again := marshal(t, s); !bytes.Equal(again, data) {
			t.Fatalf("restored %x, stored %x", data, again)
		}
		use(s)
	})
}

func FuzzSessionState(f *testing.F) {
	a, _ := pair(f)
	message := encrypt(f, a, "hello")
	fuzzState(f, func() *Session { return new(Session) }, func(s *Session) {
		s.Decrypt(message, noon)
		s.Encrypt(nil, noon)
		s.SealTransient(nil)
	})
}

func FuzzSenderKeyState(f *testing.F) {
	fuzzState(f, func() *SenderKey { return new(SenderKey) }, func(k *SenderKey) {
		k.Encrypt(nil)
		k.SealTransient(nil)
	})
}

func FuzzReceiverKeyState(f *testing.F) {
	sender, _ := channelPair(f)
	message := encryptChannel(f, sender, "hello")
	fuzzState(f, func() *ReceiverKey { return new(ReceiverKey) }, func(k *ReceiverKey) { k.Decrypt(message, noon) })
}

func FuzzDistribution(f *testing.F) {
	fuzzState(f, func() *Distribution { return new(Distribution) }, func(d *Distribution) { AcceptSenderKey(*d, noon) })
}
