package chat

import (
	"slices"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/wire"
)

// Bounds of the work on what arrives.
const (
	maxBatch  = 256 // packets in one transaction
	ackEvery  = 5 * time.Second
	ackPacket = 64 // packets after which an acknowledgement does not wait
)

// arrival is one thing that the connection brought, in order: a packet, or a change of the connection itself.
type arrival struct {
	packet wire.Packet
	change func()
}

// cursor is how far a journal has been taken in.
type cursor struct {
	seq   uint64    // stored
	acked uint64    // what the hub knows
	told  bool      // in this connection: the journal's delivery has started
	live  bool      // in this connection: all that the hub held has come, what comes now is new
	ackAt time.Time // when the hub was told last
	// own holds the places of one's own packets beyond seq: the hub does not bring them.
	own map[uint64]bool
}

const cursorBucket = "cursor" // scope hub: channel, or 16 zero bytes for the inbox -> sequence

func (h *Hub) loadCursors(tx *store.Tx) error {
	before := h.cursors
	h.cursors = map[id.ChannelID]*cursor{}
	for key, value := range tx.Bucket(cursorBucket, h.Config.Hub[:]).Range(nil, nil, false, 0) {
		seq, err := store.DecodeValue[uint64](value)
		if err != nil {
			return err
		}
		h.cursors[id.ChannelID(key)] = before[id.ChannelID(key)].reloaded(seq)
	}
	if h.cursors[id.NoChannel] == nil {
		h.cursors[id.NoChannel] = before[id.NoChannel].reloaded(0)
	}
	return nil
}

// reloaded is the cursor as it is stored, with what the hub has been told and has said in this connection. There need not be
// one yet.
func (at *cursor) reloaded(seq uint64) *cursor {
	if at == nil {
		return &cursor{seq: seq, acked: seq}
	}
	return &cursor{seq: seq, acked: at.acked, told: at.told, live: at.live, ackAt: at.ackAt}
}

// takeArrivals handles one batch of what has arrived, unless an earlier one still waits for cards.
func (h *Hub) takeArrivals() {
	if h.paused != nil {
		return
	}
	batch := h.nextBatch()
	if len(batch) == 0 {
		return
	}
	h.wake() // there may be more
	if batch[0].change != nil {
		batch[0].change()
		return
	}
	if h.deaf {
		return
	}
	if h.syncs > 0 && slices.ContainsFunc(batch, isDirect) {
		h.forLogs = true
		h.pause(batch)
		return
	}
	h.takeBatch(batch)
}

// isDirect reports whether a packet came through the inbox: it may be about any channel, so its sender's standing there has to be
// known first.
func isDirect(a arrival) bool {
	p, ok := a.packet.(*wire.DataPacket)
	return ok && p.Channel == id.NoChannel
}

// takeBatch handles packets, at once or when the cards that they need are here.
func (h *Hub) takeBatch(batch []arrival) {
	if h.lacking(batch) {
		h.pause(batch)
		return
	}
	h.receive(batch)
}

func (h *Hub) pause(batch []arrival) {
	h.paused = batch
	h.gathering(true)
}

// logsCame goes on with what waited for the logs of channels, once all are here or one could not be asked for.
func (h *Hub) logsCame(err error) {
	if !h.forLogs || h.syncs > 0 && (err == nil || isFinal(err)) {
		return
	}
	if batch := h.unpause(h.conn, err); batch != nil {
		h.takeBatch(batch)
	}
}

// connected starts the journals and looks what has changed meanwhile.
func (h *Hub) connected(conn Connection, welcome wire.Welcome) {
	h.conn, h.deaf = conn, false
	h.outbox.Restart(time.Time{})
	h.asksAgain = time.Time{} // what was to be waited for was the other connection's
	clear(h.unavailable)
	clear(h.confirmed)
	h.forgetSyncs()
	for _, cursor := range h.cursors {
		cursor.told, cursor.live, cursor.ackAt = false, false, time.Time{}
	}
	h.takeSummaries(welcome.Channels, true, len(welcome.Channels) < wire.MaxSummaries)
	h.sendAcks(time.Now())
	h.startFetch(h.shownPeople())
	h.callsConnected(welcome.ICEServers)
	h.tell(Event{Type: EventConversations})
}

func (h *Hub) disconnected() {
	h.Calls.Connected(h.Config.Hub, false)
	h.conn = nil
	h.Roster.Disconnected(h.Config.Hub)
	h.outbox.Restart(time.Time{})
	h.tell(Event{Type: EventConversations})
}

// ack tells the hub how far a journal is safely kept here; the first in a connection starts its delivery.
func (h *Hub) ack(channel id.ChannelID) {
	cursor := h.cursors[channel]
	if h.conn == nil || cursor == nil {
		return
	}
	payload, err := wire.Marshal(&wire.Ack{Channel: channel, Seq: cursor.seq})
	if err != nil {
		h.Log.Error("encode an acknowledgement", "cause", err)
		return
	}
	cursor.ackAt = time.Now()
	if err := h.conn.Send(&wire.SignalPacket{Kind: wire.KindAck, Payload: payload}); err == nil {
		cursor.acked, cursor.told = cursor.seq, true
	}
}

// sendAcks starts the journals of this connection, and acknowledges what is committed: at most every five seconds and
// journal, or every 64 packets.
func (h *Hub) sendAcks(now time.Time) {
	for channel, cursor := range h.cursors {
		if !h.reads(channel) {
			continue
		}
		if due := cursor.due(); cursor.seq-cursor.acked >= ackPacket && cursor.told || !due.IsZero() && !now.Before(due) {
			h.ack(channel)
		}
	}
}

// CaughtUp reports whether everything is here that waited at the hub when this connection began.
func (h *Hub) CaughtUp() (all bool) {
	h.call(func() error {
		all = h.conn != nil && h.syncs == 0 && h.paused == nil
		for channel, cursor := range h.cursors {
			all = all && (cursor.live || !h.reads(channel))
		}
		return nil
	})
	return all
}

// reads reports whether a journal is one's own to read.
func (h *Hub) reads(channel id.ChannelID) bool {
	return channel == id.NoChannel || h.directory.Channel(channel).Member(h.self)
}

// due is when the next acknowledgement may go; zero when the hub knows everything.
func (at *cursor) due() time.Time {
	if at.told && at.seq == at.acked {
		return time.Time{}
	}
	if at.ackAt.IsZero() {
		return time.Unix(1, 0)
	}
	return at.ackAt.Add(ackEvery)
}

// acksDue is when the next acknowledgement may go.
func (h *Hub) acksDue() (due time.Time) {
	if h.conn == nil {
		return due
	}
	for channel, cursor := range h.cursors {
		if at := cursor.due(); !at.IsZero() && (due.IsZero() || at.Before(due)) && h.reads(channel) {
			due = at
		}
	}
	return due
}

// advance moves a journal's cursor; false for a packet that was here before.
func (c *change) advance(channel id.ChannelID, seq uint64) (bool, error) {
	at := c.cursors[channel]
	if at == nil {
		at = &cursor{}
		c.cursors[channel] = at
	}
	if seq <= at.seq {
		return false, nil
	}
	at.seq = seq
	at.skipOwn()
	return true, store.PutValue(c.tx.Bucket(cursorBucket, c.Config.Hub[:]), channel[:], at.seq)
}

// skipOwn moves on over one's own packets.
func (at *cursor) skipOwn() {
	for at.own[at.seq+1] {
		at.seq++
		delete(at.own, at.seq)
	}
}

// maxOwn bounds the places kept of one's own packets: more than these wait for others' only when the hub withholds some.
const maxOwn = 4096

// passOwn notes where the hub has put one's own packet in a channel's journal.
func (c *change) passOwn(channel id.ChannelID, seq uint64) error {
	at := c.cursors[channel]
	if at == nil || seq <= at.seq || len(at.own) >= maxOwn {
		return nil
	}
	if seq == at.seq+1 {
		_, err := c.advance(channel, seq)
		return err
	}
	if at.own == nil {
		at.own = map[uint64]bool{}
	}
	at.own[seq] = true
	return nil
}
