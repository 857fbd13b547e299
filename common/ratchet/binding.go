package ratchet

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"

	"gossip/common/id"
)

// SessionID is 128 random bits chosen by the initiator of a session.
type SessionID [16]byte

// NewSessionID returns a fresh random id.
func NewSessionID() SessionID {
	var s SessionID
	rand.Read(s[:]) // crypto/rand.Read never fails (Go 1.24).
	return s
}

// String gives the first four bytes in hexadecimal: enough to tell a device's few sessions apart.
func (s SessionID) String() string { return hex.EncodeToString(s[:4]) }

// LogValue is the short form.
func (s SessionID) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Binding is what a session is about; it goes into the keys and into every message's associated data.
type Binding struct {
	Session   SessionID
	Initiator id.DeviceID
	Responder id.DeviceID
}

// check refuses a binding that does not name a session between two different devices.
func (b Binding) check() error {
	switch {
	case b.Session == SessionID{}:
		return errors.New("session needs an id")
	case b.Initiator == id.NoDevice || b.Responder == id.NoDevice:
		return errors.New("session needs the ids of both devices")
	case b.Initiator == b.Responder:
		return errors.New("device can't start a session with itself")
	}
	return nil
}

// info is the binding as context of the key derivation.
func (b Binding) info() []byte {
	info := make([]byte, 0, len(b.Session)+len(b.Initiator)+len(b.Responder))
	info = append(info, b.Session[:]...)
	info = append(info, b.Initiator[:]...)
	return append(info, b.Responder[:]...)
}

// direction appends the session, the sending device and the receiving device to associated data, so
// that a message sent back to its sender does not open.
func (b Binding) direction(ad []byte, fromInitiator bool) []byte {
	from, to := b.Initiator, b.Responder
	if !fromInitiator {
		from, to = to, from
	}
	ad = append(ad, b.Session[:]...)
	ad = append(ad, from[:]...)
	return append(ad, to[:]...)
}

// Start is what the initiator sends to the responder, encrypted and signed with OpenPGP. Root is
// secret; RatchetKey is the initiator's first X25519 public key. It prints as a placeholder.
type Start struct {
	Root       [32]byte
	RatchetKey [32]byte
}
