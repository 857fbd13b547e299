package backend

import (
	"context"
	"time"

	"gossip/backend/call"
	"gossip/backend/chat"
	"gossip/common/content"
	"gossip/common/id"
)

// CallOptions say how to call.
type CallOptions struct {
	Video bool // the camera is on from the beginning
}

// startPhone brings calls to life; the caller holds mu.
func (c *Client) startPhone(me *self) {
	if c.phone != nil {
		return
	}
	c.phone = call.New(call.Config{
		Self: me.user.ID(), Device: me.keys.Device.ID(), Signals: signals{c}, Media: c.options.Media,
		Network: c.options.CallNetwork, Loopback: c.options.CallLoopback, Log: c.log,
		RelayOnly:  func() bool { return c.settings.Get().HideAddress },
		StartMuted: func() bool { return c.settings.Get().PushToTalk },
		Changed:    func(call.Info) { c.events.emit([]Event{{Type: EventCall}}) },
	})
	phone := c.phone
	c.tasks.Go(func() { phone.Run(c.alive) })
}

// onPhone runs do with the phone.
func (c *Client) onPhone(do func(*call.Phone) error) error {
	c.mu.Lock()
	phone := c.phone
	c.mu.Unlock()
	if phone == nil {
		return ErrNoIdentity
	}
	return do(phone)
}

// StartCall calls the other in a direct conversation, or begins or joins the call of a channel. Errors are sentences.
func (c *Client) StartCall(conv Conversation, o CallOptions) error {
	err := c.in(conv.Hub, func(h *chat.Hub) error { return h.MayCall(conv) })
	if err != nil {
		return err
	}
	return c.onPhone(func(p *call.Phone) error { return p.Start(call.Room(conv), o.Video) })
}

// AcceptCall takes the call that rings.
func (c *Client) AcceptCall() error { return c.onPhone((*call.Phone).Accept) }

// DeclineCall refuses the call that rings, on all of the person's devices.
func (c *Client) DeclineCall() error { return c.onPhone((*call.Phone).Decline) }

// HangUp leaves the call, or gives up calling.
func (c *Client) HangUp() error { return c.onPhone((*call.Phone).HangUp) }

// lastWord is how long the end of the program waits for the hub to have the word that a call is over.
const lastWord = time.Second

// hangUpAtEnd leaves the call before the connections to the hubs end, so that nobody's telephone goes on ringing. What rings
// here goes on ringing on the person's other devices.
func (c *Client) hangUpAtEnd() {
	c.onPhone(func(p *call.Phone) error {
		info := p.Info()
		if info.Phase != call.Calling && info.Phase != call.Active {
			return nil
		}
		if err := p.HangUp(); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(context.Background(), lastWord)
		defer cancel()
		return c.in(info.Room.Hub, func(h *chat.Hub) error { return h.CallsSettled(ctx) })
	})
}

// SetMuted lets the others hear nothing of this device, or hear it again.
func (c *Client) SetMuted(on bool) error {
	return c.onPhone(func(p *call.Phone) error { return p.SetMuted(on) })
}

// SetDeafened lets nothing be heard here, nor there.
func (c *Client) SetDeafened(on bool) error {
	return c.onPhone(func(p *call.Phone) error { return p.SetDeafened(on) })
}

// SetCamera turns the camera on or off.
func (c *Client) SetCamera(on bool) error {
	return c.onPhone(func(p *call.Phone) error { return p.SetCamera(on) })
}

// SetScreen shares the screen, or does no more.
func (c *Client) SetScreen(on bool) error {
	return c.onPhone(func(p *call.Phone) error { return p.SetScreen(on) })
}

// SetCallDevice chooses a "microphone", "camera" or "screen" by its name; "" is the system's own choice.
func (c *Client) SetCallDevice(kind, device string) error {
	return c.onPhone(func(p *call.Phone) error { return p.SetDevice(kind, device) })
}

// SetVolume sets how loud a user is played: 0 to 2, 1 is as it comes.
func (c *Client) SetVolume(user id.UserID, volume float64) error {
	return c.onPhone(func(p *call.Phone) error { return p.SetVolume(user, volume) })
}

// Call describes the call as it is now; an event of type EventCall says when to ask again.
func (c *Client) Call() (info CallInfo) {
	info.Participants = []CallParticipant{}
	c.onPhone(func(p *call.Phone) error {
		info = p.Info()
		return nil
	})
	if info.Phase != call.Idle {
		info.Conversation = Conversation(info.Room).String()
	}
	running := append([]RunningCall(nil), info.Running...)
	for i := range running {
		running[i].Conversation = Conversation(running[i].Room).String()
	}
	info.Running = running
	return info
}

// signals is how calls reach others: through the conversations of the hubs.
type signals struct{ client *Client }

func (s signals) Say(room call.Room, event content.Call) error {
	return s.client.in(room.Hub, func(h *chat.Hub) error { return h.SayCall(Conversation(room), event) })
}

func (s signals) Note(room call.Room, by id.UserID, event content.Call) error {
	return s.client.in(room.Hub, func(h *chat.Hub) error { return h.NoteCall(Conversation(room), by, event) })
}

func (s signals) Negotiate(room call.Room, to id.DeviceID, body content.Body) error {
	return s.client.in(room.Hub, func(h *chat.Hub) error { return h.Negotiate(Conversation(room), to, body) })
}

func (s signals) Join(room call.Room, c id.CallID, started, joined time.Time) error {
	return s.client.in(room.Hub, func(h *chat.Hub) error { return h.JoinCall(Conversation(room), c, started, joined) })
}

func (s signals) Leave(room call.Room, c id.CallID) error {
	return s.client.in(room.Hub, func(h *chat.Hub) error { return h.LeaveCall(Conversation(room), c) })
}

func (s signals) Relays(hub id.HubID) (relays []call.Relay) {
	conversations, err := s.client.chat(hub)
	if err != nil {
		return nil
	}
	for _, server := range conversations.Relays() {
		relays = append(relays, call.Relay{URLs: server.URLs, Username: server.Username, Credential: server.Credential})
	}
	return relays
}

func (s signals) Peer(hub id.HubID, user id.UserID) call.Peer {
	person := s.client.people().Person(hub, user)
	return call.Peer{Name: person.Name, Verified: person.Verified || user == s.client.people().Self()}
}

func (s signals) Stranger(hub id.HubID, user id.UserID) bool {
	conversations, err := s.client.chat(hub)
	return err != nil || conversations.Stranger(user)
}

// heard hands on to the phone what conversations bring.
type heard struct{ phone *call.Phone }

func (h heard) Connected(hub id.HubID, online bool) { h.phone.Hub(hub, online) }

func (h heard) Heard(conv Conversation, from id.UserID, device id.DeviceID, event content.Call, at time.Time) {
	h.phone.Heard(call.Room(conv), from, device, event, at)
}

func (h heard) Negotiated(conv Conversation, from id.UserID, device id.DeviceID, body content.Body) {
	h.phone.Negotiated(call.Room(conv), from, device, body)
}

func (h heard) Told(conv Conversation, roster chat.CallRoster) {
	told := call.Roster{Call: roster.Call, Started: roster.Started}
	for _, d := range roster.Devices {
		told.Devices = append(told.Devices, call.Listed(d))
	}
	h.phone.Told(call.Room(conv), told)
}

func (h heard) Removed(conv Conversation, user id.UserID) {
	h.phone.Removed(call.Room(conv), user)
}

func (h heard) Refused(conv Conversation, sentence string) {
	h.phone.Refused(call.Room(conv), sentence)
}
