package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// hub returns the hub that --hub names, or the only one.
func (s *session) hub() (backend.Hub, error) { return s.app.chooseHub(s.Client, s.app.flags.Hub) }

// chooseHub finds a joined hub by address, name or id; with no name, the only one.
func (a *app) chooseHub(client *backend.Client, name string) (backend.Hub, error) {
	hubs := client.Hubs()
	if name == "" && len(hubs) == 1 {
		return hubs[0], nil
	}
	var known []string
	for _, hub := range hubs {
		host, _, _ := strings.Cut(hub.Address, ":")
		if name != "" && slices.Contains([]string{hub.ID, hub.Address, hub.Name, host}, name) {
			return hub, nil
		}
		known = append(known, hub.Address)
	}
	switch {
	case len(hubs) == 0:
		return backend.Hub{}, fail(exitNotFound, "this profile has joined no hub yet: gossip-cli join HOST")
	case name == "":
		return backend.Hub{}, fail(exitUsage, "this profile has joined several hubs: name one with --hub (%s)", strings.Join(known, ", "))
	}
	return backend.Hub{}, fail(exitNotFound, "this profile has not joined %s: join it first, or name one of %s", name, strings.Join(known, ", "))
}

// hubOf returns the hub that a conversation is on: #channel@HUB and @user@HUB name it, as a conversation's key does.
func (s *session) hubOf(to string) (backend.Hub, error) {
	if conversation, err := backend.ParseConversation(to); err == nil {
		return s.app.chooseHub(s.Client, conversation.Hub.String())
	}
	if to != "" {
		if _, host, named := strings.Cut(to[1:], "@"); named {
			return s.app.chooseHub(s.Client, host)
		}
	}
	return s.hub()
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

// hubDo runs do when the hub has let the client in.
func (a *app) hubDo(ctx context.Context, do func(ctx context.Context, s *session, hub id.HubID) error) error {
	return a.online(ctx, func(s *session) error {
		hub, err := s.ready(ctx, "")
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
	return a.hubDo(ctx, func(ctx context.Context, s *session, _ id.HubID) error {
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

// resolve turns a TO of the command line into a conversation.
func (s *session) resolve(ctx context.Context, to string) (backend.Conversation, error) {
	if conversation, err := backend.ParseConversation(to); err == nil {
		return conversation, nil
	}
	if !strings.HasPrefix(to, "#") && !strings.HasPrefix(to, "@") {
		return backend.Conversation{}, fail(exitUsage, "%q is neither '#channel' nor @user", to)
	}
	if host := s.app.flags.Hub; host != "" && !strings.Contains(to[1:], "@") {
		hub, err := s.hub()
		if err != nil {
			return backend.Conversation{}, err
		}
		to += "@" + hub.Address
	}
	conversation, err := s.Resolve(ctx, to)
	if err != nil && exitCode(err) == exitFailure {
		return conversation, fail(exitNotFound, "%w", err)
	}
	return conversation, err
}

// names gives conversations the names that people call them by.
func names(client *backend.Client) map[string]string {
	named := map[string]string{}
	for _, info := range client.Conversations() {
		named[info.Key] = nameOf(info)
	}
	return named
}

func nameOf(info backend.ConversationInfo) string {
	if info.Kind == "direct" {
		return "@" + info.Name
	}
	return "#" + info.Name
}

// lower begins a sentence in small, as it follows the program's name, and takes the last full stop off.
func lower(sentence string) string {
	sentence = strings.TrimSuffix(sentence, ".")
	if len(sentence) > 1 && sentence[1] >= 'a' && sentence[1] <= 'z' {
		return strings.ToLower(sentence[:1]) + sentence[1:]
	}
	return sentence
}

// stopped says why the hub wants a person's decision. The event with the reason's code follows the change of state.
func (s *session) stopped(hub backend.Hub) error {
	patience := time.NewTimer(localPatience)
	defer patience.Stop()
	for {
		select {
		case e, open := <-s.Events():
			if open && (e.Error == nil || e.Hub != hub.ID) {
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
