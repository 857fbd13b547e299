package chat

import (
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"gossip/backend/e2ee"
	"gossip/backend/history"
	"gossip/backend/outbox"
	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
)

// waitingGrace is how much longer than its timer the hub may keep a copy of a disappearing message that nobody has
// fetched: the timer of a reader starts only when it is read.
const waitingGrace = 7 * 24 * time.Hour

// packetID names the first packet that carries a message to a device, or to a channel (no device): both ends compute
// it, so that a packet that could not be read is known for the message that comes for it later.
func packetID(m id.MessageID, to id.DeviceID) id.MessageID {
	sum := sha256.Sum256(append(append([]byte("gossip packet v1\x00"), m[:]...), to[:]...))
	return id.MessageID(sum[:len(m)])
}

// prepared reports whether everything is here to encrypt for the conversation; if not it asks the hub.
func (h *Hub) prepared(conv Conversation) bool {
	if h.conn == nil || h.blocked(conv) != "" {
		return false
	}
	if ch := h.directory.Channel(conv.Channel); !conv.Direct() && (ch.State == nil || ch.Behind()) {
		h.startSync(conv.Channel)
		return false
	}
	return h.haveCards(h.audience(conv)) && (!conv.Direct() || h.receivable(conv.User))
}

// receivable reports whether anything can be encrypted to the person now. Somebody who was away for four weeks has no
// valid key left: what is said to them waits for the card that they bring when they are back.
func (h *Hub) receivable(user id.UserID) bool {
	now := time.Now()
	return user == h.self || slices.ContainsFunc(h.Roster.Devices(user), func(d *identity.Device) bool { return d.CanReceive(now) })
}

// audience is everyone whose devices get what is said in the conversation, oneself among them.
func (h *Hub) audience(conv Conversation) []id.UserID {
	if conv.Direct() {
		return []id.UserID{conv.User, h.self}
	}
	return h.directory.Channel(conv.Channel).State.Users()
}

// ready reports whether one pending message can be encrypted now. Machinery (receipts, repair) goes to devices that
// are known, whatever stands against a person's message.
func (c *change) ready(conv Conversation, m *outbox.Message) bool {
	if m.Broadcast() {
		return c.prepared(conv)
	}
	return c.conn != nil && c.haveCards(m.Users)
}

// encrypt turns a message into packets in the outbox.
func (c *change) encrypt(conv Conversation, m *outbox.Message) error {
	if m.Number > 0 && m.Broadcast() {
		kept := history.Sent{Message: m.ID, Content: m.Content, Length: c.logLength(conv), At: history.Millis(c.now)}
		if err := c.KeepSent(conv, m.Number, kept); err != nil {
			return err
		}
	}
	if m.Broadcast() && !conv.Direct() {
		return c.encryptChannel(conv, m)
	}
	return c.encryptDevices(conv, m)
}

func (c *change) encryptChannel(conv Conversation, m *outbox.Message) error {
	devices := c.devicesOf(c.audience(conv))
	message, distributions, err := c.Engine.EncryptChannel(c.tx, conv.Channel, devices, m.Content, c.now)
	if err != nil {
		return c.unencryptable(conv, m, err)
	}
	for _, key := range distributions {
		note := outbox.Note{Conversation: m.Conversation, To: key.To, Channel: conv.Channel}
		if err := c.post(m, &key, id.NewMessageID(), id.NoMessage, note); err != nil {
			return err
		}
	}
	out := e2ee.Outgoing{Kind: wire.KindMessage, Payload: message}
	return c.postChannel(conv, m, &out)
}

func (c *change) postChannel(conv Conversation, m *outbox.Message, out *e2ee.Outgoing) error {
	o := outbox.Packet{
		Kind: out.Kind, ID: packetID(m.ID, id.NoDevice), Channel: conv.Channel, Payload: out.Payload,
		Conversation: m.Conversation, Message: m.ID,
	}
	return c.postPacket(m, &o, outbox.Note{Conversation: m.Conversation, Number: m.Number})
}

// encryptDevices makes one copy for each device that gets the message.
func (c *change) encryptDevices(conv Conversation, m *outbox.Message) error {
	devices, message := c.targets(conv, m), id.NoMessage
	if m.Broadcast() {
		message = m.ID
	}
	copies := 0
	var last error
	for _, device := range devices {
		if m.Fresh {
			if err := c.Engine.Reset(c.tx, device.ID()); err != nil {
				return err
			}
		}
		out, err := c.Engine.EncryptTo(c.tx, device, m.Content, c.now)
		if errors.Is(err, identity.ErrNoSubkey) {
			last = err // away for weeks; the others still get it
			continue
		}
		if err != nil {
			return c.unencryptable(conv, m, err)
		}
		copies++
		packet := id.NewMessageID()
		if message != id.NoMessage {
			packet = packetID(m.ID, device.ID())
		}
		note := outbox.Note{Conversation: m.Conversation, Number: m.Number, To: device.ID()}
		if err := c.post(m, &out, packet, message, note); err != nil {
			return err
		}
	}
	if copies == 0 && message != id.NoMessage {
		if last == nil {
			last = errors.New("nobody can receive this: the other has no device that the hub knows")
		}
		return c.unencryptable(conv, m, last)
	}
	return nil
}

// targets are the devices that get a message of which each gets a copy of its own.
func (c *change) targets(conv Conversation, m *outbox.Message) []*identity.Device {
	if len(m.Devices) == 0 && len(m.Users) > 0 {
		return c.devicesOf(m.Users)
	}
	if m.Broadcast() {
		return c.devicesOf(c.audience(conv))
	}
	var devices []*identity.Device
	for _, to := range m.Devices {
		if _, device, ok := c.Roster.Owner(to, nil); ok {
			devices = append(devices, device)
		}
	}
	return devices
}

// devicesOf lists the users' devices but this one; a user who is named twice counts once.
func (c *change) devicesOf(users []id.UserID) []*identity.Device {
	var devices []*identity.Device
	seen := map[id.DeviceID]bool{c.device: true}
	for _, user := range users {
		for _, device := range c.Roster.Devices(user) {
			if !seen[device.ID()] {
				seen[device.ID()] = true
				devices = append(devices, device)
			}
		}
	}
	return devices
}

func (c *change) post(m *outbox.Message, out *e2ee.Outgoing, packet, message id.MessageID, note outbox.Note) error {
	o := outbox.Packet{Kind: out.Kind, ID: packet, To: out.To, Payload: out.Payload, Conversation: m.Conversation, Message: message}
	return c.postPacket(m, &o, note)
}

// postPacket puts a packet into the outbox and remembers what it carries.
func (c *change) postPacket(m *outbox.Message, o *outbox.Packet, note outbox.Note) error {
	if m.Expires != 0 && o.Kind != wire.KindSenderKey { // that key opens what follows, too
		o.Expires = uint64(m.Expires)
	}
	return c.outbox.Post(c.tx, o, note)
}

// unencryptable ends a message that can't be encrypted: its row says why. What is no person's is logged.
func (c *change) unencryptable(conv Conversation, m *outbox.Message, cause error) error {
	if errors.Is(cause, store.ErrDamaged) || errors.Is(cause, store.ErrDiskFull) {
		return cause
	}
	c.Log.Warn("a message could not be encrypted", "cause", cause)
	at, r, err := history.Find(c.tx, conv, m.ID)
	if err != nil || r == nil {
		return err
	}
	return c.fail(conv, at, r, cause.Error())
}

// outerExpiry is when the hub may drop a waiting copy; 0 for what does not disappear.
func outerExpiry(body content.Body, now time.Time) int64 {
	text, ok := body.(content.Text)
	if !ok || text.ExpiresIn == 0 {
		return 0
	}
	return history.Millis(now.Add(text.ExpiresIn + waitingGrace))
}
