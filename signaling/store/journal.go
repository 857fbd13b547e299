package store

import (
	"fmt"
	"log/slog"

	"gossip/common/id"
)

// Journal names one numbered journal: the inbox of a device or the log of a channel. It is comparable; the zero value names none.
type Journal struct {
	kind byte
	id   [32]byte
}

// The kinds of journal, as they stand before the identifier in Key.
const (
	inboxKind   = 'i'
	channelKind = 'c'
)

// Inbox returns the journal of what waits for one device.
func Inbox(d id.DeviceID) Journal { return Journal{kind: inboxKind, id: d} }

// Channel returns the journal of what was said in a channel.
func Channel(c id.ChannelID) Journal {
	j := Journal{kind: channelKind}
	copy(j.id[:], c[:])
	return j
}

// Device returns the device whose inbox this is; false when it is no inbox.
func (j Journal) Device() (id.DeviceID, bool) {
	if j.kind != inboxKind {
		return id.NoDevice, false
	}
	return j.id, true
}

// Channel returns the channel whose journal this is; false when it is an inbox.
func (j Journal) Channel() (id.ChannelID, bool) {
	if j.kind != channelKind {
		return id.NoChannel, false
	}
	return id.ChannelID(j.id[:len(id.ChannelID{})]), true
}

// IsInbox tells whether the journal belongs to one device, so that the size limit of Sweep applies to it.
func (j Journal) IsInbox() bool { return j.kind == inboxKind }

// String returns the kind and the whole identifier.
func (j Journal) String() string {
	if d, ok := j.Device(); ok {
		return "inbox " + d.String()
	}
	if c, ok := j.Channel(); ok {
		return "channel " + c.String()
	}
	return "no journal"
}

// LogValue shortens the identifier, as every log line must.
func (j Journal) LogValue() slog.Value {
	if d, ok := j.Device(); ok {
		return slog.StringValue("inbox " + d.LogValue().String())
	}
	if c, ok := j.Channel(); ok {
		return slog.StringValue("channel " + c.LogValue().String())
	}
	return slog.StringValue(j.String())
}

// Key returns the form that a store keeps: one byte of kind, then the 32 bytes of a device or the 16 of a channel.
// It is empty for the zero Journal.
func (j Journal) Key() []byte {
	if c, ok := j.Channel(); ok {
		return append([]byte{channelKind}, c[:]...)
	}
	if d, ok := j.Device(); ok {
		return append([]byte{inboxKind}, d[:]...)
	}
	return nil
}

// ParseJournal reads what Key made.
func ParseJournal(key []byte) (Journal, error) {
	switch {
	case len(key) == 1+len(id.DeviceID{}) && key[0] == inboxKind:
		return Inbox(id.DeviceID(key[1:])), nil
	case len(key) == 1+len(id.ChannelID{}) && key[0] == channelKind:
		return Channel(id.ChannelID(key[1:])), nil
	}
	return Journal{}, fmt.Errorf("%d bytes are not the key of a journal", len(key))
}
