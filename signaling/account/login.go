package account

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"

	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
	"gossip/signaling/store"
)

// Login registers the owner of a verified card, or takes over what the card has newer. Refusals are *wire.Error:
// CodeNameTaken, CodeStaleList (Detail is the newest card that the hub has), CodeCard, CodeBanned.
func (a *Accounts) Login(card *identity.Card, now time.Time) (Account, error) {
	defer a.lock(card.User)()
	old, version, err := a.account(card.User)
	switch {
	case errors.Is(err, store.ErrNotFound):
		old.Created = milliseconds(now)
	case err != nil:
		return Account{}, fmt.Errorf("read account: %w", err)
	case old.Banned:
		return Account{}, refuse(wire.CodeBanned, "This account is banned from the hub. Ask its operator.")
	case bytes.Equal(old.Card, card.Bytes()):
		account, _ := a.ByUser(card.User)
		return account, nil
	default:
		if card, err = newer(card, old.Card, now); err != nil {
			return Account{}, err
		}
	}
	value := accountRecord{Card: card.Bytes(), Name: card.Profile.Name, Created: old.Created}
	claimed, err := a.claim(card)
	if err == nil {
		err = a.set(kindAccount, card.User.String(), version, value)
	}
	if err != nil {
		return Account{}, errors.Join(err, a.giveBack(claimed))
	}
	account, gone := a.index(card, old)
	return account, a.release(account, old, gone)
}

// newer checks that the card may take the place of the one that is stored, and returns it with what that one has newer of the
// user's other devices: a device knows the others' certificates as they were when it was here last.
func newer(card *identity.Card, stored []byte, now time.Time) (*identity.Card, error) {
	old, err := identity.ParseCard(stored, now)
	if err != nil {
		return nil, fmt.Errorf("parse the stored card: %w", err)
	}
	switch err := card.Supersedes(old); {
	case errors.Is(err, identity.ErrListWentBack), errors.Is(err, identity.ErrListForked), errors.Is(err, identity.ErrProfileWentBack):
		return nil, &wire.Error{
			Code: wire.CodeStaleList, Detail: stored,
			Sentence: "The hub knows newer devices or a newer profile of this user. Take them up and sign a list that adds this device.",
		}
	case err != nil:
		return nil, refuse(wire.CodeCard, "The hub has a newer card of this user: "+err.Error()+".")
	}
	return card.Freshened(old)
}

// claim is a record that a login has made: the login that is refused after it gives it back.
type claim struct{ kind, key string }

// claim takes the name and the devices of a card for its user, or refuses. It returns what nobody had before.
func (a *Accounts) claim(card *identity.Card) (claimed []claim, err error) {
	fresh, err := a.claimName(card)
	if fresh {
		claimed = append(claimed, claim{kindName, id.Skeleton(card.Profile.Name)})
	}
	for _, device := range card.Devices {
		if err != nil {
			return claimed, err
		}
		fresh, err = a.claimDevice(card.User, device)
		if fresh {
			claimed = append(claimed, claim{kindDevice, device.ID().String()})
		}
	}
	return claimed, err
}

// giveBack frees what a login that failed has claimed, or else cards that are refused would keep names from others.
func (a *Accounts) giveBack(claimed []claim) error {
	for _, c := range claimed {
		if err := a.remove(c.kind, c.key); err != nil {
			return err
		}
	}
	return nil
}

// claimName reports whether the name was free; that it is the user's already is no error either.
func (a *Accounts) claimName(card *identity.Card) (fresh bool, err error) {
	key := id.Skeleton(card.Profile.Name)
	record, err := a.records.Get(kindName, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		_, err = a.records.Set(kindName, key, 0, card.User[:])
		if errors.Is(err, store.ErrConflict) {
			return false, nameTaken(card.Profile.Name)
		}
		return err == nil, err
	case err != nil:
		return false, fmt.Errorf("read name: %w", err)
	case !bytes.Equal(record.Value, card.User[:]):
		return false, nameTaken(card.Profile.Name)
	}
	return false, nil
}

func nameTaken(name string) error {
	return refuse(wire.CodeNameTaken, fmt.Sprintf("The name %q, or one that looks like it, is taken on this hub. Choose another.", name))
}

// claimDevice reports whether the device was nobody's, and keeps its newest certificate.
func (a *Accounts) claimDevice(user id.UserID, device *identity.Device) (fresh bool, err error) {
	value := deviceRecord{User: user, Certificate: device.Certificate()}
	old, version, err := a.device(device.ID())
	switch {
	case errors.Is(err, store.ErrNotFound):
		fresh = true
	case err != nil:
		return false, fmt.Errorf("read device: %w", err)
	case old.User != user:
		return false, refuse(wire.CodeCard, "This device belongs to another user. Make a new profile.")
	case bytes.Equal(old.Certificate, value.Certificate):
		return false, nil
	}
	err = a.set(kindDevice, device.ID().String(), version, value)
	return fresh && err == nil, err
}

// lock keeps others from changing the user's account and returns what ends that.
func (a *Accounts) lock(user id.UserID) (unlock func()) {
	mu := &a.changing[user[0]]
	mu.Lock()
	return mu.Unlock
}

// index puts the written account into the index and returns the devices that it had and no longer has.
func (a *Accounts) index(card *identity.Card, old accountRecord) (account Account, gone []id.DeviceID) {
	account = Account{User: card.User, Name: card.Profile.Name, CardHash: card.Hash()}
	for _, device := range card.Devices {
		account.Devices = append(account.Devices, device.ID())
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, device := range a.users[card.User].Devices {
		if !slices.Contains(account.Devices, device) {
			gone = append(gone, device)
			delete(a.devices, device)
		}
	}
	a.users[card.User] = account
	delete(a.names, id.Skeleton(old.Name))
	a.names[id.Skeleton(account.Name)] = card.User
	for _, device := range account.Devices {
		a.devices[device] = card.User
	}
	return account, gone
}

// release frees the name and the devices that the account has no longer. The account is written already: an error
// here leaves a claim that nobody else can take, and the login is tried again.
func (a *Accounts) release(account Account, old accountRecord, gone []id.DeviceID) error {
	if skeleton := id.Skeleton(old.Name); old.Name != "" && skeleton != id.Skeleton(account.Name) {
		if err := a.remove(kindName, skeleton); err != nil {
			return err
		}
	}
	for _, device := range gone {
		if err := a.remove(kindDevice, device.String()); err != nil {
			return err
		}
	}
	return nil
}

// SetBanned bans a user or lifts the ban. Sessions that are open are the caller's to cut.
func (a *Accounts) SetBanned(user id.UserID, banned bool) error {
	defer a.lock(user)()
	value, version, err := a.account(user)
	if err != nil {
		return fmt.Errorf("no such account: %w", err)
	}
	value.Banned = banned
	if err := a.set(kindAccount, user.String(), version, value); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	account := a.users[user]
	account.Banned = banned
	account.Devices = slices.Clip(account.Devices)
	a.users[user] = account
	return nil
}

func (a *Accounts) set(kind, key string, version uint64, value any) error {
	encoded, err := cbor.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s: %w", kind, err)
	}
	if _, err := a.records.Set(kind, key, version, encoded); err != nil {
		return fmt.Errorf("write %s: %w", kind, err)
	}
	return nil
}

func (a *Accounts) remove(kind, key string) error {
	for range maxAttempts {
		record, err := a.records.Get(kind, key)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", kind, err)
		}
		if err := a.records.Delete(kind, key, record.Version); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("%s keeps changing", kind)
}
