package vault

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/text/unicode/norm"

	"gossip/backend/store"
)

// Argon2id as RFC 9106 section 4 recommends second: 3 passes, 4 lanes, 64 MiB, a salt of 128 bits.
const (
	argonPasses = 3
	argonLanes  = 4
	argonKiB    = 64 << 10
	saltLength  = 16
)

// The most that a file may ask for: who can write it must not make the app take all memory.
const (
	maxPasses = 64
	maxLanes  = 64
	maxKiB    = 1 << 20
)

// minPassphrase is in characters.
const minPassphrase = 8

// wrapped is a store key under a passphrase, with the parameters that made it.
type wrapped struct {
	Passes uint32 `json:"argon2id_passes"`
	Lanes  uint8  `json:"argon2id_lanes"`
	KiB    uint32 `json:"argon2id_kib"`
	Salt   []byte `json:"salt"`   // 16 bytes, base64
	Sealed []byte `json:"sealed"` // nonce, XChaCha20-Poly1305 of the key; base64
}

func wrap(key store.Key, passphrase []byte) (*wrapped, error) {
	if utf8.RuneCount(passphrase) < minPassphrase {
		return nil, fmt.Errorf("the passphrase is too short; use at least %d characters, better a few words", minPassphrase)
	}
	w := &wrapped{Passes: argonPasses, Lanes: argonLanes, KiB: argonKiB, Salt: make([]byte, saltLength)}
	rand.Read(w.Salt)
	stretched := w.stretch(passphrase)
	defer clear(stretched)
	aead, err := chacha20poly1305.NewX(stretched)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(key)+aead.Overhead())
	rand.Read(nonce)
	w.Sealed = aead.Seal(nonce, nonce, key[:], w.associated())
	return w, nil
}

// unwrap returns the key, or ErrWrongPassphrase. w has been checked.
func (w *wrapped) unwrap(passphrase []byte) (key store.Key, err error) {
	stretched := w.stretch(passphrase)
	defer clear(stretched)
	aead, err := chacha20poly1305.NewX(stretched)
	if err != nil {
		return key, err
	}
	opened, err := aead.Open(nil, w.Sealed[:aead.NonceSize()], w.Sealed[aead.NonceSize():], w.associated())
	if err != nil {
		return key, ErrWrongPassphrase
	}
	copy(key[:], opened)
	clear(opened)
	return key, nil
}

func (w *wrapped) check() error {
	if w.Passes == 0 || w.Passes > maxPasses || w.Lanes == 0 || w.Lanes > maxLanes || w.KiB < 8 || w.KiB > maxKiB {
		return errors.New("its Argon2id parameters are out of range")
	}
	if len(w.Salt) != saltLength || len(w.Sealed) != chacha20poly1305.NonceSizeX+len(store.Key{})+chacha20poly1305.Overhead {
		return errors.New("its salt or sealed key has the wrong length")
	}
	return nil
}

// stretch takes the passphrase in NFC, as RFC 8265 section 4.2 does: keyboards differ in how they compose letters.
func (w *wrapped) stretch(passphrase []byte) []byte {
	composed := norm.NFC.Append(nil, passphrase...)
	defer clear(composed)
	return argon2.IDKey(composed, w.Salt, w.Passes, w.KiB, w.Lanes, chacha20poly1305.KeySize)
}

func (w *wrapped) associated() []byte {
	out := []byte("gossip vault passphrase v1\x00")
	out = binary.BigEndian.AppendUint32(out, w.Passes)
	out = binary.BigEndian.AppendUint32(out, w.KiB)
	return append(append(out, w.Lanes), w.Salt...)
}
