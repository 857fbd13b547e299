package hub

import (
	"fmt"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
	"gossip/signaling/store"
)

// summaryBytes is about how much one channel's summary takes on the wire, without its name and topic.
const summaryBytes = 120

// summariesBytes is how many bytes of summaries go into one packet.
const summariesBytes = 128 << 10

// open returns what a session that has entered is told first, or why it is not let in after all.
func (l *login) open(s *session) ([]byte, *wire.Error) {
	if refusal := l.hub.stillAllowed(s); refusal != nil {
		return nil, refusal
	}
	if err := l.hub.beginDevice(s.user, s.device); err != nil {
		return nil, s.refusalOf("begin in the channels of a device", err)
	}
	welcome, err := l.makeWelcome(s.user, time.Now())
	if err != nil {
		return nil, s.refusalOf("welcome a device", err)
	}
	return welcome, nil
}

// makeWelcome returns ig, and cup packets for the channels that do not fit into it.
func (l *login) makeWelcome(user id.UserID, now time.Time) ([]byte, error) {
	account, _ := l.hub.accounts.ByUser(user)
	parts := splitSummaries(l.hub.summaries(user))
	limits := l.hub.limits
	encoded, err := wire.Marshal(&wire.Welcome{
		User: user, Name: account.Name, Now: uint64(now.UnixMilli()), Channels: parts[0], Session: l.conn.Session(),
		ICEServers: l.hub.iceServers(user, now),
		Limits: wire.HubLimits{
			PacketsPerSecond: uint(limits.PacketsPerSecond), PacketBurst: uint(limits.PacketBurst), RetentionSeconds: uint(limits.Retention / time.Second),
		},
	})
	if err != nil {
		return nil, err
	}
	sealed, err := l.hub.key.Seal(encoded, l.device, now)
	if err != nil {
		return nil, err
	}
	welcome, err := wire.AppendFrame(nil, &wire.SignalPacket{Kind: wire.KindWelcome, Payload: sealed})
	if err != nil {
		return nil, fmt.Errorf("encode welcome: %w", err)
	}
	for _, part := range parts[1:] {
		welcome = append(welcome, signal(wire.KindChannelUpdate, id.NoMessage, &wire.ChannelUpdate{Summaries: part})...)
	}
	return welcome, nil
}

// summaries lists the channels that a user may know of; of the user's own, also where their journals end.
func (h *Hub) summaries(user id.UserID) []wire.ChannelSummary {
	all := h.channels.Summaries(user)
	for i := range all {
		if all[i].Member {
			all[i].Last = h.lastOf(store.Channel(all[i].Channel))
		}
	}
	return all
}

// summary is one of summaries.
func (h *Hub) summary(channel id.ChannelID, user id.UserID) (wire.ChannelSummary, bool) {
	summary, visible := h.channels.Summary(channel, user)
	if visible && summary.Member {
		summary.Last = h.lastOf(store.Channel(channel))
	}
	return summary, visible
}

// lastOf is the last sequence of a journal; 0 when the store can't tell.
func (h *Hub) lastOf(j store.Journal) uint64 {
	_, last, _, err := h.store.Bounds(j)
	if err != nil {
		h.log.Error("read the end of a journal", "journal", j, "err", err)
	}
	return last
}

// splitSummaries cuts a list into parts that fit into packets; there is always a first one.
func splitSummaries(all []wire.ChannelSummary) [][]wire.ChannelSummary {
	var parts [][]wire.ChannelSummary
	start, size := 0, 0
	for i, s := range all {
		size += summaryBytes + len(s.Name) + len(s.Topic)
		if i-start == wire.MaxSummaries || size > summariesBytes {
			parts = append(parts, all[start:i])
			start, size = i, 0
		}
	}
	return append(parts, all[start:])
}
