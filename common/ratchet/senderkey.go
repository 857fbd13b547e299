package ratchet

import (
	"crypto/ed25519"
	"encoding/binary"
	"io"
	"time"

	"gossip/common/id"
)

// SenderKey is this device's own sending chain in one channel. It is not safe for concurrent use.
type SenderKey struct {
	owner
	created   int64 // Unix milliseconds
	chain     chain
	signing   [ed25519.PrivateKeySize]byte
	transient [32]byte

	// random is nil, for crypto/rand, but in the tests that reproduce the vectors of testdata.
	random io.Reader
}

// NewSenderKey makes the key of an epoch; the caller counts epochs up, one for each key that it makes
// for a channel. It must be distributed before its first message is sent. Error: no channel or device.
func NewSenderKey(channel id.ChannelID, device id.DeviceID, epoch uint64, now time.Time) (*SenderKey, error) {
	return newSenderKey(nil, owner{channel, device, epoch}, now)
}

// newSenderKey is NewSenderKey with the randomness of a test.
func newSenderKey(random io.Reader, of owner, now time.Time) (*SenderKey, error) {
	if err := checkOwner(of.channel, of.device); err != nil {
		return nil, err
	}
	k := &SenderKey{owner: of, created: now.UnixMilli(), chain: chain{running: true}, random: random}
	var seed [ed25519.SeedSize]byte
	for _, secret := range [][]byte{k.chain.key[:], seed[:], k.transient[:]} {
		if err := fill(random, secret); err != nil {
			return nil, err
		}
	}
	k.signing = [ed25519.PrivateKeySize]byte(ed25519.NewKeyFromSeed(seed[:]))
	clear(seed[:])
	return k, nil
}

// Encrypt returns the next message to the channel. Keep the new state before sending it.
// Errors: ErrTooLong, ErrExhausted; the state is unchanged then.
func (k *SenderKey) Encrypt(plaintext []byte) ([]byte, error) {
	if len(plaintext) > MaxPlaintext {
		return nil, ErrTooLong
	}
	if k.chain.next == endOfChain {
		return nil, ErrExhausted
	}
	var nonce [nonceSize]byte
	if err := fill(k.random, nonce[:]); err != nil {
		return nil, err
	}
	message := make([]byte, 0, senderHeadSize+nonceSize+len(plaintext)+overhead+ed25519.SignatureSize)
	message = append(message, formatSenderKey)
	message = binary.BigEndian.AppendUint64(message, k.epoch)
	message = binary.BigEndian.AppendUint32(message, k.chain.next)
	next := k.chain
	key := next.step()
	defer clear(key[:])
	message, err := seal(message, &key, nonce, plaintext, k.associated(message))
	if err != nil {
		return nil, err
	}
	k.chain = next
	return k.sign(message), nil
}

// SealTransient seals what may be lost (typing, presence) for the channel and changes no state: its key
// lasts as long as the epoch, and a repeat can't be told. Error: ErrTooLong.
func (k *SenderKey) SealTransient(plaintext []byte) ([]byte, error) {
	head := binary.BigEndian.AppendUint64([]byte{formatSenderTransient}, k.epoch)
	message, err := sealTransient(head, &k.transient, k.random, plaintext, k.associated(head))
	if err != nil {
		return nil, err
	}
	return k.sign(message), nil
}

func (k *SenderKey) sign(message []byte) []byte {
	return append(message, ed25519.Sign(k.signing[:], k.toSign(message))...)
}

// Distribution is what a member's device needs from the next message on; it opens nothing older.
func (k *SenderKey) Distribution() Distribution {
	return Distribution{
		Channel: k.channel, Device: k.device, Epoch: k.epoch, Index: k.chain.next, ChainKey: k.chain.key,
		SigningKey: [ed25519.PublicKeySize]byte(k.signing[ed25519.SeedSize:]), TransientKey: k.transient,
	}
}

// Created is when the key was made, to the millisecond.
func (k *SenderKey) Created() time.Time { return time.UnixMilli(k.created).UTC() }

// RotationDue says that the key has lived RotationAge or made RotationMessages. A member or device that
// leaves makes a new epoch necessary too; that the caller knows.
func (k *SenderKey) RotationDue(now time.Time) bool {
	return k.chain.next >= RotationMessages || now.UnixMilli()-k.created >= RotationAge.Milliseconds()
}
