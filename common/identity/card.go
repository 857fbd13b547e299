package identity

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"gossip/common/id"
)

// cardFormat is the version of the card's encoding.
const cardFormat = 1

// profileContext is the context of a profile's signature (DeviceKey.Sign).
const profileContext = "profile"

// Profile is what a user says about himself: signed by one of his devices, so that a new name needs no phrase.
type Profile struct {
	Name    string // as id.CheckName returns it
	Version uint64 // only grows
}

// Card is everything that others need to talk to a user. A parsed card has verified from its own signatures up to the
// fingerprint of the user certificate, whoever delivered it. It is immutable: don't change what it holds.
type Card struct {
	User            id.UserID
	UserCertificate []byte // OpenPGP, binary
	List            DeviceList
	Devices         []*Device // every device of the list, in its order
	Profile         Profile

	wire     cardWire
	bytes    []byte
	signedAt time.Time // when the list was signed
}

// cardWire is the encoding: {1: format, 2: user certificate, 3: signed device list, 4: [device certificate], 5: profile}.
type cardWire struct {
	Format          uint64      `cbor:"1,keyasint"`
	UserCertificate []byte      `cbor:"2,keyasint"`
	List            []byte      `cbor:"3,keyasint"`
	Devices         [][]byte    `cbor:"4,keyasint"`
	Profile         profileWire `cbor:"5,keyasint"`
}

// profileWire is {1: name, 2: version, 3: signing device, 4: signature}.
type profileWire struct {
	Name      string      `cbor:"1,keyasint"`
	Version   uint64      `cbor:"2,keyasint"`
	Signer    id.DeviceID `cbor:"3,keyasint"`
	Signature []byte      `cbor:"4,keyasint"`
}

// profileStatement is what the device signs: {1: user, 2: name, 3: version}.
type profileStatement struct {
	User    id.UserID `cbor:"1,keyasint"`
	Name    string    `cbor:"2,keyasint"`
	Version uint64    `cbor:"3,keyasint"`
}

// NewCard puts a card together and signs its profile with signer, a device of the list. The devices may come in any
// order; every one of the list must be there.
func NewCard(userCertificate, signedList []byte, devices []*Device, profile Profile, signer *DeviceKey) (*Card, error) {
	name, err := id.CheckName(profile.Name)
	if err != nil {
		return nil, err
	}
	user, err := parseUserCertificate(userCertificate)
	if err != nil {
		return nil, err
	}
	statement, err := encode(profileStatement{user.id, name, profile.Version})
	if err != nil {
		return nil, err
	}
	return assemble(cardWire{
		Format: cardFormat, UserCertificate: userCertificate, List: signedList, Devices: certificates(devices),
		Profile: profileWire{name, profile.Version, signer.ID(), signer.Sign(profileContext, statement)},
	})
}

// certificates returns the certificates in the order of a device list.
func certificates(devices []*Device) [][]byte {
	devices = slices.SortedFunc(slices.Values(devices), func(a, b *Device) int { return compare(a.fingerprint, b.fingerprint) })
	list := make([][]byte, len(devices))
	for i, d := range devices {
		list[i] = d.certificate
	}
	return list
}

// assemble encodes a card that was just made and verifies it as a stranger would.
func assemble(wire cardWire) (*Card, error) {
	b, err := encode(wire)
	if err != nil {
		return nil, err
	}
	return parseCard(b)
}

// ParseCard reads and verifies a card: every signature up to the user fingerprint, one encoding, MaxCardSize. ErrFuture
// if something in it is signed more than MaxClockSkew after now.
func ParseCard(card []byte, now time.Time) (*Card, error) {
	c, err := parseCard(card)
	if err != nil {
		return nil, err
	}
	return c, c.checkTime(now)
}

func parseCard(card []byte) (*Card, error) {
	if len(card) > MaxCardSize {
		return nil, malformed("card", "too large")
	}
	c := &Card{bytes: bytes.Clone(card)}
	if err := decode("card", c.bytes, &c.wire); err != nil {
		return nil, err
	}
	if c.wire.Format != cardFormat {
		return nil, fmt.Errorf("this card has format %d, which this program doesn't know; update it", c.wire.Format)
	}
	user, err := parseUserCertificate(c.wire.UserCertificate)
	if err != nil {
		return nil, err
	}
	c.User, c.UserCertificate = user.id, user.bytes
	if c.List, c.signedAt, err = parseDeviceList(c.wire.List, user.key); err != nil {
		return nil, err
	}
	if err := c.parseDevices(); err != nil {
		return nil, err
	}
	return c, c.parseProfile()
}

// parseDevices verifies that the certificates are those of the list, all of them and in its order.
func (c *Card) parseDevices() error {
	if len(c.wire.Devices) != len(c.List.Devices) {
		return malformed("card", "not every listed device has its certificate")
	}
	seen := make(map[id.DeviceID]bool, len(c.wire.Devices))
	for i, certificate := range c.wire.Devices {
		d, err := parseDevice(certificate)
		if err != nil {
			return err
		}
		if d.fingerprint != c.List.Devices[i] || seen[d.id] {
			return malformed("card", "a certificate of a device that isn't the user's")
		}
		seen[d.id] = true
		c.Devices = append(c.Devices, d)
	}
	return nil
}

// parseProfile verifies that the profile is signed by a device of the card.
func (c *Card) parseProfile() error {
	p := c.wire.Profile
	if name, err := id.CheckName(p.Name); err != nil || name != p.Name {
		return malformed("card", "the name isn't a proper name")
	}
	signer, ok := c.Device(p.Signer)
	if !ok {
		return malformed("card", "the profile is signed by a device that isn't the user's")
	}
	statement, err := encode(profileStatement{c.User, p.Name, p.Version})
	if err != nil {
		return err
	}
	if !signer.Verify(profileContext, statement, p.Signature) {
		return malformed("card", "the signature of the profile is wrong")
	}
	c.Profile = Profile{p.Name, p.Version}
	return nil
}

func (c *Card) checkTime(now time.Time) error {
	latest := later(c.signedAt, c.List.IssuedAt)
	for _, d := range c.Devices {
		latest = later(latest, d.signedAt)
	}
	if latest.After(now.Add(MaxClockSkew)) {
		return ErrFuture
	}
	return nil
}

// Bytes returns the card as it travels.
func (c *Card) Bytes() []byte { return bytes.Clone(c.bytes) }

// Hash is the SHA-256 of Bytes: the key of caches.
func (c *Card) Hash() [32]byte { return sha256.Sum256(c.bytes) }

// Device returns the user's device with this id, if there is one.
func (c *Card) Device(d id.DeviceID) (*Device, bool) {
	for _, device := range c.Devices {
		if device.id == d {
			return device, true
		}
	}
	return nil, false
}

// Supersedes returns nil if c may take the place of old: the same user, a device list that is newer or the same, a
// profile that is newer or the same. Otherwise ErrOtherUser, ErrListWentBack, ErrListForked or ErrProfileWentBack.
// Device certificates may differ: their subkeys rotate.
func (c *Card) Supersedes(old *Card) error {
	switch {
	case c.User != old.User:
		return ErrOtherUser
	case c.List.Version < old.List.Version:
		return ErrListWentBack
	case c.List.Version == old.List.Version && !c.List.Equal(old.List):
		return ErrListForked
	case c.Profile.Version < old.Profile.Version, c.Profile.Version == old.Profile.Version && c.Profile != old.Profile:
		return ErrProfileWentBack
	}
	return nil
}

// Freshened returns c with the certificate of each device replaced by that of other if its subkey is newer: cards
// of one user that come by different ways may each know the latest rotation of another device. It is c itself
// when nothing is newer.
func (c *Card) Freshened(other *Card) (*Card, error) {
	if c.User != other.User {
		return nil, ErrOtherUser
	}
	devices, changed := slices.Clone(c.Devices), false
	for i, d := range devices {
		if o, ok := other.Device(d.id); ok && o.fingerprint == d.fingerprint && o.subkeyCreated.After(d.subkeyCreated) {
			devices[i], changed = o, true
		}
	}
	if !changed {
		return c, nil
	}
	wire := c.wire
	wire.Devices = certificates(devices)
	return assemble(wire)
}

// Armored returns the user certificate as ASCII armour (RFC 9580 section 6), for other OpenPGP programs.
func (c *Card) Armored() (string, error) {
	var out strings.Builder
	w, err := armor.EncodeWithChecksumOption(&out, openpgp.PublicKeyType, nil, false)
	if err != nil {
		return "", fmt.Errorf("armouring the certificate: %w", err)
	}
	_, err = w.Write(c.UserCertificate)
	if err := errors.Join(err, w.Close()); err != nil {
		return "", fmt.Errorf("armouring the certificate: %w", err)
	}
	return out.String() + "\n", nil
}
