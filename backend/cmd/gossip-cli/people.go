package main

import (
	"context"
	"strings"

	"gossip/backend"
	"gossip/common/id"
)

type whoCommand struct {
	Channel string `arg:"" optional:"" help:"'#channel': only its members."`
}

// Run lists people.
func (c *whoCommand) Run(ctx context.Context, a *app) error {
	if c.Channel == "" {
		return a.hubDo(ctx, "", func(_ context.Context, s *session, hub id.HubID) error { return a.people(s.People(hub)) })
	}
	return a.withChannel(ctx, c.Channel, func(_ context.Context, s *session, channel backend.Conversation) error {
		people, err := s.Members(channel)
		if err != nil {
			return err
		}
		return a.people(people)
	})
}

func (a *app) people(people []backend.Person) error {
	var rows [][]string
	for _, person := range people {
		if a.flags.JSON {
			if err := a.object(person); err != nil {
				return err
			}
		}
		rows = append(rows, []string{"@" + person.Name, presence(person), person.Role, remarks(person)})
	}
	return a.table(rows)
}

func presence(person backend.Person) string {
	if person.Online || person.Mine { // one is connected to ask this
		return "online"
	}
	return "away"
}

func remarks(person backend.Person) string {
	var words []string
	if person.Mine {
		words = append(words, "you")
	}
	if person.Verified {
		words = append(words, "verified")
	}
	if person.Warning != "" {
		words = append(words, person.Warning)
	}
	return strings.Join(words, ", ")
}
