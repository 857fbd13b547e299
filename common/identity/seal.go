package identity

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

// The AEAD works in chunks (RFC 9580 section 5.13.2) and both ends hold one in memory: a seal takes the smallest that
// holds everything, and a recipient refuses larger ones than the largest seal can need.
const (
	minChunkSize     = 1 << 10
	maxChunkSize     = 512 << 10
	maxChunkSizeByte = 13     // 2^(13+6) bytes
	signedOverhead   = 1 << 9 // bytes around the plaintext: one-pass signature, literal data, signature
)

// Seal encrypts plaintext to the newest subkey of device to and signs it, with to as the one intended recipient:
// OpenPGP, binary, AES-256-GCM (SEIPDv2), not compressed. ErrNoSubkey if the device can't receive at now. The plaintext is
// at most MaxPlaintextSize bytes.
func (k *DeviceKey) Seal(plaintext []byte, to *Device, now time.Time) ([]byte, error) {
	if len(plaintext) > MaxPlaintextSize {
		return nil, fmt.Errorf("%d bytes are too much for one message; at most %d can be sealed", len(plaintext), MaxPlaintextSize)
	}
	if !to.CanReceive(now) {
		return nil, ErrNoSubkey
	}
	now = later(seconds(now), k.signer.PrimaryKey.CreationTime)
	c := config(now)
	c.AEADConfig = &packet.AEADConfig{DefaultMode: packet.AEADModeGCM, ChunkSize: chunkSize(len(plaintext) + signedOverhead)}
	// Our clock may be behind that of the other device: for the library its subkey must exist.
	at := later(now, to.subkeyCreated)
	params := &openpgp.EncryptParams{Signers: []*openpgp.Entity{k.signer}, EncryptionTime: &at, Config: c}
	var out bytes.Buffer
	w, err := openpgp.EncryptWithParams(&out, []*openpgp.Entity{to.entity}, nil, params)
	if err == nil {
		_, err = w.Write(plaintext)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("sealing a message: %w", err)
	}
	return out.Bytes(), nil
}

// chunkSize is the power of two at or above size, within the limits.
func chunkSize(size int) uint64 {
	return uint64(min(max(1<<bits.Len(uint(size-1)), minChunkSize), maxChunkSize))
}

// Open decrypts what device from sealed to this one and verifies its signature and that we are the one intended
// recipient. Every failure is ErrNotForUs or ErrForged.
func (k *DeviceKey) Open(sealed []byte, from *Device, now time.Time) ([]byte, error) {
	signed, err := k.decrypt(sealed, now)
	if err != nil {
		return nil, ErrNotForUs
	}
	plaintext, sig, err := readMessage(signed, from.entity.PrimaryKey, MaxPlaintextSize)
	if err != nil || !k.intended(sig) || sig.CreationTime.After(now.Add(MaxClockSkew)) {
		return nil, ErrForged
	}
	return plaintext, nil
}

// intended reports whether sig names this device, and no other, as the recipient (RFC 9580 section 5.2.3.36).
func (k *DeviceKey) intended(sig *packet.Signature) bool {
	return len(sig.IntendedRecipients) == 1 && sig.IntendedRecipients[0].KeyVersion == 6 &&
		bytes.Equal(sig.IntendedRecipients[0].Fingerprint, k.signer.PrimaryKey.Fingerprint)
}

// errSeal is what decrypt says; Open doesn't pass it on.
var errSeal = errors.New("not a seal that opens here")

// decrypt opens a message of exactly one session key for one of our subkeys and one AEAD packet.
func (k *DeviceKey) decrypt(sealed []byte, now time.Time) ([]byte, error) {
	if len(sealed) > maxSealedSize {
		return nil, errSeal
	}
	in := bytes.NewReader(sealed)
	session, err := readPacket[*packet.EncryptedKey](in)
	if err != nil {
		return nil, err
	}
	secret := k.secretFor(session, now)
	if secret == nil {
		return nil, errSeal
	}
	data, err := readPacket[*packet.SymmetricallyEncrypted](in)
	if err != nil {
		return nil, err
	}
	if data.Version != 2 || data.Cipher != packet.CipherAES256 || data.ChunkSizeByte > maxChunkSizeByte {
		return nil, errSeal
	}
	if err := session.Decrypt(secret, nil); err != nil {
		return nil, err
	}
	return decryptData(in, data, session.Key)
}

// decryptData returns the whole content of the AEAD packet, which must be the last of in.
func decryptData(in *bytes.Reader, data *packet.SymmetricallyEncrypted, key []byte) ([]byte, error) {
	content, err := data.Decrypt(0, key)
	if err != nil {
		return nil, err
	}
	signed, err := io.ReadAll(content)
	if err != nil {
		return nil, err
	}
	if err := content.Close(); err != nil {
		return nil, err
	}
	if in.Len() != 0 {
		return nil, errSeal
	}
	return signed, nil
}

// secretFor returns the subkey that the session key is for, if its time isn't over.
func (k *DeviceKey) secretFor(session *packet.EncryptedKey, now time.Time) *packet.PrivateKey {
	if session.Version != 6 || session.KeyVersion != 6 {
		return nil
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	for _, s := range k.subkeys {
		if bytes.Equal(s.secret.Fingerprint, session.KeyFingerprint) && now.Before(s.expires()) {
			return s.secret
		}
	}
	return nil
}
