package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gossip/backend"
	"gossip/common/id"
)

type listenCommand struct {
	To     string        `arg:"" optional:"" help:"Only this conversation: '#channel', @user or its key."`
	Count  int           `placeholder:"N" help:"Leave after N messages from others."`
	For    time.Duration `placeholder:"TIME" help:"Leave after this time."`
	Unread bool          `help:"Begin with the messages that are unread already."`
	Read   bool          `help:"Mark what is printed as read: its senders are told, and disappearing messages begin to run."`
	All    bool          `help:"Print every event, of people's presence and lists too."`
}

// Help is printed by --help below the command's first line.
func (listenCommand) Help() string {
	return `Each line is one JSON object: type (message, message_changed, message_removed, gap, hub, error), conversation (its key, which
send takes), name ('#general', '@bob'), and for a message id, from, from_name, text, sent_at and the rest of what history --json
prints. Reconnects by itself. The exit code is 6 when --for ends before --count messages have come. Naming a person accepts their
request to talk: a stranger who has written does not hear before that their messages have come.

  gossip-cli listen --count 1 --for 30s
  gossip-cli listen '#alerts' | jq -r --unbuffered .text`
}

// event is one line of listen: what happened, and the message that it is about.
type event struct {
	Type         backend.EventType `json:"type"`
	Seq          uint64            `json:"seq,omitempty"` // 0: was there before
	Hub          string            `json:"hub,omitempty"`
	Conversation string            `json:"conversation,omitempty"`
	Name         string            `json:"name,omitempty"`
	ID           string            `json:"id,omitempty"`
	*backend.Message
	ConversationInfo *backend.ConversationInfo `json:"conversation_info,omitempty"`
	HubInfo          *backend.Hub              `json:"hub_info,omitempty"`
	Person           *backend.Person           `json:"person,omitempty"`
	Typing           bool                      `json:"typing,omitempty"`
	Code             string                    `json:"code,omitempty"`
	Error            string                    `json:"error,omitempty"`
}

// usual are the types that listen prints without --all.
var usual = []backend.EventType{backend.EventMessage, backend.EventMessageChanged, backend.EventMessageRemoved,
	backend.EventGap, backend.EventHub, backend.EventError}

// Run prints events.
func (c *listenCommand) Run(ctx context.Context, a *app) error {
	return a.online(ctx, func(s *session) error {
		if _, err := s.hub(); err != nil && exitCode(err) != exitUsage { // several hubs are heard at once
			return err
		}
		l := listener{listenCommand: c, session: s, names: names(s.Client), held: map[string]bool{}}
		err := l.run(ctx)
		if l.heard > 0 {
			l.linger(ctx)
		}
		return err
	})
}

// listener is one run of listen.
type listener struct {
	*listenCommand
	*session
	names map[string]string
	held  map[string]bool // messages that can't be read yet: they are printed when they can
	heard int             // messages from others
	met   bool            // a hub has let us in
}

func (l *listener) run(ctx context.Context) error {
	limit := ctx
	if l.For > 0 {
		var cancel func()
		limit, cancel = context.WithTimeout(ctx, l.For)
		defer cancel()
	}
	if l.To != "" && !l.known() {
		l.app.note("nothing is known of %s yet: this waits for it to begin", l.To)
	}
	if l.Unread {
		if err := l.unread(); err != nil {
			return err
		}
	}
	for !l.full() {
		select {
		case <-limit.Done():
			if ctx.Err() != nil {
				return nil // interrupted, which is how it usually ends
			}
			return l.late()
		case e, open := <-l.Events():
			if !open {
				return errors.New("the client has ended by itself; see its log with -v")
			}
			if err := l.take(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *listener) full() bool { return l.Count > 0 && l.heard >= l.Count }

// late says what the time was too short for.
func (l *listener) late() error {
	for _, hub := range l.Hubs() {
		if !l.met && hub.Detail != "" {
			return fail(exitUnreachable, "%s", lower(hub.Detail))
		}
	}
	if l.Count > 0 {
		return fail(exitTimeout, "%s of %d came within %v", plural(l.heard, "message"), l.Count, l.For)
	}
	return nil
}

// take prints an event that is wanted. A hub that wants a person's decision ends listening.
func (l *listener) take(e backend.Event) error {
	if e.Type == backend.EventConversations {
		l.names = names(l.Client)
	}
	if e.HubInfo != nil {
		l.met = l.met || e.HubInfo.State == "online"
	}
	if err := l.stops(e); err != nil {
		return err
	}
	if !l.All && !slices.Contains(usual, e.Type) || !l.wanted(e.Conversation) {
		return nil
	}
	line := l.line(e)
	if l.hold(&line) && !l.All {
		return nil
	}
	return l.show(line)
}

// hold keeps a message back that is being asked for again, and makes it a new one when it can be read.
func (l *listener) hold(e *event) bool {
	if e.Message == nil || e.Type != backend.EventMessage && e.Type != backend.EventMessageChanged {
		return false
	}
	if e.Message.State == backend.Retrying {
		l.held[e.ID] = true
		return true
	}
	if l.held[e.ID] {
		delete(l.held, e.ID)
		e.Type = backend.EventMessage
	}
	return false
}

// wanted reports whether a conversation is the one asked for; everything is where none was.
func (l *listener) wanted(conversation string) bool {
	return l.To == "" || conversation == l.To || strings.EqualFold(l.nameOf(conversation), l.To)
}

// known reports whether the conversation asked for is there already.
func (l *listener) known() bool {
	for conversation := range l.names {
		if l.wanted(conversation) {
			return true
		}
	}
	return false
}

// nameOf reads the names again for a conversation that is new.
func (l *listener) nameOf(conversation string) string {
	if conversation != "" && l.names[conversation] == "" {
		l.names = names(l.Client)
	}
	return l.names[conversation]
}

func (l *listener) line(e backend.Event) event {
	out := event{
		Type: e.Type, Seq: e.Seq, Hub: e.Hub, Conversation: e.Conversation, Name: l.nameOf(e.Conversation), ID: e.MessageID,
		Message: e.Message, ConversationInfo: e.ConversationInfo, HubInfo: e.HubInfo, Person: e.Person, Typing: e.Typing,
	}
	if e.Message != nil {
		out.ID, out.Error = e.Message.ID, e.Message.Error
	}
	if e.Error != nil {
		out.Code, out.Error = e.Error.Code, e.Error.Sentence
	}
	return out
}

// show prints a line at once, counts it and marks it as read.
func (l *listener) show(e event) error {
	if err := l.app.object(e); err != nil {
		return err
	}
	if e.Type != backend.EventMessage || !said(e.Message) || e.Message.State != backend.Received {
		return nil
	}
	l.heard++
	if err := l.accept(e.Conversation); err != nil || !l.Read {
		return err
	}
	return markRead(l.Client, *e.Message)
}

// accept takes the person who was asked for by name for no stranger.
func (l *listener) accept(conversation string) error {
	conv, err := backend.ParseConversation(conversation)
	if err != nil || l.To == "" || !conv.Direct() {
		return err
	}
	return l.Client.AcceptRequest(conv)
}

// said reports whether another person has said this, be it readable yet or not.
func said(m *backend.Message) bool {
	return m != nil && !m.Mine && m.Notice == nil
}

func markRead(client *backend.Client, m backend.Message) error {
	conversation, err := backend.ParseConversation(m.Conversation)
	if err != nil {
		return err
	}
	var message id.MessageID
	if err := message.UnmarshalText([]byte(m.ID)); err != nil {
		return err
	}
	return client.MarkRead(conversation, message)
}

// unread prints what came before listening and was not read.
func (l *listener) unread() error {
	for _, info := range l.Conversations() {
		if !l.wanted(info.Key) {
			continue
		}
		messages, err := unreadOf(l.Client, info)
		if err != nil {
			return err
		}
		for _, m := range messages {
			if l.full() {
				return nil
			}
			e := event{Type: backend.EventMessage, Hub: info.Hub, Conversation: info.Key, Name: nameOf(info), ID: m.ID, Message: &m, Error: m.Error}
			if err := l.show(e); err != nil {
				return err
			}
		}
	}
	return nil
}
