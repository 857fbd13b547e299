// Package vault unlocks and locks a profile and holds its secret keys.
//
// A profile is a folder. Its store (package store) is sealed under a random store key, and how that key is kept is the
// person's choice:
//
//   - In the operating system's keyring (the default where there is one): who is logged in as this person can open the
//     profile; a stolen disk or a copied folder stays closed.
//   - Under a passphrase (Argon2id): also another program of the same user, or who sits down at the unlocked computer,
//     needs the passphrase. Nobody can recover a forgotten one.
//   - In a key file beside the store, for profiles without a person at hand (bots, tests): this protects NOTHING from
//     who can read the folder, its backups included. It only keeps store.db unreadable where that file alone gets away.
//     The file must be readable by its owner only.
//
// The secret keys themselves (device key, user key, recovery phrase) are rows of the sealed store.
//
// Files of the folder: store.db, vault.json (which way the key is kept), store.key (only the third way), profile.lock.
package vault

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"gossip/backend/store"
)

// The files of a profile's folder that this package makes.
const (
	storeFile  = "store.db"
	methodFile = "vault.json"
	keyFile    = "store.key"
	lockFile   = "profile.lock"
)

// Vault is an unlocked profile. Its methods may be called by several goroutines.
type Vault struct {
	dir   string
	store *store.Store
	lock  *os.File

	mu       sync.Mutex // guards the following
	key      store.Key
	identity Identity
	known    bool // identity is set
	unsaved  bool // the device key's subkeys changed and no commit has kept them yet
	locked   bool
}

// Open takes the profile in dir for this process alone, finds its store key the way unlock says, and opens its store.
// It makes whatever is not there yet. Its errors are sentences for a person; in none of the cases is anything
// overwritten.
func Open(dir string, unlock Unlock) (*Vault, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the profile's folder can't be made; choose another one: %w", err)
	}
	lock, err := lockProfile(filepath.Join(dir, lockFile))
	if errors.Is(err, store.ErrInUse) {
		return nil, err
	}
	if err != nil {
		return nil, unwritable(err)
	}
	v := &Vault{dir: dir, lock: lock}
	if err := v.unlock(unlock); err != nil {
		return nil, errors.Join(err, v.Lock())
	}
	return v, nil
}

func (v *Vault) unlock(unlock Unlock) error {
	key, err := findKey(v.dir, unlock)
	if err != nil {
		return err
	}
	v.key = key
	if v.store, err = store.Open(filepath.Join(v.dir, storeFile), key); err != nil {
		return err
	}
	return v.load(time.Now())
}

// Store is the profile's store; it is closed by Lock.
func (v *Vault) Store() *store.Store { return v.store }

// Protect changes how the store key is kept from now on, for example to a passphrase or to another one. The way used
// until now keeps working until the new one is safely in place.
func (v *Vault) Protect(unlock Unlock) error {
	v.mu.Lock()
	key, locked := v.key, v.locked
	v.mu.Unlock()
	if locked {
		return store.ErrClosed
	}
	defer key.Wipe()
	before, err := readMethod(v.dir)
	if err != nil {
		return err
	}
	after, err := keepKey(v.dir, key, unlock)
	if err != nil {
		return err
	}
	return before.forget(v.dir, after)
}

// Lock closes the store, wipes the store key, forgets the secret keys and lets other processes have the profile. It is
// idempotent. Who still holds a key that the vault gave out keeps it alive.
func (v *Vault) Lock() error {
	if !v.wipe() {
		return nil
	}
	var err error
	if v.store != nil {
		err = v.store.Close() // not under mu: a commit's last step may want it
	}
	return errors.Join(err, v.lock.Close())
}

// wipe is false when the vault was locked before.
func (v *Vault) wipe() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.locked {
		return false
	}
	v.locked, v.known = true, false
	v.key.Wipe()
	v.identity = Identity{}
	return true
}
