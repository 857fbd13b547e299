package chat

import (
	"cmp"
	"errors"
	"slices"

	"gossip/backend/directory"
	"gossip/backend/history"
	"gossip/backend/roster"
	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
)

// loadChannels reads the channels, and starts the journals of those that one is in.
func (h *Hub) loadChannels(tx *store.Tx) error {
	if err := h.directory.Load(tx); err != nil {
		return err
	}
	for name, ch := range h.directory.Channels() {
		if ch.Member(h.self) && h.cursors[name] == nil {
			h.cursors[name] = &cursor{} // nothing has come yet
		}
	}
	return nil
}

// channelInfo fills in what concerns channels.
func (h *Hub) channelInfo(of id.ChannelID, info *ConversationInfo) {
	ch := h.directory.Channel(of)
	if ch == nil {
		return
	}
	info.Name, info.Topic, info.Public = ch.Summary.Name, ch.Summary.Topic, ch.Summary.Public
	info.Trust = "End-to-end encrypted between the members of this channel."
	if ch.State != nil {
		info.Name, info.Topic, info.Public = ch.State.Name, ch.State.Topic, ch.State.Public
		info.Member, info.Role = ch.Member(h.self), roleText(ch.State.Role(h.self))
		if ch.State.Public {
			info.Trust = "End-to-end encrypted. Everybody on this hub can join and read what is said from then on."
		}
	}
	if ch.Trouble != "" {
		info.Trust = ch.Trouble
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
		for _, ch := range h.directory.Channels() {
			conv := Conversation{Hub: h.Config.Hub, Channel: ch.ID}
			info := ConversationInfo{}
			h.channelInfo(ch.ID, &info)
			members := int(ch.Summary.Members)
			if ch.Member(h.self) {
				members = len(ch.State.Members)
			}
			list = append(list, ChannelInfo{
				Conversation: conv, Key: conv.String(), Name: info.Name, Topic: info.Topic, Public: info.Public,
				Members: members, Member: ch.Member(h.self), Invited: ch.Summary.Invited && !ch.Member(h.self),
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
		for name, ch := range c.directory.Channels() {
			if whole && !listed[name] && ch.State == nil {
				if err := c.directory.Forget(c.tx, ch); err != nil {
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
		if ch := h.directory.Channel(s.Channel); ch != nil && h.follows(ch) && ch.Behind() {
			h.startSync(s.Channel)
		}
	}
}

// follows reports whether the channel's log concerns oneself: one is in, or the hub says that one is.
func (h *Hub) follows(ch *directory.Channel) bool { return ch.Member(h.self) || ch.Summary.Member }

// takeSummary takes what the hub says of a channel, and compares its log with the one that is here.
func (c *change) takeSummary(s wire.ChannelSummary, welcome bool) error {
	ch, err := c.directory.Take(c.tx, s, welcome)
	if errors.Is(err, directory.ErrRefused) {
		c.Log.Warn("a channel of the hub's list was left out", "channel", s.Channel)
		return nil
	}
	if err != nil || !ch.Member(c.self) {
		return err
	}
	c.touchChannel(ch)
	if why := ch.Contradiction(); why != "" {
		return c.distrust(ch, why)
	}
	return c.believe(ch)
}

// touchChannel has a channel told of where there is something in it.
func (c *change) touchChannel(ch *directory.Channel) {
	conv := Conversation{Hub: c.Config.Hub, Channel: ch.ID}
	if c.Summary(conv) != nil {
		c.Touch(conv)
	}
}

// believe ends the distrust in a channel when the hub's log is the one that is here.
func (c *change) believe(ch *directory.Channel) error {
	ended, err := c.directory.Believe(c.tx, ch)
	if ended {
		c.touchChannel(ch)
	}
	return err
}

// distrust stops sending in a channel and says why in its history, now and then.
func (c *change) distrust(ch *directory.Channel, why string) error {
	warn, err := c.directory.Distrust(c.tx, ch, why, c.now)
	if err != nil || !warn {
		return err
	}
	c.Log.Warn("the hub's log of a channel is not believed", "channel", ch.ID, "why", why)
	conv := Conversation{Hub: c.Config.Hub, Channel: ch.ID}
	_, err = c.notice(conv, history.Notice{Kind: history.NoticeWarning, Text: why}, id.NoUser)
	return err
}

// Members lists who is in a conversation.
func (h *Hub) Members(conv Conversation) (people []roster.Person, err error) {
	err = h.call(func() error {
		if conv.Direct() {
			people = []roster.Person{h.Roster.Person(conv.Hub, conv.User), h.Roster.Person(conv.Hub, h.self)}
			return nil
		}
		ch := h.directory.Channel(conv.Channel)
		if ch == nil || ch.State == nil {
			return ErrNoChannel
		}
		for _, user := range ch.State.Users() {
			person := h.Roster.Person(conv.Hub, user)
			person.Role = roleText(ch.State.Role(user))
			people = append(people, person)
		}
		h.haveCards(ch.State.Users())
		return nil
	})
	return people, err
}
