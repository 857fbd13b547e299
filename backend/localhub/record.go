package localhub

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// recordFile stands in the profile's folder.
const recordFile = "gossip_local_hub.json"

// record is what is kept from one start to the next.
type record struct {
	On   bool `json:"on"`
	Port int  `json:"port"` // 0: none yet. People's links name it, so it stays
}

// readRecord returns the zero record where there is none.
func readRecord(profile string) (r record, err error) {
	path := filepath.Join(profile, recordFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err == nil && (r.Port < 0 || r.Port > 65535) {
		err = errors.New("the port is none")
	}
	if err != nil {
		return record{}, fmt.Errorf("what is kept of your own hub can't be read; mend or delete %s and start the hub again: %w", path, err)
	}
	return r, nil
}

// write replaces the file at once.
func (r record) write(profile string) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	path := filepath.Join(profile, recordFile)
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
