package chat

import (
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

// Bounds of what a device may ask for.
const (
	answerWindow = 10 * time.Minute
	maxAnswers   = 3000 // requests and messages a device and window
)

// answerResend gives a device again what it was entitled to, and says what is gone.
func (c *change) answerResend(r *received, ask content.Resend) error {
	if c.now.Sub(c.answeredSince) > answerWindow {
		clear(c.answered)
		c.answeredSince = c.now
	}
	if c.answered[r.device] >= maxAnswers {
		return nil
	}
	c.answered[r.device]++ // to say what is gone, and to give a key, costs as well
	var gone content.Gone
	for _, number := range ask.Numbers {
		if given, err := c.resend(r, r.conv, number); err != nil {
			return err
		} else if !given {
			gone.Numbers = append(gone.Numbers, number)
		}
	}
	rekeyed := false
	for _, packet := range ask.Packets {
		if given, err := c.resendPacket(r, packet, &rekeyed); err != nil {
			return err
		} else if !given {
			gone.Packets = append(gone.Packets, packet)
		}
	}
	if len(gone.Numbers)+len(gone.Packets) == 0 {
		return nil
	}
	return c.tellDevice(r.conv, r.device, gone, false)
}

// resendPacket sends what a packet carried again, and with the first one of a channel this device's sender key, once.
// False when there is no such packet, or not for who asks.
func (c *change) resendPacket(r *received, packet id.MessageID, rekeyed *bool) (given bool, err error) {
	record, found, err := c.outbox.NoteOf(c.tx, packet)
	if err != nil || !found {
		return false, err
	}
	conv := c.ConversationOf(record.Conversation)
	if record.To != r.device && (record.To != id.NoDevice || conv != r.conv) {
		return false, nil
	}
	if !*rekeyed && !conv.Direct() {
		*rekeyed = true
		if err := c.rekey(conv, r.from, r.device); err != nil {
			return false, err
		}
	}
	return c.resend(r, conv, record.Number)
}

// resend sends one message of this device's again; false when it is gone or was not for who asks.
func (c *change) resend(r *received, conv Conversation, number uint64) (given bool, err error) {
	if number == 0 || c.answered[r.device] >= maxAnswers {
		return false, nil
	}
	kept, found, err := c.Sent(conv, number)
	if err != nil || !found || !c.entitled(conv, r.from, kept) {
		return false, err
	}
	c.answered[r.device]++
	p := &outbox.Message{ID: kept.Message, Number: number, Content: kept.Content, Devices: []id.DeviceID{r.device}}
	return true, c.enqueue(conv, p)
}

// entitled reports whether the user was to get the message when it was sent.
func (c *change) entitled(conv Conversation, user id.UserID, kept history.Sent) bool {
	if conv.Direct() {
		return user == conv.User || user == c.self
	}
	ch := c.directory.Channel(conv.Channel)
	return ch != nil && ch.Entitled(user, kept.Length, history.TimeOf(kept.At))
}

// rekey gives a member's device this device's sender key of the channel again.
func (c *change) rekey(conv Conversation, user id.UserID, to id.DeviceID) error {
	ch := c.directory.Channel(conv.Channel)
	_, device, ok := c.Roster.Owner(to, nil)
	if ch == nil || !ch.Member(user) || !ok {
		return nil
	}
	out, err := c.Engine.RedistributeTo(c.tx, conv.Channel, device, c.now)
	if err != nil {
		if isStoreError(err) {
			return err
		}
		c.Log.Info("no sender key to give again", "channel", conv.Channel, "cause", err)
		return nil
	}
	return c.postKey(conv, &out)
}

func (c *change) postKey(conv Conversation, out *e2ee.Outgoing) error {
	record := outbox.Note{Conversation: conv.Key(), To: out.To, Channel: conv.Channel}
	return c.post(&outbox.Message{Conversation: conv.Key()}, out, id.NewMessageID(), id.NoMessage, record)
}

// applyGone takes a device's word that what was asked for is no more.
func (c *change) applyGone(r *received, gone content.Gone) error {
	for _, packet := range gone.Packets {
		if repair := c.repairs[packet]; repair != nil && repair.Device == r.device {
			if err := c.endRepair(repair); err != nil {
				return err
			}
		}
	}
	n, err := c.numbers(r.conv, r.device)
	if err != nil {
		return err
	}
	touched := map[id.MessageID]bool{}
	for _, number := range gone.Numbers {
		i := slices.IndexFunc(n.Missing, func(s span) bool { return s.From <= number && number <= s.To })
		if i < 0 {
			continue
		}
		notice := n.Missing[i].Row
		n.Missing = splitSpan(n.Missing, i, number, number)
		n.Missing = n.Missing[max(0, len(n.Missing)-maxSpans):]
		touched[notice] = true
	}
	for notice := range touched {
		if err := c.showGap(r.conv, r.from, notice, n.Missing); err != nil {
			return err
		}
	}
	return c.saveNumbers(r.conv, r.device, n)
}

// applySenderKey takes a device's sender key and reads what waited for it, in order.
func (c *change) applySenderKey(r *received, key content.SenderKey) error {
	if !c.expects(r.conv.Channel) {
		c.Log.Warn("a sender key of a channel that this user is not in was dropped", "device", r.device, "channel", r.conv.Channel)
		return nil
	}
	if err := c.Engine.AcceptSenderKey(c.tx, r.conv.Channel, r.device, key.Distribution, c.now); err != nil {
		if isStoreError(err) {
			return err
		}
		c.Log.Warn("a sender key was refused", "device", r.device, "cause", err)
		return nil
	}
	return c.readHeld(r.conv.Channel, r.from, r.device)
}

// maxForeign bounds the channels of which keys are kept although one is not in, as far as is known here: one's own joining may be on
// its way.
const maxForeign = 64

// expects reports whether a sender key of the channel is worth keeping.
func (c *change) expects(channel id.ChannelID) bool {
	if c.directory.Channel(channel).Member(c.self) || c.foreign[channel] {
		return true
	}
	if len(c.foreign) >= maxForeign {
		return false
	}
	c.foreign[channel] = true
	return true
}

// forgetForeign drops the keys of channels that one did not come to be in.
func (h *Hub) forgetForeign(tx *store.Tx) error {
	for channel := range h.foreign {
		if h.directory.Channel(channel).Member(h.self) {
			continue
		}
		if err := h.Engine.LeaveChannel(tx, channel); err != nil {
			return err
		}
	}
	clear(h.foreign)
	return nil
}

// readHeld decrypts the packets of a device that waited for its sender key.
func (c *change) readHeld(channel id.ChannelID, from id.UserID, device id.DeviceID) error {
	var held []*repair
	for _, repair := range c.repairs {
		if repair.Channel == channel && repair.Device == device && len(repair.Payload) > 0 {
			held = append(held, repair)
		}
	}
	slices.SortFunc(held, func(a, b *repair) int { return int(int64(a.Seq - b.Seq)) })
	for _, repair := range held {
		plain, err := c.Engine.DecryptChannel(c.tx, channel, device, repair.Payload, c.now)
		if isStoreError(err) {
			return err
		}
		if err == nil {
			p := &wire.DataPacket{ID: repair.ID, From: device, Channel: channel, Seq: repair.Seq, At: uint64(repair.At)}
			err = errors.Join(c.endRepair(repair), c.takePlain(p, from, plain))
		} else {
			err = nil // asked for by its time
		}
		if err != nil {
			return err
		}
	}
	return nil
}
