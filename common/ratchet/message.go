package ratchet

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// The formats, first byte of every message. See the package comment for their layouts.
const (
	formatSession          = 0x01
	formatSessionTransient = 0x02
	formatSenderKey        = 0x03
	formatSenderTransient  = 0x04
)

const (
	headerSize = 1 + 32 + 4 + 4
	nonceSize  = chacha20poly1305.NonceSize
	overhead   = chacha20poly1305.Overhead
	maxSealed  = MaxPlaintext + overhead
)

// header is what a session message says in clear.
type header struct {
	ratchetKey [32]byte // the sender's X25519 public key of this chain
	previous   uint32   // how many messages the sender's chain before this one had
	number     uint32   // of this message in its chain, from 0
}

func (h header) append(message []byte) []byte {
	message = append(message, formatSession)
	message = append(message, h.ratchetKey[:]...)
	message = binary.BigEndian.AppendUint32(message, h.previous)
	return binary.BigEndian.AppendUint32(message, h.number)
}

// sessionMessage is a parsed message; its slices point into the message.
type sessionMessage struct {
	header
	head   []byte // the header as it came
	nonce  []byte
	sealed []byte
}

func parseSessionMessage(message []byte) (sessionMessage, error) {
	if err := checkShape(message, formatSession, headerSize+nonceSize, 0); err != nil {
		return sessionMessage{}, err
	}
	return sessionMessage{
		header: header{
			ratchetKey: [32]byte(message[1:33]),
			previous:   binary.BigEndian.Uint32(message[33:]),
			number:     binary.BigEndian.Uint32(message[37:]),
		},
		head:   message[:headerSize],
		nonce:  message[headerSize : headerSize+nonceSize],
		sealed: message[headerSize+nonceSize:],
	}, nil
}

// checkShape checks the format byte and that what stands between a prefix and a suffix of these sizes
// could be a sealed plaintext.
func checkShape(message []byte, format byte, prefix, suffix int) error {
	if len(message) == 0 || message[0] != format {
		return fmt.Errorf("%w: not of format %d", ErrMalformed, format)
	}
	if sealed := len(message) - prefix - suffix; sealed < overhead || sealed > maxSealed {
		return fmt.Errorf("%w: %d bytes long", ErrMalformed, len(message))
	}
	return nil
}

// seal appends the nonce and the sealed plaintext to out. The key must never seal anything else.
func seal(out []byte, key *[32]byte, nonce [nonceSize]byte, plaintext, ad []byte) ([]byte, error) {
	aead, err := chacha20poly1305.New(key[:])
	if err != nil {
		return nil, err
	}
	return aead.Seal(append(out, nonce[:]...), nonce[:], plaintext, ad), nil
}

// open returns the plaintext, or ErrForged.
func open(key *[32]byte, nonce, sealed, ad []byte) ([]byte, error) {
	aead, err := chacha20poly1305.New(key[:])
	if err != nil {
		return nil, err
	}
	plaintext, err := aead.Open(nil, nonce, sealed, ad)
	if err != nil {
		return nil, ErrForged
	}
	return plaintext, nil
}
