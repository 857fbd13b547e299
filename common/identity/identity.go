// Package identity holds who is who: the user certificate that a recovery phrase gives back, the device
// certificates with their rotating post-quantum encryption subkeys, the signed list that ties the devices to the
// user, the card that carries all of it to others, and the OpenPGP seal of one device to another.
//
// Everything is OpenPGP v6 (RFC 9580). Certificates have one shape and one encoding only, so that every byte of a
// card is under a signature: a primary Ed25519 key, its direct-key signature, and then either a certified User ID
// (user) or an ML-KEM-768+X25519 subkey with its binding signature (device, draft-ietf-openpgp-pqc).
package identity

import (
	"errors"
	"fmt"
	"time"
)

// Limits. A parser refuses what is larger before it looks inside.
const (
	// MaxDevices is how many devices a user may have at a time.
	MaxDevices = 32
	// MaxCardSize is the largest card, in bytes: MaxDevices devices fit.
	MaxCardSize = 64 << 10
	// MaxPlaintextSize is the largest plaintext of one seal, in bytes.
	MaxPlaintextSize = 256 << 10
	// MaxClockSkew is how far the clocks of two devices may be apart: what was signed later than that from now
	// is refused.
	MaxClockSkew = 24 * time.Hour
	// SubkeyInterval is how often a device makes a new encryption subkey.
	SubkeyInterval = 7 * 24 * time.Hour
	// SubkeyLifetime is how long others may encrypt to a subkey; then its secret is deleted.
	SubkeyLifetime = 28 * 24 * time.Hour

	maxCertificateSize = 4 << 10
	maxSignedListSize  = 4 << 10
	maxSealedSize      = MaxPlaintextSize + 8<<10
)

// The errors of opening a seal say no more than these two sentences, whatever the cause, so that a sender can't
// learn from them how far it got.
var (
	// ErrNotForUs means that no secret of this device opens the message: it's for another, damaged, or sealed to
	// a subkey that is deleted by now.
	ErrNotForUs = errors.New("this message can't be opened here; ask the sender to send it again")
	// ErrForged means that the message isn't from the device that it should be from, or not meant for this one.
	ErrForged = errors.New("this message isn't from the device that it claims; it was dropped")
)

// Errors that callers tell apart.
var (
	// ErrNoSubkey means that a device has no encryption subkey that is valid at this time.
	ErrNoSubkey = errors.New("the other device hasn't been online for four weeks, so nothing can be encrypted to it; try again when it is")
	// ErrFuture means that something is signed more than MaxClockSkew ahead of now.
	ErrFuture = errors.New("this was signed in the future; check the date and time of both computers")
	// ErrOtherUser means that a card belongs to another user certificate than the one it should replace.
	ErrOtherUser = errors.New("the identity of this contact has changed; compare the safety number before you go on")
	// ErrListWentBack means that a card has an older device list than one that is already known.
	ErrListWentBack = errors.New("the device list of this contact went back to an older version; compare the safety number before you go on")
	// ErrListForked means that two different device lists have the same version.
	ErrListForked = errors.New("this contact has two different device lists of one version; compare the safety number before you go on")
	// ErrProfileWentBack means that a card has an older profile, or another of the same version, than one already known.
	ErrProfileWentBack = errors.New("the profile of this contact went back to an older version; fetch the card again")
)

// errMalformed is the root of every error about bytes that aren't what they should be.
var errMalformed = errors.New("malformed")

// malformed returns an error that says which thing is damaged and how.
func malformed(what, how string) error {
	return fmt.Errorf("%w %s: %s", errMalformed, what, how)
}

// Fingerprint is the OpenPGP v6 fingerprint (RFC 9580 section 5.5.4.3, SHA-256) of a device certificate.
type Fingerprint [32]byte

// String is the fingerprint in hexadecimal, as OpenPGP programs show it.
func (f Fingerprint) String() string { return fmt.Sprintf("%X", f[:]) }

// seconds cuts t to what OpenPGP can say: whole seconds, UTC.
func seconds(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
