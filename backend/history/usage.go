package history

import "gossip/backend/store"

// Usage is what one conversation takes in the profile.
type Usage struct {
	Key      string `json:"key"`
	Messages int    `json:"messages"` // rows, the program's own among them
	Bytes    int64  `json:"bytes"`    // of the rows, before they are sealed
}

// Usages lists what the conversations of this hub take; those without rows are left out. It reads every row.
func (a *Archive) Usages() (list []Usage, err error) {
	err = a.Store.View(func(tx *store.Tx) error {
		for _, key := range a.stored(tx) {
			conv := a.ConversationOf(key)
			one := Usage{Key: conv.String()}
			for at, value := range conv.Bucket(tx, rowBucket).Range(nil, nil, false, 0) {
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
