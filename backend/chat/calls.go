package chat

import (
	"context"
	"errors"
	"time"

	"gossip/backend/e2ee"
	"gossip/backend/history"
	"gossip/backend/outbox"
	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
)

// Calls hears what conversations bring about calls: only what somebody who may be heard there has said. It is called by the
// hub's goroutine once everything is stored, and must not block.
type Calls interface {
	// Connected tells whether there is a connection to the hub.
	Connected(hub id.HubID, online bool)
	// Heard tells of an event that another device has sent, at the hub's time.
	Heard(conv Conversation, from id.UserID, device id.DeviceID, event content.Call, at time.Time)
	// Negotiated hands over an Offer, an Answer or an ICE for this device.
	Negotiated(conv Conversation, from id.UserID, device id.DeviceID, body content.Body)
	// Told tells who is in a channel's call; User is NoUser where nobody in the channel is known to have the device.
	Told(conv Conversation, roster CallRoster)
	// Removed tells that a user is no longer in the channel.
	Removed(conv Conversation, user id.UserID)
	// Refused tells why the hub does not let this device into the channel's call.
	Refused(conv Conversation, sentence string)
}

// CallRoster is who is in a channel's call.
type CallRoster struct {
	Call    id.CallID // NoCall: none runs
	Started time.Time
	Devices []CallDevice // who joined first stands first
}

// CallDevice is a device in a call.
type CallDevice struct {
	Device id.DeviceID
	User   id.UserID
	Joined time.Time
}

// deaf hears nothing of calls.
type deaf struct{}

func (deaf) Connected(id.HubID, bool) {}

func (deaf) Heard(Conversation, id.UserID, id.DeviceID, content.Call, time.Time) {}

func (deaf) Negotiated(Conversation, id.UserID, id.DeviceID, content.Body) {}

func (deaf) Told(Conversation, CallRoster) {}

func (deaf) Removed(Conversation, id.UserID) {}

func (deaf) Refused(Conversation, string) {}

const (
	negotiationLasts = time.Minute      // how long the hub keeps one that needed a session first
	relaysBefore     = 10 * time.Minute // how long before its end a credential is renewed
	relaysAgain      = time.Minute
	rosterAgain      = 2 * time.Second // until a roster with unknown devices is looked at again
	maxRosterTries   = 15
)

// callState is what a hub's goroutine keeps for calls.
type callState struct {
	relays  []wire.ICEServer
	asked   map[id.MessageID]Conversation // what was asked of the hub about a channel's call; the zero one to leave it
	unknown map[id.ChannelID]wire.CallRoster
	tries   map[id.ChannelID]int
	due     time.Time // zero: nothing is
}

func newCallState() callState {
	return callState{asked: map[id.MessageID]Conversation{}, unknown: map[id.ChannelID]wire.CallRoster{}, tries: map[id.ChannelID]int{}}
}

// callsConnected begins with a new connection: nothing asked in the one before is answered.
func (h *Hub) callsConnected(relays []wire.ICEServer) {
	h.calls = newCallState()
	h.takeICEServers(relays)
	h.Calls.Connected(h.Config.Hub, true)
}

// SayCall tells everybody in the conversation of a call, and shows it there.
func (h *Hub) SayCall(conv Conversation, event content.Call) error { return h.say(conv, event, nil) }

// NoteCall shows on this device what a call by somebody has come to.
func (h *Hub) NoteCall(conv Conversation, by id.UserID, event content.Call) error {
	return h.call(func() error {
		return h.update(func(c *change) error { return c.showCall(conv, by, event) })
	})
}

// MayCall refuses a call that could reach nobody: a sentence.
func (h *Hub) MayCall(conv Conversation) error {
	return h.call(func() error {
		if h.conn == nil {
			return ErrOffline
		}
		return h.mayWrite(conv)
	})
}

// Negotiate sends an Offer, an Answer or an ICE to one device, sealed in the session with it; where there is none yet that
// both know, it starts one and goes through the inbox.
func (h *Hub) Negotiate(conv Conversation, to id.DeviceID, body content.Body) error {
	return h.call(func() error {
		if h.conn == nil {
			return ErrOffline
		}
		err := h.Store.View(func(tx *store.Tx) error { return h.sendNegotiation(tx, conv, to, body) })
		if !errors.Is(err, e2ee.ErrNoSession) {
			return err
		}
		return h.update(func(c *change) error {
			return c.tell(conv, body, outbox.Message{Devices: []id.DeviceID{to}, Expires: history.Millis(c.now.Add(negotiationLasts))})
		})
	})
}

var negotiationKinds = map[content.Type]wire.Kind{content.TypeOffer: wire.KindOffer, content.TypeAnswer: wire.KindAnswer, content.TypeICE: wire.KindICE}

func (h *Hub) sendNegotiation(tx *store.Tx, conv Conversation, to id.DeviceID, body content.Body) error {
	m := content.Message{ID: id.NewMessageID(), Conversation: outer(conv), SentAt: time.Now().UTC().Truncate(time.Millisecond), Author: h.self, Body: body}
	plain, err := m.Marshal()
	if err != nil {
		return err
	}
	sealed, err := h.Engine.SealTyping(tx, to, plain)
	if err != nil {
		return err
	}
	return h.conn.Send(&wire.StreamPacket{Kind: negotiationKinds[body.Type()], To: to, Payload: sealed})
}

// takeNegotiation opens what a device negotiates.
func (c *change) takeNegotiation(p *wire.StreamPacket) error {
	from, _, ok := c.Roster.Owner(p.From, nil)
	if !ok || p.Channel != id.NoChannel || p.From == c.device {
		return nil
	}
	plain, err := c.Engine.OpenNegotiation(c.tx, p.From, p.Payload, c.now)
	if err != nil {
		if isStoreError(err) {
			return err
		}
		return nil // what may be lost is repeated
	}
	m, err := content.Parse(plain)
	if err != nil || negotiationKinds[m.Body.Type()] != p.Kind {
		c.Log.Warn("what a device negotiates makes no sense", "device", p.From)
		return nil
	}
	from = c.author(m, from, p.From)
	seen, err := m.SeenBy(c.self, from)
	if err != nil {
		c.Log.Warn("what a device negotiates was dropped", "device", p.From, "cause", err)
		return nil
	}
	c.negotiated(c.local(seen), from, p.From, m.Body)
	return nil
}

// negotiated hands over what a device negotiates, where its owner may be heard.
func (c *change) negotiated(conv Conversation, from id.UserID, device id.DeviceID, body content.Body) {
	if c.mayCall(conv, from) {
		c.after = append(c.after, func() { c.Calls.Negotiated(conv, from, device, body) })
	}
}

// mayCall reports whether a user's word on a call counts in a conversation: in channels that of its members; directly that
// of people whom one has accepted, or called.
func (h *Hub) mayCall(conv Conversation, from id.UserID) bool {
	if from == h.self {
		return true
	}
	if h.Roster.Blocked(from) {
		return false
	}
	if !conv.Direct() {
		return h.directory.Channel(conv.Channel).Member(from) && h.directory.Channel(conv.Channel).Member(h.self)
	}
	state := h.Summary(conv)
	return state != nil && !state.Stranger || h.Roster.Person(conv.Hub, from).Verified
}

// JoinCall tells the hub that this device is in a channel's call; the times are those of the last roster.
func (h *Hub) JoinCall(conv Conversation, call id.CallID, started, joined time.Time) error {
	return h.askCall(conv, wire.KindStartCall, &wire.StartCall{Channel: conv.Channel, Call: call, Started: wireTime(started), Joined: wireTime(joined)})
}

// LeaveCall tells the hub that it no longer is.
func (h *Hub) LeaveCall(conv Conversation, call id.CallID) error {
	return h.askCall(conv, wire.KindHangUp, &wire.HangUp{Channel: conv.Channel, Call: call})
}

func wireTime(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(max(0, t.UnixMilli()))
}

func (h *Hub) askCall(conv Conversation, kind wire.Kind, payload any) error {
	encoded, err := wire.Marshal(payload)
	if err != nil {
		return err
	}
	return h.call(func() error {
		if h.conn == nil {
			return ErrOffline
		}
		p := &wire.SignalPacket{Kind: kind, ID: id.NewMessageID(), Payload: encoded}
		if kind != wire.KindStartCall {
			conv = Conversation{} // nobody needs to hear that one can't leave
		}
		h.calls.asked[p.ID] = conv
		return h.conn.Send(p)
	})
}

// callRefused tells why the hub does not let this device in.
func (c *change) callRefused(re id.MessageID, refusal *wire.Error) {
	conv, asked := c.calls.asked[re]
	if !asked {
		return
	}
	delete(c.calls.asked, re)
	if conv != (Conversation{}) {
		c.after = append(c.after, func() { c.Calls.Refused(conv, refusal.Sentence) })
	}
}

// settledEvery is how often CallsSettled looks.
const settledEvery = 10 * time.Millisecond

// CallsSettled waits until the hub has taken everything that was told of calls so far, or can't be told.
func (h *Hub) CallsSettled(ctx context.Context) error {
	every := time.NewTicker(settledEvery)
	defer every.Stop()
	for {
		settled := false
		err := h.do(ctx, func() error {
			settled = h.conn == nil || len(h.calls.asked) == 0 && h.outbox.Empty()
			return nil
		})
		if err != nil || settled {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-every.C:
		}
	}
}

// takeCallRoster tells who is in a channel's call. Devices that nobody known has are looked up.
func (h *Hub) takeCallRoster(re id.MessageID, roster wire.CallRoster) {
	delete(h.calls.asked, re)
	ch := h.directory.Channel(roster.Channel)
	if !ch.Member(h.self) {
		return
	}
	conv := Conversation{Hub: h.Config.Hub, Channel: roster.Channel}
	told, unknown := CallRoster{Call: roster.Call, Started: rosterTime(roster.Started)}, false
	for _, d := range roster.Devices {
		user, _, ok := h.Roster.Owner(d.Device, ch.Member)
		if d.Device == h.device {
			user, ok = h.self, true
		}
		if !ok || !ch.Member(user) || h.Roster.Blocked(user) {
			unknown = unknown || !ok
			user = id.NoUser
		}
		told.Devices = append(told.Devices, CallDevice{d.Device, user, rosterTime(d.Joined)})
	}
	delete(h.calls.unknown, roster.Channel)
	if unknown && h.calls.tries[roster.Channel] < maxRosterTries {
		h.haveCards(ch.State.Users())
		h.calls.tries[roster.Channel]++
		h.calls.unknown[roster.Channel] = roster
		h.callsDueIn(rosterAgain)
	} else if !unknown {
		delete(h.calls.tries, roster.Channel)
	}
	h.Calls.Told(conv, told)
}

func rosterTime(milliseconds uint64) time.Time { return history.TimeOf(int64(milliseconds)) }

// callsDueIn has lookAfterCalls run after a while.
func (h *Hub) callsDueIn(wait time.Duration) {
	if due := time.Now().Add(wait); h.calls.due.IsZero() || due.Before(h.calls.due) {
		h.calls.due = due
	}
}

// lookAfterCalls looks at rosters again and renews the relays' credentials.
func (h *Hub) lookAfterCalls(now time.Time) {
	if h.calls.due.IsZero() || now.Before(h.calls.due) {
		return
	}
	h.calls.due = time.Time{}
	for _, roster := range h.calls.unknown {
		h.takeCallRoster(id.NoMessage, roster)
	}
	if end := h.relaysEnd(); !end.IsZero() && h.conn != nil && !now.Before(end.Add(-relaysBefore)) {
		h.conn.Send(&wire.SignalPacket{Kind: wire.KindICEServers, ID: id.NewMessageID()}) // asked again when it is lost
		h.callsDueIn(relaysAgain)
		return
	}
	h.renewRelays(now)
}

// relaysEnd is when the first credential ends; zero: none does.
func (h *Hub) relaysEnd() (end time.Time) {
	for _, s := range h.calls.relays {
		if at := s.ExpiresAt(); !at.IsZero() && (end.IsZero() || at.Before(end)) {
			end = at
		}
	}
	return end
}

func (h *Hub) renewRelays(now time.Time) {
	if end := h.relaysEnd(); !end.IsZero() {
		h.callsDueIn(max(end.Add(-relaysBefore).Sub(now), relaysAgain))
	}
}

func (h *Hub) takeICEServers(servers []wire.ICEServer) {
	h.calls.relays = servers
	h.renewRelays(time.Now())
}

// Relays are the hub's STUN and TURN servers, with credentials that hold.
func (h *Hub) Relays() (servers []wire.ICEServer) {
	h.call(func() error {
		servers = h.calls.relays
		return nil
	})
	return servers
}

// Stranger reports whether the person has never accepted a user.
func (h *Hub) Stranger(user id.UserID) (stranger bool) {
	h.call(func() error {
		conv := Conversation{Hub: h.Config.Hub, User: user}
		stranger = user != h.self && !h.mayCall(conv, user)
		return nil
	})
	return stranger
}

// callsWithout takes who has left a channel, or was removed, out of its call.
func (c *change) callsWithout(conv Conversation, s *membership.Statement) {
	gone := s.User
	if s.Action == membership.Remove {
		gone = s.Subject
	}
	if !c.directory.Channel(conv.Channel).Member(gone) {
		c.after = append(c.after, func() { c.Calls.Removed(conv, gone) })
	}
}
