package hub

import (
	"testing"

	"gossip/common/id"
	"gossip/common/wire"
)

// A password that is an invite token is let in as either; no token opens a hub that has another password.
func TestPasswordOrToken(t *testing.T) {
	token, other := id.NewInviteToken(), id.NewInviteToken()
	for _, c := range []struct {
		what, password string
		offered        wire.Credentials
		admitted       bool
	}{
		{"the token", token.Reveal(), wire.Credentials{Token: token[:]}, true},
		{"the token as a password", token.Reveal(), wire.Credentials{Password: token.Reveal()}, true},
		{"another token", token.Reveal(), wire.Credentials{Token: other[:]}, false},
		{"a part of the token", token.Reveal(), wire.Credentials{Token: token[:17]}, false},
		{"more than the token", token.Reveal(), wire.Credentials{Token: append(token[:], 0)}, false},
		{"nothing", token.Reveal(), wire.Credentials{}, false},
		{"the password", "open sesame", wire.Credentials{Password: "open sesame", Token: other[:]}, true},
		{"a token for a password", "open sesame", wire.Credentials{Token: token[:]}, false},
		{"a token where nothing is asked for", "", wire.Credentials{Token: token[:]}, true},
	} {
		if admitted := newPassword(c.password).admits(&c.offered); admitted != c.admitted {
			t.Errorf("%s: admitted is %v", c.what, admitted)
		}
	}
}
