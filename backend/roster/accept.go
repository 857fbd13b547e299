package roster

import (
	"errors"
	"fmt"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/identity"
)

// Accept takes the cards that the hub gave: each verifies from its own signatures, and replaces what was known only as
// identity.Card.Supersedes allows. It returns whose card, name or trust is another now. A card that is refused
// leaves a warning on its user; one that does not verify is skipped and logged.
func (r *Roster) Accept(hub id.HubID, cards [][]byte, now time.Time) (changed []id.UserID, err error) {
	parsed := make([]*identity.Card, 0, len(cards))
	for _, raw := range cards {
		card, err := identity.ParseCard(raw, now)
		if err != nil {
			r.log.Warn("the hub gave a card that does not verify", "hub", hub, "cause", err)
			continue
		}
		parsed = append(parsed, card)
	}
	if len(parsed) == 0 {
		return nil, nil
	}
	err = r.store.Update(func(tx *store.Tx) error {
		for _, card := range parsed {
			if err := r.accept(tx, hub, card, &changed); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, r.reload(hub, parsed))
	}
	return changed, nil
}

// reload reads what is stored of these users again: what was not committed does not count.
func (r *Roster) reload(hub id.HubID, cards []*identity.Card) error {
	return r.store.View(func(tx *store.Tx) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, card := range cards {
			r.forget(place{hub, card.User})
			row, found, err := store.GetValue[cardRow](tx.Bucket(cardBucket), card.User[:])
			if err == nil && found {
				err = r.load(card.User, row)
			}
			if err != nil {
				return err
			}
		}
		return r.loadHub(tx, hub)
	})
}

// forget drops a user from memory; the caller holds mu.
func (r *Roster) forget(at place) {
	if k := r.people[at.user]; k != nil {
		for _, d := range k.parsed.Devices {
			r.disown(d.ID(), at.user)
		}
		delete(r.people, at.user)
	}
	if a := r.places[at]; a != nil {
		if called := (name{at.hub, id.Skeleton(a.Name)}); r.names[called] == at.user {
			delete(r.names, called)
		}
		delete(r.places, at)
	}
}

// accept judges one card and stores the outcome; memory follows at once, since nobody else writes these rows.
func (r *Roster) accept(tx *store.Tx, hub id.HubID, card *identity.Card, changed *[]id.UserID) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := place{hub, card.User}
	delete(r.stale, at)
	before := r.people[card.User]
	next, judged := judge(before, card)
	if before == nil || next.row.Trouble != before.row.Trouble || next.parsed.Hash() != before.parsed.Hash() {
		*changed = append(*changed, card.User)
		if err := store.PutValue(tx.Bucket(cardBucket), card.User[:], next.row); err != nil {
			return err
		}
		r.set(card.User, next)
	}
	if judged != nil {
		r.log.Warn("a card was refused", "user", card.User, "cause", judged)
	}
	return r.meet(tx, at, card, judged, changed)
}

// judge returns what is known of the user after the card came.
func judge(before *known, card *identity.Card) (*known, error) {
	if before == nil {
		return &known{row: cardRow{Card: card.Bytes()}, parsed: card}, nil
	}
	next := *before
	if err := card.Supersedes(before.parsed); err != nil {
		if !errors.Is(err, identity.ErrProfileWentBack) {
			next.row.Trouble = err.Error()
		}
		return &next, err
	}
	fresh, err := card.Freshened(before.parsed)
	if err != nil {
		return &next, err
	}
	next.parsed, next.row.Card = fresh, fresh.Bytes()
	return &next, nil
}

// meet keeps the pin of the name: the first to bear a name here stays its bearer until the person decides otherwise.
func (r *Roster) meet(tx *store.Tx, at place, card *identity.Card, judged error, changed *[]id.UserID) error {
	old := r.places[at]
	next := acquaintance{Name: card.Profile.Name, Offered: card.Hash()}
	if judged != nil && old != nil {
		next.Name, next.Instead = old.Name, old.Instead
	}
	if holder, taken := r.names[name{at.hub, id.Skeleton(next.Name)}]; taken && holder != at.user {
		next.Instead = holder
	}
	if old != nil && *old == next {
		return nil
	}
	if err := store.PutValue(tx.Bucket(hubBucket, at.hub[:]), at.user[:], next); err != nil {
		return err
	}
	if old == nil || old.Name != next.Name || old.Instead != next.Instead {
		*changed = append(*changed, at.user)
	}
	r.setPlace(at, next)
	return nil
}

// AcceptKeyChange is the person's decision to go on with this user: the name's pin moves here, a refused card's warning
// goes. What was verified before has to be verified again.
func (r *Roster) AcceptKeyChange(user id.UserID) error {
	return r.store.Update(func(tx *store.Tx) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		k := r.people[user]
		if k == nil {
			return ErrUnknownUser
		}
		next := *k
		next.row.Trouble, next.row.Verified = "", false
		if err := r.keep(tx, user, &next); err != nil {
			return err
		}
		for at, a := range r.places {
			if at.user == user && a.Instead != id.NoUser {
				moved := *a
				moved.Instead = id.NoUser
				if err := store.PutValue(tx.Bucket(hubBucket, at.hub[:]), user[:], moved); err != nil {
					return err
				}
				tx.OnCommit(func() {
					r.mu.Lock()
					defer r.mu.Unlock()
					r.setPlace(at, moved)
				})
			}
		}
		return nil
	})
}

// SetVerified notes whether the person has compared the user's safety number.
func (r *Roster) SetVerified(user id.UserID, verified bool) error {
	return r.decide(user, func(row *cardRow) { row.Verified = verified })
}

// Block notes whether the person wants to see nothing more of a user.
func (r *Roster) Block(user id.UserID, blocked bool) error {
	if user == r.self {
		return errors.New("this is you; you can only block others")
	}
	return r.decide(user, func(row *cardRow) { row.Blocked = blocked })
}

// decide stores what the person has decided about a user.
func (r *Roster) decide(user id.UserID, change func(row *cardRow)) error {
	return r.store.Update(func(tx *store.Tx) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		k := r.people[user]
		if k == nil {
			return fmt.Errorf("%w; write to them first", ErrUnknownUser)
		}
		next := *k
		change(&next.row)
		return r.keep(tx, user, &next)
	})
}

// Blocked reports whether the person wants to see nothing of a user.
func (r *Roster) Blocked(user id.UserID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.people[user]
	return k != nil && k.row.Blocked
}

// BlockedPeople lists whom the person has blocked, by name.
func (r *Roster) BlockedPeople() []Person {
	r.mu.Lock()
	defer r.mu.Unlock()
	people := []Person{}
	for user, k := range r.people {
		if k.row.Blocked {
			people = append(people, r.person(place{id.NoHub, user}))
		}
	}
	sortPeople(people)
	return people
}

// keep stores what the person has decided about a user; it is shown once it is durable. The caller holds mu.
func (r *Roster) keep(tx *store.Tx, user id.UserID, next *known) error {
	tx.OnCommit(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.people[user] = next
	})
	return store.PutValue(tx.Bucket(cardBucket), user[:], next.row)
}
