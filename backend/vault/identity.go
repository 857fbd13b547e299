package vault

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gossip/backend/store"
	"gossip/common/identity"
)

// Identity is the secret keys of a profile.
type Identity struct {
	User   *identity.UserKey   // nil where another device keeps it
	Device *identity.DeviceKey // never nil
	Phrase identity.Phrase     // the zero Phrase where this device does not keep it
}

const bucket = "vault"

var (
	userRow   = []byte("user")
	deviceRow = []byte("device")
	phraseRow = []byte("phrase")
)

// ErrNoIdentity says that the profile has no identity yet.
var ErrNoIdentity = errors.New("this profile has no identity yet; choose a name first, or take yours back with its recovery phrase")

// Identity returns the profile's keys; false while it has none, or is locked.
func (v *Vault) Identity() (Identity, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.identity, v.known
}

// Keep stores the profile's keys in tx and holds them once that is committed. It refuses to replace another device's
// key.
func (v *Vault) Keep(tx *store.Tx, keys Identity) error {
	old, known := v.Identity()
	if known && old.Device.ID() != keys.Device.ID() {
		return errors.New("this profile already has an identity; use another profile folder for a second one")
	}
	if err := put(tx, keys); err != nil {
		return err
	}
	tx.OnCommit(func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		if !v.locked {
			v.identity, v.known, v.unsaved = keys, true, false
		}
	})
	return nil
}

func put(tx *store.Tx, keys Identity) error {
	b := tx.Bucket(bucket)
	if err := putSecret(b, deviceRow, keys.Device); err != nil {
		return err
	}
	if keys.User == nil {
		if err := b.Delete(userRow); err != nil {
			return err
		}
	} else if err := putSecret(b, userRow, keys.User); err != nil {
		return err
	}
	words := keys.Phrase.Words()
	if len(words) == 0 {
		return b.Delete(phraseRow)
	}
	return b.Put(phraseRow, []byte(strings.Join(words, " ")))
}

func putSecret(b *store.Bucket, row []byte, key interface{ MarshalBinary() ([]byte, error) }) error {
	secret, err := key.MarshalBinary()
	if err != nil {
		return err
	}
	defer clear(secret)
	return b.Put(row, secret)
}

// RotateSubkeys gives the device a new encryption subkey when it is time and forgets those that are over, and stores
// what changed in tx. changed means that the card has to be published again. Call it at start and once a day.
// ErrNoIdentity without an identity.
func (v *Vault) RotateSubkeys(tx *store.Tx, now time.Time) (changed bool, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.known {
		return false, ErrNoIdentity
	}
	changed, err = v.identity.Device.RotateSubkeys(now)
	if err != nil {
		return false, err
	}
	// The key changes in memory before the commit: when that fails, the next call must store it nevertheless.
	v.unsaved = v.unsaved || changed
	if !v.unsaved {
		return false, nil
	}
	if err := putSecret(tx.Bucket(bucket), deviceRow, v.identity.Device); err != nil {
		return false, err
	}
	tx.OnCommit(func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.unsaved = false
	})
	return true, nil
}

func (v *Vault) load(now time.Time) error {
	return v.store.View(func(tx *store.Tx) error {
		keys, found, err := read(tx.Bucket(bucket), now)
		if err != nil {
			return fmt.Errorf("%w (the secret keys: %w)", store.ErrDamaged, err)
		}
		v.identity, v.known = keys, found
		return nil
	})
}

func read(b *store.Bucket, now time.Time) (keys Identity, found bool, err error) {
	device, err := b.Get(deviceRow)
	if err != nil || device == nil {
		return keys, false, err
	}
	defer clear(device)
	if keys.Device, err = identity.ParseDeviceKey(device, now); err != nil {
		return keys, false, err
	}
	user, err := b.Get(userRow)
	if err != nil {
		return keys, false, err
	}
	defer clear(user)
	if user != nil {
		if keys.User, err = identity.ParseUserKey(user); err != nil {
			return keys, false, err
		}
	}
	phrase, err := b.Get(phraseRow)
	if err != nil {
		return keys, false, err
	}
	defer clear(phrase)
	if phrase != nil {
		keys.Phrase, err = identity.ParsePhrase(string(phrase))
	}
	return keys, err == nil, err
}
