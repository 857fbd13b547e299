package hub

import (
	"slices"

	"gossip/common/id"
	"gossip/common/wire"
)

// isOnline reports whether a user has a session.
func (h *Hub) isOnline(user id.UserID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.online[user] > 0
}

// cardChanged has everyone told of a user's new card.
func (h *Hub) cardChanged(user id.UserID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.changed[user] = true
}

// tellPresence tells everyone who came, went, or has a new card since it was last called.
func (h *Hub) tellPresence() {
	h.mu.Lock()
	var entries []wire.PresenceEntry
	for user := range h.changed {
		entries = append(entries, wire.PresenceEntry{User: user, Online: h.online[user] > 0})
	}
	clear(h.changed)
	h.mu.Unlock()
	if len(entries) == 0 {
		return
	}
	everyone := h.everyone()
	for part := range slices.Chunk(entries, wire.MaxPresence) {
		for i := range part {
			account, _ := h.accounts.ByUser(part[i].User)
			part[i].Card = account.CardHash
		}
		encoded, err := wire.Marshal(&wire.Presence{Entries: part})
		if err != nil {
			panic(err) // fixed arrays and booleans
		}
		h.notices.tell(everyone, frame(&wire.StreamPacket{Kind: wire.KindPresence, Payload: encoded}))
	}
}
