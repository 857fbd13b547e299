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

// Limits of a hub's channels. What one user may take of them, and NameBytes, are 0 where there is no limit.
type Limits struct {
	Channels        int // on the whole hub
	Statements      int // in one channel's log
	ChannelsPerUser int // that one user has made
	NameBytes       int // of a new name
	JoinsPerUser    int // of one user in one channel: joining and leaving all the time must not fill its log
}

// Channels is safe for concurrent use.
type Channels struct {
	records store.Records
	belongs membership.Belongs
	hub     id.DeviceID
	limits  Limits
	log     *slog.Logger

	// posting is held from the check of a statement to its place in the log, so that a log grows in one order; channels
	// whose ids begin alike share one. naming makes the check of a new name and its writing a unit. Lock order: naming,
	// posting, mu; mu is not held while a statement goes to the disk, since routing asks for roles all the time.
	naming  sync.Mutex
	posting [64]sync.Mutex

	mu       sync.RWMutex // guards the following
	channels map[id.ChannelID]*entry
	byUser   map[id.UserID][]id.ChannelID // where the user is a member or invited, by age of the entry
	names    map[string]id.ChannelID      // of public channels, by skeleton
	made     map[id.UserID]int            // channels that a user has made
}

// entry is one channel: its state and the statements that made it.
type entry struct {
	state      membership.State
	statements [][]byte
	joins      map[id.UserID]int // how often each user has joined
	skeleton   string            // of the name, as it stands in names
}

// New reads the channels from the records. hub is the hub's host key, which signs the channels that it makes itself.
func New(records store.Records, belongs membership.Belongs, hub id.DeviceID, limits Limits, log *slog.Logger) (*Channels, error) {
	c := &Channels{
		records: records, belongs: belongs, hub: hub, limits: limits, log: log,
		channels: map[id.ChannelID]*entry{}, byUser: map[id.UserID][]id.ChannelID{},
		names: map[string]id.ChannelID{}, made: map[id.UserID]int{},
	}
	stored, err := records.List(kindLog, "")
	if err != nil {
		return nil, fmt.Errorf("read the channels: %w", err)
	}
	for _, record := range stored { // in the order of their keys, so a log's statements come in order
		err := c.restore(record)
		if errors.Is(err, ErrOtherHub) {
			return nil, err
		}
		if err != nil {
			return nil, fmt.Errorf("channel record %.30s is damaged; restore the hub's data from a backup: %w", record.Key, err)
		}
	}
	return c, nil
}

// ErrOtherHub: the channels on the records are those of a hub with another key.
var ErrOtherHub = errors.New("the channels in hub.db were made with another hub.key: put that key back into the data folder, or start with an empty one")

// restore applies a stored statement. Its author was checked when it was taken and may have lost the device since.
func (c *Channels) restore(record store.Record) error {
	text, _, _ := strings.Cut(record.Key, "/")
	var channel id.ChannelID
	if err := channel.UnmarshalText([]byte(text)); err != nil {
		return err
	}
	e := c.channels[channel]
	if e == nil {
		e = newEntry()
		c.channels[channel] = e
	}
	if key(channel, e.state.Length) != record.Key {
		return fmt.Errorf("statement %d is missing", e.state.Length)
	}
	if parsed, err := membership.Parse(record.Value); err == nil && parsed.User == id.NoUser && parsed.Device != c.hub {
		return ErrOtherHub
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
	defer c.lock(channel, statement)()
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
	return newEntry()
}

func newEntry() *entry { return &entry{joins: map[id.UserID]int{}} }

// lock keeps others from the channel's log, and from the names when the statement gives one, and returns what ends that.
func (c *Channels) lock(channel id.ChannelID, statement *membership.Statement) (unlock func()) {
	log := &c.posting[int(channel[0])%len(c.posting)]
	if !namesIt(statement) {
		log.Lock()
		return log.Unlock
	}
	c.naming.Lock()
	log.Lock()
	return func() {
		log.Unlock()
		c.naming.Unlock()
	}
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

// track keeps the indexes in step with a statement that has been applied.
func (c *Channels) track(channel id.ChannelID, e *entry, statement *membership.Statement) {
	switch statement.Action {
	case membership.Create:
		if statement.User != id.NoUser {
			c.made[statement.User]++
		}
		c.rename(channel, e)
	case membership.Rename:
		c.rename(channel, e)
	case membership.Join:
		e.joins[statement.User]++
	}
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

// rename keeps names in step with a name that a channel was given.
func (c *Channels) rename(channel id.ChannelID, e *entry) {
	if !e.state.Public {
		return
	}
	delete(c.names, e.skeleton)
	e.skeleton = id.Skeleton(e.state.Name)
	c.names[e.skeleton] = channel
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
