package hub

import (
	"time"

	"gossip/common/id"
)

// EnsureChannels makes the hub's own public channels that are not there yet, and tells everyone of them.
func (h *Hub) EnsureChannels(names []string, now time.Time) error {
	before := map[id.ChannelID]bool{}
	for _, channel := range h.channels.All() {
		before[channel] = true
	}
	err := h.channels.Ensure(names, h.key, now)
	for _, channel := range h.channels.All() {
		if summary, public := h.summary(channel, id.NoUser); public && !before[channel] {
			h.notices.tell(h.everyone(), summaryFrame(summary))
		}
	}
	return err
}
