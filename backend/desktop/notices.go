package desktop

import (
	"errors"
	"html"
	"maps"
	"slices"
	"sync"

	"github.com/godbus/dbus/v5"

	"gossip/backend/notify"
)

// The desktop's notifications: https://specifications.freedesktop.org/notification-spec/latest/
const (
	noticesName = "org.freedesktop.Notifications"
	noticesPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// The urgencies are the specification's.
const (
	lowUrgency   = byte(0)
	usualUrgency = byte(1)
	callUrgency  = byte(2) // stays until it is withdrawn
)

// opening is the action of a press on the notification itself.
const opening = "default"

// Notices shows notifications, one a conversation, and tells which of them the person has chosen. Its methods may be
// called by several goroutines.
type Notices struct {
	bus    *Bus
	object dbus.BusObject
	chosen func(conversation, action string)
	closed chan struct{} // when the goroutine that listens has ended

	mu    sync.Mutex        // guards the following
	shown map[string]uint32 // conversation to the service's number
}

// errNoBus is what a desktop without a session bus answers.
var errNoBus = errors.New("this desktop shows no notifications to programs: there is no session bus")

// Notices begins to listen for what the person chooses, until the bus is closed: a conversation, and the name of an action
// or "" where the notification itself was pressed. Call it once.
func (b *Bus) Notices(chosen func(conversation, action string)) (*Notices, error) {
	if b == nil {
		return nil, errNoBus
	}
	n := &Notices{bus: b, object: b.conn.Object(noticesName, noticesPath), chosen: chosen, closed: make(chan struct{}), shown: map[string]uint32{}}
	for _, member := range []string{"ActionInvoked", "NotificationClosed"} {
		if err := b.conn.AddMatchSignal(dbus.WithMatchInterface(noticesName), dbus.WithMatchObjectPath(noticesPath), dbus.WithMatchMember(member)); err != nil {
			return nil, err
		}
	}
	signals := make(chan *dbus.Signal, 64)
	b.conn.Signal(signals)
	b.notices = n
	go n.listen(signals)
	return n, nil
}

// listen ends when the connection does, which closes the channel.
func (n *Notices) listen(signals <-chan *dbus.Signal) {
	defer close(n.closed)
	for signal := range signals {
		n.take(signal)
	}
}

func (n *Notices) take(signal *dbus.Signal) {
	if len(signal.Body) < 2 {
		return
	}
	number, ok := signal.Body[0].(uint32)
	if !ok {
		return
	}
	switch signal.Name {
	case noticesName + ".NotificationClosed":
		n.forget(number)
	case noticesName + ".ActionInvoked":
		n.choose(number, signal.Body[1])
	}
}

// choose tells what the person has pressed.
func (n *Notices) choose(number uint32, pressed any) {
	conversation, ok := n.forget(number)
	if !ok || n.chosen == nil {
		return
	}
	action, _ := pressed.(string)
	if action == opening {
		action = ""
	}
	n.chosen(conversation, action)
}

// forget drops a notification by the service's number.
func (n *Notices) forget(number uint32) (conversation string, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for conversation, shown := range n.shown {
		if shown == number {
			delete(n.shown, conversation)
			return conversation, true
		}
	}
	return "", false
}

// Show shows an alert, in the place of an earlier one of its conversation.
func (n *Notices) Show(alert notify.Alert) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	body, abilities := alert.Body, n.abilities()
	if slices.Contains(abilities, "body-markup") {
		body = html.EscapeString(body)
	}
	hints := map[string]dbus.Variant{
		"desktop-entry":  dbus.MakeVariant("gossip"),
		"category":       dbus.MakeVariant("im.received"),
		"urgency":        dbus.MakeVariant(usualUrgency),
		"suppress-sound": dbus.MakeVariant(true), // the interface makes the sound
	}
	if alert.Ringing {
		hints["urgency"], hints["category"] = dbus.MakeVariant(callUrgency), dbus.MakeVariant("call.incoming")
	}
	if alert.Quiet {
		hints["urgency"] = dbus.MakeVariant(lowUrgency)
	}
	var number uint32
	err := n.bus.call(n.object, noticesName+".Notify", []any{&number},
		"Gossip", n.shown[alert.Conversation], "gossip", alert.Title, body, actions(alert, abilities), hints, int32(-1))
	if err != nil {
		return err
	}
	n.shown[alert.Conversation] = number
	return nil
}

// actions is what can be pressed, as the service wants it: names and labels by turns. A service without buttons might show
// something in their place that nobody can press.
func actions(alert notify.Alert, abilities []string) []string {
	list := []string{opening, "Open"}
	if !slices.Contains(abilities, "actions") {
		return list
	}
	for _, action := range alert.Actions() {
		list = append(list, action.Name, action.Label)
	}
	return list
}

// abilities asks the service what it can do: it can be exchanged while the program runs. One that does not answer is taken
// to read markup: then what it shows is safe, if not pretty.
func (n *Notices) abilities() []string {
	var abilities []string
	if err := n.bus.call(n.object, noticesName+".GetCapabilities", []any{&abilities}); err != nil {
		return []string{"body-markup"}
	}
	return abilities
}

// Withdraw takes the notification of a conversation away.
func (n *Notices) Withdraw(conversation string) error {
	n.mu.Lock()
	number, ok := n.shown[conversation]
	delete(n.shown, conversation)
	n.mu.Unlock()
	if !ok {
		return nil
	}
	return n.bus.call(n.object, noticesName+".CloseNotification", nil, number)
}

// withdrawAll takes every notification away: nothing would answer to them any more. A service that does not answer is not
// asked again.
func (n *Notices) withdrawAll() {
	n.mu.Lock()
	numbers := slices.Collect(maps.Values(n.shown))
	clear(n.shown)
	n.mu.Unlock()
	for _, number := range numbers {
		if err := n.bus.call(n.object, noticesName+".CloseNotification", nil, number); err != nil {
			return
		}
	}
}
