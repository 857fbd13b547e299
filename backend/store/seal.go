package store

import (
	"crypto/rand"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"
)

// sealOverhead is how much longer a sealed value is: the nonce before it and the tag behind it, in bytes.
const sealOverhead = chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead

// MaxValue is how large a value may be, in bytes. It is far more than any row has: it bounds what the length in a damaged
// page can make the program read.
const MaxValue = 16 << 20

// seal returns nonce || ciphertext || tag. The nonce is random: 192 bits never meet twice.
func (s *Store) seal(associated, value []byte) []byte {
	out := make([]byte, chacha20poly1305.NonceSizeX, sealOverhead+len(value))
	rand.Read(out)
	return s.values.Seal(out, out, value, associated)
}

// unseal returns the value, or ErrDamaged. The result is never nil.
func (s *Store) unseal(associated, sealed []byte) ([]byte, error) {
	if len(sealed) < sealOverhead || len(sealed) > sealOverhead+MaxValue {
		return nil, ErrDamaged
	}
	nonce, rest := sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:]
	value, err := s.values.Open(make([]byte, 0, len(rest)), nonce, rest, associated)
	if err != nil {
		return nil, ErrDamaged
	}
	return value, nil
}

// associatedPrefix starts the associated data of every row in a bucket; the row's key follows.
func associatedPrefix(bucketName []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(bucketName))), bucketName...)
}
