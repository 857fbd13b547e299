package id_test

import (
	"testing"

	"gossip/common/id"
)

func FuzzParseInvite(f *testing.F) {
	full := id.Invite{Host: "2001:db8::1", Port: 22, Hub: id.HubID{1}, Token: id.InviteToken{2}, Inviter: id.UserID{3}, Secret: id.InviteSecret{4}, Name: "Bob & Söhne"}
	f.Add(full.Link())
	f.Add(id.Invite{Host: "hub.example", Port: 1720, Hub: id.HubID{9}}.Link() + "&z=%41")
	f.Fuzz(func(t *testing.T, text string) {
		invite, err := id.ParseInvite(text)
		if err != nil {
			return
		}
		if again, err := id.ParseInvite(invite.Link()); err != nil || again != invite {
			t.Errorf("%q became %s and then %s, %v", text, invite.Link(), again.Link(), err)
		}
	})
}
