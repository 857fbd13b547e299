package identity

import (
	"crypto"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"gossip/common/id"
)

// forge makes a device certificate that its owner signed properly, but whose parts were changed before: what another
// program, or a dishonest one, would publish.
type forge struct {
	primary   *packet.PrivateKey
	direct    *packet.Signature
	subkey    *packet.PrivateKey
	binding   *packet.Signature
	algorithm packet.PublicKeyAlgorithm
}

func (f *forge) certificate(t *testing.T, change func(*forge)) []byte {
	t.Helper()
	secret := newDeviceAt(t, start).secret()
	var err error
	f.primary, err = primaryKey(secret, start.Add(-day))
	check(t, err)
	f.direct, err = signDirectKey(f.primary, true)
	check(t, err)
	f.algorithm = packet.PubKeyAlgoMlkem768X25519
	change(f)
	holder := openpgp.Entity{PrimaryKey: &f.primary.PublicKey, PrivateKey: f.primary}
	c := config(start)
	c.Algorithm, c.KeyLifetimeSecs = f.algorithm, uint32(SubkeyLifetime/time.Second)
	check(t, holder.AddEncryptionSubkey(c))
	f.subkey, f.binding = holder.Subkeys[0].PrivateKey, holder.Subkeys[0].Bindings[0].Packet
	change(f)
	check(t, f.direct.SignDirectKeyBinding(&f.primary.PublicKey, f.primary, nil))
	check(t, f.binding.SignKey(&f.subkey.PublicKey, f.primary, nil))
	b, err := serialize(&f.primary.PublicKey, f.direct, &f.subkey.PublicKey, f.binding)
	check(t, err)
	return b
}

// bound applies a change to the binding signature, once there is one.
func bound(change func(*packet.Signature)) func(*forge) {
	return func(f *forge) {
		if f.binding != nil {
			change(f.binding)
		}
	}
}

func direct(change func(*packet.Signature)) func(*forge) {
	return func(f *forge) { change(f.direct) }
}

func TestProperlySignedButWrongDevices(t *testing.T) {
	hour, month := uint32(3600), uint32(SubkeyLifetime/time.Second)+1
	notation := []*packet.Notation{{Name: "n@example.org", Value: []byte("v"), IsHumanReadable: true}}
	for name, change := range map[string]func(*forge){
		"no certify flag":           direct(func(s *packet.Signature) { s.FlagCertify = false }),
		"no sign flag":              direct(func(s *packet.Signature) { s.FlagSign = false }),
		"no authenticate flag":      direct(func(s *packet.Signature) { s.FlagAuthenticate = false }),
		"no AEAD":                   direct(func(s *packet.Signature) { s.SEIPDv2, s.SEIPDv1 = false, true }),
		"primary with notation":     direct(func(s *packet.Signature) { s.Notations = notation }),
		"primary signature expires": direct(func(s *packet.Signature) { s.SigLifetimeSecs = &hour }),
		"primary signed too early":  direct(func(s *packet.Signature) { s.CreationTime = start.Add(-2 * day) }),
		"wrong kind of signature":   direct(func(s *packet.Signature) { s.SigType = packet.SigTypePositiveCert }),
		"short hash":                direct(func(s *packet.Signature) { s.Hash = crypto.SHA224 }),
		"X25519 subkey":             func(f *forge) { f.algorithm = packet.PubKeyAlgoX25519 },
		"subkey with notation":      bound(func(s *packet.Signature) { s.Notations = notation }),
		"subkey lives too long":     bound(func(s *packet.Signature) { s.KeyLifetimeSecs = &month }),
		"subkey lives for ever":     bound(func(s *packet.Signature) { s.KeyLifetimeSecs = nil }),
		"binding expires":           bound(func(s *packet.Signature) { s.SigLifetimeSecs = &hour }),
		"binding before subkey":     bound(func(s *packet.Signature) { s.CreationTime = start.Add(-time.Hour) }),
		"storage only":              bound(func(s *packet.Signature) { s.FlagEncryptCommunications = false }),
		"subkey authenticates":      bound(func(s *packet.Signature) { s.FlagAuthenticate = true }),
		"subkey certifies":          bound(func(s *packet.Signature) { s.FlagCertify = true }),
		"subkey revoked":            bound(func(s *packet.Signature) { s.SigType = packet.SigTypeSubkeyRevocation }),
	} {
		if _, err := ParseDevice(new(forge).certificate(t, change), start); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := ParseDevice(new(forge).certificate(t, func(*forge) {}), start); err != nil {
		t.Errorf("unchanged: %v", err)
	}
}

func TestProperlySignedButWrongUsers(t *testing.T) {
	seed, err := parsePhrase(t, alicePhrase).userKey()
	check(t, err)
	for name, test := range map[string]struct {
		created time.Time
		name    string
		change  func(direct, certification *packet.Signature)
	}{
		"another creation time": {start, "Alice", func(_, _ *packet.Signature) {}},
		"signed later":          {userEpoch, "Alice", func(d, _ *packet.Signature) { d.CreationTime = start }},
		"named later":           {userEpoch, "Alice", func(_, c *packet.Signature) { c.CreationTime = start }},
		"improper name":         {userEpoch, "Al\u202eice", func(_, _ *packet.Signature) {}},
		"name not normalized":   {userEpoch, " Alice ", func(_, _ *packet.Signature) {}},
		"an SSH key":            {userEpoch, "Alice", func(d, _ *packet.Signature) { d.FlagAuthenticate = true }},
		"generic certification": {userEpoch, "Alice", func(_, c *packet.Signature) { c.SigType = packet.SigTypeGenericCert }},
	} {
		key, err := primaryKey(seed, test.created)
		check(t, err)
		k, err := certifyUser(key, test.name)
		check(t, err)
		d, c := k.user.direct, k.user.certification
		test.change(d, c)
		check(t, d.SignDirectKeyBinding(&key.PublicKey, key, nil))
		check(t, c.SignUserId(test.name, &key.PublicKey, key, nil))
		b, err := serialize(&key.PublicKey, d, k.user.name, c)
		check(t, err)
		if _, err := parseUserCertificate(b); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestOneKeyIsOneDevice: an Ed25519 key with two creation times has two fingerprints, but is one device.
func TestOneKeyIsOneDevice(t *testing.T) {
	alice := newPerson(t, "Alice")
	primary, err := primaryKey(alice.device.secret(), start.Add(time.Second))
	check(t, err)
	signed, err := signDirectKey(primary, true)
	check(t, err)
	twin := newDeviceKey(primary, signed)
	subkeys, err := twin.newSubkey(start.Add(time.Second))
	check(t, err)
	check(t, twin.use([]subkey{subkeys}))
	list := alice.sign(t, 2, alice.device, twin)
	if _, err := NewCard(alice.user.Certificate(), list, public(alice.device, twin), Profile{"Alice", 1}, twin); err == nil {
		t.Error("accepted")
	}
}

// TestProfileNameIsNormalized: a device that signs another form of a name than CheckName gives.
func TestProfileNameIsNormalized(t *testing.T) {
	alice := newPerson(t, "Alice")
	for _, name := range []string{" Alice", "Alice\u202e", "", "\uff21lice"} {
		statement, err := encode(profileStatement{alice.user.ID(), name, 1})
		check(t, err)
		wire := alice.card.wire
		wire.Profile = profileWire{name, 1, alice.device.ID(), alice.device.Sign(profileContext, statement)}
		if _, err := assemble(wire); err == nil {
			t.Errorf("%q: accepted", name)
		}
	}
	var stranger id.DeviceID
	wire := alice.card.wire
	wire.Profile.Signer = stranger
	if _, err := assemble(wire); err == nil {
		t.Error("a signer that isn't in the card: accepted")
	}
}
