package backend

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"gossip/backend/roster"
	"gossip/backend/store"
	"gossip/backend/vault"
	"gossip/common/id"
	"gossip/common/identity"
)

const selfBucket = "self"

var selfKey = []byte("identity")

// selfRow is the public part of one's identity: what a card is made of, but for this device's own certificate.
type selfRow struct {
	Name    string   `cbor:"1,keyasint"`
	Version uint64   `cbor:"2,keyasint"` // of the profile
	List    []byte   `cbor:"3,keyasint"` // signed device list
	Others  [][]byte `cbor:"4,keyasint,omitempty"`
}

// self is one's own identity. Rows change, the struct does not: a new one takes its place.
type self struct {
	keys   vault.Identity
	user   *identity.UserKey
	row    selfRow
	others []*identity.Device
}

func loadSelf(st *store.Store, v *vault.Vault) (*self, error) {
	keys, known := v.Identity()
	if !known {
		return nil, nil
	}
	var row selfRow
	var found bool
	err := st.View(func(tx *store.Tx) (err error) {
		row, found, err = store.GetValue[selfRow](tx.Bucket(selfBucket), selfKey)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !found || keys.User == nil {
		return nil, fmt.Errorf("%w (the identity is not whole)", store.ErrDamaged)
	}
	return newSelf(keys, row)
}

func newSelf(keys vault.Identity, row selfRow) (*self, error) {
	me := &self{keys: keys, user: keys.User, row: row}
	for _, certificate := range row.Others {
		device, err := identity.ParseDevice(certificate, time.Now())
		if err != nil && !errors.Is(err, identity.ErrFuture) {
			return nil, err
		}
		me.others = append(me.others, device)
	}
	return me, nil
}

// card makes one's own card as it is now.
func (me *self) card() (*identity.Card, error) {
	devices := append([]*identity.Device{me.keys.Device.Device()}, me.others...)
	profile := identity.Profile{Name: me.row.Name, Version: me.row.Version}
	return identity.NewCard(me.user.Certificate(), me.row.List, devices, profile, me.keys.Device)
}

// says reports whether a card of one's own is what card would make now, its signatures aside.
func (me *self) says(card *identity.Card) bool {
	devices := append([]*identity.Device{me.keys.Device.Device()}, me.others...)
	if len(card.Devices) != len(devices) || card.Profile.Name != me.row.Name || card.Profile.Version != me.row.Version {
		return false
	}
	for _, device := range devices {
		listed, ok := card.Device(device.ID())
		if !ok || !bytes.Equal(listed.Certificate(), device.Certificate()) {
			return false
		}
	}
	return bytes.Contains(card.Bytes(), me.row.List)
}

// HasIdentity reports whether the profile has an identity.
func (c *Client) HasIdentity() bool { return c.self() != nil }

func (c *Client) self() *self {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.me
}

// CreateIdentity makes a new identity with a new recovery phrase, which is kept sealed in the profile.
func (c *Client) CreateIdentity(name string) error {
	phrase, err := identity.NewPhrase()
	if err != nil {
		return err
	}
	return c.adoptPhrase(phrase, name)
}

// RestoreIdentity takes an identity back with its 24 words: the fingerprint is the same, the device a new one.
func (c *Client) RestoreIdentity(words, name string) error {
	phrase, err := identity.ParsePhrase(words)
	if err != nil {
		return err
	}
	return c.adoptPhrase(phrase, name)
}

func (c *Client) adoptPhrase(phrase identity.Phrase, name string) error {
	name, err := id.CheckName(name)
	if err != nil {
		return err
	}
	user, err := identity.UserKeyFromPhrase(phrase, name)
	if err != nil {
		return err
	}
	now := time.Now()
	device, err := identity.NewDeviceKey(now)
	if err != nil {
		return err
	}
	list, err := user.SignDeviceList(identity.DeviceList{
		User: user.ID(), Version: 1, Devices: []identity.Fingerprint{device.Fingerprint()},
	}, now)
	if err != nil {
		return err
	}
	keys := vault.Identity{User: user, Device: device, Phrase: phrase}
	me, err := newSelf(keys, selfRow{Name: name, Version: 1, List: list})
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.me != nil {
		return errors.New("this profile already has an identity; use another profile folder for a second one")
	}
	err = c.store.Update(func(tx *store.Tx) error {
		return errors.Join(c.vault.Keep(tx, keys), store.PutValue(tx.Bucket(selfBucket), selfKey, me.row))
	})
	if err != nil {
		return err
	}
	return c.enter(me)
}

// change stores another public part of the identity.
func (c *Client) change(row selfRow) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	me, err := newSelf(c.me.keys, row)
	if err != nil {
		return err
	}
	err = c.store.Update(func(tx *store.Tx) error { return store.PutValue(tx.Bucket(selfBucket), selfKey, row) })
	if err == nil {
		c.me = me
	}
	return err
}

// joinList puts this device on the newest device list, which a hub has shown, or takes that list over when the device is
// on it already.
func (c *Client) joinList(newest []byte) error {
	me, now := c.self(), time.Now()
	card, err := identity.ParseCard(newest, now)
	if err != nil {
		return err
	}
	if card.User != me.user.ID() {
		return identity.ErrOtherUser
	}
	mine, err := me.card()
	if err != nil {
		return err
	}
	if card.List.Version < mine.List.Version {
		return errors.New("the hub shows an older list of your devices than this one has; ask its operator whether it was restored from a copy")
	}
	list, row := card.List, me.row
	own := me.keys.Device.Fingerprint()
	switch {
	case list.Contains(own):
		if card.Profile.Version >= row.Version {
			row.Name, row.Version = card.Profile.Name, card.Profile.Version
		}
	default:
		list.Version++
		list.IssuedAt = time.Time{}
		list.Devices = append(list.Devices[:len(list.Devices):len(list.Devices)], own)
		row.Version = max(row.Version, card.Profile.Version) + 1
	}
	if row.List, err = me.user.SignDeviceList(list, now); err != nil {
		return err
	}
	row.Others = nil
	for _, device := range card.Devices {
		if device.Fingerprint() != own {
			row.Others = append(row.Others, device.Certificate())
		}
	}
	return c.change(row)
}

// Phrase returns the 24 words of the recovery phrase.
func (c *Client) Phrase() ([]string, error) {
	me := c.self()
	if me == nil {
		return nil, ErrNoIdentity
	}
	words := me.keys.Phrase.Words()
	if len(words) == 0 {
		return nil, errors.New("the recovery phrase is not kept on this device; it is on the one where you made your identity")
	}
	return words, nil
}

// Me is one's own identity; the zero Me without one.
func (c *Client) Me() Me {
	me := c.self()
	if me == nil {
		return Me{}
	}
	user := me.user.ID()
	return Me{User: user, Device: me.keys.Device.ID(), Name: me.row.Name, Fingerprint: roster.FingerprintText(user)}
}

// Card returns one's own user certificate as ASCII armour, for other OpenPGP programs.
func (c *Client) Card() (armored string, err error) {
	me := c.self()
	if me == nil {
		return "", ErrNoIdentity
	}
	card, err := me.card()
	if err != nil {
		return "", err
	}
	return card.Armored()
}

// SafetyNumber returns the 60 digits that one compares with the user to know that nobody stands between.
func (c *Client) SafetyNumber(user id.UserID) (string, error) {
	me := c.self()
	if me == nil {
		return "", ErrNoIdentity
	}
	if _, known := c.roster.Card(user); !known {
		return "", errors.New("this person is not known here yet; look them up by name first")
	}
	return identity.SafetyNumber(me.user.ID(), "", user, ""), nil
}
