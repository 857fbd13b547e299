package identity

import (
	"bytes"
	"fmt"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"gossip/common/id"
)

// userEpoch is the creation time of every user certificate: fixed, so that the phrase alone gives back the fingerprint.
var userEpoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// UserKey is the secret of a user certificate: it signs device lists and nothing else.
type UserKey struct{ user *userSecret }

type userSecret struct {
	userCertificate
	key *packet.PrivateKey
}

// userCertificate is the parsed public half: primary key, direct-key signature, User ID, its certification.
type userCertificate struct {
	id            id.UserID
	key           *packet.PublicKey
	direct        *packet.Signature
	name          *packet.UserId
	certification *packet.Signature
	bytes         []byte
}

// UserKeyFromPhrase derives the user key from the phrase and certifies name as its User ID. The same phrase gives
// the same ID whatever the name. The error is a sentence about the name or the phrase.
func UserKeyFromPhrase(p Phrase, name string) (*UserKey, error) {
	name, err := id.CheckName(name)
	if err != nil {
		return nil, err
	}
	seed, err := p.userKey()
	if err != nil {
		return nil, err
	}
	key, err := primaryKey(seed, userEpoch)
	if err != nil {
		return nil, err
	}
	return certifyUser(key, name)
}

func certifyUser(key *packet.PrivateKey, name string) (*UserKey, error) {
	direct, err := signDirectKey(key, false)
	if err != nil {
		return nil, err
	}
	certification := newSignature(packet.SigTypePositiveCert, &key.PublicKey, key.CreationTime)
	primary := true
	certification.IsPrimaryId = &primary
	if err := certification.SignUserId(name, &key.PublicKey, key, nil); err != nil {
		return nil, fmt.Errorf("certifying the name: %w", err)
	}
	return newUserKey(key, userCertificate{key: &key.PublicKey, direct: direct, name: &packet.UserId{Id: name}, certification: certification})
}

func newUserKey(key *packet.PrivateKey, c userCertificate) (*UserKey, error) {
	var err error
	c.id = id.UserID(c.key.Fingerprint)
	c.bytes, err = serialize(c.key, c.direct, c.name, c.certification)
	return &UserKey{&userSecret{c, key}}, err
}

// ID is the fingerprint of the user certificate: the user's identity.
func (k *UserKey) ID() id.UserID { return k.user.id }

// Certificate returns the public certificate, binary.
func (k *UserKey) Certificate() []byte { return bytes.Clone(k.user.bytes) }

// MarshalBinary returns the secret form, an OpenPGP transferable secret key in clear: only the vault may hold it,
// sealed.
func (k *UserKey) MarshalBinary() ([]byte, error) {
	return serialize(k.user.key, k.user.direct, k.user.name, k.user.certification)
}

// ParseUserKey reads what MarshalBinary wrote.
func ParseUserKey(secret []byte) (*UserKey, error) {
	packets, err := readPackets(secret, 4)
	if err != nil {
		return nil, err
	}
	if len(packets) == 0 {
		return nil, malformed("user key", "empty")
	}
	key, ok := packets[0].(*packet.PrivateKey)
	if !ok || key.Encrypted || key.Dummy() {
		return nil, malformed("user key", "it holds no secret")
	}
	packets[0] = &key.PublicKey
	certificate, err := checkUserCertificate(packets)
	if err != nil {
		return nil, err
	}
	return newUserKey(key, *certificate)
}

// parseUserCertificate reads and verifies a public user certificate.
func parseUserCertificate(certificate []byte) (*userCertificate, error) {
	if len(certificate) > maxCertificateSize {
		return nil, malformed("user certificate", "too large")
	}
	packets, err := readPackets(certificate, 4)
	if err != nil {
		return nil, err
	}
	c, err := checkUserCertificate(packets)
	if err != nil {
		return nil, err
	}
	c.bytes = bytes.Clone(certificate)
	return c, canonical(certificate, c.key, c.direct, c.name, c.certification)
}

// checkUserCertificate verifies the four packets of a user certificate, all but their encoding.
func checkUserCertificate(packets []packet.Packet) (*userCertificate, error) {
	if len(packets) != 4 {
		return nil, malformed("user certificate", "not a key, a User ID and their signatures")
	}
	c := &userCertificate{}
	var ok [4]bool
	c.key, ok[0] = packets[0].(*packet.PublicKey)
	c.direct, ok[1] = packets[1].(*packet.Signature)
	c.name, ok[2] = packets[2].(*packet.UserId)
	c.certification, ok[3] = packets[3].(*packet.Signature)
	if ok != [4]bool{true, true, true, true} {
		return nil, malformed("user certificate", "packets in the wrong order")
	}
	if err := checkPrimary(c.key, c.direct, false); err != nil {
		return nil, err
	}
	c.id = id.UserID(c.key.Fingerprint)
	return c, c.checkName()
}

// checkName verifies the User ID, its certification, and the fixed times of a user certificate.
func (c *userCertificate) checkName() error {
	if name, err := id.CheckName(c.name.Id); err != nil || name != c.name.Id {
		return malformed("user certificate", "the name isn't a proper name")
	}
	if err := checkSelfSignature(packet.SigTypePositiveCert, c.key, c.certification); err != nil {
		return err
	}
	if err := c.key.VerifyUserIdSignature(c.name.Id, c.key, c.certification); err != nil {
		return malformed("user certificate", "the certification of the name is wrong")
	}
	for _, t := range []time.Time{c.key.CreationTime, c.direct.CreationTime, c.certification.CreationTime} {
		if !t.Equal(userEpoch) {
			return malformed("user certificate", "not of the fixed creation time")
		}
	}
	return nil
}
