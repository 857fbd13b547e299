package bridge

import "gossip/backend"

// What a Change is about beside the events of package backend.
const (
	eventStage    backend.EventType = "stage"     // nothing: read the snapshot again
	eventSettings backend.EventType = "settings"  // nothing: read the settings again
	eventOpen     backend.EventType = "open"      // Conversation to show, or Link of a hub to offer for joining
	eventNotified backend.EventType = "notified"  // Conversation of a message that is worth a sound
	eventLocalHub backend.EventType = "local_hub" // nothing: read the local hub's state again
	eventDevices  backend.EventType = "devices"   // Sentence for the person, if any: read the devices for calls again
	eventLevel    backend.EventType = "level"     // Level of the microphone that is listened to; Sentence: why it ended
)

// Change is one event under the session's own number, which also counts what the client knows nothing of.
type Change struct {
	Seq uint64 `json:"seq"`
	backend.Event
	Link string            `json:"link,omitempty"`
	Call *backend.CallInfo `json:"call,omitempty"`
	// Level is 0 to 1.
	Level    *float64 `json:"level,omitempty"`
	Sentence string   `json:"sentence,omitempty"`
}

// change adds to an event what it only points at.
func (s *Session) change(client *backend.Client, event backend.Event) Change {
	if event.Type != backend.EventCall {
		return Change{Event: event}
	}
	info := client.Call()
	s.alerts.call(info)
	return Change{Event: event, Call: &info}
}

// show gives the change the next number and sends it.
func (s *Session) show(change Change) {
	s.emitting.Lock()
	defer s.emitting.Unlock()
	s.mu.Lock()
	s.seq++
	change.Seq = s.seq
	s.mu.Unlock()
	s.options.Show(change)
}

func (s *Session) emit(kind backend.EventType, change Change) {
	change.Type = kind
	s.show(change)
}
