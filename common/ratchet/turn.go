package ratchet

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"io"
)

// infoTurn is the info string of the derivation that a Diffie-Hellman step makes.
const infoTurn = "gossip session turn v1"

// turn is KDF_RK of the specification: the next root and the chain that a Diffie-Hellman output gives.
// It refuses the all-zero output of a low-order point (RFC 7748 section 6.1) with ErrForged.
func turn(root [32]byte, own *ecdh.PrivateKey, peer [32]byte) (next [32]byte, c chain, err error) {
	shared, err := agree(own, peer)
	if err != nil {
		return next, c, err
	}
	defer clear(shared)
	keys, err := hkdf.Key(sha256.New, shared, root[:], infoTurn, 2*32)
	if err != nil {
		return next, c, fmt.Errorf("derive the next keys of a session: %w", err)
	}
	defer clear(keys)
	return [32]byte(keys), chain{key: [32]byte(keys[32:]), running: true}, nil
}

// agree is X25519.
func agree(own *ecdh.PrivateKey, peer [32]byte) ([]byte, error) {
	public, err := ecdh.X25519().NewPublicKey(peer[:])
	if err != nil {
		return nil, err
	}
	shared, err := own.ECDH(public)
	if err != nil {
		return nil, fmt.Errorf("%w: weak ratchet key", ErrForged)
	}
	return shared, nil
}

// newRatchetKey makes an X25519 key from 32 random bytes: ecdh.GenerateKey ignores its reader since Go 1.26.
func newRatchetKey(random io.Reader) (*ecdh.PrivateKey, error) {
	var private [32]byte
	defer clear(private[:])
	if err := fill(random, private[:]); err != nil {
		return nil, err
	}
	return ecdh.X25519().NewPrivateKey(private[:])
}

// checkRatchetKey refuses the points of low order, whose shared secret everybody knows.
func checkRatchetKey(public [32]byte) error {
	probe, err := newRatchetKey(nil)
	if err != nil {
		return err
	}
	if _, err := agree(probe, public); err != nil {
		return fmt.Errorf("%w: weak ratchet key in a session start", ErrMalformed)
	}
	return nil
}

// setOwn keeps the key as bytes: an ecdh key would cost a multiplication each time a state is loaded.
func (s *Session) setOwn(own *ecdh.PrivateKey) {
	private := own.Bytes()
	defer clear(private)
	s.ownPrivate, s.ownPublic = [32]byte(private), [32]byte(own.PublicKey().Bytes())
}
