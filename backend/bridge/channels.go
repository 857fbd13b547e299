package bridge

import (
	"context"

	"gossip/backend"
	"gossip/common/id"
)

// Channels returns all that a hub lists, joined or not.
func (c *Calls) Channels(hub string) ([]backend.ChannelInfo, error) {
	client, at, err := c.at(hub)
	if err != nil {
		return nil, err
	}
	return append([]backend.ChannelInfo{}, client.Channels(at)...), nil
}

// CreateChannel makes a channel and returns its key.
func (c *Calls) CreateChannel(hub, name string, public bool) (string, error) {
	client, at, err := c.at(hub)
	if err != nil {
		return "", err
	}
	ctx, cancel := c.patient()
	defer cancel()
	conversation, err := client.CreateChannel(ctx, at, name, public)
	if err != nil {
		return "", err
	}
	return conversation.String(), nil
}

// JoinChannel joins a public channel, or a private one after an invitation.
func (c *Calls) JoinChannel(key string) error {
	client, conversation, err := c.in(key)
	if err != nil {
		return err
	}
	ctx, cancel := c.patient()
	defer cancel()
	return client.JoinChannel(ctx, conversation)
}

// LeaveChannel leaves a channel; what was read stays in the profile.
func (c *Calls) LeaveChannel(key string) error {
	return c.request(key, func(ctx context.Context, client *backend.Client, in backend.Conversation) error {
		return client.LeaveChannel(ctx, in)
	})
}

// Invite lets a user join a private channel.
func (c *Calls) Invite(key, user string) error {
	return c.requestAbout(key, user, func(ctx context.Context, client *backend.Client, in backend.Conversation, who id.UserID) error {
		return client.Invite(ctx, in, who)
	})
}

// RemoveMember puts a user out of a channel, or takes an invitation back.
func (c *Calls) RemoveMember(key, user string) error {
	return c.requestAbout(key, user, func(ctx context.Context, client *backend.Client, in backend.Conversation, who id.UserID) error {
		return client.RemoveMember(ctx, in, who)
	})
}

// SetRole makes a member of a channel a "member", "moderator" or "owner".
func (c *Calls) SetRole(key, user, role string) error {
	return c.requestAbout(key, user, func(ctx context.Context, client *backend.Client, in backend.Conversation, who id.UserID) error {
		return client.SetRole(ctx, in, who, backend.Role(role))
	})
}

// SetTopic sets the line under a channel's name.
func (c *Calls) SetTopic(key, topic string) error {
	return c.request(key, func(ctx context.Context, client *backend.Client, in backend.Conversation) error {
		return client.SetTopic(ctx, in, topic)
	})
}

// RenameChannel gives a channel another name.
func (c *Calls) RenameChannel(key, name string) error {
	return c.request(key, func(ctx context.Context, client *backend.Client, in backend.Conversation) error {
		return client.RenameChannel(ctx, in, name)
	})
}
