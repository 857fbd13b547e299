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

// Ring tells that the author of a message without a text calls.
func (n *Notifier) Ring(m Message, video bool) {
	choices := n.choices()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.decider.wanted(m, choices) {
		n.show(wordRing(m, video, choices))
		n.rouse()
	}
}

// Rang notes that a call rings no more.
func (n *Notifier) Rang(conversation string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.withdraw(conversation)
}

// Attend notes which conversation the person looks at, "" for none.
func (n *Notifier) Attend(conversation string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.decider.Attend(conversation) {
		n.withdraw(conversation)
	}
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
