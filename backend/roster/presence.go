package roster

import (
	"cmp"
	"slices"

	"gossip/common/id"
	"gossip/common/wire"
)

// Sentences about trust, for people.
const (
	trustVerified = "Verified: you have compared safety numbers."
	trustPinned   = "End-to-end encrypted. Compare safety numbers to be sure who this is."
	trustSelf     = "This is you."
)

// See takes a presence packet in: who came or went, whose card is newer than the one here. It returns whose state is
// another now.
func (r *Roster) See(hub id.HubID, entries []wire.PresenceEntry) (changed []id.UserID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range entries {
		at := place{hub, e.User}
		if r.places[at] == nil {
			continue // a stranger: looked up when they are needed, and seen then
		}
		if r.online[at] != e.Online {
			changed = append(changed, e.User)
		}
		r.setOnline(at, e.Online)
		if e.Card != [32]byte{} && r.places[at].Offered != e.Card {
			r.stale[at] = true
		}
	}
	return changed
}

// SeeOnline notes that exactly these of the users asked for are online.
func (r *Roster) SeeOnline(hub id.HubID, asked, online []id.UserID) (changed []id.UserID) {
	entries := make([]wire.PresenceEntry, 0, len(asked))
	for _, user := range asked {
		entries = append(entries, wire.PresenceEntry{User: user, Online: slices.Contains(online, user)})
	}
	return r.See(hub, entries)
}

func (r *Roster) setOnline(at place, online bool) {
	if online {
		r.online[at] = true
	} else {
		delete(r.online, at)
	}
}

// Disconnected forgets who is online on the hub.
func (r *Roster) Disconnected(hub id.HubID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for at := range r.online {
		if at.hub == hub {
			delete(r.online, at)
		}
	}
}

// Person describes the user as known on the hub.
func (r *Roster) Person(hub id.HubID, user id.UserID) Person {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.person(place{hub, user})
}

func (r *Roster) person(at place) Person {
	p := Person{
		User: at.user.String(), Online: r.online[at], Mine: at.user == r.self, Trust: trustPinned, Fingerprint: FingerprintText(at.user),
	}
	if at.hub != id.NoHub {
		p.Hub = at.hub.String()
	}
	p.Name = r.name(at)
	if k := r.people[at.user]; k != nil {
		p.Verified, p.Blocked = k.row.Verified, k.row.Blocked
	}
	switch {
	case p.Mine:
		p.Trust = trustSelf
	case p.Verified:
		p.Trust = trustVerified
	}
	p.Warning = r.warning(at)
	if p.Warning != "" {
		p.Trust = p.Warning
	}
	return p
}

// Warning says why nothing may be sent to the user now, and what to do; "" when nothing stands against it.
func (r *Roster) Warning(hub id.HubID, user id.UserID) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.warning(place{hub, user})
}

func (r *Roster) warning(at place) string {
	if k := r.people[at.user]; k != nil && k.row.Trouble != "" {
		return k.row.Trouble
	}
	if a := r.places[at]; a != nil && a.Instead != id.NoUser {
		return "Somebody else had the name " + a.Name + " here before. Ask them by another way whether this is them, compare the safety number, and accept the change before you write."
	}
	return ""
}

// Name is what the user is called on the hub.
func (r *Roster) Name(hub id.HubID, user id.UserID) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.name(place{hub, user})
}

// name is what a user is called: on that hub, by their card, or by the beginning of their id. The caller holds mu.
func (r *Roster) name(at place) string {
	if a := r.places[at]; a != nil && a.Name != "" {
		return a.Name
	}
	if k := r.people[at.user]; k != nil && k.parsed.Profile.Name != "" {
		return k.parsed.Profile.Name
	}
	return at.user.String()[:10]
}

// People lists who is known on the hub, by name.
func (r *Roster) People(hub id.HubID) []Person {
	r.mu.Lock()
	defer r.mu.Unlock()
	people := []Person{}
	for at := range r.places {
		if at.hub == hub {
			people = append(people, r.person(at))
		}
	}
	sortPeople(people)
	return people
}

func sortPeople(people []Person) {
	slices.SortFunc(people, func(a, b Person) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.User, b.User)) })
}

// Count is how many people are known on the hub.
func (r *Roster) Count(hub id.HubID) (count int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for at := range r.places {
		if at.hub == hub {
			count++
		}
	}
	return count
}

// Users lists who is known on the hub, in no order.
func (r *Roster) Users(hub id.HubID) (users []id.UserID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for at := range r.places {
		if at.hub == hub {
			users = append(users, at.user)
		}
	}
	return users
}
