package chat

import (
	"errors"
	"time"

	"gossip/backend/history"
	"gossip/backend/outbox"
	"gossip/common/id"
	"gossip/common/wire"
)

// acknowledged handles the hub's word that a packet of ours is on its disk.
func (c *change) acknowledged(re id.MessageID, ack wire.Ack) error {
	ack.At = c.boundedTime(ack.At)
	conversation, done, err := c.outbox.Acknowledged(c.tx, re, ack.Seq, ack.At)
	if err != nil || conversation == nil { // an earlier connection's
		return err
	}
	if conv := c.ConversationOf(conversation); ack.Seq > 0 && !conv.Direct() {
		if err := c.passOwn(conv.Channel, ack.Seq); err != nil {
			return err
		}
	}
	return c.settled(done)
}

// How long the packets wait after the hub refused one for now, whatever it asks for.
const (
	shortRetry  = time.Second
	longestWait = 5 * time.Minute
)

// refused handles the hub's refusal of a packet: for now, or for good.
func (c *change) refused(re id.MessageID, refusal *wire.Error) error {
	if !c.outbox.Has(re) {
		return nil
	}
	switch refusal.Code {
	case wire.CodeRate, wire.CodeStorage, wire.CodeInternal, wire.CodeShutdown, wire.CodeSlow, wire.CodeReplaced:
		// All of them go again: the hub drops what it has.
		c.outbox.Restart(c.now.Add(patience(refusal)))
		return nil
	}
	c.Log.Info("the hub refused a packet", "packet", re, "code", string(refusal.Code))
	problem := refusal.Sentence
	if refusal.Code == wire.CodeUnknownDevice {
		problem = ""
	}
	done, err := c.outbox.Refused(c.tx, re, problem)
	if err != nil {
		return err
	}
	return c.settled(done)
}

// patience is how long to wait after a refusal.
func patience(refusal *wire.Error) time.Duration {
	if refusal.Wait() < 0 {
		return longestWait
	}
	return min(max(refusal.Wait(), shortRetry), longestWait)
}

// settled moves a message on of which the last copy is settled; nil for none.
func (c *change) settled(done *outbox.Delivery) error {
	if done == nil {
		return nil
	}
	conv := c.ConversationOf(done.Conversation)
	at, r, err := history.Find(c.tx, conv, done.Message)
	if err != nil || r == nil || r.State != history.StateQueued {
		return err
	}
	if done.Kept == 0 {
		return c.fail(conv, at, r, done.Problem)
	}
	return c.sent(conv, at, r, done)
}

// fail marks a message that nobody can get.
func (c *change) fail(conv Conversation, at history.Place, r *history.Row, why string) error {
	r.State, r.Error = history.StateFailed, why
	if why == "" {
		r.Error = "The hub knows no device of the other any more, so nobody can receive this. Try again later."
	}
	return c.Replace(conv, at, r)
}

// sent gives a message of one's own its final place and starts its timer.
func (c *change) sent(conv Conversation, at history.Place, r *history.Row, d *outbox.Delivery) error {
	own, err := c.numbers(conv, c.device)
	if err != nil {
		return err
	}
	major := d.At
	if !conv.Direct() {
		major = d.Seq
	}
	if r.Number > own.Taken {
		own.Major, own.Taken = max(own.Major, major), r.Number
	}
	if err := c.saveNumbers(conv, c.device, own); err != nil {
		return err
	}
	r.State, r.ReceivedAt = history.StateSent, int64(d.At)
	if r.Reached != "" {
		r.State, r.Reached = r.Reached, ""
	}
	if r.ReceivedAt == 0 {
		r.ReceivedAt = history.Millis(c.now)
	}
	to := history.NewPlace(own.Major, r.Number, r.ID)
	if err := c.StartTimer(conv, r, c.now); err != nil {
		return err
	}
	return c.Move(conv, at, to, r)
}

// retry sends a failed message again.
func (h *Hub) retry(conv Conversation, m id.MessageID) error {
	return h.update(func(c *change) error {
		at, r, err := history.Find(c.tx, conv, m)
		if err != nil {
			return err
		}
		if r == nil || r.State != history.StateFailed || r.From != c.self {
			return errors.New("this message has not failed; there is nothing to send again")
		}
		kept, found, err := c.Sent(conv, r.Number)
		if err != nil || !found {
			return errors.Join(err, errors.New("this message is not kept any more; write it again"))
		}
		r.State, r.Error = history.StateQueued, ""
		if err := c.Replace(conv, at, r); err != nil {
			return err
		}
		return c.enqueue(conv, &outbox.Message{ID: m, Number: r.Number, Content: kept.Content})
	})
}
