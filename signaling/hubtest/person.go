package hubtest

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/tyler-smith/go-bip39"

	"gossip/common/identity"
)

// Person is a user with one device. The user's identity follows from the name, so alice is the same in every test;
// the device's key is new each time.
type Person struct {
	Name   string
	User   *identity.UserKey
	Device *identity.DeviceKey
	Card   *identity.Card
	list   identity.DeviceList
}

// NewPerson makes a person with a device and a card.
func NewPerson(t testing.TB, name string) *Person {
	t.Helper()
	entropy := sha256.Sum256([]byte("gossip hubtest " + name))
	words, err := bip39.NewMnemonic(entropy[:])
	check(t, err)
	phrase, err := identity.ParsePhrase(words)
	check(t, err)
	p := &Person{Name: name}
	p.User, err = identity.UserKeyFromPhrase(phrase, name)
	check(t, err)
	p.Device = NewDevice(t)
	p.List(t, p.Device)
	return p
}

// NewDevice makes the key of a device that nobody has listed.
func NewDevice(t testing.TB) *identity.DeviceKey {
	t.Helper()
	device, err := identity.NewDeviceKey(time.Now())
	check(t, err)
	return device
}

// List signs the next version of the device list, with these devices, and makes the card anew. The first device signs
// the profile.
func (p *Person) List(t testing.TB, devices ...*identity.DeviceKey) {
	t.Helper()
	p.list = identity.DeviceList{User: p.User.ID(), Version: p.list.Version + 1}
	var public []*identity.Device
	for _, d := range devices {
		p.list.Devices = append(p.list.Devices, d.Fingerprint())
		public = append(public, d.Device())
	}
	signed, err := p.User.SignDeviceList(p.list, time.Now())
	check(t, err)
	profile := identity.Profile{Name: p.Name, Version: p.list.Version}
	p.Card, err = identity.NewCard(p.User.Certificate(), signed, public, profile, devices[0])
	check(t, err)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
