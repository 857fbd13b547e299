package chat

import (
	"errors"
	"time"

	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
	"gossip/common/wire"
)

const (
	typingEvery = 5 * time.Second // how often others are told
	typingLasts = 8 * time.Second // how long it is shown without another word
)

// typer is one person in one conversation.
type typer struct {
	conv Conversation
	user id.UserID
}

// typingState is who is typing, and when others were told last that oneself is.
type typingState struct {
	told  map[Conversation]time.Time
	shown map[typer]time.Time // until
}

func newTypingState() typingState {
	return typingState{told: map[Conversation]time.Time{}, shown: map[typer]time.Time{}}
}

func (t *typingState) due() (due time.Time) {
	for _, until := range t.shown {
		if due.IsZero() || until.Before(due) {
			due = until
		}
	}
	return due
}

// SetTyping tells the others that the person is typing, or has stopped; nobody hears it twice within five seconds,
// and nobody at all where the person does not want it, the other is a stranger, or there is no connection.
func (h *Hub) SetTyping(conv Conversation, active bool) error {
	return h.call(func() error {
		last, told := h.typing.told[conv]
		if active && told && time.Since(last) < typingEvery || !active && !told || !h.Preferences().Typing || h.conn == nil || h.stranger(conv) || !h.prepared(conv) {
			return nil
		}
		if active {
			h.typing.told[conv] = time.Now()
		} else {
			delete(h.typing.told, conv)
		}
		return h.sendTyping(conv, active)
	})
}

func (h *Hub) sendTyping(conv Conversation, active bool) error {
	m := content.Message{ID: id.NewMessageID(), Conversation: outer(conv), SentAt: time.Now().UTC().Truncate(time.Millisecond), Author: h.self, Body: content.Typing{Active: active}}
	plain, err := m.Marshal()
	if err != nil {
		return err
	}
	return h.Store.View(func(tx *store.Tx) error {
		if !conv.Direct() {
			sealed, err := h.Engine.SealTypingChannel(tx, conv.Channel, plain)
			return h.stream(conv.Channel, id.NoDevice, sealed, err)
		}
		for _, device := range h.Roster.Devices(conv.User) {
			sealed, err := h.Engine.SealTyping(tx, device.ID(), plain)
			if err := h.stream(id.NoChannel, device.ID(), sealed, err); err != nil {
				return err
			}
		}
		return nil
	})
}

// stream sends a sealed word that may be lost; without a session yet there is nothing to seal it with.
func (h *Hub) stream(channel id.ChannelID, to id.DeviceID, sealed []byte, err error) error {
	if err != nil || sealed == nil {
		if errors.Is(err, store.ErrDamaged) {
			return err
		}
		return nil
	}
	h.conn.Send(&wire.StreamPacket{Kind: wire.KindTyping, To: to, Channel: channel, Payload: sealed}) // lost is lost
	return nil
}

// takeStream handles what is never stored: presence and typing.
func (c *change) takeStream(p *wire.StreamPacket, later *[]func()) error {
	switch p.Kind {
	case wire.KindPresence:
		var presence wire.Presence
		if err := wire.Unmarshal(p.Payload, &presence); err != nil {
			c.Log.Warn("the hub sent something that makes no sense", "cause", err)
			return nil
		}
		*later = append(*later, func() { c.Hub.takePresence(presence) })
	case wire.KindTyping:
		return c.takeTyping(p)
	case wire.KindOffer, wire.KindAnswer, wire.KindICE:
		return c.takeNegotiation(p)
	}
	return nil
}

// takePresence shows who came and went. A newer card is fetched when it is needed.
func (h *Hub) takePresence(presence wire.Presence) {
	changed := h.Roster.See(h.Config.Hub, presence.Entries)
	h.showPeople(changed)
	var unknown []id.UserID
	if !h.fetching[h.self] {
		unknown = h.Roster.Wanted(h.Config.Hub, []id.UserID{h.self}) // another device of one's own may be new
	}
	for _, entry := range presence.Entries {
		if _, known := h.Roster.Card(entry.User); !known && entry.Online && !h.fetching[entry.User] && !time.Now().Before(h.unavailable[entry.User].until) {
			unknown = append(unknown, entry.User)
		}
	}
	if len(unknown) > 0 && len(unknown) <= maxPeopleFetched && len(h.unavailable) < maxPeopleKnown && h.Roster.Count(h.Config.Hub) < maxPeopleKnown {
		h.startFetch(unknown)
	}
}

// maxPeopleFetched bounds how many cards of people who merely came online are fetched at once: on a big hub people are
// looked up when they are needed.
const maxPeopleFetched = 64

// maxPeopleKnown is how many people a hub can make known by merely saying that they are online.
const maxPeopleKnown = 5000

// takeTyping shows who is typing; to one who does not tell others about oneself nobody is.
func (c *change) takeTyping(p *wire.StreamPacket) error {
	if !c.Preferences().Typing {
		return nil
	}
	ch := c.directory.Channel(p.Channel)
	from, _, ok := c.Roster.Owner(p.From, ch.Knows)
	if !ok || from == c.self || p.Channel != id.NoChannel && !ch.Member(from) {
		return nil
	}
	var plain []byte
	var err error
	if p.Channel != id.NoChannel {
		plain, err = c.Engine.OpenTypingChannel(c.tx, p.Channel, p.From, p.Payload)
	} else {
		plain, err = c.Engine.OpenTyping(c.tx, p.From, p.Payload)
	}
	if err != nil {
		return nil // nothing to say about what may be lost
	}
	m, err := content.Parse(plain)
	if err != nil {
		return nil
	}
	from = c.author(m, from, p.From)
	seen, err := m.SeenBy(c.self, from)
	body, typing := m.Body.(content.Typing)
	if err != nil || !typing || seen.Channel != p.Channel {
		return nil
	}
	conv := c.local(seen)
	if state := c.Summary(conv); c.Roster.Blocked(from) || conv.Direct() && (state == nil || state.Stranger) {
		return nil
	}
	c.showTyping(typer{conv, from}, body.Active)
	return nil
}

func (c *change) showTyping(t typer, active bool) {
	_, shown := c.typing.shown[t]
	if active {
		c.typing.shown[t] = c.now.Add(typingLasts)
	} else {
		delete(c.typing.shown, t)
	}
	if shown != active {
		c.emit(c.typingEvent(t, active))
	}
}

// stopTyping ends the sign when the message is here.
func (c *change) stopTyping(conv Conversation, user id.UserID) {
	if _, shown := c.typing.shown[typer{conv, user}]; shown {
		c.showTyping(typer{conv, user}, false)
	}
}

func (h *Hub) typingEvent(t typer, active bool) Event {
	person := h.Roster.Person(t.conv.Hub, t.user)
	return Event{Type: EventTyping, Conversation: t.conv.String(), Person: &person, Typing: active}
}

// endTyping ends the signs that nobody has renewed.
func (h *Hub) endTyping(now time.Time) {
	for t, until := range h.typing.shown {
		if !now.Before(until) {
			delete(h.typing.shown, t)
			h.tell(h.typingEvent(t, false))
		}
	}
}
