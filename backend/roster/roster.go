package roster

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/identity"
)

// Buckets of the store. Names stand inside the sealed values, never in a key.
const (
	cardBucket = "card"         // user -> cardRow
	hubBucket  = "acquaintance" // scope hub: user -> acquaintance
)

// cardRow is what is known of a user whatever the hub.
type cardRow struct {
	Card     []byte `cbor:"1,keyasint"`
	Verified bool   `cbor:"2,keyasint,omitempty"`
	Trouble  string `cbor:"3,keyasint,omitempty"` // a refused card: blocks sending until the person decides
	Blocked  bool   `cbor:"4,keyasint,omitempty"`
}

// acquaintance is a user on one hub: the pin of first contact, by name.
type acquaintance struct {
	Name    string    `cbor:"1,keyasint"`
	Offered [32]byte  `cbor:"2,keyasint"`          // hash of the card that the hub gave last, taken or not
	Instead id.UserID `cbor:"3,keyasint,omitzero"` // who had this name here before: blocks sending until accepted
}

// place is a user on a hub.
type place struct {
	hub  id.HubID
	user id.UserID
}

// name is what a person is called on a hub, in the form that look-alikes share.
type name struct {
	hub      id.HubID
	skeleton string
}

// known is a user's row and, once it was needed, the parsed card.
type known struct {
	row    cardRow
	parsed *identity.Card
}

// Roster is the people of a profile. Its methods may be called from several goroutines.
type Roster struct {
	store *store.Store
	self  id.UserID
	log   *slog.Logger

	mu      sync.Mutex // guards the following; taken inside a transaction of the store, never around one
	people  map[id.UserID]*known
	devices map[id.DeviceID][]id.UserID // whose list has the device: nobody can be kept from listing another's
	places  map[place]*acquaintance
	names   map[name]id.UserID
	online  map[place]bool
	stale   map[place]bool // the hub announced a newer card than the one it gave
}

// Open reads the people from the store; those of each hub follow with AddHub. The user self is oneself.
func Open(st *store.Store, self id.UserID, log *slog.Logger) (*Roster, error) {
	r := &Roster{
		store: st, self: self, log: log, people: map[id.UserID]*known{}, devices: map[id.DeviceID][]id.UserID{},
		places: map[place]*acquaintance{}, names: map[name]id.UserID{}, online: map[place]bool{}, stale: map[place]bool{},
	}
	return r, st.View(func(tx *store.Tx) error {
		for key, value := range tx.Bucket(cardBucket).Range(nil, nil, false, 0) {
			row, err := store.DecodeValue[cardRow](value)
			if err != nil {
				return err
			}
			if err := r.load(id.UserID(key), row); err != nil {
				return err
			}
		}
		return nil
	})
}

// AddHub reads the people of a hub from the store; one that was left and is joined again still has its pins.
func (r *Roster) AddHub(hub id.HubID) error {
	return r.store.View(func(tx *store.Tx) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.loadHub(tx, hub)
	})
}

// load puts a stored user into memory.
func (r *Roster) load(user id.UserID, row cardRow) error {
	card, err := identity.ParseCard(row.Card, time.Now().Add(identity.MaxClockSkew))
	if err != nil && !errors.Is(err, identity.ErrFuture) {
		return err
	}
	r.set(user, &known{row: row, parsed: card})
	return nil
}

func (r *Roster) loadHub(tx *store.Tx, hub id.HubID) error {
	for key, value := range tx.Bucket(hubBucket, hub[:]).Range(nil, nil, false, 0) {
		row, err := store.DecodeValue[acquaintance](value)
		if err != nil {
			return err
		}
		r.setPlace(place{hub, id.UserID(key)}, row)
	}
	return nil
}

// set replaces what is known of a user; the caller holds mu or is the only one to know r.
func (r *Roster) set(user id.UserID, k *known) {
	if old := r.people[user]; old != nil {
		for _, d := range old.parsed.Devices {
			r.disown(d.ID(), user)
		}
	}
	r.people[user] = k
	for _, d := range k.parsed.Devices {
		r.devices[d.ID()] = append(r.devices[d.ID()], user)
	}
}

// disown forgets that the user lists the device; others may list it, too.
func (r *Roster) disown(device id.DeviceID, user id.UserID) {
	r.devices[device] = slices.DeleteFunc(r.devices[device], func(owner id.UserID) bool { return owner == user })
	if len(r.devices[device]) == 0 {
		delete(r.devices, device)
	}
}

func (r *Roster) setPlace(p place, a acquaintance) {
	if old := r.places[p]; old != nil && r.names[name{p.hub, id.Skeleton(old.Name)}] == p.user {
		delete(r.names, name{p.hub, id.Skeleton(old.Name)})
	}
	r.places[p] = &a
	if a.Instead == id.NoUser {
		r.names[name{p.hub, id.Skeleton(a.Name)}] = p.user
	}
}

// Self is oneself.
func (r *Roster) Self() id.UserID { return r.self }

// Card returns the newest card of the user that was accepted.
func (r *Roster) Card(user id.UserID) (*identity.Card, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.people[user]
	if k == nil {
		return nil, false
	}
	return k.parsed, true
}

// Devices returns the devices on the user's newest list; none for a stranger.
func (r *Roster) Devices(user id.UserID) []*identity.Device {
	card, ok := r.Card(user)
	if !ok {
		return nil
	}
	return slices.Clone(card.Devices)
}

// Owner returns whose device it is and its certificate, if the newest list of anybody has it. Where several users list
// it, one of them at most is right: it is the first, or the one whom prefer names; what the device says names its author.
func (r *Roster) Owner(device id.DeviceID, prefer func(user id.UserID) bool) (id.UserID, *identity.Device, bool) {
	owners := r.owners(device)
	if len(owners) == 0 {
		return id.NoUser, nil, false
	}
	owner := owners[0]
	if len(owners) > 1 && prefer != nil {
		if at := slices.IndexFunc(owners, prefer); at >= 0 {
			owner = owners[at]
		}
	}
	card, ok := r.Card(owner)
	if !ok {
		return id.NoUser, nil, false
	}
	d, ok := card.Device(device)
	return owner, d, ok
}

func (r *Roster) owners(device id.DeviceID) []id.UserID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.devices[device])
}

// Belongs is membership.Belongs: nil if the device is on the user's newest list.
func (r *Roster) Belongs(user id.UserID, device id.DeviceID) error {
	card, ok := r.Card(user)
	if !ok {
		return ErrUnknownUser
	}
	if _, ok := card.Device(device); !ok {
		return ErrNotTheirs
	}
	return nil
}

// Errors of Belongs.
var (
	// ErrUnknownUser means that the user's card is not here yet: fetch it.
	ErrUnknownUser = errors.New("the card of this person is not known yet")
	// ErrNotTheirs means that the device is not on the user's newest list.
	ErrNotTheirs = errors.New("this device is not on the list that its user signed")
)

// Hash returns the hash of the card that the hub gave last, zero for none: for wire.WantedCard.
func (r *Roster) Hash(hub id.HubID, user id.UserID) (hash [32]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.places[place{hub, user}]; a != nil && r.people[user] != nil {
		return a.Offered
	}
	return hash
}

// Wanted returns those of the users whose card is not known or, by what the hub announced, not the newest.
func (r *Roster) Wanted(hub id.HubID, users []id.UserID) []id.UserID {
	r.mu.Lock()
	defer r.mu.Unlock()
	var wanted []id.UserID
	for _, user := range users {
		if r.people[user] == nil || r.stale[place{hub, user}] {
			wanted = append(wanted, user)
		}
	}
	return wanted
}

// Stale reports whether the hub announced a newer card of who lists the device.
func (r *Roster) Stale(hub id.HubID, device id.DeviceID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.devices[device], func(user id.UserID) bool { return r.stale[place{hub, user}] })
}

// Asked forgets that newer cards of these users were announced: the hub was asked and has given what it has.
func (r *Roster) Asked(hub id.HubID, users []id.UserID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, user := range users {
		delete(r.stale, place{hub, user})
	}
}

// Find returns who is called so on the hub: the exact name, in any case.
func (r *Roster) Find(hub id.HubID, called string) (id.UserID, bool) {
	called, err := id.CheckName(strings.TrimPrefix(called, "@"))
	if err != nil {
		return id.NoUser, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	user, ok := r.names[name{hub, id.Skeleton(called)}]
	if ok && strings.EqualFold(r.places[place{hub, user}].Name, called) {
		return user, true
	}
	return id.NoUser, false
}
