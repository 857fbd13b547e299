package backend

import (
	"sync"
	"time"

	"gossip/backend/chat"
	"gossip/backend/settings"
)

// preferences is what the conversations ask of the settings.
func (c *Client) preferences() chat.Preferences {
	values := c.settings.Get()
	return chat.Preferences{
		ReadReceipts: values.SendReadReceipts, Typing: values.SendTyping, Timer: time.Duration(values.DefaultTimer) * time.Second,
	}
}

// receiptsChosen returns what to do when a preference changes: others' read receipts are shown as long as one sends them
// oneself, so the conversations have to be read again.
func (c *Client) receiptsChosen() func(settings.Values) {
	before := c.settings.Get().SendReadReceipts
	var mu sync.Mutex // guards before
	return func(v settings.Values) {
		mu.Lock()
		defer mu.Unlock()
		if v.SendReadReceipts == before {
			return
		}
		before = v.SendReadReceipts
		for _, h := range c.joined() {
			c.events.emit([]Event{{Type: EventConversations, Hub: h.id.String()}})
		}
	}
}
