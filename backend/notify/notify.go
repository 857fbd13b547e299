// Package notify decides who is told of a message, when and in which words. It shows nothing itself, and knows neither
// the client nor the desktop.
package notify

import "time"

// pause is how long after an alert the next one of the same conversation waits: a burst becomes one alert.
const pause = 5 * time.Second

// Message is one that has just arrived, and what is known of its conversation.
type Message struct {
	ID           string
	Conversation string // key
	Channel      bool   // else a direct conversation
	Name         string // of the channel, without '#'
	Hub          string // where it is, for a person with more than one hub; else ""
	From         string // who wrote it
	Text         string // Markdown
	Mine         bool   // written by this person, here or on another device
	Mention      bool   // it names this person
	Muted        bool   // the person wants no alerts of this conversation, but of mentions
	Blocked      bool   // the person wants nothing of its author
	Request      bool   // a stranger's, who was not accepted yet
}

// Choices are the person's.
type Choices struct {
	On           bool // alerts are wanted at all
	Preview      bool // they may tell who writes what
	DoNotDisturb bool // not now
}

// Alert is one notification. A later one of the same conversation takes its place.
type Alert struct {
	Conversation string // key; "" for one that leads nowhere
	Title        string
	Body         string
	Quiet        bool // without sound and urgency
	Ringing      bool // somebody calls: it stays until it is withdrawn
}

// Action is a button of an alert.
type Action struct {
	Name  string // AcceptCall or DeclineCall
	Label string // for the person
}

// The actions of an alert of a call.
const (
	AcceptCall  = "accept"
	DeclineCall = "decline"
)

// Actions are the buttons of an alert.
func (a Alert) Actions() []Action {
	if !a.Ringing {
		return nil
	}
	return []Action{{AcceptCall, "Accept"}, {DeclineCall, "Decline"}}
}

// Decider holds what was told of each conversation. The zero Decider is one of a window that nobody looks at.
type Decider struct {
	attended string // key of what the person looks at
	bursts   map[string]*burst
}

// burst is what came in one conversation since the person saw it last.
type burst struct {
	count  int // of messages
	untold int // how many of them came after the last alert
	newest Message
	told   string    // id of the message that the last alert is about, or the newest of several
	again  time.Time // from when on the next alert may be shown
}

// Take judges a message that arrived now. An alert is to be shown at once; without one there may be one later: see Next.
func (d *Decider) Take(now time.Time, m Message, c Choices) (Alert, bool) {
	if !d.wanted(m, c) {
		return Alert{}, false
	}
	if d.bursts == nil {
		d.bursts = map[string]*burst{}
	}
	b := d.bursts[m.Conversation]
	if b == nil {
		b = &burst{}
		d.bursts[m.Conversation] = b
	}
	b.count++
	b.untold++
	b.newest = m
	if now.Before(b.again) {
		return Alert{}, false
	}
	return b.tell(now, c), true
}

// wanted says whether the person is to be told.
func (d *Decider) wanted(m Message, c Choices) bool {
	switch {
	case !c.On, c.DoNotDisturb, m.Mine, m.Blocked:
		return false
	case m.Muted && !m.Mention:
		return false
	}
	return m.Conversation != d.attended
}

// tell makes the alert of what was not told.
func (b *burst) tell(now time.Time, c Choices) Alert {
	alert := word(b.newest, b.count, b.untold, c)
	b.untold = 0
	b.told = b.newest.ID
	b.again = now.Add(pause)
	return alert
}

// Next returns when Due has something to show; false for never.
func (d *Decider) Next() (next time.Time, ok bool) {
	for _, b := range d.bursts {
		if b.untold > 0 && (!ok || b.again.Before(next)) {
			next, ok = b.again, true
		}
	}
	return next, ok
}

// Due returns the alerts whose pause has ended.
func (d *Decider) Due(now time.Time, c Choices) (alerts []Alert) {
	for _, b := range d.bursts {
		if b.untold == 0 || now.Before(b.again) {
			continue
		}
		alert := b.tell(now, c)
		if d.wanted(b.newest, c) {
			alerts = append(alerts, alert)
		}
	}
	return alerts
}

// Attend notes which conversation the person looks at, "" for none, and reports whether there is an alert of it to be
// taken away.
func (d *Decider) Attend(conversation string) (withdraw bool) {
	d.attended = conversation
	return d.Seen(conversation)
}

// Seen notes that the person has read everything of a conversation, and reports whether there is an alert of it to be
// taken away.
func (d *Decider) Seen(conversation string) (withdraw bool) {
	_, withdraw = d.bursts[conversation]
	delete(d.bursts, conversation)
	return withdraw
}

// Gone notes that a message was deleted or has expired, and reports whether there is an alert to be taken away: what is
// erased must not stay on the screen.
func (d *Decider) Gone(conversation, message string) (withdraw bool) {
	b := d.bursts[conversation]
	if b == nil || b.told != message && b.newest.ID != message {
		return false
	}
	return d.Seen(conversation)
}
