package identity

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"gossip/common/id"
)

// update makes the people's vectors anew: go test ./common/identity -run PeopleVectors -update. Old ones must keep
// working, so that is for a new format only.
var update = flag.Bool("update", false, "write testdata/people.json")

// personVector is one of the named people with fixed keys. Bytes are base64.
type personVector struct {
	Name              string
	Phrase            string
	UserKey           []byte // MarshalBinary of the user key
	UserCertificate   []byte
	DeviceKey         []byte // MarshalBinary of the device key
	DeviceCertificate []byte
	DeviceID          id.DeviceID
	Fingerprint       string // of the device, hexadecimal
	DeviceList        []byte
	Card              []byte
	CardHash          string // hexadecimal
	Plaintext         string
	Sealed            []byte // Plaintext, by the person before (the first: by the last)
}

// TestPeopleVectors runs each person's certificates, list, card and seal through every entry point that reads them.
func TestPeopleVectors(t *testing.T) {
	if *update {
		writePeople(t)
	}
	people := vectors[personVector](t, "people.json")
	senders := make([]*Device, len(people))
	for i, v := range people {
		t.Run(v.Name, func(t *testing.T) { senders[(i+1)%len(people)] = v.check(t) })
	}
	for i, v := range people {
		k, err := ParseDeviceKey(v.DeviceKey, start)
		check(t, err)
		plaintext, err := k.Open(v.Sealed, senders[i], start)
		check(t, err)
		if string(plaintext) != v.Plaintext {
			t.Errorf("%s opened %q", v.Name, plaintext)
		}
	}
}

func (v personVector) check(t *testing.T) *Device {
	t.Helper()
	fromPhrase, err := UserKeyFromPhrase(parsePhrase(t, v.Phrase), v.Name)
	check(t, err)
	user, err := ParseUserKey(v.UserKey)
	check(t, err)
	device, err := ParseDevice(v.DeviceCertificate, start)
	check(t, err)
	key, err := ParseDeviceKey(v.DeviceKey, start)
	check(t, err)
	card, err := ParseCard(v.Card, start)
	check(t, err)
	list, _, err := parseDeviceList(v.DeviceList, user.user.userCertificate.key)
	check(t, err)
	hash := card.Hash()
	f := device.Fingerprint()
	for name, ok := range map[string]bool{
		"user of the phrase":   fromPhrase.ID() == user.ID(),
		"user of the card":     card.User == user.ID(),
		"user certificate":     bytes.Equal(user.Certificate(), v.UserCertificate) && bytes.Equal(card.UserCertificate, v.UserCertificate),
		"device id":            device.ID() == v.DeviceID && key.ID() == v.DeviceID,
		"device fingerprint":   hex.EncodeToString(f[:]) == v.Fingerprint && key.Fingerprint() == f,
		"device certificate":   bytes.Equal(key.Certificate(), v.DeviceCertificate),
		"stored device key":    bytes.Equal(mustMarshal(t, key.MarshalBinary), v.DeviceKey),
		"stored user key":      bytes.Equal(mustMarshal(t, user.MarshalBinary), v.UserKey),
		"device of the card":   len(card.Devices) == 1 && bytes.Equal(card.Devices[0].Certificate(), v.DeviceCertificate),
		"device list":          list.Equal(card.List) && list.Contains(f),
		"profile":              card.Profile == Profile{v.Name, 1},
		"card hash":            hex.EncodeToString(hash[:]) == v.CardHash,
		"card, read and again": bytes.Equal(card.Bytes(), v.Card),
	} {
		if !ok {
			t.Errorf("%s isn't as it was", name)
		}
	}
	return device
}

func mustMarshal(t *testing.T, marshal func() ([]byte, error)) []byte {
	t.Helper()
	b, err := marshal()
	check(t, err)
	return b
}

func writePeople(t *testing.T) {
	t.Helper()
	phrases := vectors[phraseVector](t, "phrases.json")
	var people []personVector
	var keys []*DeviceKey
	for i, name := range []string{"Alice", "Bob", "Carol"} {
		p := newPersonFrom(t, name, parsePhrase(t, phrases[i].Words))
		hash, f := p.card.Hash(), p.device.Fingerprint()
		people = append(people, personVector{
			Name: name, Phrase: phrases[i].Words,
			UserKey: mustMarshal(t, p.user.MarshalBinary), UserCertificate: p.user.Certificate(),
			DeviceKey: mustMarshal(t, p.device.MarshalBinary), DeviceCertificate: p.device.Certificate(),
			DeviceID: p.device.ID(), Fingerprint: hex.EncodeToString(f[:]),
			DeviceList: p.signed, Card: p.card.Bytes(), CardHash: hex.EncodeToString(hash[:]),
			Plaintext: "to " + name,
		})
		keys = append(keys, p.device)
	}
	for i := range people {
		sender := keys[(i+len(keys)-1)%len(keys)]
		sealed, err := sender.Seal([]byte(people[i].Plaintext), keys[i].Device(), start)
		check(t, err)
		people[i].Sealed = sealed
	}
	b, err := json.MarshalIndent(people, "", "  ")
	check(t, err)
	check(t, os.WriteFile(filepath.Join("testdata", "people.json"), append(b, '\n'), 0o644))
}
