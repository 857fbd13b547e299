package chat

import "gossip/backend/store"

// ConversationStorage is what one conversation takes in the profile.
type ConversationStorage struct {
	Key      string `json:"key"`
	Messages int    `json:"messages"` // rows, the program's own among them
	Bytes    int64  `json:"bytes"`    // of the rows, before they are sealed
}

// Storage lists what the conversations of this hub take; those without rows are left out. It reads every row.
func (h *Hub) Storage() (list []ConversationStorage, err error) {
	err = h.Store.View(func(tx *store.Tx) error {
		for _, key := range h.storedConversations(tx) {
			conv := h.conversationOf(key)
			one := ConversationStorage{Key: conv.String()}
			for at, value := range bucket(tx, rowBucket, conv).Range(nil, nil, false, 0) {
				one.Messages++
				one.Bytes += int64(len(at) + len(value))
			}
			if one.Messages > 0 {
				list = append(list, one)
			}
		}
		return nil
	})
	return list, err
}
