package backend

import (
	"cmp"
	"context"
	"slices"
	"time"

	"gossip/backend/chat"
	"gossip/common/id"
)

// chat returns the conversations of a hub.
func (c *Client) chat(hubID id.HubID) (*chat.Hub, error) {
	h, err := c.hub(hubID)
	if err != nil {
		return nil, err
	}
	return h.chat, nil
}

// in runs do with the conversations of a hub.
func (c *Client) in(hubID id.HubID, do func(*chat.Hub) error) error {
	conversations, err := c.chat(hubID)
	if err != nil {
		return err
	}
	return do(conversations)
}

// Conversations lists what the person takes part in, on every hub, the newest first.
func (c *Client) Conversations() []ConversationInfo {
	list := []ConversationInfo{}
	for _, h := range c.joined() {
		list = append(list, h.chat.Conversations()...)
	}
	slices.SortStableFunc(list, func(a, b ConversationInfo) int { return cmp.Compare(b.LastAt, a.LastAt) })
	return list
}

// CaughtUp reports whether everything is here that waited at the hubs when their connections began.
func (c *Client) CaughtUp() bool {
	for _, h := range c.joined() {
		if !h.chat.CaughtUp() {
			return false
		}
	}
	return true
}

// Conversation describes one conversation; it need not have a message yet.
func (c *Client) Conversation(conv Conversation) (info ConversationInfo, err error) {
	err = c.in(conv.Hub, func(h *chat.Hub) error { info, err = h.Info(conv); return err })
	return info, err
}

// Channels lists every channel that the hub shows this person, joined or not.
func (c *Client) Channels(hubID id.HubID) []ChannelInfo {
	h, err := c.chat(hubID)
	if err != nil {
		return nil
	}
	return h.Channels()
}

// CreateChannel makes a channel, public or private, of which one is then the owner.
func (c *Client) CreateChannel(ctx context.Context, hubID id.HubID, name string, public bool) (conv Conversation, err error) {
	err = c.in(hubID, func(h *chat.Hub) error { conv, err = h.CreateChannel(ctx, name, public); return err })
	return conv, err
}

// JoinChannel enters a public channel, or a private one that one is invited to.
func (c *Client) JoinChannel(ctx context.Context, conv Conversation) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.JoinChannel(ctx, conv.Channel) })
}

// LeaveChannel leaves a channel; what was read stays in the profile.
func (c *Client) LeaveChannel(ctx context.Context, conv Conversation) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.LeaveChannel(ctx, conv.Channel) })
}

// Invite lets a user join a private channel.
func (c *Client) Invite(ctx context.Context, conv Conversation, user id.UserID) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.Invite(ctx, conv.Channel, user) })
}

// RemoveMember puts a user out of a channel, or takes an invitation back.
func (c *Client) RemoveMember(ctx context.Context, conv Conversation, user id.UserID) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.RemoveMember(ctx, conv.Channel, user) })
}

// SetRole gives a member of a channel another role.
func (c *Client) SetRole(ctx context.Context, conv Conversation, user id.UserID, role Role) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.SetRole(ctx, conv.Channel, user, role) })
}

// SetTopic sets the line under a channel's name.
func (c *Client) SetTopic(ctx context.Context, conv Conversation, topic string) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.SetTopic(ctx, conv.Channel, topic) })
}

// RenameChannel gives a channel another name.
func (c *Client) RenameChannel(ctx context.Context, conv Conversation, name string) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.RenameChannel(ctx, conv.Channel, name) })
}

// Members lists who is in a conversation.
func (c *Client) Members(conv Conversation) (people []Person, err error) {
	err = c.in(conv.Hub, func(h *chat.Hub) error { people, err = h.Members(conv); return err })
	return people, err
}

// Send stores a message durably in the outbox and returns its id; it works without a connection. What becomes of the
// message comes as events; WaitFor waits for it.
func (c *Client) Send(conv Conversation, draft Draft) (m id.MessageID, err error) {
	err = c.in(conv.Hub, func(h *chat.Hub) error { m, err = h.Send(conv, draft); return err })
	return m, err
}

// Edit replaces the text of one's own message.
func (c *Client) Edit(conv Conversation, m id.MessageID, text string) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.Edit(conv, m, text) })
}

// Delete takes a message back for everybody: one's own, or as a moderator of the channel another's.
func (c *Client) Delete(conv Conversation, m id.MessageID) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.Delete(conv, m) })
}

// React puts an emoji under a message, or takes it away.
func (c *Client) React(conv Conversation, m id.MessageID, emoji string, remove bool) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.React(conv, m, emoji, remove) })
}

// SetTimer sets after what time the conversation's messages disappear, for everybody in it; 0 keeps them.
func (c *Client) SetTimer(conv Conversation, d time.Duration) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.SetTimer(conv, d) })
}

// SetTyping tells the others that the person is typing, or has stopped. Call it with every key: it throttles itself.
func (c *Client) SetTyping(conv Conversation, active bool) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.SetTyping(conv, active) })
}

// MarkRead notes that the person has seen everything up to a message: timers start, and the authors hear of it if the
// person lets them.
func (c *Client) MarkRead(conv Conversation, upTo id.MessageID) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.MarkRead(conv, upTo) })
}

// AcceptRequest lets a stranger who has written know that it has come: receipts and typing go to them from now on.
func (c *Client) AcceptRequest(conv Conversation) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.AcceptRequest(conv) })
}

// DeleteConversation erases all that a conversation holds on this device. A direct one is listed again when something new is
// said, a channel that one is in stays listed. The others keep what they have.
func (c *Client) DeleteConversation(conv Conversation) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.DeleteConversation(conv) })
}

// SaveDraft keeps what is written in a conversation and not sent yet, and the message that it answers; an empty text that
// answers nothing ends the draft. Sending the text ends it, too.
func (c *Client) SaveDraft(conv Conversation, text string, replyTo id.MessageID) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.SaveDraft(conv, text, replyTo) })
}

// Mute keeps notifications of a conversation away for so many seconds; 0 ends that, -1 is for good.
func (c *Client) Mute(conv Conversation, seconds int64) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.Mute(conv, seconds) })
}

// Pin keeps a conversation at the top of the list, or does no more.
func (c *Client) Pin(conv Conversation, pinned bool) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.Pin(conv, pinned) })
}

// Retry sends a failed message again.
func (c *Client) Retry(conv Conversation, m id.MessageID) error {
	return c.in(conv.Hub, func(h *chat.Hub) error { return h.Retry(conv, m) })
}

// History returns up to limit messages before a position (zero: the newest), oldest first, and whether there are more
// before them.
func (c *Client) History(conv Conversation, before Position, limit int) (page []Message, more bool, err error) {
	err = c.in(conv.Hub, func(h *chat.Hub) error { page, more, err = h.Before(conv, before, limit); return err })
	return page, more, err
}

// HistoryAfter returns up to limit messages behind a position, oldest first, and whether there are more behind them.
func (c *Client) HistoryAfter(conv Conversation, after Position, limit int) (page []Message, more bool, err error) {
	err = c.in(conv.Hub, func(h *chat.Hub) error { page, more, err = h.After(conv, after, limit); return err })
	return page, more, err
}

// HistoryAround returns a message with up to limit messages on each side of it, oldest first, and whether there are more
// before and behind them; ErrNoMessage when it is not here.
func (c *Client) HistoryAround(conv Conversation, m id.MessageID, limit int) (page []Message, before, after bool, err error) {
	err = c.in(conv.Hub, func(h *chat.Hub) error { page, before, after, err = h.Around(conv, m, limit); return err })
	return page, before, after, err
}

// Message returns one message.
func (c *Client) Message(conv Conversation, m id.MessageID) (message Message, err error) {
	err = c.in(conv.Hub, func(h *chat.Hub) error { message, err = h.Message(conv, m); return err })
	return message, err
}

// MessageInfo tells how a message was encrypted and, of one's own, who has it and who has read it.
func (c *Client) MessageInfo(conv Conversation, m id.MessageID) (info MessageInfo, err error) {
	err = c.in(conv.Hub, func(h *chat.Hub) error { info, err = h.MessageInfo(conv, m); return err })
	return info, err
}
