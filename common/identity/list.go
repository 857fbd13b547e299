package identity

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"gossip/common/id"
)

// DeviceList says which devices are the user's. The user certificate signs it; the version only grows; a device that
// isn't on the newest list isn't the user's.
type DeviceList struct {
	User     id.UserID
	Version  uint64
	IssuedAt time.Time     // whole seconds, UTC
	Devices  []Fingerprint // sorted, no duplicates, at most MaxDevices
}

// listKind tells this statement from anything else that a user key may sign one day.
const listKind = "gossip device list v1"

// listWire is the signed statement: {1: kind, 2: user, 3: version, 4: Unix seconds, 5: [fingerprint]}.
type listWire struct {
	Kind     string        `cbor:"1,keyasint"`
	User     id.UserID     `cbor:"2,keyasint"`
	Version  uint64        `cbor:"3,keyasint"`
	IssuedAt int64         `cbor:"4,keyasint"`
	Devices  []Fingerprint `cbor:"5,keyasint"`
}

// Contains reports whether the device with this fingerprint is on the list.
func (l DeviceList) Contains(f Fingerprint) bool {
	_, found := slices.BinarySearchFunc(l.Devices, f, compare)
	return found
}

// Equal reports whether both lists say the same.
func (l DeviceList) Equal(other DeviceList) bool {
	return l.User == other.User && l.Version == other.Version && l.IssuedAt.Equal(other.IssuedAt) &&
		slices.Equal(l.Devices, other.Devices)
}

// SignDeviceList returns the list as an OpenPGP signed message (binary). An IssuedAt of zero becomes now; the devices
// may come in any order.
func (k *UserKey) SignDeviceList(l DeviceList, now time.Time) (signed []byte, err error) {
	now = later(seconds(now), userEpoch)
	if l.IssuedAt.IsZero() {
		l.IssuedAt = now
	}
	l.Devices = slices.Clone(l.Devices)
	slices.SortFunc(l.Devices, compare)
	l.IssuedAt = seconds(l.IssuedAt)
	if l.User != k.user.id {
		return nil, errors.New("this device list belongs to another user; sign it with that user's phrase")
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	body, err := encode(listWire{listKind, l.User, l.Version, l.IssuedAt.Unix(), l.Devices})
	if err != nil {
		return nil, err
	}
	signed, err = signMessage(newEntity(k.user.userCertificate.key, k.user.key, k.user.direct), body, now)
	if err != nil {
		return nil, fmt.Errorf("signing the device list: %w", err)
	}
	return signed, nil
}

// parseDeviceList reads and verifies a signed list, and returns when it was signed.
func parseDeviceList(signed []byte, key *packet.PublicKey) (l DeviceList, signedAt time.Time, err error) {
	if len(signed) > maxSignedListSize {
		return l, signedAt, malformed("device list", "too large")
	}
	body, sig, err := readMessage(signed, key, maxSignedListSize)
	if err != nil {
		return l, signedAt, err
	}
	if err := canonicalMessage(signed, body, sig); err != nil {
		return l, signedAt, err
	}
	var wire listWire
	if err := decode("device list", body, &wire); err != nil {
		return l, signedAt, err
	}
	if wire.Kind != listKind || !bytes.Equal(wire.User[:], key.Fingerprint) || len(sig.IntendedRecipients) != 0 {
		return l, signedAt, malformed("device list", "it is about something else")
	}
	l = DeviceList{wire.User, wire.Version, time.Unix(wire.IssuedAt, 0).UTC(), wire.Devices}
	return l, sig.CreationTime, l.check()
}

// check verifies the limits and the order of the list.
func (l DeviceList) check() error {
	switch {
	case len(l.Devices) == 0:
		return malformed("device list", "no device")
	case len(l.Devices) > MaxDevices:
		return malformed("device list", fmt.Sprintf("more than %d devices; remove one first", MaxDevices))
	case l.IssuedAt.Before(userEpoch):
		return malformed("device list", "older than every user")
	}
	for i := 1; i < len(l.Devices); i++ {
		if compare(l.Devices[i-1], l.Devices[i]) >= 0 {
			return malformed("device list", "a device twice or out of order")
		}
	}
	return nil
}

func compare(a, b Fingerprint) int { return bytes.Compare(a[:], b[:]) }
