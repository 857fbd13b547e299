package chat

import (
	"gossip/backend/history"
	"gossip/common/content"
	"gossip/common/id"
)

func (c *change) keepEarly(r *received, target id.MessageID) error {
	return c.KeepEarly(r.conv, target, r.message.ID, history.Early{From: r.from, Device: r.device, Content: r.encoded, At: r.at})
}

// applyEarly applies what waited for this message.
func (c *change) applyEarly(conv Conversation, target id.MessageID) error {
	return c.TakeEarly(conv, target, func(kept history.Early) error {
		m, err := content.Parse(kept.Content)
		if err != nil {
			return nil // was read before: cannot be
		}
		return c.apply(&received{conv: conv, from: kept.From, device: kept.Device, message: m, encoded: kept.Content, at: kept.At})
	})
}
