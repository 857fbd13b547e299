package chat

import (
	"errors"

	"gossip/backend/history"
	"gossip/common/id"
	"gossip/common/wire"
)

// acknowledged handles the hub's word that a packet of ours is on its disk.
func (c *change) acknowledged(re id.MessageID, ack wire.Ack) error {
	w := c.outbox.remove(re)
	if w == nil {
		return nil // an earlier connection's
	}
	ack.At = c.boundedTime(ack.At)
	if p := c.outbox.progress[w.message]; p != nil {
		if p.kept++; p.kept == 1 {
			p.seq, p.at = ack.Seq, ack.At
		}
	}
	if conv := c.ConversationOf(w.conv); ack.Seq > 0 && !conv.Direct() {
		if err := c.passOwn(conv.Channel, ack.Seq); err != nil {
			return err
		}
	}
	return c.settle(w)
}

// refused handles the hub's refusal of a packet: for now, or for good.
func (c *change) refused(re id.MessageID, refusal *wire.Error) error {
	w := c.outbox.packets[re]
	if w == nil {
		return nil
	}
	switch refusal.Code {
	case wire.CodeRate, wire.CodeStorage, wire.CodeInternal, wire.CodeShutdown, wire.CodeSlow, wire.CodeReplaced:
		// All of them go again, in order, from the first that is not acknowledged: the hub drops what it has.
		c.outbox.restart()
		c.outbox.retryAt = c.now.Add(max(refusal.Wait(), shortRetry))
		if latest := c.now.Add(longestWait); refusal.Wait() < 0 || c.outbox.retryAt.After(latest) {
			c.outbox.retryAt = latest
		}
		return nil
	}
	c.Log.Info("the hub refused a packet", "packet", re, "code", string(refusal.Code))
	c.outbox.remove(re)
	if p := c.outbox.progress[w.message]; p != nil && refusal.Code != wire.CodeUnknownDevice {
		p.problem = refusal.Sentence
	}
	return c.settle(w)
}

// settle drops a packet that needs no more care, and moves its message on when it was the last copy.
func (c *change) settle(w *waiting) error {
	if err := c.tx.Bucket(outboxBucket, c.Config.Hub[:]).Delete(numberKey(w.number)); err != nil {
		return err
	}
	p := c.outbox.progress[w.message]
	if p == nil {
		return nil
	}
	if p.left--; p.left > 0 {
		return nil
	}
	delete(c.outbox.progress, w.message)
	conv := c.ConversationOf(w.conv)
	at, r, err := history.Find(c.tx, conv, w.message)
	if err != nil || r == nil || r.State != history.StateQueued {
		return err
	}
	if p.kept == 0 {
		return c.fail(conv, at, r, p.problem)
	}
	return c.sent(conv, at, r, p)
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
func (c *change) sent(conv Conversation, at history.Place, r *history.Row, p *progress) error {
	own, err := c.numbers(conv, c.device)
	if err != nil {
		return err
	}
	major := p.at
	if !conv.Direct() {
		major = p.seq
	}
	if r.Number > own.Taken {
		own.Major, own.Taken = max(own.Major, major), r.Number
	}
	if err := c.saveNumbers(conv, c.device, own); err != nil {
		return err
	}
	r.State, r.ReceivedAt = history.StateSent, int64(p.at)
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
		return c.enqueue(conv, &pending{Message: m, Number: r.Number, Content: kept.Content})
	})
}
