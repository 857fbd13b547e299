// Package e2ee encrypts to people's devices and channels and decrypts what comes from them: the sessions of protocol.md
// section 4 over the state machines of common/ratchet.
//
// Every change of state happens in the caller's transaction, together with the message row and the outbox entry: what
// is not committed was never sent, so a crash neither loses nor reuses a message key. Send nothing before the commit.
// After an error that is not the store's, nothing has changed and the transaction may go on.
//
// The caller decides who is entitled: it drops packets from a device that is not on its user's newest list before
// they come here, passes the devices of a channel's members by its checked log, and drops packets of people who are
// not in the channel. One's own other devices are peers like any other.
//
// A payload between two devices is {session, start, message}: the OpenPGP seal that starts the session comes with every
// message until the other side has answered. The first byte of the plaintext says what the packet's kind must be, so
// that a hub can't pass one kind off as another.
package e2ee

import (
	"errors"
	"fmt"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/ratchet"
	"gossip/common/wire"
)

// Why something can't be decrypted; errors wrap one of these or are the store's own. They say nothing about how far
// it got, so that what is asked again tells a sender nothing either.
var (
	// ErrUndecryptable: ask the sending device for it again, through a fresh session (Reset).
	ErrUndecryptable = errors.New("this message can't be decrypted here; it is asked for again")
	// ErrReplayed: it was decrypted before. Drop it silently.
	ErrReplayed = errors.New("this message was decrypted before")
	// ErrNoSenderKey: the sender's key of this epoch has not come yet. Keep the message a while, then ask for it.
	// When encrypting or redistributing: this device has no sender key in the channel.
	ErrNoSenderKey = errors.New("the sender's key for this message has not come yet")
	// ErrBeforeShared: it was sent before its sender key was shared with this device. A newcomer meets it; it was not
	// meant for this device unless it has lost its state.
	ErrBeforeShared = errors.New("this message was sent before this device was given the sender's key")
	// ErrNoSession: there is no session with the device that both sides know to have. Only SealTyping says so.
	ErrNoSession = errors.New("there is no session with this device yet")
)

// Limits of protocol.md section 4.
const (
	// MaxSessions is how many sessions are kept with one device.
	MaxSessions = 4
	// SessionLifetime is how long a session is kept after its last message.
	SessionLifetime = 30 * 24 * time.Hour
	// StartWindow is how far the time of a session's start may be from now.
	StartWindow = 30 * 24 * time.Hour
)

// Engine encrypts and decrypts as one device at one hub. It holds no state of its own: that is in the store, scoped
// by hub. So one Engine may be used by several goroutines, each with its own transaction.
type Engine struct {
	self *identity.DeviceKey
	hub  id.HubID
}

// New returns the engine of the device self at the hub.
func New(self *identity.DeviceKey, hub id.HubID) *Engine { return &Engine{self, hub} }

// Outgoing is a packet for one device, for the outbox.
type Outgoing struct {
	Kind    wire.Kind // msg, sess (with the start of a session) or skd
	To      id.DeviceID
	Payload []byte
}

// The buckets, all scoped by hub. Devices, channels and sessions are raw bytes in the keys.
const (
	sessionBucket  = "e2ee-session"  // device || session -> sessionRow
	usedBucket     = "e2ee-used"     // device || session -> Unix milliseconds of acceptance
	senderBucket   = "e2ee-sender"   // channel -> ratchet.SenderKey
	holdersBucket  = "e2ee-holders"  // channel -> the devices that have its present sender key, sorted
	epochBucket    = "e2ee-epoch"    // channel -> the last epoch of this device; outlives the sender key
	receiverBucket = "e2ee-receiver" // channel || device || epoch (8 bytes, big endian) -> receiverRow
)

func (e *Engine) bucket(tx *store.Tx, name string) *store.Bucket { return tx.Bucket(name, e.hub[:]) }

// join concatenates the parts of a row's key.
func join(parts ...[]byte) (key []byte) {
	for _, part := range parts {
		key = append(key, part...)
	}
	return key
}

// after is the least key that is greater than every key with this prefix; nil when there is none.
func after(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

// refusal turns an error of the ratchet into one of this package's, without its cause.
func refusal(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ratchet.ErrReplayed):
		return ErrReplayed
	case errors.Is(err, ratchet.ErrBeforeShared):
		return ErrBeforeShared
	default:
		return ErrUndecryptable
	}
}

// broken is for a state that the store gave back sound and that is none: a fault of the program or of its memory.
func broken(what string, err error) error {
	return fmt.Errorf("%w (%s: %w)", store.ErrDamaged, what, err)
}
