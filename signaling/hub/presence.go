package hub

import (
	"slices"
	"time"

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
	h.changedLocked(user)
}

// presencePause is how long changes are gathered before everyone is told.
const presencePause = time.Second

// changedLocked has everyone told of a user. mu is held.
func (h *Hub) changedLocked(user id.UserID) {
	if h.changed[user] = true; len(h.changed) == 1 && !h.closing.Load() {
		h.children.Add(1)
		h.presence = time.AfterFunc(presencePause, func() {
			defer h.children.Done()
			h.tellPresence()
		})
	}
}

// stopPresenceLocked keeps the timer from telling anyone any more. mu is held.
func (h *Hub) stopPresenceLocked() {
	if h.presence != nil && h.presence.Stop() {
		h.children.Done()
	}
}

// tellPresence tells everyone who came, went, or has a new card since the last time.
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
