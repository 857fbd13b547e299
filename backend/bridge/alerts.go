package bridge

import (
	"errors"
	"time"

	"gossip/backend"
	"gossip/backend/call"
	"gossip/backend/notify"
)

// Desktop shows notifications.
type Desktop interface {
	Show(notify.Alert) error
	Withdraw(conversation string) error
}

// maxRetried bounds how many unreadable messages are remembered, to be told of once they can be read.
const maxRetried = 1000

var errNoDesktop = errors.New("this desktop shows no notifications; look for a notification service in its settings")

var errRangOut = errors.New("the call is over; call back if you like")

// alerts makes notifications of what happens. Only the goroutine that hands changes on calls take.
type alerts struct {
	session  *Session
	notifier *notify.Notifier
	known    map[string]backend.ConversationInfo // by key: the last that was told
	retried  map[string]bool                     // ids of messages that could not be read yet
	ringing  string                              // key of the conversation whose call rings
	silent   bool                                // the desktop does not answer, and that was logged; the notifier's own
}

func newAlerts(s *Session) *alerts {
	a := &alerts{session: s, known: map[string]backend.ConversationInfo{}, retried: map[string]bool{}}
	a.notifier = notify.New(a, a.choices)
	return a
}

// choices are the person's; before the profile is open there is nothing to tell.
func (a *alerts) choices() notify.Choices {
	client, err := a.session.Client()
	if err != nil {
		return notify.Choices{}
	}
	values := client.Settings().Get()
	return notify.Choices{On: values.Notifications, Preview: values.NotificationPreview, DoNotDisturb: values.DoNotDisturb}
}

// take judges an event.
func (a *alerts) take(event backend.Event) {
	switch {
	case event.Type == backend.EventConversations:
		clear(a.known)
	case event.Type == backend.EventCleared:
		delete(a.known, event.Conversation)
		a.notifier.Seen(event.Conversation)
	case event.Type == backend.EventConversation && event.ConversationInfo != nil:
		a.known[event.ConversationInfo.Key] = *event.ConversationInfo
		if event.ConversationInfo.Unread == 0 {
			a.notifier.Seen(event.ConversationInfo.Key)
		}
	case event.Type == backend.EventMessageRemoved:
		a.notifier.Gone(event.Conversation, event.MessageID)
	case event.Message != nil && event.Message.Deleted:
		a.notifier.Gone(event.Message.Conversation, event.Message.ID)
	case event.Message != nil && a.fresh(event):
		if m, ok := a.message(*event.Message); ok {
			a.notifier.Take(m)
		}
	}
}

// call tells of a call that rings, until it does no more.
func (a *alerts) call(info backend.CallInfo) {
	ringing := ""
	if info.Phase == call.Ringing {
		ringing = info.Conversation
	}
	if ringing == a.ringing {
		return
	}
	if a.ringing != "" {
		a.notifier.Rang()
	}
	a.ringing = ringing
	if m, ok := a.message(backend.Message{Conversation: ringing, FromName: info.CallerName}); ok && ringing != "" {
		a.notifier.Ring(m, info.Video)
	}
}

// fresh says whether the event brings a person's message that can be read and was not told of.
func (a *alerts) fresh(event backend.Event) bool {
	m := event.Message
	if m.Mine || m.Notice != nil {
		return false
	}
	if m.State == backend.Retrying {
		if len(a.retried) < maxRetried {
			a.retried[m.ID] = true
		}
		return false
	}
	late := a.retried[m.ID]
	delete(a.retried, m.ID)
	return event.Type == backend.EventMessage || late
}

// message says what the notifier has to know of a message.
func (a *alerts) message(m backend.Message) (notify.Message, bool) {
	info, ok := a.conversation(m.Conversation)
	if !ok {
		return notify.Message{}, false
	}
	return notify.Message{
		ID: m.ID, Conversation: m.Conversation, Channel: info.Kind == "channel", Name: info.Name, Hub: a.hubName(info.Hub), From: m.FromName, Text: m.Text,
		Mention: m.Mention, Muted: muted(info), Blocked: info.PersonBlocked, Request: info.Request,
	}, true
}

// muted says whether a conversation is without notifications now.
func muted(info backend.ConversationInfo) bool {
	until, err := time.Parse(time.RFC3339, info.MutedUntil)
	return info.Muted && (err != nil || time.Now().Before(until))
}

// conversation is what was told last of one, else what the client knows.
func (a *alerts) conversation(key string) (backend.ConversationInfo, bool) {
	if info, ok := a.known[key]; ok {
		return info, true
	}
	client, conversation, err := a.session.Calls().in(key)
	if err != nil {
		return backend.ConversationInfo{}, false
	}
	info, err := client.Conversation(conversation)
	return info, err == nil
}

// hubName names the hub to a person who has more than one.
func (a *alerts) hubName(hub string) string {
	client, err := a.session.Client()
	if err != nil {
		return ""
	}
	hubs := client.Hubs()
	if len(hubs) < 2 {
		return ""
	}
	for _, one := range hubs {
		if one.ID == hub {
			return one.Name
		}
	}
	return ""
}

// Show shows an alert, for the notifier.
func (a *alerts) Show(alert notify.Alert) {
	if !alert.Quiet && !alert.Ringing {
		a.session.emit(eventNotified, Change{Event: backend.Event{Conversation: alert.Conversation}})
	}
	a.judge(a.session.desktopShow(alert))
}

// Withdraw takes an alert away, for the notifier.
func (a *alerts) Withdraw(conversation string) {
	if desktop := a.session.options.Desktop; desktop != nil {
		a.judge(desktop.Withdraw(conversation))
	}
}

// judge logs that the desktop does not answer, once until it does.
func (a *alerts) judge(err error) {
	if err != nil && !a.silent {
		a.session.log.Warn("the desktop shows no notifications", "error", err)
	}
	a.silent = err != nil
}

func (s *Session) desktopShow(alert notify.Alert) error {
	if s.options.Desktop == nil {
		return errNoDesktop
	}
	return s.options.Desktop.Show(alert)
}

// Attend notes which conversation the person looks at, "" when they look at none: it gets no notifications.
func (c *Calls) Attend(key string) { c.session.alerts.notifier.Attend(key) }

// Answer takes or declines the call of a conversation, for who has chosen that outside of an interface: why it did not
// work is told in the interface.
func (s *Session) Answer(conversation string, accept bool) {
	if err := s.answer(conversation, accept); err != nil {
		s.show(trouble("call", err))
	}
}

func (s *Session) answer(conversation string, accept bool) error {
	client, err := s.Client()
	if err != nil {
		return err
	}
	info := client.Call()
	switch {
	case info.Phase != call.Ringing || info.Conversation != conversation:
		return errRangOut
	case accept:
		return s.Calls().AcceptCall()
	}
	return s.Calls().DeclineCall()
}

// TestNotification shows how a notification looks, whatever the person has chosen.
func (c *Calls) TestNotification() error {
	err := c.session.desktopShow(notify.Alert{Title: "Gossip", Body: "This is how Gossip calls you."})
	if err != nil {
		c.session.log.Warn("the desktop shows no notifications", "error", err)
		return errNoDesktop
	}
	return nil
}
