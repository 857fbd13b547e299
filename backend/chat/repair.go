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
	"gossip/common/wire"
)

const (
	repairBucket = "repair" // scope hub: repair id -> repair
	maxRepairs   = 2000
	maxHeld      = 16 << 20 // bytes of packets that are held until their sender key comes; the others are asked for again
)

// repairDelays are the times before the first, second and third asking, and before giving up.
var repairDelays = [...]time.Duration{2 * time.Second, 30 * time.Second, 5 * time.Minute, 5 * time.Minute}

// repair is something that a device is asked for again: a packet that could not be read, or (Gap) missing numbers.
type repair struct {
	ID           id.MessageID `cbor:"1,keyasint"` // the packet's, or gapID
	Conversation []byte       `cbor:"2,keyasint"`
	From         id.UserID    `cbor:"3,keyasint"`
	Device       id.DeviceID  `cbor:"4,keyasint"`
	Gap          bool         `cbor:"5,keyasint,omitempty"`
	Major        uint64       `cbor:"6,keyasint"` // where the message belongs
	At           int64        `cbor:"7,keyasint"`
	Channel      id.ChannelID `cbor:"8,keyasint,omitzero"`
	Seq          uint64       `cbor:"9,keyasint,omitempty"`
	Payload      []byte       `cbor:"10,keyasint,omitempty"` // held until its sender key comes
	Shown        bool         `cbor:"11,keyasint,omitempty"` // has a row
	Asked        int          `cbor:"12,keyasint"`
	Next         int64        `cbor:"13,keyasint"` // milliseconds
	// Quiet: perhaps it was said before one came in; it gets its row when the first asking was in vain.
	Quiet bool `cbor:"14,keyasint,omitempty"`
}

func (h *Hub) loadRepairs(tx *store.Tx) error {
	h.repairs = map[id.MessageID]*repair{}
	for key, value := range tx.Bucket(repairBucket, h.Config.Hub[:]).Range(nil, nil, false, 0) {
		r, err := store.DecodeValue[repair](value)
		if err != nil {
			return err
		}
		h.repairs[id.MessageID(key)] = &r
	}
	return nil
}

func (c *change) saveRepair(r *repair) error {
	c.repairs[r.ID] = r
	return store.PutValue(c.tx.Bucket(repairBucket, c.Config.Hub[:]), r.ID[:], r)
}

func (c *change) dropRepair(r *repair) error {
	delete(c.repairs, r.ID)
	return c.tx.Bucket(repairBucket, c.Config.Hub[:]).Delete(r.ID[:])
}

// endRepair ends the asking; the row that showed it goes.
func (c *change) endRepair(r *repair) error {
	if err := c.dropRepair(r); err != nil || !r.Shown {
		return err
	}
	conv := c.ConversationOf(r.Conversation)
	at, row, err := history.Find(c.tx, conv, r.ID)
	if err != nil || row == nil {
		return err
	}
	return c.Erase(conv, at, row)
}

// retrying returns the repair of the packet that brought this message first, if that could not be read.
func (c *change) retrying(r *received) *repair {
	to := c.device
	if !r.conv.Direct() {
		to = id.NoDevice
	}
	if repair := c.repairs[packetID(r.message.ID, to)]; repair != nil && repair.Device == r.device {
		return repair
	}
	return nil
}

// unreadable notes a packet that can't be decrypted, whatever the cause: its device will be asked for it again.
func (c *change) unreadable(p *wire.DataPacket, from id.UserID, cause error) error {
	if isStoreError(cause) {
		return cause
	}
	c.Log.Info("a packet could not be decrypted yet", "packet", p.ID, "device", p.From, "cause", cause)
	if len(c.repairs) >= maxRepairs || errors.Is(cause, e2ee.ErrReplayed) {
		return nil
	}
	conv := Conversation{Hub: c.Config.Hub, Channel: p.Channel}
	if p.Channel == id.NoChannel {
		conv.User = from
	}
	if c.overrun(conv, from) || c.refuses(conv, from, nil) {
		return nil
	}
	if taken, err := c.taken(conv, p.ID); err != nil || taken {
		return err
	}
	r := &repair{ID: p.ID, From: from, Device: p.From, Major: p.At, At: int64(p.At), Channel: p.Channel, Seq: p.Seq}
	if p.Channel != id.NoChannel {
		r.Major = p.Seq
	}
	if lacksKey(cause) && c.held()+len(p.Payload) <= maxHeld {
		r.Payload = p.Payload
	}
	r.Quiet = errors.Is(cause, e2ee.ErrBeforeShared)
	r.Conversation, r.Next = conv.Key(), history.Millis(c.now.Add(repairDelays[0]))
	return c.saveRepair(r)
}

// taken reports whether a packet bears the id of something else that is here: the hub names packets as it likes, and the row
// of one that can't be read must not take another's place.
func (c *change) taken(conv Conversation, packet id.MessageID) (bool, error) {
	_, known, err := history.Find(c.tx, conv, packet)
	return known != nil || c.repairs[packet] != nil, err
}

// held counts the bytes of the packets that wait for their sender key.
func (h *Hub) held() (bytes int) {
	for _, r := range h.repairs {
		bytes += len(r.Payload)
	}
	return bytes
}

// scheduleGap has a device asked for its missing numbers in a while.
func (c *change) scheduleGap(conv Conversation, from id.UserID, device id.DeviceID) error {
	gap := gapID(conv, device)
	if c.repairs[gap] != nil && c.repairs[gap].Asked == 0 {
		return nil
	}
	return c.saveRepair(&repair{
		ID: gap, Conversation: conv.Key(), From: from, Device: device, Gap: true, Next: history.Millis(c.now.Add(repairDelays[0])),
	})
}

func gapID(conv Conversation, device id.DeviceID) id.MessageID {
	sum := sha256.Sum256(append(append([]byte("gap\x00"), conv.Key()...), device[:]...))
	return id.MessageID(sum[:len(id.MessageID{})])
}

func (h *Hub) repairsDue() (due time.Time) {
	if h.conn == nil {
		return due
	}
	for _, r := range h.repairs {
		if at := history.TimeOf(r.Next); due.IsZero() || at.Before(due) {
			due = at
		}
	}
	return due
}

// askAgain asks for everything that is due, one request a device and conversation.
func (h *Hub) askAgain(now time.Time) error {
	if due := h.repairsDue(); due.IsZero() || now.Before(due) {
		return nil
	}
	return h.update(func(c *change) error {
		type address struct {
			conv   Conversation
			device id.DeviceID
		}
		wanted := map[address]*content.Resend{}
		for _, r := range c.repairs {
			if history.TimeOf(r.Next).After(now) {
				continue
			}
			to := address{c.ConversationOf(r.Conversation), r.Device}
			if wanted[to] == nil {
				wanted[to] = &content.Resend{}
			}
			if err := c.ask(to.conv, r, wanted[to]); err != nil {
				return err
			}
		}
		for to, resend := range wanted {
			if len(resend.Numbers)+len(resend.Packets) == 0 {
				continue
			}
			if err := c.tellDevice(to.conv, to.device, *resend, len(resend.Packets) > 0); err != nil {
				return err
			}
		}
		return nil
	})
}

// ask adds one thing to a request, or gives it up when it was asked for often enough.
func (c *change) ask(conv Conversation, r *repair, resend *content.Resend) error {
	r.Asked++
	if r.Asked >= len(repairDelays) {
		return c.giveUp(conv, r)
	}
	r.Next = history.Millis(c.now.Add(repairDelays[r.Asked]))
	if r.Gap {
		return c.askNumbers(conv, r, resend)
	}
	if len(resend.Packets) < content.MaxTargets {
		resend.Packets = append(resend.Packets, r.ID)
	}
	if err := c.showRetrying(conv, r); err != nil {
		return err
	}
	return c.saveRepair(r)
}

// showRetrying gives a packet that can't be read its row.
func (c *change) showRetrying(conv Conversation, r *repair) error {
	if r.Shown || r.From == c.self || r.Quiet && r.Asked == 1 {
		return nil // which conversation one's own other device wrote in is not known
	}
	if _, known, err := history.Find(c.tx, conv, r.ID); err != nil || known != nil {
		return err
	}
	r.Shown = true
	return c.Insert(conv, history.NewPlace(r.Major, 0, r.ID), &history.Row{
		ID: r.ID, From: r.From, Device: r.Device, SentAt: r.At, ReceivedAt: history.Millis(c.now), State: history.StateRetrying,
		Error: "This message can't be read yet; it is being asked for again.",
	})
}

func (c *change) askNumbers(conv Conversation, r *repair, resend *content.Resend) error {
	n, err := c.numbers(conv, r.Device)
	if err != nil {
		return err
	}
	if len(n.Missing) == 0 {
		return c.dropRepair(r)
	}
	for _, s := range n.Missing {
		for number := s.From; number <= s.To && len(resend.Numbers) < content.MaxTargets; number++ {
			resend.Numbers = append(resend.Numbers, number)
		}
	}
	if c.unread(conv, r.Device) < missing(n.Missing) {
		if err := c.gapNotice(conv, r.From, &n); err != nil {
			return err
		}
	}
	slices.Sort(resend.Numbers)
	resend.Numbers = slices.Compact(resend.Numbers)
	return errors.Join(c.saveNumbers(conv, r.Device, n), c.saveRepair(r))
}

// unread counts the packets of a device that can't be read yet: they are missing numbers, too, and have their rows.
func (c *change) unread(conv Conversation, device id.DeviceID) (count int) {
	for _, r := range c.repairs {
		if !r.Gap && r.Device == device && string(r.Conversation) == string(conv.Key()) {
			count++
		}
	}
	return count
}

func missing(spans []span) (count int) {
	for _, s := range spans {
		count += s.count()
	}
	return count
}

// giveUp ends the asking and says so in the row.
func (c *change) giveUp(conv Conversation, r *repair) error {
	if err := c.dropRepair(r); err != nil || r.Gap || !r.Shown {
		return err
	}
	at, row, err := history.Find(c.tx, conv, r.ID)
	if err != nil || row == nil {
		return err
	}
	row.State = history.StateFailed
	row.Error = "This message could not be read. Ask " + c.Roster.Name(c.Config.Hub, r.From) + " to send it again."
	return c.Replace(conv, at, row)
}

// tellDevice sends one device something that is no person's message.
func (c *change) tellDevice(conv Conversation, device id.DeviceID, body content.Body, fresh bool) error {
	return c.tell(conv, body, outbox.Message{Devices: []id.DeviceID{device}, Fresh: fresh})
}
