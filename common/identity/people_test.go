package identity

import (
	"testing"
	"time"

	"gossip/common/id"
)

// start is the time at which every test story begins.
var start = time.Date(2026, time.March, 2, 9, 30, 15, 0, time.UTC)

const day = 24 * time.Hour

// alicePhrase is a phrase with a known fingerprint: see testdata/phrases.json.
const alicePhrase = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon " +
	"abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art"

// person is a user with one device and a card.
type person struct {
	name   string
	user   *UserKey
	device *DeviceKey
	signed []byte // device list
	card   *Card
}

func newPerson(t testing.TB, name string) *person {
	t.Helper()
	phrase, err := NewPhrase()
	check(t, err)
	return newPersonFrom(t, name, phrase)
}

func newPersonFrom(t testing.TB, name string, phrase Phrase) *person {
	t.Helper()
	p := &person{name: name}
	var err error
	p.user, err = UserKeyFromPhrase(phrase, name)
	check(t, err)
	p.device = newDeviceAt(t, start)
	p.publish(t, 1, p.device)
	return p
}

// publish makes a new version of the device list and the card.
func (p *person) publish(t testing.TB, version uint64, devices ...*DeviceKey) {
	t.Helper()
	p.signed = p.sign(t, version, devices...)
	p.card = p.newCard(t, Profile{p.name, version}, devices...)
}

func (p *person) sign(t testing.TB, version uint64, devices ...*DeviceKey) []byte {
	t.Helper()
	list := DeviceList{User: p.user.ID(), Version: version}
	for _, d := range devices {
		list.Devices = append(list.Devices, d.Fingerprint())
	}
	signed, err := p.user.SignDeviceList(list, start)
	check(t, err)
	return signed
}

func (p *person) newCard(t testing.TB, profile Profile, devices ...*DeviceKey) *Card {
	t.Helper()
	card, err := NewCard(p.user.Certificate(), p.signed, public(devices...), profile, p.device)
	check(t, err)
	return card
}

func public(keys ...*DeviceKey) []*Device {
	devices := make([]*Device, len(keys))
	for i, k := range keys {
		devices[i] = k.Device()
	}
	return devices
}

func newDeviceAt(t testing.TB, now time.Time) *DeviceKey {
	t.Helper()
	k, err := NewDeviceKey(now)
	check(t, err)
	return k
}

func parsePhrase(t testing.TB, words string) Phrase {
	t.Helper()
	p, err := ParsePhrase(words)
	check(t, err)
	return p
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// userIDOf reads a user id from its text form.
func userIDOf(t testing.TB, text string) (u id.UserID) {
	t.Helper()
	check(t, u.UnmarshalText([]byte(text)))
	return u
}
