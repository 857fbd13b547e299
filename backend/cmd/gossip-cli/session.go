package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gossip/backend"
	"gossip/common/id"
)

// session is an open profile whose client connects to its hubs and stays connected until close.
type session struct {
	*backend.Client
	app   *app
	end   context.CancelFunc
	ended chan error
}

// offline runs do with the profile open and nothing connected.
func (a *app) offline(do func(*backend.Client) error) error {
	client, err := a.open()
	if err != nil {
		return err
	}
	return errors.Join(do(client), client.Close())
}

// online runs do with the client running; the hub need not have answered yet.
func (a *app) online(ctx context.Context, do func(*session) error) error {
	client, err := a.open()
	if err != nil {
		return err
	}
	return a.running(ctx, client, do)
}

// running runs do while client runs, and closes both.
func (a *app) running(ctx context.Context, client *backend.Client, do func(*session) error) error {
	run, end := context.WithCancel(context.WithoutCancel(ctx)) // an interruption ends do first, which then says what is kept
	s := &session{Client: client, app: a, end: end, ended: make(chan error, 1)}
	go func() { s.ended <- client.Run(run) }()
	return errors.Join(do(s), s.close())
}

func (s *session) close() error {
	s.end()
	err := <-s.ended
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, s.Close())
}

// ready waits until the hub of the conversation has let the client in, and returns its id; "" is the hub of --hub, or the only one.
func (s *session) ready(ctx context.Context, to string) (id.HubID, error) {
	hub, err := s.hubOf(to)
	if err != nil {
		return id.NoHub, err
	}
	of, err := hubID(hub)
	if err != nil {
		return of, err
	}
	return of, s.await(ctx, hub.ID)
}

// calmTime is how long no event must come after a login for the hub's lists and people's presence to be here.
const calmTime = 200 * time.Millisecond

// calm waits until what the hub tells by itself after a login has come.
func (s *session) calm(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, localPatience)
	defer cancel()
	for {
		select {
		case <-s.Events():
		case <-time.After(calmTime):
			return
		case <-ctx.Done():
			return
		}
	}
}

func hubID(hub backend.Hub) (of id.HubID, err error) {
	err = of.UnmarshalText([]byte(hub.ID))
	return of, err
}

// await waits until the hub has let the client in. Unless --retry is given, the first attempt that fails is the answer.
func (s *session) await(ctx context.Context, hub string) error {
	ctx, cancel := context.WithTimeout(ctx, s.app.flags.Timeout)
	defer cancel()
	for {
		if done, err := s.state(hub); done && (err == nil || !s.app.flags.Retry || exitCode(err) != exitUnreachable) {
			return err
		}
		select {
		case _, open := <-s.Events():
			if !open {
				return errors.New("the client has ended by itself; see its log with -v")
			}
		case <-ctx.Done():
			return s.overdue(ctx, hub)
		}
	}
}

// state reports whether the hub has answered, and how: nil when it has let the client in.
func (s *session) state(hub string) (done bool, err error) {
	for _, h := range s.Hubs() {
		if h.ID != hub {
			continue
		}
		switch {
		case h.State == "online":
			return true, nil
		case h.State == "stopped":
			return true, s.stopped(h)
		case h.Detail != "": // an attempt has failed
			return true, fail(exitUnreachable, "%s", lower(h.Detail))
		}
		return false, nil
	}
	return true, fail(exitNotFound, "this profile is not joined to the hub any more")
}

// overdue says what did not come within the time of ctx.
func (s *session) overdue(ctx context.Context, hub string) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	if done, err := s.state(hub); done && err != nil {
		return err
	}
	return fail(exitUnreachable, "the hub did not answer within %v; check the address and your network, or wait longer with --timeout", s.app.flags.Timeout)
}

// hubDo runs do when the hub of the conversation has let the client in; "" is the hub of --hub, or the only one.
func (a *app) hubDo(ctx context.Context, to string, do func(ctx context.Context, s *session, hub id.HubID) error) error {
	return a.online(ctx, func(s *session) error {
		hub, err := s.ready(ctx, to)
		if err != nil {
			return err
		}
		s.calm(ctx)
		ctx, cancel := context.WithTimeout(ctx, a.flags.Timeout)
		defer cancel()
		return do(ctx, s, hub)
	})
}

// withChannel runs do with a channel of the hub.
func (a *app) withChannel(ctx context.Context, name string, do func(context.Context, *session, backend.Conversation) error) error {
	return a.hubDo(ctx, name, func(ctx context.Context, s *session, _ id.HubID) error {
		channel, err := s.resolve(ctx, name)
		if err != nil {
			return err
		}
		if channel.Direct() {
			return fail(exitUsage, "%s is a person: this wants a '#channel'", name)
		}
		return do(ctx, s, channel)
	})
}

// stopped says why the hub wants a person's decision; without an id it is the one that is being joined. The event with
// the reason's code follows the change of state.
func (s *session) stopped(hub backend.Hub) error {
	patience := time.NewTimer(localPatience)
	defer patience.Stop()
	for {
		select {
		case e, open := <-s.Events():
			if open && (e.Error == nil || hub.ID != "" && e.Hub != hub.ID) {
				continue
			}
			if open {
				return refusal(e.Error.Code, e.Error.Sentence)
			}
		case <-patience.C:
		}
		return refusal("", hub.Detail)
	}
}

// stops returns the error of an event that ends the connection to the only hub until a person has decided something.
func (s *session) stops(e backend.Event) error {
	hubs := s.Hubs()
	if e.Error == nil || len(hubs) != 1 || hubs[0].State != "stopped" {
		return nil
	}
	return refusal(e.Error.Code, e.Error.Sentence)
}

// receiptTime is how long the client may take to tell others that their messages have come and were read.
const receiptTime = 1500 * time.Millisecond

// linger stays connected until receipts are out.
func (s *session) linger(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(receiptTime):
	}
}

// plural counts things.
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
