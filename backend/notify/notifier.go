package notify

import (
	"context"
	"sync"
	"time"
)

// Screen shows alerts. Only the notifier's goroutine calls it, so it may take its time.
type Screen interface {
	Show(Alert)
	Withdraw(conversation string)
}

// Notifier runs a Decider by the clock and hands what it decides to a screen. Its methods never wait for that screen and
// may be called by several goroutines.
type Notifier struct {
	screen  Screen
	choices func() Choices
	wake    chan struct{}

	mu      sync.Mutex // guards the following
	decider Decider
	ringing *ring
	steps   []func(Screen) // what the screen has to do, in order
}

// New returns a notifier that asks for the person's choices each time it decides.
func New(screen Screen, choices func() Choices) *Notifier {
	return &Notifier{screen: screen, choices: choices, wake: make(chan struct{}, 1)}
}

// Take judges a message that has arrived.
func (n *Notifier) Take(m Message) {
	choices := n.choices()
	n.mu.Lock()
	defer n.mu.Unlock()
	if alert, ok := n.decider.Take(time.Now(), m, choices); ok {
		n.show(alert)
	}
	n.rouse()
}

// ring is a call that nobody has taken yet.
type ring struct {
	from  Message
	video bool
	shown bool
}

// Ring tells that the author of a message without a text calls. There is an alert of it while the person does not look at
// the window, which says it itself.
func (n *Notifier) Ring(m Message, video bool) {
	choices := n.choices()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ringing = &ring{from: m, video: video}
	n.settleRing(choices)
}

// settleRing shows the alert of a call, or takes it away. It is called with mu held.
func (n *Notifier) settleRing(c Choices) {
	r := n.ringing
	if r == nil {
		return
	}
	away := n.decider.attended == ""
	switch {
	case away && !r.shown && n.decider.wanted(r.from, c):
		r.shown = true
		n.show(wordRing(r.from, r.video, c))
		n.rouse()
	case !away && r.shown:
		r.shown = false
		n.withdraw(r.from.Conversation)
	}
}

// Rang notes that the call rings no more.
func (n *Notifier) Rang() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ringing != nil && n.ringing.shown {
		n.withdraw(n.ringing.from.Conversation)
	}
	n.ringing = nil
}

// Attend notes which conversation the person looks at, "" for none.
func (n *Notifier) Attend(conversation string) {
	choices := n.choices()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.decider.Attend(conversation) {
		n.withdraw(conversation)
	}
	n.settleRing(choices)
}

// Seen notes that the person has read everything of a conversation.
func (n *Notifier) Seen(conversation string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.decider.Seen(conversation) {
		n.withdraw(conversation)
	}
}

// Gone notes that a message was deleted or has expired.
func (n *Notifier) Gone(conversation, message string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.decider.Gone(conversation, message) {
		n.withdraw(conversation)
	}
}

// show is called with mu held.
func (n *Notifier) show(alert Alert) {
	n.steps = append(n.steps, func(s Screen) { s.Show(alert) })
}

// withdraw is called with mu held.
func (n *Notifier) withdraw(conversation string) {
	n.steps = append(n.steps, func(s Screen) { s.Withdraw(conversation) })
	n.rouse()
}

func (n *Notifier) rouse() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// Run shows what is decided until ctx ends.
func (n *Notifier) Run(ctx context.Context) {
	for ctx.Err() == nil {
		steps, wait := n.next()
		for _, step := range steps {
			step(n.screen)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-n.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// next takes what there is to do now, and says how long there will be nothing more by itself.
func (n *Notifier) next() (steps []func(Screen), wait time.Duration) {
	choices := n.choices()
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	for _, alert := range n.decider.Due(now, choices) {
		n.show(alert)
	}
	steps, n.steps = n.steps, nil
	if at, ok := n.decider.Next(); ok {
		return steps, at.Sub(now)
	}
	return steps, time.Hour
}
