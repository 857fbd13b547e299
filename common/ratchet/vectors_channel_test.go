package ratchet

import (
	"bytes"
	"testing"
)

func TestChannelVectors(t *testing.T) {
	v := vector(t, "channel.json", makeChannelVector)
	if len(v.Steps) == 0 || len(v.Arrival) != len(v.Steps) || len(v.Refusals) == 0 {
		t.Fatal("the vector is empty")
	}
	t.Run("start", func(t *testing.T) {
		k, err := newSenderKey(randomness(0), v.owner(), v.Time)
		if err != nil {
			t.Fatal(err)
		}
		expectBytes(t, "sender", marshal(t, k), v.Steps[0].SenderBefore)
		expectBytes(t, "distribution", marshal(t, k.Distribution()), v.Distribution)
	})
	t.Run("encrypt", func(t *testing.T) {
		for i, s := range v.Steps {
			sender := restore(t, s.SenderBefore, new(SenderKey))
			expectBytes(t, "message", sealChannelStep(t, sender, i, s.Plaintext, s.Transient), s.Message)
			expectBytes(t, "sender", marshal(t, sender), s.SenderAfter)
		}
	})
	t.Run("decrypt", func(t *testing.T) {
		for _, s := range v.Steps {
			receiver := restore(t, s.ReceiverBefore, new(ReceiverKey))
			expectBytes(t, "plaintext", openChannelStep(t, receiver, v, s), s.Plaintext)
			expectBytes(t, "receiver", marshal(t, receiver), s.ReceiverAfter)
		}
	})
	t.Run("decrypt from the start", func(t *testing.T) {
		receiver := accept(t, *restore(t, v.Distribution, new(Distribution)))
		for _, i := range v.Arrival {
			expectBytes(t, "plaintext", openChannelStep(t, receiver, v, v.Steps[i]), v.Steps[i].Plaintext)
		}
	})
	t.Run("refuse", func(t *testing.T) {
		for _, r := range v.Refusals {
			receiver := restore(t, r.Receiver, new(ReceiverKey))
			_, err := receiver.Decrypt(r.Message, v.Time)
			expectCause(t, r, err)
			expectBytes(t, "state", marshal(t, receiver), r.Receiver)
		}
	})
}

func sealChannelStep(t *testing.T, k *SenderKey, i int, plaintext []byte, transient bool) []byte {
	t.Helper()
	k.random = randomness(i + 1)
	message, err := []byte(nil), error(nil)
	if transient {
		message, err = k.SealTransient(plaintext)
	} else {
		message, err = k.Encrypt(plaintext)
	}
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func openChannelStep(t *testing.T, k *ReceiverKey, v channelVector, s step) []byte {
	t.Helper()
	plaintext, err := []byte(nil), error(nil)
	if s.Transient {
		plaintext, err = k.OpenTransient(s.Message)
	} else {
		plaintext, err = k.Decrypt(s.Message, v.Time)
	}
	if err != nil {
		t.Fatal(err)
	}
	return plaintext
}

func makeChannelVector(t *testing.T) channelVector {
	of := owner{general, bob, 7}
	sender, err := newSenderKey(randomness(0), of, noon)
	if err != nil {
		t.Fatal(err)
	}
	v := channelVector{
		Channel: general[:], Device: bob[:], Epoch: 7, Time: noon,
		Distribution: marshal(t, sender.Distribution()), Arrival: []int{0, 3, 1, 4, 2},
	}
	receiver := accept(t, sender.Distribution())
	for i, text := range []string{"Hello all", "", "typing", "Third", "Grüße aus Köln 🎉"} {
		s := step{From: "bob", Plaintext: hexBytes(text), Transient: text == "typing", SenderBefore: marshal(t, sender)}
		s.Message = sealChannelStep(t, sender, i, s.Plaintext, s.Transient)
		s.SenderAfter = marshal(t, sender)
		v.Steps = append(v.Steps, s)
	}
	for _, i := range v.Arrival {
		s := &v.Steps[i]
		s.ReceiverBefore = marshal(t, receiver)
		openChannelStep(t, receiver, v, *s)
		s.ReceiverAfter = marshal(t, receiver)
	}
	v.Refusals = channelRefusals(t, v, sender)
	return v
}

func channelRefusals(t *testing.T, v channelVector, sender *SenderKey) []refusal {
	last := v.Steps[len(v.Steps)-1]
	changed := func(i int) hexBytes { c := bytes.Clone(last.Message); c[i] ^= 1; return c }
	newcomer := marshal(t, accept(t, sender.Distribution()))
	return []refusal{
		{"decrypted before", last.Message, last.ReceiverAfter, "replayed"},
		{"from before the key was shared", last.Message, newcomer, "before shared"},
		{"unknown format", changed(0), last.ReceiverBefore, "malformed"},
		{"other epoch", changed(8), last.ReceiverBefore, "wrong epoch"},
		{"other index", changed(12), last.ReceiverBefore, "forged"},
		{"other nonce", changed(13), last.ReceiverBefore, "forged"},
		{"other ciphertext", changed(25), last.ReceiverBefore, "forged"},
		{"other signature", changed(len(last.Message) - 1), last.ReceiverBefore, "forged"},
		{"cut short", last.Message[:senderHeadSize+nonceSize+overhead+63], last.ReceiverBefore, "malformed"},
		{"empty", nil, last.ReceiverBefore, "malformed"},
	}
}
