package identity

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"fmt"
	"io"
	"time"

	pgped25519 "github.com/ProtonMail/go-crypto/openpgp/ed25519"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

// certificateHash is the hash of every signature that this package makes.
const certificateHash = crypto.SHA256

// serializer is a packet that can be written, with its header.
type serializer interface{ Serialize(io.Writer) error }

// serialize writes the packets one after the other.
func serialize(packets ...serializer) ([]byte, error) {
	var out bytes.Buffer
	for _, p := range packets {
		if err := p.Serialize(&out); err != nil {
			return nil, fmt.Errorf("writing an OpenPGP packet: %w", err)
		}
	}
	return out.Bytes(), nil
}

// readPackets reads at most limit packets, and nothing else: no unknown, marker or padding packet is skipped.
func readPackets(b []byte, limit int) ([]packet.Packet, error) {
	var packets []packet.Packet
	for in := bytes.NewReader(b); in.Len() > 0; {
		if len(packets) == limit {
			return nil, malformed("certificate", "too many packets")
		}
		p, err := packet.Read(in)
		if err != nil {
			return nil, malformed("certificate", err.Error())
		}
		packets = append(packets, p)
	}
	return packets, nil
}

// canonical refuses bytes that aren't the one encoding of the packets that they hold.
func canonical(b []byte, packets ...serializer) error {
	again, err := serialize(packets...)
	if err != nil {
		return err
	}
	if !bytes.Equal(b, again) {
		return malformed("certificate", "not in its one encoding")
	}
	return nil
}

// primaryKey wraps an Ed25519 key as the v6 primary key of a certificate.
func primaryKey(key ed25519.PrivateKey, created time.Time) (*packet.PrivateKey, error) {
	public := pgped25519.PublicKey{Point: key.Public().(ed25519.PublicKey)}
	primary := packet.NewEd25519PrivateKey(created, &pgped25519.PrivateKey{PublicKey: public, Key: key})
	if err := primary.UpgradeToV6(); err != nil {
		return nil, fmt.Errorf("making a v6 key: %w", err)
	}
	return primary, nil
}

// newSignature returns a signature of the given kind by key, not yet signed.
func newSignature(kind packet.SignatureType, key *packet.PublicKey, now time.Time) *packet.Signature {
	return &packet.Signature{
		Version: 6, SigType: kind, PubKeyAlgo: key.PubKeyAlgo, Hash: certificateHash, CreationTime: now,
		IssuerKeyId: &key.KeyId, IssuerKeyVersion: 6, IssuerFingerprint: key.Fingerprint,
	}
}

// signDirectKey makes the direct-key signature that says what a v6 primary key is for (RFC 9580 section 5.2.3.10):
// certify and sign, authenticate if it is an SSH key too, and that its owner reads AEAD (SEIPDv2) only.
func signDirectKey(key *packet.PrivateKey, authenticate bool) (*packet.Signature, error) {
	sig := newSignature(packet.SigTypeDirectSignature, &key.PublicKey, key.CreationTime)
	sig.FlagsValid, sig.FlagCertify, sig.FlagSign, sig.FlagAuthenticate = true, true, true, authenticate
	sig.SEIPDv2 = true
	sig.PreferredSymmetric = []uint8{uint8(packet.CipherAES256)}
	sig.PreferredHash = []uint8{8, 10} // SHA-256, SHA-512 (RFC 9580 section 9.5)
	sig.PreferredCompression = []uint8{uint8(packet.CompressionNone)}
	sig.PreferredCipherSuites = [][2]uint8{
		{uint8(packet.CipherAES256), uint8(packet.AEADModeGCM)},
		{uint8(packet.CipherAES256), uint8(packet.AEADModeOCB)},
	}
	if err := sig.SignDirectKeyBinding(&key.PublicKey, key, nil); err != nil {
		return nil, fmt.Errorf("signing the key: %w", err)
	}
	return sig, nil
}

// checkPrimary refuses a primary key that isn't a v6 Ed25519 key with a proper direct-key signature.
func checkPrimary(key *packet.PublicKey, sig *packet.Signature, authenticate bool) error {
	if key.Version != 6 || key.IsSubkey || key.PubKeyAlgo != packet.PubKeyAlgoEd25519 {
		return malformed("certificate", "the primary key isn't a v6 Ed25519 key")
	}
	if err := checkSelfSignature(packet.SigTypeDirectSignature, key, sig); err != nil {
		return err
	}
	if !sig.FlagCertify || !sig.FlagSign || sig.FlagAuthenticate != authenticate || !sig.SEIPDv2 {
		return malformed("certificate", "the primary key is for something else")
	}
	if err := key.VerifyDirectKeySignature(sig); err != nil {
		return malformed("certificate", "the direct-key signature is wrong")
	}
	return nil
}

// checkSelfSignature refuses a signature that this package wouldn't have made with key, before its cryptography
// is checked: another kind or issuer, a short hash, an end of its own, notations, or anything in the unhashed area.
func checkSelfSignature(kind packet.SignatureType, key *packet.PublicKey, sig *packet.Signature) error {
	switch {
	case sig.Version != 6 || sig.SigType != kind:
		return malformed("certificate", "a signature of the wrong kind")
	case !signedBy(sig, key):
		return malformed("certificate", "a signature by another key")
	case sig.CreationTime.Before(key.CreationTime):
		return malformed("certificate", "a signature older than its key")
	case unhashedSize(sig) != 0:
		return malformed("certificate", "an unsigned part in a signature")
	}
	return nil
}

// signedBy reports whether the metadata of sig is such that key may verify it: issuer, hash of 256 bits at least,
// no notation, no expiry of its own.
func signedBy(sig *packet.Signature, key *packet.PublicKey) bool {
	return sig.IssuerKeyVersion == 6 && bytes.Equal(sig.IssuerFingerprint, key.Fingerprint) &&
		sig.Hash.Size() >= 32 && len(sig.Notations) == 0 && sig.SigLifetimeSecs == nil
}

// unhashedSize is the size of the unhashed subpackets of a v6 Ed25519 signature, in bytes: what its serialized form
// has beyond the parts that have a known size (RFC 9580 section 5.2.3).
func unhashedSize(sig *packet.Signature) int {
	const fixed = 4 + 2 + 1 + ed25519.SignatureSize // unhashed length, hash tag, salt length, signature
	b, err := serialize(sig)
	if err != nil {
		return -1
	}
	body := len(b) - 2 // a header with a length of one octet
	if body >= 192 {
		body-- // of two
	}
	const trailer = 6 // the hash suffix ends in version, 0xff and four octets of length
	return body - (len(sig.HashSuffix) - trailer) - fixed - len(sig.Salt())
}

// verified wraps a signature that has been checked or just made, so that the library won't check it again and never
// writes to it: entities are shared by goroutines.
func verified(sig *packet.Signature) []*packet.VerifiableSignature {
	valid := true
	return []*packet.VerifiableSignature{{Valid: &valid, Packet: sig}}
}

// newEntity wraps a checked primary key for the library.
func newEntity(key *packet.PublicKey, secret *packet.PrivateKey, direct *packet.Signature) *openpgp.Entity {
	return &openpgp.Entity{
		PrimaryKey: key, PrivateKey: secret,
		Identities:       map[string]*openpgp.Identity{},
		DirectSignatures: verified(direct),
	}
}

// config is the library's configuration at a given time.
func config(now time.Time) *packet.Config {
	return &packet.Config{
		V6Keys: true, Time: func() time.Time { return now },
		DefaultHash: certificateHash, DefaultCipher: packet.CipherAES256,
	}
}
