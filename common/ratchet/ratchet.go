// Package ratchet turns plaintexts into messages that only the other end can read, and back: the
// Double Ratchet between two devices (Session) and sender keys from one device to a channel
// (SenderKey, ReceiverKey). Both are pure state machines: time is an argument, nothing is read or
// written but crypto/rand, and every state has one canonical byte form, so that a caller can keep it
// in the same transaction as the message that changed it. A state that was rolled back would reuse
// message keys, so write the new state before you send the message.
//
// The Double Ratchet is the one of https://signal.org/docs/specifications/doubleratchet (without header
// encryption), started as in Olm: the initiator's first chain comes from a shared secret, and the
// responder's first answer makes the first Diffie-Hellman step.
//
//	start    HKDF-SHA256(Start.Root, info = "gossip session start v1" session initiator responder Start.RatchetKey)
//	           -> root 32, first chain 32, transient key of the initiator 32, of the responder 32
//	turn     HKDF-SHA256(X25519(own, peer), salt = root, info = "gossip session turn v1") -> root 32, chain 32
//	chain    message key = HMAC-SHA256(chain, 0x01); next chain = HMAC-SHA256(chain, 0x02)
//	message  0x01 ratchet-key:32 previous:4 number:4 nonce:12 ChaCha20-Poly1305(message key, nonce, plaintext)
//	           associated data = the first 41 bytes, session, device of the sender, device of the recipient
//	         0x02 nonce:24 XChaCha20-Poly1305(transient key, nonce, plaintext)
//	           associated data = 0x02, session, device of the sender, device of the recipient
//	channel  0x03 epoch:8 index:4 nonce:12 ChaCha20-Poly1305(message key, nonce, plaintext) signature:64
//	           associated data = the first 13 bytes, channel, device of the sender
//	         0x04 epoch:8 nonce:24 XChaCha20-Poly1305(transient key, nonce, plaintext) signature:64
//	           associated data = the first 9 bytes, channel, device of the sender
//	         signature = Ed25519("gossip sender key v1" 0x00 channel device, then all that stands before it)
//
// Integers are big-endian. The first byte is the format: a changed format gets a new number. A message
// key is used once; its nonce is random nevertheless, so that a profile brought back from a copy of the
// disk, which repeats a key, does not give the plaintexts away.
package ratchet

import (
	"errors"
	"time"
)

// The limits of protocol.md section 4.
const (
	// MaxPlaintext is the longest plaintext, in bytes: a message still fits a frame of 256 KiB.
	MaxPlaintext = 250 << 10
	// MaxJump is how many messages of one chain of a session may be missing before the one that arrives.
	MaxJump = 1000
	// MaxSkippedSession is how many keys of missing messages a session keeps; then the oldest go.
	MaxSkippedSession = 2000
	// MaxJumpSenderKey is MaxJump for a sender key.
	MaxJumpSenderKey = 25000
	// MaxSkippedSenderKey is how many keys of missing messages a receiver key keeps; then the oldest go.
	MaxSkippedSenderKey = 2000
	// SkippedLifetime is how long the key of a missing message is kept.
	SkippedLifetime = 7 * 24 * time.Hour
	// RenewalAge and RenewalMessages say when a session should be replaced by a fresh one.
	RenewalAge      = 7 * 24 * time.Hour
	RenewalMessages = 1000
	// RotationAge and RotationMessages say when a sender key should be replaced by the next epoch's.
	RotationAge      = 7 * 24 * time.Hour
	RotationMessages = 200
)

// The causes of a refusal; errors of this package wrap one of them. None changes a state.
var (
	// ErrMalformed: the bytes are not a message, a distribution or a state of this version.
	ErrMalformed = errors.New("malformed ratchet message")
	// ErrForged: the message was not made by the other end for this end, or was changed on the way.
	ErrForged = errors.New("message doesn't come from where it says, or was changed on the way")
	// ErrReplayed: the key of this message is gone: it was used, or kept longer than SkippedLifetime.
	// A caller that has not seen the message's id yet should ask for it again.
	ErrReplayed = errors.New("message was decrypted before, or arrived too late for its key")
	// ErrTooFarAhead: more messages are missing before this one than the limits allow.
	ErrTooFarAhead = errors.New("too many messages are missing before this one")
	// ErrBeforeShared: a channel message from before this device got the sender key: it was not meant for it.
	ErrBeforeShared = errors.New("message was sent before its sender key was shared with this device")
	// ErrWrongEpoch: a channel message under another epoch's sender key; MessageEpoch says which.
	ErrWrongEpoch = errors.New("message belongs to another epoch of its sender key")
	// ErrTooLong: the plaintext is longer than MaxPlaintext.
	ErrTooLong = errors.New("message is too long to encrypt: send it as a file")
	// ErrExhausted: the chain has no numbers left; start a new session or epoch.
	ErrExhausted = errors.New("chain is used up: a new session or epoch is needed")
)
