package localhub

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gossip/common/id"
)

// recordFile stands in the profile's folder.
const recordFile = "gossip_local_hub.json"

// record is what is kept from one start to the next.
type record struct {
	On    bool   `json:"on"`
	Port  int    `json:"port"`            // 0: none yet. People's links name it, so it stays
	Token string `json:"token,omitempty"` // the hub's password, which the link carries; "": everybody is let in
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
	if err == nil && r.Token != "" {
		_, err = id.ParseInviteToken(r.Token)
	}
	if err != nil {
		return record{}, fmt.Errorf("what is kept of your own hub can't be read; mend or delete %s and start the hub again: %w", path, err)
	}
	return r, nil
}

// started is the record of a hub that is on. A new one gets its token: who joined one without any has none to show.
func (r record) started() record {
	if r.Port == 0 && r.Token == "" {
		r.Token = id.NewInviteToken().Reveal()
	}
	r.On = true
	return r
}

// invite is the link of the hub at a host. Its token is the record's.
func (r record) invite(host string, hub id.HubID) id.Invite {
	token, _ := id.ParseInviteToken(r.Token) // checked when it was read; the zero token is none
	return id.Invite{Host: host, Port: uint16(r.Port), Hub: hub, Token: token}
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
