package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gossip/backend"
)

type statusCommand struct{}

// status is what status and sync print.
type status struct {
	Profile     string        `json:"profile"`
	Name        string        `json:"name"`
	User        string        `json:"user"`
	Fingerprint string        `json:"fingerprint"`
	Hubs        []backend.Hub `json:"hubs"`
	Waiting     int           `json:"waiting"` // messages in the outbox
	Unread      int           `json:"unread"`
}

// Run tries each hub and prints how it stands; it fails as the first hub that can't be reached does.
func (statusCommand) Run(ctx context.Context, a *app) error {
	return a.online(ctx, func(s *session) error {
		away := s.awaitAll(ctx)
		return errors.Join(s.report(), away)
	})
}

// awaitAll waits for each hub, and returns what is wrong with the first that is not online.
func (s *session) awaitAll(ctx context.Context) (away error) {
	hubs := s.Hubs()
	for _, hub := range hubs {
		if err := s.await(ctx, hub.ID); err != nil && away == nil {
			away = err
		}
	}
	if len(hubs) == 0 {
		_, away = s.hub()
	}
	return away
}

func (s *session) report() error {
	profile, err := s.app.profile()
	if err != nil {
		return err
	}
	me := s.Me()
	out := status{Profile: profile, Name: me.Name, User: me.User.String(), Fingerprint: me.Fingerprint, Hubs: s.Hubs()}
	if out.Waiting, err = s.waiting(); err != nil {
		return err
	}
	for _, info := range s.Conversations() {
		out.Unread += info.Unread
	}
	lines := []string{fmt.Sprintf("%s, fingerprint %s", out.Name, out.Fingerprint)}
	for _, hub := range out.Hubs {
		lines = append(lines, fmt.Sprintf("hub %s: %s", hub.Address, hub.State))
	}
	lines = append(lines, fmt.Sprintf("%s to be sent, %d unread", plural(out.Waiting, "message"), out.Unread))
	return s.app.print(out, strings.Join(lines, "\n"))
}

// waiting counts the messages that the hub has not taken yet: they stand last in their conversations.
func (s *session) waiting() (count int, err error) {
	for _, info := range s.Conversations() {
		conversation, err := backend.ParseConversation(info.Key)
		if err != nil {
			return 0, err
		}
		var before backend.Position
		for more := true; more; {
			var page []backend.Message
			page, more, err = s.History(conversation, before, pageSize)
			if err != nil {
				return 0, err
			}
			queued := 0
			for _, m := range page {
				if m.State == backend.Queued {
					queued++
				}
			}
			count += queued
			if more = more && queued == len(page); more {
				before = page[0].Position
			}
		}
	}
	return count, nil
}

type syncCommand struct{}

// Help is printed by --help below the command's first line.
func (syncCommand) Help() string {
	return `Leaves when the outbox is empty, all that waited at the hub is here and nothing has come for a moment. For a profile without a window that should not stay
connected:

  */10 * * * *  gossip-cli sync`
}

// Run connects until nothing moves.
func (syncCommand) Run(ctx context.Context, a *app) error {
	return a.online(ctx, func(s *session) error {
		err := s.settle(ctx)
		return errors.Join(s.report(), err)
	})
}

func syncAll(ctx context.Context, a *app) error {
	return a.online(ctx, func(s *session) error { return s.settle(ctx) })
}

// unsettled says what is left to do when the time is over.
func (s *session) unsettled() error {
	if waiting, err := s.waiting(); err != nil || waiting > 0 {
		return errors.Join(err, fail(exitTimeout, "messages still wait in the outbox; they will go with the next connection"))
	}
	return fail(exitTimeout, "not all that waits at the hub has come; the rest comes with the next connection, or wait longer with --timeout")
}

// quiet is how long nothing must come from the hub for receipts to be out, and what follows them.
const quiet = receiptTime

// settle waits until the outbox is empty and the hub has no more to give, at most the timeout without anything moving.
func (s *session) settle(ctx context.Context) error {
	if err := s.awaitAll(ctx); err != nil {
		return err
	}
	limit := time.NewTimer(s.app.flags.Timeout)
	calm := time.NewTicker(quiet)
	defer limit.Stop()
	defer calm.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, open := <-s.Events():
			if !open {
				return errors.New("the client has ended by itself; see its log with -v")
			}
			if e.Message != nil {
				limit.Reset(s.app.flags.Timeout)
			}
			calm.Reset(quiet)
		case <-calm.C:
			if waiting, err := s.waiting(); err != nil || waiting == 0 && s.CaughtUp() {
				return err
			}
		case <-limit.C:
			return s.unsettled()
		}
	}
}
