package store

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"

	"golang.org/x/crypto/chacha20poly1305"
)

// Key is a profile's store key: 32 random bytes. It prints as "[store key]" whatever the verb.
type Key [32]byte

// NewKey returns a fresh random key.
func NewKey() (k Key) {
	rand.Read(k[:]) // crypto/rand.Read never fails (Go 1.24)
	return k
}

func (k Key) String() string               { return "[store key]" }
func (k Key) Format(f fmt.State, _ rune)   { io.WriteString(f, k.String()) }
func (k Key) LogValue() slog.Value         { return slog.StringValue(k.String()) }
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Wipe overwrites the key in place. What Open derived from it stays in memory until the store is collected.
func (k *Key) Wipe() { clear(k[:]) }

// derive makes one key for the values and one for the scopes (HKDF-SHA256, RFC 5869).
func (k Key) derive() (cipher.AEAD, scopeHash, error) {
	valueKey, err := hkdf.Key(sha256.New, k[:], nil, "gossip store values v1", chacha20poly1305.KeySize)
	if err != nil {
		return nil, nil, err
	}
	scopeKey, err := hkdf.Key(sha256.New, k[:], nil, "gossip store scopes v1", sha256.Size)
	if err != nil {
		return nil, nil, err
	}
	values, err := chacha20poly1305.NewX(valueKey)
	clear(valueKey)
	return values, scopeKey, err
}

// scopeHash is the HMAC key that hides the scopes of buckets.
type scopeHash []byte

// scopeLength is how much of the HMAC a bucket's name carries, in bytes.
const scopeLength = 16

// bucketName is what a bucket is called in the file: its name, and behind a zero byte the hash of its scopes if any.
func (h scopeHash) bucketName(name string, scopes [][]byte) []byte {
	if len(scopes) == 0 {
		return []byte(name)
	}
	mac := hmac.New(sha256.New, h)
	writePart(mac, []byte(name))
	for _, scope := range scopes {
		writePart(mac, scope)
	}
	return append(append([]byte(name), 0), mac.Sum(nil)[:scopeLength]...)
}

// writePart writes the part's length before it, so that no two lists of parts hash alike.
func writePart(w io.Writer, part []byte) {
	var length [4]byte
	binary.BigEndian.PutUint32(length[:], uint32(len(part)))
	w.Write(length[:])
	w.Write(part)
}
