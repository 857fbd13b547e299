package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"gossip/backend"
	"gossip/backend/media/mirror"
)

// Bounds against two programs that answer each other for ever: an answer that repeats the last one spends from these.
const (
	repeatEvery = 10 * time.Second
	repeatBurst = 5
	maxPartners = 10_000
)

type echoCommand struct{}

// Help is printed by --help below the command's first line.
func (echoCommand) Help() string {
	return `Answers direct messages only, never channels, and never itself; marks what it answers as read, and lets an answer disappear as
soon as what it answers. What came while it was away is answered when it is back. With --json it prints one object an answer.

Takes calls, one at a time and for 10 minutes at most, and gives back the sound and the pictures that it gets 2 seconds later. A call
does not ring at somebody who has never said anything to the caller: Echo then writes that they may call again.

  gossip-cli --profile /var/lib/echo join localhost --name Echo
  gossip-cli --profile /var/lib/echo echo`
}

// Run answers until interrupted.
func (echoCommand) Run(ctx context.Context, a *app) error {
	a.media = mirror.New(echoDelay)
	return a.online(ctx, func(s *session) error {
		if _, err := s.hub(); err != nil && exitCode(err) != exitUsage {
			return err
		}
		e := echo{session: s, partners: map[backend.Conversation]*partner{}}
		a.note("answering direct messages to %s with the same text; an interrupt ends it", s.Me().Name)
		if err := e.catchUp(); err != nil {
			return err
		}
		return e.run(ctx)
	})
}

// echo is one run of the Echo contact.
type echo struct {
	*session
	partners map[backend.Conversation]*partner
	talk     echoTalk
}

// partner is what is remembered of somebody who writes.
type partner struct {
	answered []string // ids of the newest answered messages, so that none is answered twice
	last     string   // the newest answer
	repeats  *rate.Limiter
}

func (e *echo) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return e.goAway() // interrupted, which is how it ends
		case event, open := <-e.Events():
			if !open {
				return errors.New("the client has ended by itself; see its log with -v")
			}
			if err := e.take(event); err != nil {
				return err
			}
		}
	}
}

// take answers what an event brings. A message that had to be asked for again comes as a change.
func (e *echo) take(event backend.Event) error {
	if err := e.stops(event); err != nil {
		return err
	}
	switch {
	case event.HubInfo != nil && event.HubInfo.State != "connecting":
		e.app.note("%s is %s", event.HubInfo.Address, event.HubInfo.State)
	case event.Type == backend.EventCall:
		return e.follows()
	case event.Message != nil && event.Message.Notice != nil && event.Message.Notice.Kind == missedCall:
		return e.introduce(*event.Message)
	case event.Message != nil && (event.Type == backend.EventMessage || event.Type == backend.EventMessageChanged):
		return e.answer(*event.Message)
	}
	return nil
}

// answer sends a direct message's text back and marks it as read.
func (e *echo) answer(m backend.Message) error {
	conversation, err := backend.ParseConversation(m.Conversation)
	if err != nil {
		return err
	}
	p := e.partner(conversation)
	if !conversation.Direct() || !answerable(m) || slices.Contains(p.answered, m.ID) {
		return nil
	}
	p.note(m.ID)
	if p.loops(m.Text) {
		e.app.note("not answering %s, who repeats what was answered: that may be another echo", m.FromName)
		return markRead(e.Client, m)
	}
	draft := backend.Draft{Text: m.Text, ExpiresIn: time.Duration(m.ExpiresIn) * time.Second}
	sent, err := e.Send(conversation, draft)
	if err != nil {
		e.app.note("%s is not answered: %v", m.FromName, err) // a key that changed, for one: the others still are
		return nil
	}
	p.last = m.Text
	if err := markRead(e.Client, m); err != nil {
		return err
	}
	if !e.app.flags.JSON {
		e.app.note("answered %s", m.FromName)
		return nil
	}
	return e.app.object(answered{m.ID, sent.String(), m.Conversation, m.From, m.FromName})
}

// answered is what echo prints of an answer.
type answered struct {
	ID           string `json:"id"`
	Answer       string `json:"answer"`
	Conversation string `json:"conversation"`
	From         string `json:"from"`
	FromName     string `json:"from_name"`
}

// answerable reports whether a message is another's own, readable, and as it was first written.
func answerable(m backend.Message) bool {
	return said(&m) && m.State == backend.Received && m.Text != "" && !m.Edited && !m.Deleted
}

func (e *echo) partner(conversation backend.Conversation) *partner {
	if e.partners[conversation] == nil {
		if len(e.partners) >= maxPartners {
			clear(e.partners)
		}
		e.partners[conversation] = &partner{repeats: rate.NewLimiter(rate.Every(repeatEvery), repeatBurst)}
	}
	return e.partners[conversation]
}

// note remembers an answered message.
func (p *partner) note(message string) {
	p.answered = append(p.answered, message)
	if excess := len(p.answered) - 1000; excess > 0 {
		p.answered = p.answered[excess:]
	}
}

// loops reports whether the text is what was answered last, once too often.
func (p *partner) loops(text string) bool { return text == p.last && !p.repeats.Allow() }

// catchUp answers what came while nobody answered. An answer that went out just before a crash is not repeated.
func (e *echo) catchUp() error {
	for _, info := range e.Conversations() {
		if info.Kind != "direct" || info.Unread == 0 {
			continue
		}
		unread, err := unreadOf(e.Client, info)
		if err != nil {
			return err
		}
		given, err := e.given(info, unread)
		if err != nil {
			return fmt.Errorf("what was answered before can't be read: %w", err)
		}
		for i, m := range unread {
			if i < given {
				err = markRead(e.Client, m)
			} else {
				err = e.answer(m)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// given counts the unread messages whose answers are there already, behind the first of them.
func (e *echo) given(info backend.ConversationInfo, unread []backend.Message) (count int, err error) {
	conversation, err := backend.ParseConversation(info.Key)
	if err != nil || len(unread) == 0 {
		return 0, err
	}
	all, err := newest(e.Client, conversation, 0)
	for _, m := range all {
		if m.Mine && m.Position > unread[0].Position && count < len(unread) && m.Text == unread[count].Text {
			count++
		}
	}
	return count, err
}
