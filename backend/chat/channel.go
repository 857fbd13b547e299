package chat

import (
	"cmp"
	"slices"
	"time"

	"gossip/backend/history"
	"gossip/backend/roster"
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

// channel is a channel of the hub: what the hub says of it, and what its log proves.
type channel struct {
	id      id.ChannelID
	summary wire.ChannelSummary
	state   *membership.State   // nil while no statement is here
	joined  map[id.UserID]entry // who was ever in, and when they came in last
	trouble string              // why the hub's log is not believed; blocks sending
	warned  time.Time           // when the history said so last
	syncing bool
}

// entry is when a member came in.
type entry struct {
	length uint64    // of the log, with the statement
	heard  time.Time // when the statement came here; zero before the last start
}

// joinGrace is how long after a message was encrypted a newcomer's statement may come who still gets it: the hub had
// them in when it took the message, and nobody had told this device.
const joinGrace = 5 * time.Second

// entitled reports whether the user is in, and was when a message was encrypted.
func (ch *channel) entitled(user id.UserID, length uint64, at time.Time) bool {
	in, ever := ch.joined[user]
	return ever && ch.member(user) && (in.length <= length || !in.heard.IsZero() && in.heard.Before(at.Add(joinGrace)))
}

// member reports whether the user is in, by the log.
func (ch *channel) member(user id.UserID) bool {
	return ch != nil && ch.state != nil && ch.state.Has(user)
}

// knows reports whether the user is in or was: what one wrote before leaving still counts.
func (ch *channel) knows(user id.UserID) bool {
	if ch == nil {
		return false
	}
	_, ever := ch.joined[user]
	return ever
}

// behind reports whether the hub has more of the log than is here.
func (ch *channel) behind() bool {
	return ch.state == nil || ch.summary.Length > ch.state.Length
}

func (h *Hub) loadChannels(tx *store.Tx) error {
	before := h.channels
	h.channels = map[id.ChannelID]*channel{}
	for key, value := range tx.Bucket(channelBucket, h.Config.Hub[:]).Range(nil, nil, false, 0) {
		summary, err := store.DecodeValue[wire.ChannelSummary](value)
		if err != nil {
			return err
		}
		ch := newChannel(id.ChannelID(key))
		ch.summary = summary
		if old := before[ch.id]; old != nil {
			ch.trouble, ch.syncing, ch.warned = old.trouble, old.syncing, old.warned
		}
		if trouble, found, err := store.GetValue[string](tx.Bucket(troubleBucket, h.Config.Hub[:]), key); err != nil {
			return err
		} else if found {
			ch.trouble = trouble
		}
		if err := h.loadLog(tx, ch); err != nil {
			return err
		}
		h.channels[ch.id] = ch
		if ch.member(h.self) && h.cursors[ch.id] == nil {
			h.cursors[ch.id] = &cursor{} // nothing has come yet
		}
	}
	return nil
}

func newChannel(of id.ChannelID) *channel {
	return &channel{id: of, joined: map[id.UserID]entry{}}
}

// loadLog replays a stored log. Whose devices its authors were was checked when it came.
func (h *Hub) loadLog(tx *store.Tx, ch *channel) error {
	for _, encoded := range tx.Bucket(logBucket, h.Config.Hub[:], ch.id[:]).Range(nil, nil, false, 0) {
		if _, _, err := ch.extend(encoded, h.HubKey, time.Time{}, func(id.UserID, id.DeviceID) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// extend applies one statement, and tells whether it brings a member back who was in before.
func (ch *channel) extend(encoded []byte, hub id.DeviceID, now time.Time, belongs membership.Belongs) (s *membership.Statement, returns bool, err error) {
	state := ch.state
	if state == nil {
		state = &membership.State{}
	}
	if s, err = state.Apply(encoded, hub, belongs); err != nil {
		return nil, false, err
	}
	ch.state = state
	if s.User != id.NoUser && (s.Action == membership.Create || s.Action == membership.Join) {
		_, returns = ch.joined[s.User]
		ch.joined[s.User] = entry{state.Length, now}
	}
	return s, returns, nil
}

// channelInfo fills in what concerns channels.
func (h *Hub) channelInfo(of id.ChannelID, info *ConversationInfo) {
	ch := h.channels[of]
	if ch == nil {
		return
	}
	info.Name, info.Topic, info.Public = ch.summary.Name, ch.summary.Topic, ch.summary.Public
	info.Trust = "End-to-end encrypted between the members of this channel."
	if ch.state != nil {
		info.Name, info.Topic, info.Public = ch.state.Name, ch.state.Topic, ch.state.Public
		info.Member, info.Role = ch.member(h.self), roleText(ch.state.Role(h.self))
		if ch.state.Public {
			info.Trust = "End-to-end encrypted. Everybody on this hub can join and read what is said from then on."
		}
	}
	if ch.trouble != "" {
		info.Trust = ch.trouble
	}
}

func roleText(role membership.Role) string {
	if role == 0 {
		return ""
	}
	return role.String()
}

// Channels lists what the hub offers and what one is in.
func (h *Hub) Channels() (list []ChannelInfo) {
	h.call(func() error {
		for _, ch := range h.channels {
			conv := Conversation{Hub: h.Config.Hub, Channel: ch.id}
			info := ConversationInfo{}
			h.channelInfo(ch.id, &info)
			members := int(ch.summary.Members)
			if ch.member(h.self) {
				members = len(ch.state.Members)
			}
			list = append(list, ChannelInfo{
				Conversation: conv, Key: conv.String(), Name: info.Name, Topic: info.Topic, Public: info.Public,
				Members: members, Member: ch.member(h.self), Invited: ch.summary.Invited && !ch.member(h.self),
			})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b ChannelInfo) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Key, b.Key)) })
	return list
}

// takeSummaries takes what the hub says of its channels, in its welcome or later. A whole list removes what is not on it
// and not one's own.
func (h *Hub) takeSummaries(summaries []wire.ChannelSummary, welcome, whole bool) {
	err := h.update(func(c *change) error {
		listed := map[id.ChannelID]bool{}
		for _, s := range summaries {
			listed[s.Channel] = true
			if err := c.takeSummary(s, welcome); err != nil {
				return err
			}
		}
		for channel, ch := range c.channels {
			if whole && !listed[channel] && ch.state == nil {
				delete(c.channels, channel)
				if err := c.tx.Bucket(channelBucket, c.Config.Hub[:]).Delete(channel[:]); err != nil {
					return err
				}
			}
		}
		c.emit(Event{Type: EventConversations})
		return nil
	})
	if err != nil {
		h.Log.Error("the hub's channels could not be stored", "cause", err)
	}
	for _, s := range summaries {
		if ch := h.channels[s.Channel]; ch != nil && h.follows(ch) && ch.behind() {
			h.startSync(s.Channel)
		}
	}
}

// follows reports whether the channel's log concerns oneself: one is in, or the hub says that one is.
func (h *Hub) follows(ch *channel) bool { return ch.member(h.self) || ch.summary.Member }

// Bounds of what a hub can list.
const (
	maxChannels = 10_000
	maxTopic    = 512 // bytes, as in a statement
)

// sound reports whether a summary says what a log could: a name in its normal form, a topic that is not too long. A
// name is empty where the hub only answers for its log.
func sound(s wire.ChannelSummary) bool {
	name, err := id.CheckChannelName(s.Name)
	return (s.Name == "" || err == nil && name == s.Name) && len(s.Topic) <= maxTopic && s.Channel != id.NoChannel
}

func (c *change) takeSummary(s wire.ChannelSummary, welcome bool) error {
	ch := c.channels[s.Channel]
	if !sound(s) || ch == nil && len(c.channels) >= maxChannels {
		c.Log.Warn("a channel of the hub's list was left out", "channel", s.Channel)
		return nil
	}
	if ch == nil {
		ch = newChannel(s.Channel)
		c.channels[s.Channel] = ch
	}
	if !welcome && ch.state != nil && s.Length < ch.state.Length {
		return nil // was on its way when a later part of the log came
	}
	if ch.summary == s && ch.trouble == "" {
		return nil
	}
	ch.summary = s
	if ch.member(c.self) {
		if err := c.checkHead(ch); err != nil {
			return err
		}
		conv := Conversation{Hub: c.Config.Hub, Channel: ch.id}
		if c.Summary(conv) != nil {
			c.Touch(conv)
		}
	}
	return store.PutValue(c.tx.Bucket(channelBucket, c.Config.Hub[:]), s.Channel[:], s)
}

// checkHead compares the hub's log with the one that is here, where both have the same length: a hub can't take back
// what it has shown.
func (c *change) checkHead(ch *channel) error {
	switch {
	case ch.summary.Length < ch.state.Length:
		return c.distrust(ch, "The hub shows an older list of this channel's members than before, so nothing is sent there. Ask its operator whether the hub was restored from a copy.")
	case ch.summary.Length == ch.state.Length && ch.summary.Head != ch.state.Head:
		return c.distrust(ch, rewritten)
	}
	return c.believe(ch)
}

// believe ends the distrust in a channel when the hub's log is the one that is here.
func (c *change) believe(ch *channel) error {
	if ch.trouble == "" || ch.summary.Length != ch.state.Length || ch.summary.Head != ch.state.Head {
		return nil
	}
	ch.trouble = ""
	conv := Conversation{Hub: c.Config.Hub, Channel: ch.id}
	if c.Summary(conv) != nil {
		c.Touch(conv)
	}
	return c.tx.Bucket(troubleBucket, c.Config.Hub[:]).Delete(ch.id[:])
}

const rewritten = "The hub has rewritten the list of this channel's members, so nothing is sent there any more. Ask the members by another way, and its operator."

// warnEvery is how often the history of a channel gets such a warning at most: a hub may change its word all the time.
const warnEvery = 10 * time.Minute

// distrust stops sending in a channel and says why in its history, once.
func (c *change) distrust(ch *channel, why string) error {
	if ch.trouble == why {
		return nil
	}
	ch.trouble = why
	if err := store.PutValue(c.tx.Bucket(troubleBucket, c.Config.Hub[:]), ch.id[:], why); err != nil || c.now.Sub(ch.warned) < warnEvery {
		return err
	}
	ch.warned = c.now
	c.Log.Warn("the hub's log of a channel is not believed", "channel", ch.id, "why", why)
	conv := Conversation{Hub: c.Config.Hub, Channel: ch.id}
	_, err := c.notice(conv, history.Notice{Kind: history.NoticeWarning, Text: why}, id.NoUser)
	return err
}

// Members lists who is in a conversation.
func (h *Hub) Members(conv Conversation) (people []roster.Person, err error) {
	err = h.call(func() error {
		if conv.Direct() {
			people = []roster.Person{h.Roster.Person(conv.Hub, conv.User), h.Roster.Person(conv.Hub, h.self)}
			return nil
		}
		ch := h.channels[conv.Channel]
		if ch == nil || ch.state == nil {
			return ErrNoChannel
		}
		for _, user := range ch.state.Users() {
			person := h.Roster.Person(conv.Hub, user)
			person.Role = roleText(ch.state.Role(user))
			people = append(people, person)
		}
		h.haveCards(ch.state.Users())
		return nil
	})
	return people, err
}
