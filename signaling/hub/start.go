package hub

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"gossip/common/id"
	"gossip/signaling/store"
)

// Where a member's devices start in a channel's journal is a record, since cursors reach the disk lazily: a crash must
// not make a device start later than it did, nor let packets be trimmed that it has not had. Kind "start", key
// <channel>/<user>, value the device and the sequence (8 bytes, big-endian) of each device, one after the other.
const kindStart = "start"

const startSize = len(id.DeviceID{}) + 8

// maxAttempts bounds the retries of a compare-and-set that others keep winning.
const maxAttempts = 8

func startKey(channel id.ChannelID, user id.UserID) string {
	return channel.String() + "/" + user.String()
}

// begin gives devices of a member a cursor at the present end of a channel's journal, unless they have had one since
// the user joined.
func (h *Hub) begin(channel id.ChannelID, user id.UserID, devices ...id.DeviceID) error {
	for range maxAttempts {
		record, err := h.store.Get(kindStart, startKey(channel, user))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("read where a member starts: %w", err)
		}
		starts, j := parseStarts(record.Value), store.Channel(channel)
		value, last := record.Value, h.lastOf(j)
		for _, device := range devices {
			if _, has := starts[device]; !has {
				value = binary.BigEndian.AppendUint64(append(value, device[:]...), last)
				h.store.Ack(j, device, last)
			}
		}
		if len(value) == len(record.Value) {
			return nil
		}
		_, err = h.store.Set(kindStart, startKey(channel, user), record.Version, value)
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return errors.New("where a member starts keeps changing")
}

// beginDevice gives a device that has logged in a cursor in each of its user's channels where it has none: from now on it misses
// nothing, however long it takes to learn which channels these are.
func (h *Hub) beginDevice(user id.UserID, device id.DeviceID) error {
	for _, channel := range h.channels.Of(user) {
		if _, known := h.store.Cursor(store.Channel(channel), device); known {
			continue
		}
		if err := h.beginMember(channel, user, device); err != nil {
			return err
		}
	}
	return nil
}

// beginMember is begin for a device of a user who may be leaving at this moment.
func (h *Hub) beginMember(channel id.ChannelID, user id.UserID, device id.DeviceID) error {
	order := h.orderOf(channel)
	order.Lock()
	defer order.Unlock()
	if h.channels.Role(channel, user) == 0 {
		return nil
	}
	return h.begin(channel, user, device)
}

// endMember forgets where the devices of a former member stand.
func (h *Hub) endMember(channel id.ChannelID, user id.UserID) error {
	j := store.Channel(channel)
	for _, device := range h.accounts.Devices(user) {
		h.store.Forget(j, device)
	}
	h.dirty.add(j)
	for range maxAttempts {
		record, err := h.store.Get(kindStart, startKey(channel, user))
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read where a member starts: %w", err)
		}
		if err := h.store.Delete(kindStart, record.Key, record.Version); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return errors.New("where a member starts keeps changing")
}

// parseStarts reads a record's value; what is cut short is left out, and only makes a device start anew.
func parseStarts(value []byte) map[id.DeviceID]uint64 {
	starts := make(map[id.DeviceID]uint64, len(value)/startSize)
	for ; len(value) >= startSize; value = value[startSize:] {
		starts[id.DeviceID(value[:len(id.DeviceID{})])] = binary.BigEndian.Uint64(value[len(id.DeviceID{}):startSize])
	}
	return starts
}

// restoreStarts makes the cursors right that a crash may have left behind: one for each device of each member, those too whose
// joining was the last that the hub wrote, and none for others.
func (h *Hub) restoreStarts() error {
	records, err := h.store.List(kindStart, "")
	if err != nil {
		return fmt.Errorf("read where members start: %w", err)
	}
	started := make(map[string]bool, len(records))
	for _, record := range records {
		if err := h.restoreStart(record); err != nil {
			return fmt.Errorf("start record %.30s: %w", record.Key, err)
		}
		started[record.Key] = true
	}
	for _, channel := range h.channels.All() {
		h.forgetStrangers(channel)
		if err := h.beginOthers(channel, started); err != nil {
			return err
		}
	}
	return nil
}

// beginOthers has the members of a channel begin at its end who have no record of where they started.
func (h *Hub) beginOthers(channel id.ChannelID, started map[string]bool) error {
	for _, user := range h.channels.Members(channel) {
		if started[startKey(channel, user)] {
			continue
		}
		if err := h.begin(channel, user, h.accounts.Devices(user)...); err != nil {
			return err
		}
	}
	return nil
}

func (h *Hub) restoreStart(record store.Record) error {
	var channel id.ChannelID
	var user id.UserID
	first, second, _ := strings.Cut(record.Key, "/")
	if err := errors.Join(channel.UnmarshalText([]byte(first)), user.UnmarshalText([]byte(second))); err != nil {
		return err
	}
	if h.channels.Role(channel, user) == 0 {
		return h.endMember(channel, user)
	}
	for device, seq := range parseStarts(record.Value) {
		if h.accounts.Belongs(user, device) == nil {
			h.store.Ack(store.Channel(channel), device, seq) // never moves one back
		}
	}
	return nil
}

func (h *Hub) forgetStrangers(channel id.ChannelID) {
	j := store.Channel(channel)
	for device := range h.store.Cursors(j) {
		if user, known := h.accounts.ByDevice(device); !known || h.channels.Role(channel, user) == 0 {
			h.store.Forget(j, device)
			h.dirty.add(j)
		}
	}
}
