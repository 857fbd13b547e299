//go:build interop

package identity

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

// answer is what interop/check.mjs says; json carries bytes as base64.
type answer struct {
	Fingerprint           string
	Version, Subkeys      int
	Names                 []string
	Data, Message         []byte
	PrivateKey, PublicKey []byte
}

// ask puts a question to OpenPGP.js.
func ask(t *testing.T, question map[string]any) (a answer, complaint string) {
	t.Helper()
	input, err := json.Marshal(question)
	check(t, err)
	node := exec.Command("node", "check.mjs")
	node.Dir = "interop"
	node.Stdin = bytes.NewReader(input)
	var out, complaints bytes.Buffer
	node.Stdout, node.Stderr = &out, &complaints
	if err := node.Run(); err != nil {
		if complaints.Len() == 0 || strings.Contains(complaints.String(), "ERR_MODULE_NOT_FOUND") {
			t.Fatalf("OpenPGP.js doesn't run (%v); run: npm --prefix common/identity/interop ci\n%s", err, complaints.String())
		}
		return a, complaints.String()
	}
	check(t, json.Unmarshal(out.Bytes(), &a))
	return a, ""
}

func mustAsk(t *testing.T, question map[string]any) answer {
	t.Helper()
	a, complaint := ask(t, question)
	if complaint != "" {
		t.Fatalf("OpenPGP.js, asked to %v: %s", question["do"], complaint)
	}
	return a
}

// interopDevice is a device key as ours but for its subkey, which has an algorithm that OpenPGP.js knows. OpenPGP.js
// checks times against the real clock, so it is made now.
func interopDevice(t *testing.T, now time.Time) *DeviceKey {
	t.Helper()
	k := newDeviceAt(t, now)
	c := config(seconds(now))
	c.Algorithm = packet.PubKeyAlgoX25519
	c.KeyLifetimeSecs = uint32(SubkeyLifetime / time.Second)
	holder := openpgp.Entity{PrimaryKey: k.signer.PrimaryKey, PrivateKey: k.signer.PrivateKey}
	check(t, holder.AddEncryptionSubkey(c))
	check(t, k.use([]subkey{{holder.Subkeys[0].PrivateKey, holder.Subkeys[0].Bindings[0].Packet}}))
	return k
}

// theirDevice wraps a certificate of OpenPGP.js as a device, so that the rest is as between two of ours.
func theirDevice(t *testing.T, certificate []byte) *Device {
	t.Helper()
	entity, err := openpgp.ReadEntity(packet.NewReader(bytes.NewReader(certificate)))
	check(t, err)
	created := entity.Subkeys[0].PublicKey.CreationTime
	return &Device{
		id: deviceID(entity.PrimaryKey), fingerprint: Fingerprint(entity.PrimaryKey.Fingerprint), entity: entity,
		subkeyCreated: created, subkeyExpires: created.Add(SubkeyLifetime),
	}
}

// TestNodeDerivesFingerprint computes the vectors of testdata/phrases.json with Node's own cryptography.
func TestNodeDerivesFingerprint(t *testing.T) {
	for _, v := range vectors[phraseVector](t, "phrases.json") {
		a := mustAsk(t, map[string]any{"do": "phrase", "words": v.Words, "info": userKeyInfo, "created": userEpoch.Unix()})
		if a.Fingerprint != v.Fingerprint {
			t.Errorf("%.20s…: %s, want %s", v.Words, a.Fingerprint, v.Fingerprint)
		}
	}
}

func TestOpenPGPJSReadsUserCertificate(t *testing.T) {
	alice := newPersonFrom(t, "Alice", parsePhrase(t, alicePhrase))
	armored, err := alice.card.Armored()
	check(t, err)
	for form, question := range map[string]map[string]any{
		"binary":  {"do": "certificate", "certificate": alice.user.Certificate()},
		"armored": {"do": "certificate", "armored": armored},
	} {
		a := mustAsk(t, question)
		id := alice.user.ID()
		if a.Fingerprint != hex.EncodeToString(id[:]) || a.Version != 6 || len(a.Names) != 1 || a.Names[0] != "Alice" {
			t.Errorf("%s: %+v, want fingerprint %x", form, a, id)
		}
	}
}

func TestOpenPGPJSReadsDeviceCertificate(t *testing.T) {
	alice := newDeviceAt(t, start)
	a := mustAsk(t, map[string]any{"do": "certificate", "certificate": alice.Certificate()})
	if f := alice.Fingerprint(); a.Fingerprint != hex.EncodeToString(f[:]) {
		t.Errorf("fingerprint %s, want %x", a.Fingerprint, f)
	}
	if a.Subkeys != 0 {
		t.Errorf("it knows %d subkeys: if it has learned ML-KEM, test encryption to a real device", a.Subkeys)
	}
}

func TestOpenPGPJSVerifiesDeviceList(t *testing.T) {
	alice := newPerson(t, "Alice")
	question := map[string]any{"do": "verify", "certificate": alice.user.Certificate(), "message": alice.signed}
	a := mustAsk(t, question)
	var statement listWire
	check(t, decode("device list", a.Data, &statement))
	if statement.User != alice.user.ID() || statement.Devices[0] != alice.device.Fingerprint() {
		t.Errorf("it read %+v", statement)
	}
	changed := bytes.Replace(alice.signed, []byte(listKind), []byte("gossip device list v2"), 1)
	question["message"] = changed
	if _, complaint := ask(t, question); complaint == "" {
		t.Error("it accepted a changed list")
	}
}

func TestOpenPGPJSSignsForUs(t *testing.T) {
	carol := mustAsk(t, map[string]any{"do": "generate"})
	key := theirDevice(t, carol.PublicKey).entity.PrimaryKey
	want := []byte("signed by OpenPGP.js")
	a := mustAsk(t, map[string]any{"do": "write", "privateKey": carol.PrivateKey, "data": want})
	body, _, err := readMessage(a.Message, key, 1<<10)
	check(t, err)
	if !bytes.Equal(body, want) {
		t.Errorf("got %q", body)
	}
	if _, _, err := readMessage(bytes.Replace(a.Message, []byte("OpenPGP"), []byte("ClosedP"), 1), key, 1<<10); err == nil {
		t.Error("a changed message was accepted")
	}
}

func TestOpenPGPJSEncryptsToUs(t *testing.T) {
	now := time.Now()
	bob := interopDevice(t, now)
	carol := mustAsk(t, map[string]any{"do": "generate"})
	from := theirDevice(t, carol.PublicKey)
	want := []byte("encrypted by OpenPGP.js")
	a := mustAsk(t, map[string]any{"do": "write", "privateKey": carol.PrivateKey, "recipient": bob.Certificate(), "data": want})
	signed, err := bob.decrypt(a.Message, now)
	check(t, err)
	body, sig, err := readMessage(signed, from.entity.PrimaryKey, 1<<10)
	check(t, err)
	if !bytes.Equal(body, want) {
		t.Errorf("got %q", body)
	}
	if _, err := bob.Open(a.Message, from, now); err != ErrForged || len(sig.IntendedRecipients) != 0 {
		t.Errorf("a message without an intended recipient: %v (%d recipients)", err, len(sig.IntendedRecipients))
	}
}

func TestOpenPGPJSOpensOurSeal(t *testing.T) {
	// OpenPGP.js refuses signatures from the future by its own clock, to the second.
	now := time.Now().Add(-time.Minute)
	alice := newDeviceAt(t, now)
	carol := mustAsk(t, map[string]any{"do": "generate"})
	want := []byte("sealed by us")
	sealed, err := alice.Seal(want, theirDevice(t, carol.PublicKey), now)
	check(t, err)
	question := map[string]any{"do": "read", "privateKey": carol.PrivateKey, "sender": alice.Certificate(), "message": sealed}
	if a := mustAsk(t, question); !bytes.Equal(a.Data, want) {
		t.Errorf("it read %q", a.Data)
	}
	sealed[len(sealed)-1] ^= 1
	if _, complaint := ask(t, question); complaint == "" {
		t.Error("it opened a changed seal")
	}
}
