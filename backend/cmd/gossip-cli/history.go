package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gossip/backend"
)

// pageSize is how many messages are read from the store at once.
const pageSize = 500

type historyCommand struct {
	To    string `arg:"" help:"'#channel', @user, or the conversation's key."`
	Limit int    `default:"50" placeholder:"N" help:"At most the newest N; 0 is all."`
	Sync  bool   `help:"Fetch what waits at the hub first."`
}

// Help is printed by --help below the command's first line.
func (historyCommand) Help() string {
	return `Reads what this profile holds and connects to nothing unless --sync is given.

  gossip-cli history '#general' --sync
  gossip-cli history @bob --limit 0 --json | jq -r .text`
}

// Run prints the messages.
func (c *historyCommand) Run(ctx context.Context, a *app) error {
	if c.Sync {
		if err := syncAll(ctx, a); err != nil {
			return err
		}
	}
	return a.offline(func(client *backend.Client) error {
		ctx, cancel := context.WithTimeout(ctx, localPatience)
		defer cancel()
		s := session{Client: client, app: a}
		conversation, err := s.resolve(ctx, c.To)
		if unknown(err) {
			return fail(exitNotFound, "this profile holds nothing of %s: check the name, or fetch what is new with --sync", c.To)
		}
		if err != nil {
			return err
		}
		messages, err := newest(client, conversation, c.Limit)
		if err != nil {
			return err
		}
		for _, m := range messages {
			if err := a.print(m, readable(m)); err != nil {
				return err
			}
		}
		return nil
	})
}

// newest returns the newest messages of a conversation, at most limit where that is not 0, the oldest first.
func newest(client *backend.Client, conversation backend.Conversation, limit int) (all []backend.Message, err error) {
	var before backend.Position
	for limit == 0 || len(all) < limit {
		size := pageSize
		if limit > 0 {
			size = min(size, limit-len(all))
		}
		page, more, err := client.History(conversation, before, size)
		if err != nil {
			return nil, err
		}
		all = append(slices.DeleteFunc(slices.Clone(page), expired), all...)
		if !more || len(page) == 0 {
			break
		}
		before = page[0].Position
	}
	return all, nil
}

// expired reports whether a message's time was over while nobody was there to erase it.
func expired(m backend.Message) bool {
	at, err := time.Parse(time.RFC3339, m.ExpiresAt)
	return err == nil && time.Now().After(at)
}

// unreadOf returns the messages of others that are unread, the oldest first.
func unreadOf(client *backend.Client, info backend.ConversationInfo) ([]backend.Message, error) {
	if info.Unread == 0 {
		return nil, nil
	}
	conversation, err := backend.ParseConversation(info.Key)
	if err != nil {
		return nil, err
	}
	all, err := newest(client, conversation, 0)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(m backend.Message) bool { return !said(&m) || m.State != backend.Received })
	return all[max(0, len(all)-info.Unread):], nil
}

// readable is a message as a line for people, in local time.
func readable(m backend.Message) string {
	when := m.SentAt
	if sent, err := time.Parse(time.RFC3339, m.SentAt); err == nil {
		when = sent.Local().Format(time.DateTime)
	}
	var marks []string
	if m.Edited {
		marks = append(marks, "edited")
	}
	if m.State == backend.Queued || m.State == backend.Failed || m.State == backend.Retrying {
		marks = append(marks, string(m.State))
	}
	text := m.Text
	switch {
	case m.Notice != nil:
		return fmt.Sprintf("%s  * %s", when, m.Notice.Text)
	case m.Deleted:
		text = "(deleted)"
	}
	if len(marks) > 0 {
		text += " (" + strings.Join(marks, ", ") + ")"
	}
	from := m.FromName
	if from == "" {
		from = m.From
	}
	return fmt.Sprintf("%s  %s: %s", when, from, strings.ReplaceAll(text, "\n", "\n    "))
}
