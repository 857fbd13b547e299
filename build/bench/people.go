package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/sync/errgroup"

	"gossip/common/id"
	"gossip/common/identity"
)

// person is a user with one device. Making one takes about 5 ms, so they are kept from run to run.
type person struct {
	Secret []byte    `cbor:"1,keyasint"` // of the device
	Card   []byte    `cbor:"2,keyasint"`
	User   id.UserID `cbor:"3,keyasint"`
	device *identity.DeviceKey
}

// crew is the file that keeps them.
type crew struct {
	Made   time.Time `cbor:"1,keyasint"`
	People []*person `cbor:"2,keyasint"`
}

// crewLifetime is how long made identities are used: their encryption subkeys grow old.
const crewLifetime = 5 * 24 * time.Hour

// crowd returns n people, from the file or new.
func (b *bench) crowd(n int) ([]*person, error) {
	if len(b.people) >= n {
		return b.people[:n], nil
	}
	path := filepath.Join(b.work, "people.cbor")
	kept := loadCrew(path)
	if len(kept.People) < n {
		log.Printf("making %d identities", n-len(kept.People))
		if err := kept.grow(n); err != nil {
			return nil, err
		}
		encoded, err := cbor.Marshal(kept)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, encoded, 0o600); err != nil {
			return nil, err
		}
	}
	b.people = kept.People[:n]
	return b.people, parallel(b.people, func(_ int, p *person) (err error) {
		if p.device == nil {
			p.device, err = identity.ParseDeviceKey(p.Secret, time.Now())
		}
		return err
	})
}

// loadCrew returns an empty crew when there is no file of use.
func loadCrew(path string) *crew {
	kept := new(crew)
	encoded, err := os.ReadFile(path)
	if err == nil {
		err = cbor.Unmarshal(encoded, kept)
	}
	if err != nil || time.Since(kept.Made) > crewLifetime {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			log.Printf("%s is of no use: %v", path, err)
		}
		return &crew{Made: time.Now()}
	}
	return kept
}

func (c *crew) grow(n int) error {
	first := len(c.People)
	c.People = append(c.People, make([]*person, n-first)...)
	return parallel(c.People[first:], func(i int, _ *person) error {
		made, err := newPerson(memberName(first + i))
		c.People[first+i] = made
		return err
	})
}

// memberName gives names that nobody could mistake for one another: the hub refuses those.
func memberName(i int) string {
	letters := []byte("member ")
	for range 4 {
		letters = append(letters, "abdefghkps"[i%10])
		i /= 10
	}
	return string(letters)
}

func newPerson(name string) (*person, error) {
	phrase, err := identity.NewPhrase()
	if err != nil {
		return nil, err
	}
	user, err := identity.UserKeyFromPhrase(phrase, name)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	device, err := identity.NewDeviceKey(now)
	if err != nil {
		return nil, err
	}
	list := identity.DeviceList{User: user.ID(), Version: 1, Devices: []identity.Fingerprint{device.Fingerprint()}}
	signed, err := user.SignDeviceList(list, now)
	if err != nil {
		return nil, err
	}
	profile := identity.Profile{Name: name, Version: 1}
	card, err := identity.NewCard(user.Certificate(), signed, []*identity.Device{device.Device()}, profile, device)
	if err != nil {
		return nil, fmt.Errorf("card of %s: %w", name, err)
	}
	secret, err := device.MarshalBinary()
	return &person{Secret: secret, Card: card.Bytes(), User: user.ID(), device: device}, err
}

// parallelism is how many things of one kind are under way at a time.
const parallelism = 8

// parallel does something for each.
func parallel[T any](all []T, do func(i int, one T) error) error {
	var group errgroup.Group
	group.SetLimit(parallelism)
	for i, one := range all {
		group.Go(func() error { return do(i, one) })
	}
	return group.Wait()
}

// randomBytes for payloads that look like ciphertext.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails (Go 1.24)
	return b
}
