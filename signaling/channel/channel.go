// Package channel keeps the hub's channels: the logs of signed statements that say who is in each, in the
// order in which the hub took them. It checks every statement by the rules of common/membership, as every
// client will, and knows no sessions.
//
// A statement is one record "log", key <channel>/<index>, written with version 0: of two that want the same
// place, exactly one gets it.
package channel

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
	"gossip/signaling/store"
)

const kindLog = "log"

// Limits of a hub's channels.
type Limits struct {
	Channels   int // on the whole hub
	Statements int // in one channel's log
}

// Channels is safe for concurrent use.
type Channels struct {
	records store.Records
	belongs membership.Belongs
	hub     id.DeviceID
	limits  Limits
	log     *slog.Logger

	// posting is held from the check of a statement to its place in the log, so that logs grow in one order. It is taken
	// before mu, which is not held while a statement goes to the disk: routing asks for roles all the time.
	posting sync.Mutex

	mu       sync.RWMutex // guards the following
	channels map[id.ChannelID]*entry
	byUser   map[id.UserID][]id.ChannelID // where the user is a member or invited, by age of the entry
}

// entry is one channel: its state and the statements that made it.
type entry struct {
	state      membership.State
	statements [][]byte
}

// New reads the channels from the records. hub is the hub's host key, which signs the channels that it makes itself.
func New(records store.Records, belongs membership.Belongs, hub id.DeviceID, limits Limits, log *slog.Logger) (*Channels, error) {
	c := &Channels{
		records: records, belongs: belongs, hub: hub, limits: limits, log: log,
		channels: map[id.ChannelID]*entry{}, byUser: map[id.UserID][]id.ChannelID{},
	}
	stored, err := records.List(kindLog, "")
	if err != nil {
		return nil, fmt.Errorf("read the channels: %w", err)
	}
	for _, record := range stored { // in the order of their keys, so a log's statements come in order
		if err := c.restore(record); err != nil {
			return nil, fmt.Errorf("channel record %.30s is damaged; restore the hub's data from a backup: %w", record.Key, err)
		}
	}
	return c, nil
}

// restore applies a stored statement. Its author was checked when it was taken and may have lost the device since.
func (c *Channels) restore(record store.Record) error {
	text, _, _ := strings.Cut(record.Key, "/")
	var channel id.ChannelID
	if err := channel.UnmarshalText([]byte(text)); err != nil {
		return err
	}
	e := c.channels[channel]
	if e == nil {
		e = &entry{}
		c.channels[channel] = e
	}
	if key(channel, e.state.Length) != record.Key {
		return fmt.Errorf("statement %d is missing", e.state.Length)
	}
	anyone := func(id.UserID, id.DeviceID) error { return nil }
	statement, err := e.state.Apply(record.Value, c.hub, anyone)
	if err != nil {
		return err
	}
	e.statements = append(e.statements, record.Value)
	c.track(channel, e, statement)
	return nil
}

// key sorts the statements of a channel in their order.
func key(channel id.ChannelID, index uint64) string { return fmt.Sprintf("%s/%016x", channel, index) }

// Post checks a statement, writes it and applies it. It returns the channel, the statement's place in the log and the
// statement. Refusals are *wire.Error: CodeMalformed, CodeConflict, CodeForbidden, CodeNotMember, CodeLimit. A statement
// that stands in the log already is answered as the first time, so that a device may send it again.
func (c *Channels) Post(encoded []byte) (id.ChannelID, uint64, *membership.Statement, error) {
	statement, err := membership.Parse(encoded)
	if err != nil {
		return id.NoChannel, 0, nil, refuse(wire.CodeMalformed, "The hub could not read a change to a channel. Update Gossip.")
	}
	channel := statement.Channel
	if statement.Action == membership.Create {
		channel = id.ChannelOf(encoded)
	}
	c.posting.Lock()
	defer c.posting.Unlock()
	e := c.entry(channel)
	if at := slices.IndexFunc(e.statements, func(s []byte) bool { return string(s) == string(encoded) }); at >= 0 {
		return channel, uint64(at), statement, nil
	}
	if err := c.check(channel, e, statement, encoded); err != nil {
		return channel, 0, statement, err
	}
	index := e.state.Length
	if _, err := c.records.Set(kindLog, key(channel, index), 0, encoded); err != nil {
		return channel, index, statement, fmt.Errorf("write channel log: %w", err)
	}
	c.append(channel, e, statement, encoded)
	return channel, index, statement, nil
}

// entry returns a channel, or an empty one that nobody knows yet. Who holds posting may read it without mu.
func (c *Channels) entry(channel id.ChannelID) *entry {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if e := c.channels[channel]; e != nil {
		return e
	}
	return &entry{}
}

// check decides whether a statement may be appended.
func (c *Channels) check(channel id.ChannelID, e *entry, statement *membership.Statement, encoded []byte) error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if len(e.statements) == 0 {
		if err := c.mayCreate(statement); err != nil {
			return err
		}
	}
	if len(e.statements) >= c.limits.Statements {
		return refuse(wire.CodeLimit, fmt.Sprintf("This channel has had %d changes, the most that this hub keeps. Make a new channel.", len(e.statements)))
	}
	if statement.Action == membership.Rename && c.nameTaken(statement.Text, channel) {
		return nameTaken(statement.Text)
	}
	if _, err := e.state.Check(encoded, c.hub, c.belongs); err != nil {
		return translate(err)
	}
	return nil
}

// append takes up a statement that is on disk.
func (c *Channels) append(channel id.ChannelID, e *entry, statement *membership.Statement, encoded []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.state.Append(statement, encoded)
	e.statements = append(e.statements, encoded)
	c.channels[channel] = e
	c.track(channel, e, statement)
}

func (c *Channels) mayCreate(statement *membership.Statement) error {
	switch {
	case statement.Action != membership.Create:
		return refuse(wire.CodeNotMember, "There is no such channel on this hub.")
	case len(c.channels) >= c.limits.Channels:
		return refuse(wire.CodeLimit, fmt.Sprintf("This hub has %d channels, the most that it allows. Ask its operator.", len(c.channels)))
	case c.nameTaken(statement.Text, id.NoChannel):
		return nameTaken(statement.Text)
	}
	return nil
}

// nameTaken reports whether another public channel has the name or one that looks like it. Private channels may share
// names: refusing one would tell that it exists.
func (c *Channels) nameTaken(name string, except id.ChannelID) bool {
	skeleton := id.Skeleton(name)
	for channel, e := range c.channels {
		if channel != except && e.state.Public && id.Skeleton(e.state.Name) == skeleton {
			return true
		}
	}
	return false
}

func nameTaken(name string) error {
	return refuse(wire.CodeNameTaken, fmt.Sprintf("There is a channel #%s already, or one whose name looks like it. Choose another name.", name))
}

// track keeps byUser in step with a statement that has been applied.
func (c *Channels) track(channel id.ChannelID, e *entry, statement *membership.Statement) {
	for _, user := range []id.UserID{statement.User, statement.Subject} {
		if user == id.NoUser {
			continue
		}
		concerned := e.state.Has(user) || e.state.Invited[user]
		at := slices.Index(c.byUser[user], channel)
		switch {
		case concerned && at < 0:
			c.byUser[user] = append(c.byUser[user], channel)
		case !concerned && at >= 0:
			c.byUser[user] = slices.Delete(c.byUser[user], at, at+1)
		}
	}
}

// translate makes a refusal of the rules into one for the device.
func translate(err error) error {
	switch {
	case errors.Is(err, membership.ErrConflict):
		return refuse(wire.CodeConflict, "The channel has changed meanwhile. Try again.")
	case errors.Is(err, membership.ErrMalformed):
		return refuse(wire.CodeMalformed, "The hub could not read a change to a channel. Update Gossip.")
	}
	return refuse(wire.CodeForbidden, "The hub refused a change to the channel: "+err.Error()+".")
}

func refuse(code wire.ErrorCode, sentence string) error {
	return &wire.Error{Code: code, Sentence: sentence}
}

// Ensure makes a public channel of the hub's own for each name that no public channel has. signer is the hub's key.
func (c *Channels) Ensure(names []string, signer membership.Signer, now time.Time) error {
	for _, name := range names {
		c.mu.RLock()
		taken := c.nameTaken(name, id.NoChannel)
		c.mu.RUnlock()
		if taken {
			continue
		}
		statement := membership.New(membership.Create, now)
		statement.Device, statement.Text, statement.Public = c.hub, name, true
		encoded, err := statement.Sign(signer)
		if err != nil {
			return fmt.Errorf("make channel #%s: %w", name, err)
		}
		if _, _, _, err := c.Post(encoded); err != nil {
			return fmt.Errorf("make channel #%s: %w", name, err)
		}
	}
	return nil
}
