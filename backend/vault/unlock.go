package vault

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/zalando/go-keyring"

	"gossip/backend/store"
)

// Unlock says how the store key may be found, and for a new profile how it is to be kept: in the key file if KeyFile is
// set, else in the keyring unless NoKeyring is set or there is none, else under a passphrase.
type Unlock struct {
	// Passphrase asks the person for the passphrase; fresh means to choose a new one (ask twice). The bytes are wiped
	// after use. nil: there is nobody to ask.
	Passphrase func(fresh bool) ([]byte, error)
	NoKeyring  bool
	KeyFile    bool
}

// What a person may have to act on.
var (
	ErrWrongPassphrase = errors.New("the passphrase is wrong; type it again (check Caps Lock and the keyboard's language)")
	ErrNoKey           = errors.New("the key of this profile is gone, so its messages can't be opened; put back a copy of the whole profile folder, or move it away and start afresh with your recovery phrase")
	ErrDamaged         = errors.New("the profile's file vault.json is damaged and was left as it is; put back a copy of it")
	ErrCantKeep        = errors.New("there is no keyring on this computer to keep the profile's key in; choose a passphrase, or a key file for a profile without a person")
	ErrNobodyToAsk     = errors.New("this profile is under a passphrase; open it where one can be typed")
)

// keyringService is what the profile's keys are filed under in the system's keyring.
const keyringService = "gossip"

// The ways to keep a store key, as vault.json calls them.
const (
	inKeyring       = "keyring"
	underPassphrase = "passphrase"
	inFile          = "file"
)

// method is what vault.json says.
type method struct {
	Version int      `json:"version"` // 1
	Way     string   `json:"way"`
	Account string   `json:"account,omitempty"` // in the keyring: 16 random bytes in hex
	Sealed  *wrapped `json:"sealed,omitempty"`
}

// maxMethodFile bounds vault.json, in bytes; it has about 400.
const maxMethodFile = 16 << 10

func readMethod(dir string) (method, error) {
	text, err := os.ReadFile(filepath.Join(dir, methodFile))
	if err != nil {
		return method{}, err
	}
	return parseMethod(text)
}

// parseMethod refuses what no version of this package could have written.
func parseMethod(text []byte) (m method, err error) {
	if len(text) > maxMethodFile {
		return m, fmt.Errorf("%w (it is too large)", ErrDamaged)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return method{}, fmt.Errorf("%w (%v)", ErrDamaged, err)
	}
	if m.Version > 1 {
		return m, store.ErrNewer
	}
	if m.Way == underPassphrase {
		if m.Sealed == nil {
			return m, fmt.Errorf("%w (it holds no sealed key)", ErrDamaged)
		}
		if err := m.Sealed.check(); err != nil {
			return m, fmt.Errorf("%w (%v)", ErrDamaged, err)
		}
	}
	return m, nil
}

// findKey returns the profile's store key, a fresh one for a new profile.
func findKey(dir string, unlock Unlock) (store.Key, error) {
	m, err := readMethod(dir)
	if errors.Is(err, os.ErrNotExist) {
		return newProfile(dir, unlock)
	}
	if err != nil {
		return store.Key{}, err
	}
	switch m.Way {
	case inFile:
		return readKeyFile(dir)
	case inKeyring:
		return m.fromKeyring()
	case underPassphrase:
		return m.fromPassphrase(unlock)
	default:
		return store.Key{}, fmt.Errorf("%w (it names no known way)", ErrDamaged)
	}
}

// newProfile refuses where a store is left without its key: a new one could only shut it for ever.
func newProfile(dir string, unlock Unlock) (store.Key, error) {
	if _, err := os.Stat(filepath.Join(dir, storeFile)); err == nil {
		return store.Key{}, ErrNoKey
	}
	key := store.NewKey()
	if _, err := keepKey(dir, key, unlock); err != nil {
		return store.Key{}, err
	}
	return key, nil
}

// keepKey puts the key in place first and says in vault.json where it is only then.
func keepKey(dir string, key store.Key, unlock Unlock) (method, error) {
	m, err := place(dir, key, unlock)
	if err != nil {
		return m, err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, err
	}
	return m, writeFile(filepath.Join(dir, methodFile), append(text, '\n'))
}

func place(dir string, key store.Key, unlock Unlock) (method, error) {
	if unlock.KeyFile {
		return method{Version: 1, Way: inFile}, writeKeyFile(dir, key)
	}
	if !unlock.NoKeyring {
		var account [16]byte
		rand.Read(account[:])
		m := method{Version: 1, Way: inKeyring, Account: hex.EncodeToString(account[:])}
		if keyring.Set(keyringService, m.Account, hex.EncodeToString(key[:])) == nil {
			return m, nil
		}
	}
	if unlock.Passphrase == nil {
		return method{}, ErrCantKeep
	}
	passphrase, err := unlock.Passphrase(true)
	if err != nil {
		return method{}, err
	}
	defer clear(passphrase)
	sealed, err := wrap(key, passphrase)
	return method{Version: 1, Way: underPassphrase, Sealed: sealed}, err
}

// forget removes the key from where it was kept before.
func (m method) forget(dir string, now method) error {
	switch {
	case m.Way == inKeyring && m.Account != now.Account:
		return keyring.Delete(keyringService, m.Account)
	case m.Way == inFile && now.Way != inFile:
		return os.Remove(filepath.Join(dir, keyFile))
	}
	return nil
}

func (m method) fromKeyring() (store.Key, error) {
	text, err := keyring.Get(keyringService, m.Account)
	if errors.Is(err, keyring.ErrNotFound) {
		return store.Key{}, fmt.Errorf("%w (the computer's keyring does not hold it)", ErrNoKey)
	}
	if err != nil {
		return store.Key{}, fmt.Errorf("the computer's keyring, which holds the key of this profile, does not answer; unlock it and try again: %w", err)
	}
	return parseKey([]byte(text))
}

func (m method) fromPassphrase(unlock Unlock) (store.Key, error) {
	if unlock.Passphrase == nil {
		return store.Key{}, ErrNobodyToAsk
	}
	passphrase, err := unlock.Passphrase(false)
	if err != nil {
		return store.Key{}, err
	}
	defer clear(passphrase)
	return m.Sealed.unwrap(passphrase)
}
