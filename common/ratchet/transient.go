package ratchet

import (
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

const transientHeadSize = 1

// SealTransient seals what may be lost (typing, presence) for the peer and changes no state: its key
// lasts as long as the session, so it has no forward secrecy within it, and a repeat can't be told.
func (s *Session) SealTransient(plaintext []byte) ([]byte, error) {
	head := []byte{formatSessionTransient}
	ad := s.associated(head, s.initiator)
	return sealTransient(head, &s.transientOut, s.random, plaintext, ad)
}

// OpenTransient opens what the peer's SealTransient made. Errors: ErrMalformed, ErrForged.
func (s *Session) OpenTransient(message []byte) ([]byte, error) {
	err := checkShape(message, formatSessionTransient, transientHeadSize+chacha20poly1305.NonceSizeX, 0)
	if err != nil {
		return nil, err
	}
	ad := s.associated(message[:transientHeadSize], !s.initiator)
	return openTransient(&s.transientIn, message[transientHeadSize:], ad)
}

// sealTransient appends a random nonce and the sealed plaintext to head.
func sealTransient(head []byte, key *[32]byte, random io.Reader, plaintext, ad []byte) ([]byte, error) {
	if len(plaintext) > MaxPlaintext {
		return nil, ErrTooLong
	}
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil, err
	}
	var nonce [chacha20poly1305.NonceSizeX]byte
	if err := fill(random, nonce[:]); err != nil {
		return nil, err
	}
	return aead.Seal(append(head, nonce[:]...), nonce[:], plaintext, ad), nil
}

// openTransient opens a nonce and what was sealed with it; checkShape has seen to the lengths.
func openTransient(key *[32]byte, sealed, ad []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil, err
	}
	nonce := sealed[:chacha20poly1305.NonceSizeX]
	plaintext, err := aead.Open(nil, nonce, sealed[len(nonce):], ad)
	if err != nil {
		return nil, ErrForged
	}
	return plaintext, nil
}
