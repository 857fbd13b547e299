package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"gossip/backend"
	"gossip/common/id"
)

type channelsCommand struct{}

// Run lists what the hub offers.
func (channelsCommand) Run(ctx context.Context, a *app) error {
	return a.hubDo(ctx, "", func(_ context.Context, s *session, hub id.HubID) error {
		var rows [][]string
		for _, channel := range s.Channels(hub) {
			if a.flags.JSON {
				if err := a.object(channel); err != nil {
					return err
				}
			}
			rows = append(rows, []string{"#" + channel.Name, plural(channel.Members, "member"), standing(channel), channel.Topic})
		}
		return a.table(rows)
	})
}

// standing says in a word how one stands to a channel.
func standing(channel backend.ChannelInfo) string {
	switch {
	case channel.Member:
		return "joined"
	case channel.Invited:
		return "invited"
	case channel.Public:
		return "open"
	}
	return "private"
}

// table prints rows in columns, and nothing with --json.
func (a *app) table(rows [][]string) error {
	if a.flags.JSON {
		return nil
	}
	var text bytes.Buffer
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(columns, strings.Join(row, "\t"))
	}
	columns.Flush()
	for line := range strings.Lines(text.String()) {
		if _, err := fmt.Fprintln(a.stdout, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// made is what commands print that make or join one thing.
type made struct {
	Name         string `json:"name"`
	Conversation string `json:"conversation"`
}

type createCommand struct {
	Name    string `arg:"" help:"'#name' of the new channel."`
	Private bool   `help:"Only who is invited can join."`
	Topic   string `placeholder:"TEXT" help:"What the channel is about."`
}

// Run creates the channel.
func (c *createCommand) Run(ctx context.Context, a *app) error {
	name, err := id.CheckChannelName(strings.TrimPrefix(c.Name, "#"))
	if err != nil {
		return fail(exitUsage, "%w", err)
	}
	return a.hubDo(ctx, "", func(ctx context.Context, s *session, hub id.HubID) error {
		channel, err := s.CreateChannel(ctx, hub, name, !c.Private)
		if err != nil {
			return refused(err)
		}
		if c.Topic != "" {
			if err := s.SetTopic(ctx, channel, c.Topic); err != nil {
				return fmt.Errorf("#%s was created, but not its topic: %w", name, err)
			}
		}
		return a.print(made{"#" + name, channel.String()}, "created #"+name)
	})
}

type inviteCommand struct {
	Channel string `arg:"" help:"'#channel'."`
	User    string `arg:"" help:"@user."`
}

// Run invites.
func (c *inviteCommand) Run(ctx context.Context, a *app) error {
	return a.withChannel(ctx, c.Channel, func(ctx context.Context, s *session, channel backend.Conversation) error {
		person, err := s.person(ctx, c.User)
		if err != nil {
			return err
		}
		if err := s.Invite(ctx, channel, person); err != nil {
			return refused(err)
		}
		return a.print(made{c.Channel, channel.String()}, fmt.Sprintf("invited %s to %s", c.User, c.Channel))
	})
}

// person finds a user by @name.
func (s *session) person(ctx context.Context, name string) (id.UserID, error) {
	direct, err := s.resolve(ctx, name)
	if err == nil && !direct.Direct() {
		err = fail(exitUsage, "%s is a channel: this wants a @user", name)
	}
	return direct.User, err
}

type leaveCommand struct {
	What string `arg:"" help:"'#channel', or the address, name or id of a hub."`
}

// Run leaves a channel or a hub; what was read stays in the profile.
func (c *leaveCommand) Run(ctx context.Context, a *app) error {
	if !strings.HasPrefix(c.What, "#") {
		return a.offline(func(client *backend.Client) error { return c.leaveHub(a, client) })
	}
	return a.withChannel(ctx, c.What, func(ctx context.Context, s *session, channel backend.Conversation) error {
		if err := s.LeaveChannel(ctx, channel); err != nil {
			return refused(err)
		}
		return a.print(made{c.What, channel.String()}, "left "+c.What)
	})
}

func (c *leaveCommand) leaveHub(a *app, client *backend.Client) error {
	hub, err := a.chooseHub(client, c.What)
	if err != nil {
		return err
	}
	of, err := hubID(hub)
	if err != nil {
		return err
	}
	if err := client.LeaveHub(of); err != nil {
		return err
	}
	return a.print(hub, "left "+hub.Address)
}
