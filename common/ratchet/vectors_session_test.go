package ratchet

import (
	"bytes"
	"testing"
)

// conversation is the script of testdata/session.json: who sends, in which order it arrives.
var conversation = []struct {
	from, text string
	transient  bool
}{
	{"alice", "Is this on?", false},
	{"alice", "Hello Bob", false},
	{"alice", "", false},
	{"bob", "typing", true},
	{"bob", "Hello Alice", false},
	{"alice", "typing", true},
	{"alice", "How are you?", false},
	{"bob", "Fine", false},
	{"bob", "And you?", false},
	{"alice", "Grüße aus Köln 🎉", false},
}

// arrivalOrder lets later messages overtake some, within a chain and across a turn. A message comes after
// the one that its sender has answered: 4 is bob's first and needs 1 of alice.
var arrivalOrder = []int{1, 3, 4, 5, 0, 6, 8, 9, 7, 2}

func TestSessionVectors(t *testing.T) {
	v := vector(t, "session.json", makeSessionVector)
	if len(v.Steps) == 0 || len(v.Arrival) != len(v.Steps) || len(v.Refusals) == 0 {
		t.Fatal("the vector is empty")
	}
	t.Run("start", func(t *testing.T) { checkStart(t, v) })
	t.Run("encrypt", func(t *testing.T) {
		for i, s := range v.Steps {
			checkSessionEncrypt(t, v, i, s)
		}
	})
	t.Run("decrypt", func(t *testing.T) {
		for _, s := range v.Steps {
			checkSessionDecrypt(t, v, s)
		}
	})
	t.Run("decrypt from the start", func(t *testing.T) { replaySession(t, v) })
	t.Run("refuse", func(t *testing.T) {
		for _, r := range v.Refusals {
			receiver := restore(t, r.Receiver, new(Session))
			_, err := receiver.Decrypt(r.Message, v.Time)
			expectCause(t, r, err)
			expectBytes(t, "state", marshal(t, receiver), r.Receiver)
		}
	})
}

func checkStart(t *testing.T, v sessionVector) {
	a, start, err := initiate(randomness(0), v.binding(), v.Time)
	if err != nil {
		t.Fatal(err)
	}
	expectBytes(t, "root", start.Root[:], v.Root)
	expectBytes(t, "ratchet key", start.RatchetKey[:], v.RatchetKey)
	expectBytes(t, "initiator", marshal(t, a), v.Steps[0].SenderBefore)
}

func sealStep(t *testing.T, s *Session, v sessionVector, i int, plaintext []byte, transient bool) []byte {
	t.Helper()
	s.random = randomness(i + 1)
	message, err := []byte(nil), error(nil)
	if transient {
		message, err = s.SealTransient(plaintext)
	} else {
		message, err = s.Encrypt(plaintext, v.Time)
	}
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func openStep(t *testing.T, s *Session, v sessionVector, message []byte, transient bool) []byte {
	t.Helper()
	plaintext, err := []byte(nil), error(nil)
	if transient {
		plaintext, err = s.OpenTransient(message)
	} else {
		plaintext, err = s.Decrypt(message, v.Time)
	}
	if err != nil {
		t.Fatal(err)
	}
	return plaintext
}

func checkSessionEncrypt(t *testing.T, v sessionVector, i int, s step) {
	sender := restore(t, s.SenderBefore, new(Session))
	expectBytes(t, "message", sealStep(t, sender, v, i, s.Plaintext, s.Transient), s.Message)
	expectBytes(t, "sender", marshal(t, sender), s.SenderAfter)
}

func checkSessionDecrypt(t *testing.T, v sessionVector, s step) {
	receiver := restore(t, s.ReceiverBefore, new(Session))
	expectBytes(t, "plaintext", openStep(t, receiver, v, s.Message, s.Transient), s.Plaintext)
	expectBytes(t, "receiver", marshal(t, receiver), s.ReceiverAfter)
}

// replaySession runs bob's half from nothing but the start: alice's messages in the order of arrival, and
// his own sent when the vector's bob sent them.
func replaySession(t *testing.T, v sessionVector) {
	b, err := Accept(v.binding(), Start{Root: [32]byte(v.Root), RatchetKey: [32]byte(v.RatchetKey)}, v.Time)
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	for _, i := range v.Arrival {
		for ; sent <= i; sent++ {
			if s := v.Steps[sent]; s.From == "bob" {
				expectBytes(t, "message", sealStep(t, b, v, sent, s.Plaintext, s.Transient), s.Message)
			}
		}
		if s := v.Steps[i]; s.From == "alice" {
			expectBytes(t, "plaintext", openStep(t, b, v, s.Message, s.Transient), s.Plaintext)
		}
	}
}

// makeSessionVector sends each step just before the first arrival that needs it.
func makeSessionVector(t *testing.T) sessionVector {
	a, start, err := initiate(randomness(0), binding(), noon)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Accept(binding(), start, noon)
	if err != nil {
		t.Fatal(err)
	}
	v := sessionVector{
		Session: a.binding.Session[:], Initiator: alice[:], Responder: bob[:],
		Root: start.Root[:], RatchetKey: start.RatchetKey[:], Time: noon, Arrival: arrivalOrder,
	}
	for _, arriving := range arrivalOrder {
		for len(v.Steps) <= arriving {
			v.Steps = append(v.Steps, sendScripted(t, v, len(v.Steps), a, b))
		}
		s := &v.Steps[arriving]
		receiver := b
		if s.From == "bob" {
			receiver = a
		}
		s.ReceiverBefore = marshal(t, receiver)
		openStep(t, receiver, v, s.Message, s.Transient)
		s.ReceiverAfter = marshal(t, receiver)
	}
	v.Refusals = sessionRefusals(v)
	return v
}

func sendScripted(t *testing.T, v sessionVector, i int, a, b *Session) step {
	line := conversation[i]
	sender := a
	if line.from == "bob" {
		sender = b
	}
	s := step{From: line.from, Plaintext: hexBytes(line.text), Transient: line.transient, SenderBefore: marshal(t, sender)}
	s.Message = sealStep(t, sender, v, i, s.Plaintext, s.Transient)
	s.SenderAfter = marshal(t, sender)
	return s
}

func sessionRefusals(v sessionVector) []refusal {
	last := v.Steps[len(v.Steps)-1]
	changed := func(i int) hexBytes { c := bytes.Clone(last.Message); c[i] ^= 1; return c }
	weak := bytes.Clone(last.Message)
	clear(weak[1:33])
	far := bytes.Clone(last.Message)
	far[39] = 0x40 // number 16384
	return []refusal{
		{"decrypted before", last.Message, last.ReceiverAfter, "replayed"},
		{"decrypted before in a chain that is over", v.Steps[1].Message, last.ReceiverAfter, "replayed"},
		{"own message", last.Message, last.SenderAfter, "forged"},
		{"unknown format", changed(0), last.ReceiverBefore, "malformed"},
		{"other ratchet key", changed(1), last.ReceiverBefore, "forged"},
		{"weak ratchet key", weak, last.ReceiverBefore, "forged"},
		{"other length of the chain before", changed(36), last.ReceiverBefore, "forged"},
		{"other number", changed(40), last.ReceiverBefore, "forged"},
		{"far number in a new chain", far, last.ReceiverBefore, "too far ahead"},
		{"other nonce", changed(41), last.ReceiverBefore, "forged"},
		{"other ciphertext", changed(53), last.ReceiverBefore, "forged"},
		{"other tag", changed(len(last.Message) - 1), last.ReceiverBefore, "forged"},
		{"cut short", last.Message[:headerSize+nonceSize+overhead-1], last.ReceiverBefore, "malformed"},
		{"empty", nil, last.ReceiverBefore, "malformed"},
	}
}
