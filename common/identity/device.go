package identity

import (
	"bytes"
	"crypto/ed25519"
	"time"

	pgped25519 "github.com/ProtonMail/go-crypto/openpgp/ed25519"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"gossip/common/id"
)

// Device is a parsed and verified public device certificate. It is immutable and may be shared by goroutines.
type Device struct {
	id            id.DeviceID
	fingerprint   Fingerprint
	certificate   []byte
	entity        *openpgp.Entity // every signature marked as checked: the library only reads it
	subkeyCreated time.Time
	subkeyExpires time.Time
	signedAt      time.Time // of the newest signature
}

// ParseDevice reads and verifies a public device certificate. ErrFuture if it's signed more than MaxClockSkew after
// now. An expired subkey is no error: see CanReceive.
func ParseDevice(certificate []byte, now time.Time) (*Device, error) {
	d, err := parseDevice(certificate)
	if err != nil {
		return nil, err
	}
	return d, d.checkTime(now)
}

func parseDevice(certificate []byte) (*Device, error) {
	if len(certificate) > maxCertificateSize {
		return nil, malformed("device certificate", "too large")
	}
	packets, err := readPackets(certificate, 4)
	if err != nil {
		return nil, err
	}
	if len(packets) != 4 {
		return nil, malformed("device certificate", "not a key, a subkey and their signatures")
	}
	key, ok0 := packets[0].(*packet.PublicKey)
	direct, ok1 := packets[1].(*packet.Signature)
	subkey, ok2 := packets[2].(*packet.PublicKey)
	binding, ok3 := packets[3].(*packet.Signature)
	if !ok0 || !ok1 || !ok2 || !ok3 {
		return nil, malformed("device certificate", "packets in the wrong order")
	}
	if err := canonical(certificate, key, direct, subkey, binding); err != nil {
		return nil, err
	}
	if err := checkPrimary(key, direct, true); err != nil {
		return nil, err
	}
	if err := checkSubkey(key, subkey, binding); err != nil {
		return nil, err
	}
	return newDevice(bytes.Clone(certificate), key, direct, subkey, binding), nil
}

// checkSubkey refuses a subkey that isn't for encryption, lives too long, or isn't bound to key.
func checkSubkey(key, subkey *packet.PublicKey, binding *packet.Signature) error {
	if subkey.Version != 6 || !subkey.IsSubkey || subkey.PubKeyAlgo != packet.PubKeyAlgoMlkem768X25519 {
		return malformed("device certificate", "the subkey isn't an ML-KEM-768+X25519 key")
	}
	if err := checkSelfSignature(packet.SigTypeSubkeyBinding, key, binding); err != nil {
		return err
	}
	if binding.CreationTime.Before(subkey.CreationTime) || binding.EmbeddedSignature != nil {
		return malformed("device certificate", "the binding signature isn't of this subkey")
	}
	if !binding.FlagEncryptCommunications || binding.FlagSign || binding.FlagCertify || binding.FlagAuthenticate {
		return malformed("device certificate", "the subkey is for something else")
	}
	if life := binding.KeyLifetimeSecs; life == nil || *life == 0 || lifetime(*life) > SubkeyLifetime {
		return malformed("device certificate", "the subkey has no end or a late one")
	}
	if err := key.VerifyKeySignature(subkey, binding); err != nil {
		return malformed("device certificate", "the binding signature is wrong")
	}
	return nil
}

func lifetime(seconds uint32) time.Duration { return time.Duration(seconds) * time.Second }

// newDevice wraps packets that have been checked, or made, before.
func newDevice(certificate []byte, key *packet.PublicKey, direct *packet.Signature, subkey *packet.PublicKey, binding *packet.Signature) *Device {
	entity := newEntity(key, nil, direct)
	entity.Subkeys = []openpgp.Subkey{{Primary: entity, PublicKey: subkey, Bindings: verified(binding)}}
	return &Device{
		id:            deviceID(key),
		fingerprint:   Fingerprint(key.Fingerprint),
		certificate:   certificate,
		entity:        entity,
		subkeyCreated: subkey.CreationTime,
		subkeyExpires: subkey.CreationTime.Add(lifetime(*binding.KeyLifetimeSecs)),
		signedAt:      later(direct.CreationTime, binding.CreationTime),
	}
}

// deviceID is the raw Ed25519 key of a checked primary key.
func deviceID(key *packet.PublicKey) id.DeviceID {
	return id.DeviceID(key.PublicKey.(*pgped25519.PublicKey).Point)
}

func (d *Device) checkTime(now time.Time) error {
	if d.signedAt.After(now.Add(MaxClockSkew)) {
		return ErrFuture
	}
	return nil
}

// ID is the Ed25519 public key of the device.
func (d *Device) ID() id.DeviceID { return d.id }

// Fingerprint is what device lists hold.
func (d *Device) Fingerprint() Fingerprint { return d.fingerprint }

// Certificate returns the certificate, binary.
func (d *Device) Certificate() []byte { return bytes.Clone(d.certificate) }

// CanReceive reports whether the device has an encryption subkey that is valid at now.
func (d *Device) CanReceive(now time.Time) bool {
	return !d.subkeyCreated.After(now.Add(MaxClockSkew)) && now.Before(d.subkeyExpires)
}

// Verify reports whether signature is the device's over message in this context: see DeviceKey.Sign.
func (d *Device) Verify(context string, message, signature []byte) bool {
	return VerifyDevice(d.id, context, message, signature)
}

// VerifyDevice reports whether signature is that of device d over message in this context: see DeviceKey.Sign.
func VerifyDevice(d id.DeviceID, context string, message, signature []byte) bool {
	return ed25519.Verify(d[:], separated(context, message), signature)
}

// separated puts the context before the message, so that a signature made for one purpose is worth nothing for another.
func separated(context string, message []byte) []byte {
	return append([]byte("gossip "+context+" v1\x00"), message...)
}
