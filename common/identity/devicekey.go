package identity

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"fmt"
	"io"
	"sync"
	"time"

	pgped25519 "github.com/ProtonMail/go-crypto/openpgp/ed25519"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"gossip/common/id"
)

// maxSubkeys bounds the secret form of a device key: SubkeyLifetime/SubkeyInterval and some made by clocks gone wrong.
const maxSubkeys = 16

// DeviceKey is the secret of a device certificate: an Ed25519 primary key, which is the device's SSH key too, and
// the encryption subkeys of the last four weeks. A hub has one as well. Its methods may be called by several
// goroutines.
type DeviceKey struct {
	signer *openpgp.Entity // primary key and direct-key signature only; never changes

	mu      sync.RWMutex // guards the following
	subkeys []subkey     // oldest first, never empty
	device  *Device      // the public half, with the newest subkey
	stale   bool         // ParseDeviceKey dropped expired subkeys that the stored form still has
}

// subkey is one encryption subkey and the signature that binds it to the primary key.
type subkey struct {
	secret  *packet.PrivateKey
	binding *packet.Signature
}

// expires is when its secret is to be deleted.
func (s subkey) expires() time.Time {
	return s.secret.CreationTime.Add(lifetime(*s.binding.KeyLifetimeSecs))
}

// NewDeviceKey makes the key of a new device, with its first encryption subkey.
func NewDeviceKey(now time.Time) (*DeviceKey, error) {
	now = seconds(now)
	_, secret, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("making a device key: %w", err)
	}
	primary, err := primaryKey(secret, now)
	if err != nil {
		return nil, err
	}
	direct, err := signDirectKey(primary, true)
	if err != nil {
		return nil, err
	}
	k := newDeviceKey(primary, direct)
	first, err := k.newSubkey(now)
	if err != nil {
		return nil, err
	}
	return k, k.use([]subkey{first})
}

func newDeviceKey(primary *packet.PrivateKey, direct *packet.Signature) *DeviceKey {
	return &DeviceKey{signer: newEntity(&primary.PublicKey, primary, direct)}
}

// secret is the Ed25519 key. No field holds it directly: fmt prints the fields of what other structs point to.
func (k *DeviceKey) secret() ed25519.PrivateKey {
	return ed25519.PrivateKey(k.signer.PrivateKey.PrivateKey.(*pgped25519.PrivateKey).Key)
}

func (k *DeviceKey) direct() *packet.Signature { return k.signer.DirectSignatures[0].Packet }

// newSubkey makes an ML-KEM-768+X25519 subkey that is valid from now for SubkeyLifetime.
func (k *DeviceKey) newSubkey(now time.Time) (subkey, error) {
	c := config(now)
	c.Algorithm = packet.PubKeyAlgoMlkem768X25519
	c.KeyLifetimeSecs = uint32(SubkeyLifetime / time.Second)
	holder := openpgp.Entity{PrimaryKey: k.signer.PrimaryKey, PrivateKey: k.signer.PrivateKey}
	if err := holder.AddEncryptionSubkey(c); err != nil {
		return subkey{}, fmt.Errorf("making an encryption subkey: %w", err)
	}
	made := holder.Subkeys[0]
	return subkey{made.PrivateKey, made.Bindings[0].Packet}, nil
}

// use makes subkeys the current ones. The caller holds mu or is the only one to know k.
func (k *DeviceKey) use(subkeys []subkey) error {
	newest := subkeys[len(subkeys)-1]
	primary, public := k.signer.PrimaryKey, &newest.secret.PublicKey
	certificate, err := serialize(primary, k.direct(), public, newest.binding)
	if err != nil {
		return err
	}
	k.subkeys = subkeys
	k.device = newDevice(certificate, primary, k.direct(), public, newest.binding)
	return nil
}

// RotateSubkeys makes a new encryption subkey when the newest is SubkeyInterval old (or from a clock that ran far
// ahead), and deletes the secrets of those that are over. If it changed anything, the caller has to store the key
// and publish the new certificate.
func (k *DeviceKey) RotateSubkeys(now time.Time) (changed bool, err error) {
	now = later(seconds(now), k.signer.PrimaryKey.CreationTime)
	k.mu.Lock()
	defer k.mu.Unlock()
	kept := alive(k.subkeys, now)
	newest := k.subkeys[len(k.subkeys)-1].secret.CreationTime
	due := !now.Before(newest.Add(SubkeyInterval)) || newest.After(now.Add(MaxClockSkew))
	if !due && len(kept) == len(k.subkeys) && !k.stale {
		return false, nil
	}
	if due {
		fresh, err := k.newSubkey(now)
		if err != nil {
			return false, err
		}
		kept = append(kept, fresh)
	}
	k.stale = false
	return true, k.use(kept)
}

// alive returns the subkeys whose secrets may still be needed at now, and leaves room for one more.
func alive(subkeys []subkey, now time.Time) []subkey {
	var kept []subkey
	for _, s := range subkeys {
		if now.Before(s.expires()) {
			kept = append(kept, s)
		}
	}
	return kept[max(0, len(kept)-(maxSubkeys-1)):]
}

// ID is the Ed25519 public key of the device.
func (k *DeviceKey) ID() id.DeviceID { return deviceID(k.signer.PrimaryKey) }

// Fingerprint is what device lists hold.
func (k *DeviceKey) Fingerprint() Fingerprint { return Fingerprint(k.signer.PrimaryKey.Fingerprint) }

// Certificate returns the public certificate with the newest subkey, binary.
func (k *DeviceKey) Certificate() []byte { return k.Device().Certificate() }

// Device returns the public half as it is now; after RotateSubkeys it is another.
func (k *DeviceKey) Device() *Device {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.device
}

// Signer returns the primary key for ssh.NewSignerFromSigner.
func (k *DeviceKey) Signer() crypto.Signer { return deviceSigner{k} }

// deviceSigner signs with the primary key and shows nothing of it.
type deviceSigner struct{ key *DeviceKey }

// Public returns an ed25519.PublicKey.
func (s deviceSigner) Public() crypto.PublicKey { return s.key.secret().Public() }

// Sign signs the message (not a digest) with Ed25519.
func (s deviceSigner) Sign(rand io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.key.secret().Sign(rand, message, opts)
}

// Sign returns a raw Ed25519 signature over "gossip " + context + " v1\x00" + message. The context names the purpose,
// and holds no zero byte.
func (k *DeviceKey) Sign(context string, message []byte) []byte {
	return ed25519.Sign(k.secret(), separated(context, message))
}

// MarshalBinary returns the secret form, an OpenPGP transferable secret key in clear: only the vault may hold it,
// sealed.
func (k *DeviceKey) MarshalBinary() ([]byte, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	packets := []serializer{k.signer.PrivateKey, k.direct()}
	for _, s := range k.subkeys {
		packets = append(packets, s.secret, s.binding)
	}
	return serialize(packets...)
}

// ParseDeviceKey reads what MarshalBinary wrote, and forgets the secrets of subkeys that are over at now, all but the
// newest. Call RotateSubkeys next: it says whether the stored form has to be replaced.
func ParseDeviceKey(secret []byte, now time.Time) (*DeviceKey, error) {
	packets, err := readPackets(secret, 2+2*maxSubkeys)
	if err != nil {
		return nil, err
	}
	if len(packets) < 4 || len(packets)%2 != 0 {
		return nil, malformed("device key", "a part is missing")
	}
	primary, direct, err := secretPair(packets[0], packets[1])
	if err != nil {
		return nil, err
	}
	if err := checkPrimary(&primary.PublicKey, direct, true); err != nil {
		return nil, err
	}
	k := newDeviceKey(primary, direct)
	return k, k.restore(packets[2:], now)
}

// restore takes the subkeys of a stored key over.
func (k *DeviceKey) restore(packets []packet.Packet, now time.Time) error {
	var subkeys []subkey
	for ; len(packets) > 0; packets = packets[2:] {
		secret, binding, err := secretPair(packets[0], packets[1])
		if err != nil {
			return err
		}
		if err := checkSubkey(k.signer.PrimaryKey, &secret.PublicKey, binding); err != nil {
			return err
		}
		subkeys = append(subkeys, subkey{secret, binding})
	}
	last := len(subkeys) - 1
	kept := append(alive(subkeys[:last], now), subkeys[last])
	k.stale = len(kept) != len(subkeys)
	return k.use(kept)
}

// secretPair is a secret key in clear and the signature that follows it.
func secretPair(first, second packet.Packet) (*packet.PrivateKey, *packet.Signature, error) {
	key, ok := first.(*packet.PrivateKey)
	sig, also := second.(*packet.Signature)
	if !ok || !also || key.Encrypted || key.Dummy() {
		return nil, nil, malformed("device key", "it holds no secret")
	}
	// Serialize once here: the first call on a parsed signature writes to it, later ones only read.
	if err := sig.Serialize(&bytes.Buffer{}); err != nil {
		return nil, nil, malformed("device key", err.Error())
	}
	return key, sig, nil
}
