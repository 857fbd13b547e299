package ratchet

import (
	"crypto/ed25519"
	"time"
)

// ReceiverKey reads the messages of one device in one channel and epoch. It is not safe for concurrent use.
type ReceiverKey struct {
	owner
	accepted  int64  // Unix milliseconds
	first     uint32 // the first message that it can read
	chain     chain
	verifying [ed25519.PublicKeySize]byte
	transient [32]byte
	skipped   skippedKeys
}

// AcceptSenderKey makes a receiver key; see Distribution for what the caller has checked. Where it has
// one of the same channel, device and epoch it keeps that one. Error: ErrMalformed.
func AcceptSenderKey(d Distribution, now time.Time) (*ReceiverKey, error) {
	if err := checkOwner(d.Channel, d.Device); err != nil {
		return nil, err
	}
	return &ReceiverKey{
		owner:    owner{d.Channel, d.Device, d.Epoch},
		accepted: now.UnixMilli(), first: d.Index,
		chain:     chain{key: d.ChainKey, next: d.Index, running: true},
		verifying: d.SigningKey, transient: d.TransientKey,
	}, nil
}

// Accepted is when the key arrived, to the millisecond.
func (k *ReceiverKey) Accepted() time.Time { return time.UnixMilli(k.accepted).UTC() }

// Decrypt opens a message of the sender, in whatever order they arrive. On any error the state is
// unchanged. Errors: ErrMalformed, ErrWrongEpoch, ErrForged, ErrBeforeShared, ErrReplayed, ErrTooFarAhead.
func (k *ReceiverKey) Decrypt(message []byte, now time.Time) (plaintext []byte, err error) {
	m, err := parseChannelMessage(message)
	if err != nil {
		return nil, err
	}
	if m.epoch != k.epoch {
		return nil, ErrWrongEpoch
	}
	if err := k.verify(k.verifying, message); err != nil {
		return nil, err
	}
	switch {
	case m.index < k.first:
		return nil, ErrBeforeShared
	case m.index < k.chain.next:
		plaintext, err = k.decryptSkipped(m, now)
	default:
		plaintext, err = k.decryptNext(m, now)
	}
	if err != nil {
		return nil, err
	}
	k.skipped = k.skipped.expire(now)
	return plaintext, nil
}

func (k *ReceiverKey) decryptSkipped(m channelMessage, now time.Time) ([]byte, error) {
	position := k.skipped.find(chainTag{}, m.index, now)
	if position < 0 {
		return nil, ErrReplayed
	}
	plaintext, err := open(&k.skipped[position].key, m.nonce, m.sealed, k.associated(m.head))
	if err != nil {
		return nil, err
	}
	k.skipped = k.skipped.take(position)
	return plaintext, nil
}

func (k *ReceiverKey) decryptNext(m channelMessage, now time.Time) ([]byte, error) {
	if m.index-k.chain.next > MaxJumpSenderKey || m.index == endOfChain {
		return nil, ErrTooFarAhead
	}
	next := k.chain
	skipped := next.skipTo(m.index, MaxSkippedSenderKey, chainTag{}, now.Unix())
	key := next.step()
	defer clear(key[:])
	plaintext, err := open(&key, m.nonce, m.sealed, k.associated(m.head))
	if err != nil {
		return nil, err
	}
	k.chain = next
	k.skipped = k.skipped.add(skipped, MaxSkippedSenderKey, MaxSkippedSenderKey)
	return plaintext, nil
}

// OpenTransient opens what SealTransient made under the same epoch's key.
// Errors: ErrMalformed, ErrWrongEpoch, ErrForged.
func (k *ReceiverKey) OpenTransient(message []byte) ([]byte, error) {
	epoch, _, err := transientEpoch(message)
	if err != nil {
		return nil, err
	}
	if epoch != k.epoch {
		return nil, ErrWrongEpoch
	}
	if err := k.verify(k.verifying, message); err != nil {
		return nil, err
	}
	sealed := message[senderTransientHeadSize : len(message)-ed25519.SignatureSize]
	return openTransient(&k.transient, sealed, k.associated(message[:senderTransientHeadSize]))
}

// Expire forgets the keys of messages that have been missing for SkippedLifetime, and says whether there
// were any. Decrypt does it too; this is for a key that has gone quiet.
func (k *ReceiverKey) Expire(now time.Time) bool {
	before := len(k.skipped)
	k.skipped = k.skipped.expire(now)
	return len(k.skipped) != before
}
