package ratchet

import (
	"testing"
)

// The benchmarks do what one message costs a device: restore the state, encrypt or decrypt, store it.
// The payload is 300 bytes.

var payload = make([]byte, 300)

func BenchmarkSessionEncrypt(b *testing.B) {
	a, _ := answered(b)
	encrypt(b, a, "so that the turn is made")
	data := marshal(b, a)
	b.ReportAllocs()
	for b.Loop() {
		s := new(Session)
		if err := s.UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Encrypt(payload, noon); err != nil {
			b.Fatal(err)
		}
		data, _ = s.MarshalBinary()
	}
}

func BenchmarkSessionDecrypt(b *testing.B) {
	from, to := answered(b)
	deliver(b, from, to, "so that the turn is made")
	message := encrypt(b, from, string(payload))
	data := marshal(b, to)
	b.ReportAllocs()
	for b.Loop() {
		s := new(Session)
		if err := s.UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Decrypt(message, noon); err != nil {
			b.Fatal(err)
		}
		s.MarshalBinary()
	}
}

// BenchmarkSessionDecryptManySkipped is SessionDecrypt with the largest state: 2,000 messages missing.
func BenchmarkSessionDecryptManySkipped(b *testing.B) {
	from, to := answered(b)
	for range 2 {
		for range MaxJump {
			encrypt(b, from, "lost")
		}
		deliver(b, from, to, "arrives")
		deliver(b, to, from, "answer")
	}
	deliver(b, from, to, "arrives")
	message := encrypt(b, from, string(payload))
	data := marshal(b, to)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		s := new(Session)
		if err := s.UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Decrypt(message, noon); err != nil {
			b.Fatal(err)
		}
		s.MarshalBinary()
	}
}

// BenchmarkSessionTurn is a message each way: two key pairs and four Diffie-Hellman computations.
func BenchmarkSessionTurn(b *testing.B) {
	alices, bobs := answered(b)
	for b.Loop() {
		deliver(b, alices, bobs, "ping")
		deliver(b, bobs, alices, "pong")
	}
}

func BenchmarkSenderKeyEncrypt(b *testing.B) {
	sender, _ := channelPair(b)
	data := marshal(b, sender)
	b.ReportAllocs()
	for b.Loop() {
		k := new(SenderKey)
		if err := k.UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
		if _, err := k.Encrypt(payload); err != nil {
			b.Fatal(err)
		}
		data, _ = k.MarshalBinary()
	}
}

func BenchmarkSenderKeyDecrypt(b *testing.B) {
	sender, receiver := channelPair(b)
	message := encryptChannel(b, sender, string(payload))
	data := marshal(b, receiver)
	b.ReportAllocs()
	for b.Loop() {
		k := new(ReceiverKey)
		if err := k.UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
		if _, err := k.Decrypt(message, noon); err != nil {
			b.Fatal(err)
		}
		k.MarshalBinary()
	}
}

// BenchmarkSenderKeyFarthestJump is what one message may make a receiver compute at most.
func BenchmarkSenderKeyFarthestJump(b *testing.B) {
	sender, receiver := channelPair(b)
	for range MaxJumpSenderKey {
		sender.chain.pass()
	}
	message := encryptChannel(b, sender, string(payload))
	for b.Loop() {
		k := *receiver
		if _, err := k.Decrypt(message, noon); err != nil {
			b.Fatal(err)
		}
	}
}
