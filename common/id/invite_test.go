package id_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gossip/common/id"
)

type inviteVectors struct {
	Good []struct {
		Link, Host                  string
		Port                        uint16
		Hub, Token, Inviter, Secret string
		Name, Newcomer, Proof       string
	}
	AlsoRead []struct {
		Why, Link string
		SameAs    int `json:"same_as"`
	} `json:"also_read"`
	Bad []struct{ Why, Link, Error string }
}

// invites returns what the good vectors stand for, in their order.
func invites(t testing.TB, v inviteVectors) []id.Invite {
	t.Helper()
	atLeast(t, len(v.Good), 4)
	list := make([]id.Invite, len(v.Good))
	for n, vector := range v.Good {
		list[n] = id.Invite{Host: vector.Host, Port: vector.Port, Name: vector.Name}
		fill(t, list[n].Hub[:], vector.Hub)
		fill(t, list[n].Token[:], vector.Token)
		fill(t, list[n].Inviter[:], vector.Inviter)
		fill(t, list[n].Secret[:], vector.Secret)
	}
	return list
}

func TestInviteVectors(t *testing.T) {
	v := vectors[inviteVectors](t, "invites.json")
	want := invites(t, v)
	for n, vector := range v.Good {
		if got := want[n].Link(); got != vector.Link {
			t.Errorf("Link gives %s, want %s", got, vector.Link)
		}
		if got, err := id.ParseInvite(vector.Link); err != nil || got != want[n] {
			t.Errorf("%s became %s, %v", vector.Link, got.Link(), err)
		}
	}
	atLeast(t, len(v.AlsoRead), 6)
	for _, vector := range v.AlsoRead {
		if got, err := id.ParseInvite(vector.Link); err != nil || got != want[vector.SameAs] {
			t.Errorf("%s: became %s, %v", vector.Why, got.Link(), err)
		}
	}
}

func TestInvitesRefused(t *testing.T) {
	v := vectors[inviteVectors](t, "invites.json")
	atLeast(t, len(v.Bad), 30)
	for _, vector := range v.Bad {
		invite, err := id.ParseInvite(vector.Link)
		refused(t, vector.Why, err, vector.Error)
		if invite != (id.Invite{}) {
			t.Errorf("%s: refused and yet gives %s", vector.Why, invite.Link())
		}
		if err != nil && len(vector.Link) > 60 && strings.Contains(err.Error(), vector.Link[40:60]) {
			t.Errorf("%s: the error quotes the link: %v", vector.Why, err)
		}
	}
}

// Whatever single character of a link changes, it is read as another invite or not at all.
func TestTamperedLinks(t *testing.T) {
	whole := invites(t, vectors[inviteVectors](t, "invites.json"))[2]
	link := whole.Link()
	for n := range link {
		for _, c := range []byte("a2&#%:/]") {
			if tampered := link[:n] + string(c) + link[n+1:]; link[n] != c {
				if got, err := id.ParseInvite(tampered); err == nil && got == whole {
					t.Errorf("with %q at %d it is still the same invite", c, n)
				}
			}
		}
		if got, err := id.ParseInvite(link[:n]); err == nil && got == whole {
			t.Errorf("cut off at %d it is still the same invite", n)
		}
	}
}

func TestProofVectors(t *testing.T) {
	v := vectors[inviteVectors](t, "invites.json")
	proofs := 0
	for n, invite := range invites(t, v) {
		var newcomer id.UserID
		fill(t, newcomer[:], v.Good[n].Newcomer)
		proof := invite.Proof(newcomer)
		if hex.EncodeToString(proof) != v.Good[n].Proof {
			t.Errorf("proof %x, want %s", proof, v.Good[n].Proof)
		}
		if invite.VerifyProof(newcomer, proof) != (proof != nil) {
			t.Errorf("VerifyProof refuses its own proof, or takes none")
		}
		if proof != nil {
			proofs++
		}
	}
	atLeast(t, proofs, 2)
}

func TestTamperedProofs(t *testing.T) {
	invite := invites(t, vectors[inviteVectors](t, "invites.json"))[1]
	newcomer := id.UserID{0xca}
	proof := invite.Proof(newcomer)
	for n := range proof {
		tampered := bytes.Clone(proof)
		tampered[n] ^= 1
		if invite.VerifyProof(newcomer, tampered) || invite.VerifyProof(newcomer, proof[:n]) {
			t.Errorf("a proof that differs at byte %d is accepted", n)
		}
	}
	if invite.VerifyProof(id.UserID{0xcb}, proof) {
		t.Error("another person's proof is accepted")
	}
	other, another := invite, invite
	other.Secret[31] ^= 1
	another.Inviter[31] ^= 1
	if other.VerifyProof(newcomer, proof) || another.VerifyProof(newcomer, proof) {
		t.Error("the proof of another invite is accepted")
	}
	if invite.VerifyProof(newcomer, nil) || (id.Invite{}).VerifyProof(newcomer, nil) {
		t.Error("no proof is accepted")
	}
}

func TestInviteTokenText(t *testing.T) {
	token := id.NewInviteToken()
	if got, err := id.ParseInviteToken(token.Reveal()); err != nil || got != token {
		t.Errorf("%s became %s, %v", token.Reveal(), got.Reveal(), err)
	}
	if _, err := id.ParseInviteToken("t_abc"); err == nil {
		t.Error("a short token is read")
	}
}

// Nothing prints a secret by accident: not fmt with any verb, not JSON, not a log.
func TestInvitesNeverPrintTheirSecrets(t *testing.T) {
	invite := invites(t, vectors[inviteVectors](t, "invites.json"))[1]
	for _, value := range []any{invite, &invite, invite.Token, &invite.Token, invite.Secret, &invite.Secret, []any{invite.Token, invite.Secret}} {
		out := logged(value)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%c", "%U"} {
			out += fmt.Sprintf(verb, value)
		}
		raw, err := json.Marshal(value)
		if err != nil {
			t.Errorf("%T: %v", value, err)
		}
		out += string(raw)
		for _, secret := range [][]byte{invite.Token[:], invite.Secret[:]} {
			noSecret(t, out, secret)
		}
	}
}

// noSecret looks for 4 bytes of the secret in each form in which Go prints bytes.
func noSecret(t *testing.T, out string, secret []byte) {
	t.Helper()
	four := secret[8:12]
	token := id.InviteToken(append(bytes.Clone(secret[:12]), make([]byte, 6)...))
	forms := []string{
		string(four), fmt.Sprintf("%x", four), fmt.Sprintf("%X", four), strings.Trim(fmt.Sprint(four), "[]"),
		fmt.Sprintf("%d,%d,%d", four[0], four[1], four[2]), fmt.Sprintf("%#x, %#x", four[0], four[1]),
		base64.RawStdEncoding.EncodeToString(secret[6:12]), token.Reveal()[2:14],
	}
	for _, form := range forms {
		if strings.Contains(out, form) {
			t.Errorf("%q is printed in %q", form, out)
		}
	}
}

func FuzzParseInvite(f *testing.F) {
	v := vectors[inviteVectors](f, "invites.json")
	for _, vector := range v.Good {
		f.Add(vector.Link)
	}
	for _, vector := range v.Bad {
		f.Add(vector.Link)
	}
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
