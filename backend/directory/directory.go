// Package directory keeps the channels of one hub: what the hub says of each, and what the log of its members proves. It fetches
// nothing and tells nobody.
package directory

import (
	"encoding/binary"
	"errors"
	"iter"
	"maps"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
)

// Buckets of channels.
const (
	logBucket     = "log"     // scope hub, channel: index -> statement as its author signed it
	channelBucket = "channel" // scope hub: channel -> wire.ChannelSummary as the hub gave it last
	troubleBucket = "trouble" // scope hub: channel -> why the hub's log is not believed
)

// MaxChannels is how many channels of a hub are kept.
const MaxChannels = 10_000

// maxTopic bounds the topic in a summary, in bytes, as in a statement.
const maxTopic = 512

// ErrRefused is about a word of the hub on a channel that is not taken: no log could say so, or there are too many channels.
var ErrRefused = errors.New("the hub says of a channel what can't be, or has too many channels")

// Directory is the channels of one hub. It belongs to one goroutine. After a transaction that failed, Load reads it anew.
type Directory struct {
	hub      id.HubID
	key      id.DeviceID
	channels map[id.ChannelID]*Channel
}

// New makes the directory of a hub, whose own statements are signed by a host key; Load fills it.
func New(hub id.HubID, key id.DeviceID) *Directory { return &Directory{hub: hub, key: key} }

// Load reads the channels. What is known of a channel and not stored stays.
func (d *Directory) Load(tx *store.Tx) error {
	before := d.channels
	d.channels = map[id.ChannelID]*Channel{}
	for key, value := range tx.Bucket(channelBucket, d.hub[:]).Range(nil, nil, false, 0) {
		summary, err := store.DecodeValue[wire.ChannelSummary](value)
		if err != nil {
			return err
		}
		ch := newChannel(id.ChannelID(key))
		ch.Summary = summary
		if old := before[ch.ID]; old != nil {
			ch.Trouble, ch.Syncing, ch.warned = old.Trouble, old.Syncing, old.warned
		}
		if trouble, found, err := store.GetValue[string](tx.Bucket(troubleBucket, d.hub[:]), key); err != nil {
			return err
		} else if found {
			ch.Trouble = trouble
		}
		if err := d.loadLog(tx, ch); err != nil {
			return err
		}
		d.channels[ch.ID] = ch
	}
	return nil
}

// loadLog replays a stored log. Whose devices its authors were was checked when it came.
func (d *Directory) loadLog(tx *store.Tx, ch *Channel) error {
	for _, encoded := range tx.Bucket(logBucket, d.hub[:], ch.ID[:]).Range(nil, nil, false, 0) {
		if _, _, err := ch.extend(encoded, d.key, time.Time{}, func(id.UserID, id.DeviceID) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// Channel returns a channel, nil when it is not known.
func (d *Directory) Channel(name id.ChannelID) *Channel { return d.channels[name] }

// Channels goes through all channels, in no order.
func (d *Directory) Channels() iter.Seq2[id.ChannelID, *Channel] { return maps.All(d.channels) }

// Open returns a channel, making it when it is new.
func (d *Directory) Open(tx *store.Tx, name id.ChannelID) (*Channel, error) {
	if ch := d.channels[name]; ch != nil {
		return ch, nil
	}
	if len(d.channels) >= MaxChannels {
		return nil, ErrRefused
	}
	d.channels[name] = newChannel(name)
	return d.channels[name], d.save(tx, wire.ChannelSummary{Channel: name})
}

func (d *Directory) save(tx *store.Tx, s wire.ChannelSummary) error {
	return store.PutValue(tx.Bucket(channelBucket, d.hub[:]), s.Channel[:], s)
}

// sound reports whether a summary says what a log could: a name in its normal form, a topic that is not too long. A
// name is empty where the hub only answers for its log.
func sound(s wire.ChannelSummary) bool {
	name, err := id.CheckChannelName(s.Name)
	return (s.Name == "" || err == nil && name == s.Name) && len(s.Topic) <= maxTopic && s.Channel != id.NoChannel
}

// Take takes what the hub says of a channel, in its welcome or later. It returns the channel, or nil when that was known or is
// out of date; ErrRefused for what is not taken.
func (d *Directory) Take(tx *store.Tx, s wire.ChannelSummary, welcome bool) (*Channel, error) {
	ch := d.channels[s.Channel]
	if !sound(s) || ch == nil && len(d.channels) >= MaxChannels {
		return nil, ErrRefused
	}
	if ch == nil {
		ch = newChannel(s.Channel)
		d.channels[s.Channel] = ch
	}
	if !welcome && ch.State != nil && s.Length < ch.State.Length {
		return nil, nil // was on its way when a later part of the log came
	}
	if ch.Summary == s && ch.Trouble == "" {
		return nil, nil
	}
	ch.Summary = s
	return ch, d.save(tx, s)
}

// Forget drops a channel of which no statement is here.
func (d *Directory) Forget(tx *store.Tx, ch *Channel) error {
	delete(d.channels, ch.ID)
	return tx.Bucket(channelBucket, d.hub[:]).Delete(ch.ID[:])
}

// Append adds one statement to a channel's log, or returns why it is refused. It tells whether a member came back who was in before.
func (d *Directory) Append(tx *store.Tx, ch *Channel, encoded []byte, now time.Time, belongs membership.Belongs) (s *membership.Statement, returns bool, refusal, err error) {
	s, returns, refusal = ch.extend(encoded, d.key, now, belongs)
	if refusal == nil && ch.State.Length == 1 && ch.State.ID != ch.ID {
		ch.State, refusal = nil, errors.New("the log belongs to another channel")
	}
	if refusal != nil {
		return nil, false, refusal, nil
	}
	index := binary.BigEndian.AppendUint64(nil, ch.State.Length-1)
	return s, returns, nil, tx.Bucket(logBucket, d.hub[:], ch.ID[:]).Put(index, encoded)
}

// Believe ends the distrust in a channel when the hub's log is the one that is here; true when there was some.
func (d *Directory) Believe(tx *store.Tx, ch *Channel) (ended bool, err error) {
	if ch.Trouble == "" || ch.Summary.Length != ch.State.Length || ch.Summary.Head != ch.State.Head {
		return false, nil
	}
	ch.Trouble = ""
	return true, tx.Bucket(troubleBucket, d.hub[:]).Delete(ch.ID[:])
}

// warnEvery is how often a person is warned of a channel at most: a hub may change its word all the time.
const warnEvery = 10 * time.Minute

// Distrust stops sending in a channel, and tells whether a warning is due.
func (d *Directory) Distrust(tx *store.Tx, ch *Channel, why string, now time.Time) (warn bool, err error) {
	if ch.Trouble == why {
		return false, nil
	}
	ch.Trouble = why
	if err := store.PutValue(tx.Bucket(troubleBucket, d.hub[:]), ch.ID[:], why); err != nil || now.Sub(ch.warned) < warnEvery {
		return false, err
	}
	ch.warned = now
	return true, nil
}
