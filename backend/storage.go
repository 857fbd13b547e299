package backend

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"gossip/backend/history"
)

// Storage is what the profile takes on the disk.
type Storage struct {
	Folder        string          `json:"folder"`
	Bytes         int64           `json:"bytes"`         // of all files in it
	Conversations []history.Usage `json:"conversations"` // of the joined hubs, the largest first
}

// Storage measures the profile. It reads all of it, which takes a moment.
func (c *Client) Storage() (Storage, error) {
	s := Storage{Folder: c.options.Dir, Conversations: []history.Usage{}}
	err := filepath.WalkDir(c.options.Dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return ignoreGone(err)
		}
		info, err := entry.Info()
		if err == nil {
			s.Bytes += info.Size()
		}
		return ignoreGone(err)
	})
	for _, h := range c.joined() {
		list, failed := h.chat.Usages()
		s.Conversations, err = append(s.Conversations, list...), errors.Join(err, failed)
	}
	slices.SortStableFunc(s.Conversations, func(a, b history.Usage) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return s, err
}

// ignoreGone passes over a file that went away meanwhile.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
