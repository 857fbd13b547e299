package backendtest

import (
	"time"

	"gossip/backend"
	"gossip/common/id"
)

// standing is whether a person is in a channel, as far as the model knows.
type standing int

const (
	out standing = iota
	in
	unsure // a command failed half way
)

// room is a conversation of the model.
type room struct {
	name     string
	conv     backend.Conversation // of a channel
	pair     []*person            // of a direct one
	creator  *person              // of a channel that people made
	private  bool
	standing map[*person]standing  // of a channel
	entered  map[*person]time.Time // who came in during the history, and when
}

func (s *simulation) addRoom(name string, conv backend.Conversation, pair []*person) *room {
	r := &room{name: name, conv: conv, pair: pair, standing: map[*person]standing{}, entered: map[*person]time.Time{}}
	s.rooms = append(s.rooms, r)
	return r
}

func (r *room) direct() bool { return r.pair != nil }

// other is whom p talks to in a direct conversation; nil when p is not in it.
func (r *room) other(p *person) *person {
	switch p {
	case r.pair[0]:
		return r.pair[1]
	case r.pair[1]:
		return r.pair[0]
	}
	return nil
}

// of is the conversation as one person's devices name it.
func (r *room) of(p *person) (conv backend.Conversation) {
	if !r.direct() {
		return r.conv
	}
	return backend.Conversation{Hub: p.devices[0].world.hubID, User: r.other(p).devices[0].user}
}

// has reports whether the person surely is in.
func (r *room) has(p *person) bool {
	if r.direct() {
		return r.other(p) != nil
	}
	return r.standing[p] == in
}

// utterance is a message that a person's device has taken for sending.
type utterance struct {
	room      *room
	id        id.MessageID
	by        *device
	author    *person
	text      string // after the edits
	at        time.Time
	deleted   bool
	expires   time.Duration
	reactions map[reactionKey]bool // true: it stays
	must, may map[*person]bool     // who has to see it in the end, who is allowed to
	sent      bool                 // the hub has it, as its author has seen
	stray     bool                 // somebody got it who was not in when it was sent
	lost      bool                 // its author has left before it was sent: it may never be
	vague     bool                 // who has changed it has left: its changes may not have come
}

type reactionKey struct {
	by    *person
	emoji string
}

// isSent asks the author's device.
func (s *simulation) isSent(u *utterance) bool {
	if !u.sent && u.by.on() {
		m, err := u.by.client.Message(u.room.of(u.author), u.id)
		u.sent = err == nil && (m.State == backend.Sent || m.State == backend.Delivered || m.State == backend.Read)
	}
	return u.sent
}

// view is who is in the room as the device knows it at this moment; false for those of whom it may only know that they
// were in earlier.
func (s *simulation) view(d *device, r *room) map[*person]bool {
	view := map[*person]bool{}
	members, err := d.client.Members(r.of(s.ownerOf(d)))
	if err != nil {
		return view
	}
	for _, m := range members {
		for _, p := range s.people {
			if m.User == p.devices[0].user.String() {
				view[p] = r.entered[p].IsZero() || s.ownerOf(d) == p || s.hasHeard(d, r, p)
			}
		}
	}
	return view
}

// hasHeard reports whether the device knows that the person came in the last time: it may still know of an earlier one.
func (s *simulation) hasHeard(d *device, r *room, p *person) bool {
	for _, m := range d.history(r.conv) {
		if m.Notice == nil || m.Notice.Kind != "joined" || m.From != p.devices[0].user.String() {
			continue
		}
		at, err := time.Parse(time.RFC3339, m.SentAt)
		if err == nil && !at.Before(r.entered[p].Truncate(time.Millisecond)) {
			return true
		}
	}
	return false
}

// uttered notes a message that was taken for sending.
func (s *simulation) uttered(d *device, r *room, m id.MessageID, text string, view map[*person]bool) *utterance {
	u := &utterance{room: r, id: m, by: d, author: s.ownerOf(d), text: text, at: time.Now(), reactions: map[reactionKey]bool{}, must: map[*person]bool{}, may: map[*person]bool{}}
	for _, p := range s.people {
		if r.has(p) && (r.direct() || view[p]) {
			u.must[p] = true
		}
		if r.has(p) || !r.direct() && r.standing[p] == unsure {
			u.may[p] = true
		}
		if _, believed := view[p]; believed && !r.has(p) {
			u.may[p], u.stray = true, true
		}
	}
	if shown, err := d.client.Message(r.of(u.author), m); err == nil {
		u.expires = time.Duration(shown.ExpiresIn) * time.Second
	}
	s.said = append(s.said, u)
	return u
}

// grace is how long after a message was sent a newcomer may still be given it, who was in for the hub by then.
const grace = 10 * time.Second

// joining tells the model that a person is about to enter: what is not sent yet may reach them.
func (s *simulation) joining(p *person, r *room) {
	for _, u := range s.said {
		switch {
		case u.room != r:
		case !s.isSent(u):
			u.may[p] = true
		case !u.may[p] && time.Since(u.at) < grace:
			u.may[p], u.stray = true, true
		}
	}
	r.standing[p], r.entered[p] = unsure, time.Now()
}

// leaving tells the model that a person is about to leave: what did not reach them need not, and what they wrote may
// never be sent.
func (s *simulation) leaving(p *person, r *room) {
	for _, u := range s.said {
		if u.room != r {
			continue
		}
		delete(u.must, p)
		if u.author == p && !s.isSent(u) {
			u.lost = true
		}
		if u.author == p || u.touchedBy(p) {
			u.vague = true
		}
	}
	r.standing[p] = unsure
}

func (u *utterance) touchedBy(p *person) bool {
	for key := range u.reactions {
		if key.by == p {
			return true
		}
	}
	return false
}
