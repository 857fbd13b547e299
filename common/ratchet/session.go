package ratchet

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"io"
	"time"
)

// keptTags is how many finished receiving chains a session remembers, to tell a late repeat from a forgery.
const keptTags = 16

// infoStart is the info string of the first derivation; the binding and the ratchet key follow it.
const infoStart = "gossip session start v1"

// Session is one end of a Double Ratchet between two devices. It is not safe for concurrent use.
type Session struct {
	binding       Binding
	initiator     bool  // this end started the session
	created       int64 // Unix milliseconds, like lastDecrypted
	lastDecrypted int64
	sent          uint64
	received      uint64

	root       [32]byte
	ownPrivate [32]byte // X25519, of the sending chain; zero once the peer has answered it
	ownPublic  [32]byte
	peer       [32]byte // X25519 public key of the receiving chain
	sending    chain    // not running: the next Encrypt makes the next Diffie-Hellman step
	previous   uint32   // messages in the sending chain before this one
	receiving  chain    // not running until the responder's first answer
	finished   []chainTag
	skipped    skippedKeys

	transientOut [32]byte
	transientIn  [32]byte

	// random is nil, for crypto/rand, but in the tests that reproduce the vectors of testdata.
	random io.Reader
}

// Initiate starts a session as b.Initiator. Start goes to b.Responder encrypted and signed, with every
// message until Established. Errors say what is wrong with the binding.
func Initiate(b Binding, now time.Time) (*Session, Start, error) { return initiate(nil, b, now) }

// initiate is Initiate with the randomness of a test.
func initiate(random io.Reader, b Binding, now time.Time) (*Session, Start, error) {
	if err := b.check(); err != nil {
		return nil, Start{}, err
	}
	var start Start
	if err := fill(random, start.Root[:]); err != nil {
		return nil, Start{}, err
	}
	s := &Session{binding: b, initiator: true, created: now.UnixMilli(), random: random}
	own, err := newRatchetKey(random)
	if err != nil {
		return nil, Start{}, err
	}
	s.setOwn(own)
	start.RatchetKey = s.ownPublic
	if err := s.begin(start, &s.sending, &s.transientOut, &s.transientIn); err != nil {
		return nil, Start{}, err
	}
	return s, start, nil
}

// Accept is the other end of Initiate, for b.Responder. The caller has checked who signed start and that
// the session is new: a start that is accepted twice makes all its messages decryptable again.
func Accept(b Binding, start Start, now time.Time) (*Session, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	if start.Root == [32]byte{} {
		return nil, fmt.Errorf("%w: session start without a secret", ErrMalformed)
	}
	if err := checkRatchetKey(start.RatchetKey); err != nil {
		return nil, err
	}
	s := &Session{binding: b, created: now.UnixMilli(), peer: start.RatchetKey}
	if err := s.begin(start, &s.receiving, &s.transientIn, &s.transientOut); err != nil {
		return nil, err
	}
	return s, nil
}

// begin derives the first keys; first, and the transient keys, are named from the initiator's side.
func (s *Session) begin(start Start, first *chain, initiators, responders *[32]byte) error {
	info := infoStart + string(s.binding.info()) + string(start.RatchetKey[:])
	keys, err := hkdf.Key(sha256.New, start.Root[:], nil, info, 4*32)
	if err != nil {
		return fmt.Errorf("derive the first keys of a session: %w", err)
	}
	s.root = [32]byte(keys)
	*first = chain{key: [32]byte(keys[32:]), running: true}
	*initiators, *responders = [32]byte(keys[64:]), [32]byte(keys[96:])
	clear(keys)
	return nil
}

// Binding says which session this is.
func (s *Session) Binding() Binding { return s.binding }

// Created is when this end made the session, to the millisecond.
func (s *Session) Created() time.Time { return time.UnixMilli(s.created).UTC() }

// LastDecrypted is when the last message of the peer was decrypted; the zero time where none was.
func (s *Session) LastDecrypted() time.Time {
	if !s.Established() {
		return time.Time{}
	}
	return time.UnixMilli(s.lastDecrypted).UTC()
}

// Established says that a message of the peer has been decrypted, so that it has the session too.
func (s *Session) Established() bool { return s.received > 0 }

// RenewalDue says that the session has lived RenewalAge or carried RenewalMessages, both ways together.
func (s *Session) RenewalDue(now time.Time) bool {
	return s.sent+s.received >= RenewalMessages || now.UnixMilli()-s.created >= RenewalAge.Milliseconds()
}

// Expire forgets the keys of messages that have been missing for SkippedLifetime, and says whether there
// were any. Encrypt and Decrypt do it too; this is for a session that has gone quiet.
func (s *Session) Expire(now time.Time) bool {
	before := len(s.skipped)
	s.skipped = s.skipped.expire(now)
	return len(s.skipped) != before
}
