package ratchet

import (
	"crypto/ecdh"
	"fmt"
	"slices"
	"time"
)

// Encrypt returns the next message to the peer. Keep the new state before sending it.
// Errors: ErrTooLong, ErrExhausted; the state is unchanged then.
func (s *Session) Encrypt(plaintext []byte, now time.Time) ([]byte, error) {
	if len(plaintext) > MaxPlaintext {
		return nil, ErrTooLong
	}
	next := *s
	if err := next.startSending(); err != nil {
		return nil, err
	}
	if next.sending.next == endOfChain {
		return nil, ErrExhausted
	}
	message, err := next.seal(plaintext)
	if err != nil {
		return nil, err
	}
	next.sent++
	next.skipped = next.skipped.expire(now)
	*s = next
	return message, nil
}

// startSending makes the Diffie-Hellman step that a first message after the peer's new key needs.
func (s *Session) startSending() error {
	if s.sending.running {
		return nil
	}
	own, err := newRatchetKey(s.random)
	if err != nil {
		return err
	}
	s.setOwn(own)
	s.root, s.sending, err = turn(s.root, own, s.peer)
	return err
}

func (s *Session) seal(plaintext []byte) ([]byte, error) {
	var nonce [nonceSize]byte
	if err := fill(s.random, nonce[:]); err != nil {
		return nil, err
	}
	h := header{ratchetKey: s.ownPublic, previous: s.previous, number: s.sending.next}
	message := make([]byte, 0, headerSize+nonceSize+len(plaintext)+overhead)
	message = h.append(message)
	key := s.sending.step()
	defer clear(key[:])
	return seal(message, &key, nonce, plaintext, s.associated(message, s.initiator))
}

func (s *Session) open(key *[32]byte, m sessionMessage) ([]byte, error) {
	return open(key, m.nonce, m.sealed, s.associated(m.head, !s.initiator))
}

// associated is the associated data of a message: its header or format, session, sender, recipient.
func (s *Session) associated(head []byte, fromInitiator bool) []byte {
	ad := make([]byte, 0, headerSize+16+32+32)
	return s.binding.direction(append(ad, head...), fromInitiator)
}

// Decrypt opens a message of the peer, in whatever order they arrive. On any error the state is
// unchanged. Errors: ErrMalformed, ErrForged, ErrReplayed, ErrTooFarAhead.
func (s *Session) Decrypt(message []byte, now time.Time) (plaintext []byte, err error) {
	m, err := parseSessionMessage(message)
	if err != nil {
		return nil, err
	}
	tag := chainTag(m.ratchetKey[:])
	position := s.skipped.find(tag, m.number, now)
	switch {
	case m.ratchetKey == s.ownPublic:
		return nil, fmt.Errorf("%w: it came back to its sender", ErrForged)
	case position >= 0:
		plaintext, err = s.decryptSkipped(position, m)
	case s.receiving.running && m.ratchetKey == s.peer:
		plaintext, err = s.decryptNext(m, tag, now)
	case slices.Contains(s.finished, tag):
		return nil, ErrReplayed
	default:
		plaintext, err = s.decryptTurn(m, tag, now)
	}
	if err != nil {
		return nil, err
	}
	s.received++
	s.lastDecrypted = now.UnixMilli()
	s.skipped = s.skipped.expire(now)
	return plaintext, nil
}

// decryptSkipped opens a message that others have overtaken.
func (s *Session) decryptSkipped(position int, m sessionMessage) ([]byte, error) {
	plaintext, err := s.open(&s.skipped[position].key, m)
	if err != nil {
		return nil, err
	}
	s.skipped = s.skipped.take(position)
	return plaintext, nil
}

// decryptNext opens a message of the present receiving chain.
func (s *Session) decryptNext(m sessionMessage, tag chainTag, now time.Time) ([]byte, error) {
	if m.number < s.receiving.next {
		return nil, ErrReplayed
	}
	receiving := s.receiving
	plaintext, skipped, err := s.openAt(&receiving, m, tag, now)
	if err != nil {
		return nil, err
	}
	s.receiving = receiving
	s.keep(skipped)
	return plaintext, nil
}

// openAt moves a chain on to the message and past it, and opens the message.
func (s *Session) openAt(c *chain, m sessionMessage, tag chainTag, now time.Time) ([]byte, skippedKeys, error) {
	if m.number-c.next > MaxJump || m.number == endOfChain {
		return nil, nil, ErrTooFarAhead
	}
	skipped := c.skipTo(m.number, MaxJump, tag, now.Unix())
	key := c.step()
	defer clear(key[:])
	plaintext, err := s.open(&key, m)
	if err != nil {
		clear(skipped)
		return nil, nil, err
	}
	return plaintext, skipped, nil
}

// decryptTurn opens the first message under a new ratchet key of the peer: a Diffie-Hellman step.
func (s *Session) decryptTurn(m sessionMessage, tag chainTag, now time.Time) ([]byte, error) {
	if err := s.checkTurn(m); err != nil {
		return nil, err
	}
	own, err := ecdh.X25519().NewPrivateKey(s.ownPrivate[:])
	if err != nil {
		return nil, err
	}
	root, receiving, err := turn(s.root, own, m.ratchetKey)
	if err != nil {
		return nil, err
	}
	plaintext, skipped, err := s.openAt(&receiving, m, tag, now)
	if err != nil {
		return nil, err
	}
	s.finishReceiving(m.previous, now)
	s.keep(skipped)
	s.root, s.receiving, s.peer = root, receiving, m.ratchetKey
	s.previous, s.sending = s.sending.next, chain{}
	clear(s.ownPrivate[:])
	return plaintext, nil
}

// checkTurn refuses a new ratchet key before any work is done: the peer makes one only to answer ours,
// and its message can't say that the chain before was shorter than what we have seen of it.
func (s *Session) checkTurn(m sessionMessage) error {
	switch {
	case !s.sending.running:
		return fmt.Errorf("%w: new ratchet key that answers nothing", ErrForged)
	case m.previous < s.receiving.next || (m.previous > 0 && !s.receiving.running):
		return fmt.Errorf("%w: wrong length of the chain before", ErrForged)
	case m.previous-s.receiving.next > MaxJump:
		return ErrTooFarAhead
	}
	return nil
}

// finishReceiving keeps the keys of what is missing from the receiving chain, which had length messages.
func (s *Session) finishReceiving(length uint32, now time.Time) {
	if !s.receiving.running {
		return
	}
	tag := chainTag(s.peer[:])
	s.keep(s.receiving.skipTo(length, MaxJump, tag, now.Unix()))
	s.finished = append(s.finished, tag)
	if len(s.finished) > keptTags {
		s.finished = slices.Delete(s.finished, 0, len(s.finished)-keptTags)
	}
}

func (s *Session) keep(skipped skippedKeys) {
	s.skipped = s.skipped.add(skipped, MaxJump, MaxSkippedSession)
}
