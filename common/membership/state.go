package membership

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"gossip/common/id"
)

// Errors of Apply. ErrConflict means that the log has gone on since the author signed: fetch and sign again.
var (
	ErrConflict  = errors.New("the channel has changed meanwhile")
	ErrForbidden = errors.New("not allowed")
)

// rule says what one action needs.
type rule struct {
	least   Role // the least role of the author; 0: a rule of its own in allowed
	subject bool // whether Subject is set
	text    int  // limit of Text in bytes
	latest  bool // whether the author must have seen the whole log: two changes of power can't cross
}

var rules = map[Action]rule{
	Create:   {text: maxName},
	Invite:   {least: Moderator, subject: true},
	Join:     {},
	Leave:    {least: Member},
	Remove:   {least: Moderator, subject: true, latest: true},
	SetRole:  {least: Owner, subject: true, latest: true},
	Rename:   {least: Moderator, text: maxName, latest: true},
	SetTopic: {least: Moderator, text: maxTopic, latest: true},
}

// State is a channel as its log makes it. The zero value is a channel without a log.
type State struct {
	ID      id.ChannelID
	Name    string
	Topic   string
	Public  bool
	Hub     id.DeviceID // host key of the hub that made the channel; empty when a person did
	Members map[id.UserID]Role
	Invited map[id.UserID]bool
	Length  uint64   // statements applied
	Head    [32]byte // the log's hash
	heads   map[[32]byte]bool
	seen    map[[16]byte]bool
}

// Belongs reports whether the device is, or at the time was, the user's: the caller has the cards.
type Belongs func(user id.UserID, device id.DeviceID) error

// Apply checks one encoded statement against the log so far and appends it. On an error the state is unchanged.
// hub is the host key of the hub at hand: only it may act without a user.
func (s *State) Apply(encoded []byte, hub id.DeviceID, belongs Belongs) (*Statement, error) {
	statement, err := s.Check(encoded, hub, belongs)
	if err != nil {
		return nil, err
	}
	s.Append(statement, encoded)
	return statement, nil
}

// Check is Apply without the change, for a hub that has to write the statement down first.
func (s *State) Check(encoded []byte, hub id.DeviceID, belongs Belongs) (*Statement, error) {
	statement, err := Parse(encoded)
	if err != nil {
		return nil, err
	}
	if err := s.checkAuthor(statement, hub, belongs); err != nil {
		return nil, err
	}
	if err := s.checkPlace(statement); err != nil {
		return nil, err
	}
	return statement, s.allowed(statement)
}

// Replay makes the state of a whole log, in order.
func Replay(log [][]byte, hub id.DeviceID, belongs Belongs) (*State, error) {
	var s State
	for i, encoded := range log {
		if _, err := s.Apply(encoded, hub, belongs); err != nil {
			return nil, fmt.Errorf("statement %d: %w", i, err)
		}
	}
	return &s, nil
}

// Role of the user, 0 for who is not in.
func (s *State) Role(user id.UserID) Role { return s.Members[user] }

// Has reports whether the user is a member.
func (s *State) Has(user id.UserID) bool { return s.Members[user] != 0 }

// Users lists the members in the order of their ids.
func (s *State) Users() []id.UserID {
	return slices.SortedFunc(maps.Keys(s.Members), func(a, b id.UserID) int { return slices.Compare(a[:], b[:]) })
}

func (s *State) checkAuthor(t *Statement, hub id.DeviceID, belongs Belongs) error {
	if t.User != id.NoUser {
		return belongs(t.User, t.Device)
	}
	if t.Device != hub || t.Action == Join || t.Action == Leave {
		return fmt.Errorf("%w: a statement without an author that is not the hub's", ErrForbidden)
	}
	if t.Action != Create && s.Hub != hub {
		return fmt.Errorf("%w: the hub may only change channels that it made", ErrForbidden)
	}
	return nil
}

func (s *State) checkPlace(t *Statement) error {
	if t.Action == Create {
		if s.Length != 0 {
			return fmt.Errorf("%w: a channel is created once", ErrForbidden)
		}
		return nil
	}
	switch {
	case s.Length == 0 || t.Channel != s.ID:
		return fmt.Errorf("%w: the statement is of another channel", ErrForbidden)
	case s.seen[t.Nonce]:
		return fmt.Errorf("%w: the statement stands in the log already", ErrForbidden)
	case rules[t.Action].latest && t.Previous != s.Head, !s.heads[t.Previous]:
		return ErrConflict
	}
	return nil
}

func (s *State) allowed(t *Statement) error {
	mine := s.Role(t.User)
	if t.User == id.NoUser {
		mine = Owner // the hub, in a channel that it made
	}
	if need := rules[t.Action].least; mine < need {
		return fmt.Errorf("%w: that takes the role %s", ErrForbidden, need)
	}
	switch t.Action {
	case Join:
		return s.mayJoin(t.User)
	case Invite:
		if s.Has(t.Subject) {
			return fmt.Errorf("%w: already a member", ErrForbidden)
		}
	case Remove:
		if !s.Has(t.Subject) && !s.Invited[t.Subject] {
			return fmt.Errorf("%w: not a member", ErrForbidden)
		}
		if s.Role(t.Subject) >= mine {
			return fmt.Errorf("%w: only a higher role can remove a member", ErrForbidden)
		}
	case SetRole:
		if !s.Has(t.Subject) {
			return fmt.Errorf("%w: not a member", ErrForbidden)
		}
		if t.Role < Owner {
			return s.keepsAnOwner(t.Subject)
		}
	case Leave:
		return s.keepsAnOwner(t.User)
	}
	return nil
}

// keepsAnOwner refuses that the only owner goes while others stay: nobody could give out roles any more.
func (s *State) keepsAnOwner(without id.UserID) error {
	if s.Hub != id.NoDevice || s.Role(without) != Owner || len(s.Members) == 1 {
		return nil
	}
	for user, role := range s.Members {
		if role == Owner && user != without {
			return nil
		}
	}
	return fmt.Errorf("%w: make somebody else an owner first", ErrForbidden)
}

func (s *State) mayJoin(user id.UserID) error {
	switch {
	case s.Has(user):
		return fmt.Errorf("%w: already a member", ErrForbidden)
	case !s.Public && !s.Invited[user]:
		return fmt.Errorf("%w: this channel is private; ask a moderator for an invitation", ErrForbidden)
	}
	return nil
}

// Append takes up a statement that Check has passed, with nothing applied in between.
func (s *State) Append(t *Statement, encoded []byte) {
	switch t.Action {
	case Create:
		s.create(t, encoded)
	case Invite:
		s.Invited[t.Subject] = true
	case Join:
		s.Members[t.User] = Member
		delete(s.Invited, t.User)
	case Leave:
		delete(s.Members, t.User)
	case Remove:
		delete(s.Members, t.Subject)
		delete(s.Invited, t.Subject)
	case SetRole:
		s.Members[t.Subject] = t.Role
	case Rename:
		s.Name = t.Text
	case SetTopic:
		s.Topic = t.Text
	}
	s.Length++
	s.Head = next(s.Head, encoded)
	s.heads[s.Head] = true
	s.seen[t.Nonce] = true
}

func (s *State) create(t *Statement, encoded []byte) {
	*s = State{
		ID: id.ChannelOf(encoded), Name: t.Text, Public: t.Public, Members: map[id.UserID]Role{}, Invited: map[id.UserID]bool{},
		heads: map[[32]byte]bool{}, seen: map[[16]byte]bool{},
	}
	if t.User == id.NoUser {
		s.Hub = t.Device
		return
	}
	s.Members[t.User] = Owner
}
