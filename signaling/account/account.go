// Package account keeps who may use the hub: each account is one OpenPGP user, with a name that nobody
// else has or could be taken for, the newest card that the user's own devices have shown, and its bans.
//
// Every write is one compare-and-set of one record. Three kinds hold an account: "name" (skeleton of a
// name -> user), "device" (device -> user and certificate) and "account" (user -> card). A name and the
// devices are claimed before the account is written, so a crash between two writes leaves at most a claim
// that the same user takes up again.
package account

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/fxamacker/cbor/v2"

	"gossip/common/id"
	"gossip/common/wire"
	"gossip/signaling/store"
)

// Kinds of records.
const (
	kindAccount = "account"
	kindName    = "name"
	kindDevice  = "device"
)

// maxAttempts bounds the retries of a compare-and-set that others keep winning.
const maxAttempts = 8

// Account is one user of the hub.
type Account struct {
	User     id.UserID
	Name     string
	Devices  []id.DeviceID // shared with the index: not to be changed
	CardHash [32]byte
	Banned   bool
}

// Accounts is safe for concurrent use.
type Accounts struct {
	records store.Records
	log     *slog.Logger

	mu      sync.RWMutex // guards the following
	users   map[id.UserID]Account
	names   map[string]id.UserID // by skeleton
	devices map[id.DeviceID]id.UserID

	// changing makes the check of a user's old card and the write of the new one a unit; one lock for the users
	// whose id begins alike, so that first logins of different people share the store's commits.
	// Never held together with mu taken first.
	changing [256]sync.Mutex
}

// accountRecord is the value of a record of kind "account".
type accountRecord struct {
	Card    []byte `cbor:"1,keyasint"`
	Name    string `cbor:"2,keyasint"`
	Created uint64 `cbor:"3,keyasint"` // Unix milliseconds
	Banned  bool   `cbor:"4,keyasint,omitempty"`
}

// deviceRecord is the value of a record of kind "device".
type deviceRecord struct {
	User        id.UserID `cbor:"1,keyasint"`
	Certificate []byte    `cbor:"2,keyasint"`
}

// New reads the accounts into the index.
func New(records store.Records, log *slog.Logger) (*Accounts, error) {
	a := &Accounts{
		records: records, log: log,
		users: map[id.UserID]Account{}, names: map[string]id.UserID{}, devices: map[id.DeviceID]id.UserID{},
	}
	if err := a.loadNames(); err != nil {
		return nil, err
	}
	if err := a.loadDevices(); err != nil {
		return nil, err
	}
	return a, nil
}

// loadNames indexes the accounts and their names. The cards were verified before they were stored.
func (a *Accounts) loadNames() error {
	records, err := a.records.List(kindAccount, "")
	if err != nil {
		return fmt.Errorf("read the accounts: %w", err)
	}
	for _, record := range records {
		var user id.UserID
		var value accountRecord
		if err := errors.Join(user.UnmarshalText([]byte(record.Key)), cbor.Unmarshal(record.Value, &value)); err != nil {
			return fmt.Errorf("account record %.10s is damaged; restore the hub's data from a backup: %w", record.Key, err)
		}
		a.users[user] = Account{User: user, Name: value.Name, CardHash: sha256.Sum256(value.Card), Banned: value.Banned}
		a.names[id.Skeleton(value.Name)] = user
	}
	return nil
}

func (a *Accounts) loadDevices() error {
	records, err := a.records.List(kindDevice, "")
	if err != nil {
		return fmt.Errorf("read the devices: %w", err)
	}
	for _, record := range records {
		var device id.DeviceID
		var value deviceRecord
		if err := errors.Join(device.UnmarshalText([]byte(record.Key)), cbor.Unmarshal(record.Value, &value)); err != nil {
			return fmt.Errorf("device record %.10s is damaged; restore the hub's data from a backup: %w", record.Key, err)
		}
		account, known := a.users[value.User]
		if !known {
			continue // claimed by a login that a crash cut short
		}
		account.Devices = append(account.Devices, device)
		a.users[value.User] = account
		a.devices[device] = value.User
	}
	return nil
}

// Known reports whether exactly this card, by its hash, is the newest of an account that the device belongs to,
// and gives the device's certificate: such a login needs no verification again.
func (a *Accounts) Known(hash [32]byte, device id.DeviceID) (Account, []byte, bool) {
	a.mu.RLock()
	account, known := a.users[a.devices[device]]
	a.mu.RUnlock()
	if !known || account.CardHash != hash {
		return Account{}, nil, false
	}
	value, _, err := a.device(device)
	if err != nil || value.User != account.User {
		return Account{}, nil, false
	}
	return account, value.Certificate, true
}

// ByUser returns an account.
func (a *Accounts) ByUser(user id.UserID) (Account, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	account, known := a.users[user]
	return account, known
}

// ByName returns the account whose name is this one, or could be mistaken for it.
func (a *Accounts) ByName(name string) (Account, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	account, known := a.users[a.names[id.Skeleton(name)]]
	return account, known
}

// ByDevice returns whose device it is.
func (a *Accounts) ByDevice(device id.DeviceID) (id.UserID, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	user, known := a.devices[device]
	return user, known
}

// Devices lists the devices of a user.
func (a *Accounts) Devices(user id.UserID) []id.DeviceID {
	account, _ := a.ByUser(user)
	return account.Devices
}

// Belongs is nil when the device is on the user's newest list.
func (a *Accounts) Belongs(user id.UserID, device id.DeviceID) error {
	if owner, known := a.ByDevice(device); !known || owner != user {
		return errors.New("the device does not belong to the user")
	}
	return nil
}

// Card returns a user's newest card and its hash.
func (a *Accounts) Card(user id.UserID) (card []byte, hash [32]byte, ok bool) {
	value, _, err := a.account(user)
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			a.log.Error("read card", "user", user, "err", err)
		}
		return nil, hash, false
	}
	return value.Card, sha256.Sum256(value.Card), true
}

// Count is how many accounts there are.
func (a *Accounts) Count() int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return len(a.users)
}

// All lists the accounts, in no order.
func (a *Accounts) All() []Account {
	a.mu.RLock()
	defer a.mu.RUnlock()
	all := make([]Account, 0, len(a.users))
	for _, account := range a.users {
		all = append(all, account)
	}
	return all
}

func (a *Accounts) account(user id.UserID) (value accountRecord, version uint64, err error) {
	record, err := a.records.Get(kindAccount, user.String())
	if err != nil {
		return value, 0, err
	}
	return value, record.Version, cbor.Unmarshal(record.Value, &value)
}

func (a *Accounts) device(device id.DeviceID) (value deviceRecord, version uint64, err error) {
	record, err := a.records.Get(kindDevice, device.String())
	if err != nil {
		return value, 0, err
	}
	return value, record.Version, cbor.Unmarshal(record.Value, &value)
}

func refuse(code wire.ErrorCode, sentence string) error {
	return &wire.Error{Code: code, Sentence: sentence}
}

// milliseconds since the Unix epoch.
func milliseconds(t time.Time) uint64 { return uint64(t.UnixMilli()) }
