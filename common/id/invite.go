package id

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Scheme starts every invite link.
const Scheme = "gossip"

const (
	maxLinkLength = 2048 // bytes; Link makes at most about 800
	maxLinkKeys   = 16
)

// proofLabel keeps the HMAC of an invite apart from every other use of a secret.
const proofLabel = "gossip invite v1\x00"

// InviteToken lets its holder into a hub: 144 random bits. It prints as "[invite token]" whatever the verb.
type InviteToken [18]byte

// InviteSecret lets a newcomer prove to the inviter that it holds the link. It prints as "[invite secret]".
type InviteSecret [32]byte

// NewInviteToken returns a fresh random token.
func NewInviteToken() (t InviteToken) {
	rand.Read(t[:])
	return t
}

// NewInviteSecret returns a fresh random secret.
func NewInviteSecret() (s InviteSecret) {
	rand.Read(s[:])
	return s
}

func (t InviteToken) String() string                { return "[invite token]" }
func (t InviteToken) Format(f fmt.State, _ rune)    { io.WriteString(f, t.String()) }
func (t InviteToken) LogValue() slog.Value          { return slog.StringValue(t.String()) }
func (t InviteToken) MarshalJSON() ([]byte, error)  { return strconv.AppendQuote(nil, t.String()), nil }
func (s InviteSecret) String() string               { return "[invite secret]" }
func (s InviteSecret) Format(f fmt.State, _ rune)   { io.WriteString(f, s.String()) }
func (s InviteSecret) LogValue() slog.Value         { return slog.StringValue(s.String()) }
func (s InviteSecret) MarshalJSON() ([]byte, error) { return strconv.AppendQuote(nil, s.String()), nil }

// Reveal returns the token's text form, "t_" and base32, for a link or for the hub's operator.
func (t InviteToken) Reveal() string { return format("t", t[:]) }

// ParseInviteToken reads what Reveal returned.
func ParseInviteToken(text string) (t InviteToken, err error) {
	err = parse("t", "invite token", []byte(text), t[:])
	return t, err
}

// Invite is what an invite link says. Only Host, Port and Hub are always there; the zero value of the others
// means that the link doesn't name them.
type Invite struct {
	Host    string       // as ParseHostPort returns it
	Port    uint16       // never 0
	Hub     HubID        // pins the hub before the first connection
	Token   InviteToken  // lets the newcomer into the hub
	Inviter UserID       // pins the inviter
	Secret  InviteSecret // makes Proof; only together with Inviter
	Name    string       // what the inviter is called, as CheckName returns it; a claim, not a proof
}

// Link returns the full text of the link with its secrets, which stand after '#' so that nothing sends them to a
// server by mistake. ParseInvite reads it back.
func (i Invite) Link() string {
	keys := []string{"h=" + i.Hub.String()}
	if i.Token != (InviteToken{}) {
		keys = append(keys, "t="+i.Token.Reveal())
	}
	if i.Inviter != NoUser {
		keys = append(keys, "u="+i.Inviter.String())
	}
	if i.Secret != (InviteSecret{}) {
		keys = append(keys, "s="+format("s", i.Secret[:]))
	}
	if i.Name != "" {
		keys = append(keys, "n="+strings.ReplaceAll(url.QueryEscape(i.Name), "+", "%20"))
	}
	return Scheme + "://" + i.authority() + "/#" + strings.Join(keys, "&")
}

// String returns the link without what stands after '#': it is for people and logs.
func (i Invite) String() string { return Scheme + "://" + i.authority() + "/#…" }

// Format prints String whatever the verb, so that %+v doesn't show the secrets' neighbours in full either.
func (i Invite) Format(f fmt.State, _ rune) { io.WriteString(f, i.String()) }

// LogValue hides the secrets as String does.
func (i Invite) LogValue() slog.Value { return slog.StringValue(i.String()) }

func (i Invite) authority() string { return net.JoinHostPort(i.Host, strconv.Itoa(int(i.Port))) }

// ParseInvite reads an invite link. White space around it is dropped, keys that it doesn't know are ignored (a newer
// version made the link), a key that comes twice is refused. Its errors are sentences for the person who pasted the
// link and never quote it.
func ParseInvite(text string) (Invite, error) {
	link := strings.TrimSpace(text)
	if len(link) > maxLinkLength {
		return Invite{}, fmt.Errorf("the invite link is longer than %d characters; copy only the link itself", maxLinkLength)
	}
	rest, ok := strings.CutPrefix(link, Scheme+"://")
	if !ok {
		return Invite{}, fmt.Errorf("not an invite link: it must start with %s://", Scheme)
	}
	authority, fragment, ok := strings.Cut(rest, "#")
	if !ok {
		return Invite{}, errors.New("the invite link is cut off before its '#'; copy the whole link")
	}
	var invite Invite
	var err error
	if invite.Host, invite.Port, err = ParseHostPort(strings.TrimSuffix(authority, "/")); err != nil {
		return Invite{}, fmt.Errorf("the invite link names no hub that can be reached: %w", err)
	}
	keys, err := splitKeys(fragment)
	if err != nil {
		return Invite{}, err
	}
	if err := invite.fill(keys); err != nil {
		return Invite{}, err
	}
	return invite, nil
}

// splitKeys reads "k=v&k=v" with percent-encoded values.
func splitKeys(fragment string) (map[string]string, error) {
	pairs := strings.SplitN(fragment, "&", maxLinkKeys+1)
	if len(pairs) > maxLinkKeys {
		return nil, fmt.Errorf("the invite link has more than %d parts after '#'; ask for a new one", maxLinkKeys)
	}
	keys := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		key, escaped, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(escaped)
		if !ok || key == "" || err != nil {
			return nil, errors.New("the invite link is damaged after its '#'; copy it again")
		}
		if _, twice := keys[key]; twice {
			return nil, fmt.Errorf("the invite link says %.8q twice, so it can't be trusted; ask for a new one", key)
		}
		keys[key] = value
	}
	return keys, nil
}

// fill sets the fields that the keys name, and checks that they make sense together.
func (i *Invite) fill(keys map[string]string) error {
	fields := map[string]func(string) error{
		"h": func(v string) error { return i.Hub.UnmarshalText([]byte(v)) },
		"t": func(v string) error { return parse("t", "invite token", []byte(v), i.Token[:]) },
		"u": func(v string) error { return i.Inviter.UnmarshalText([]byte(v)) },
		"s": func(v string) error { return parse("s", "invite secret", []byte(v), i.Secret[:]) },
		"n": func(v string) (err error) { i.Name, err = CheckName(v); return err },
	}
	for _, key := range []string{"h", "t", "u", "s", "n"} {
		value, named := keys[key]
		if !named {
			continue
		}
		if err := fields[key](value); err != nil {
			return fmt.Errorf("the invite link's part %q is wrong: %w", key, err)
		}
	}
	if i.Hub == NoHub {
		return errors.New("the invite link doesn't say which hub it means (part \"h\"); copy the whole link")
	}
	if i.Secret != (InviteSecret{}) && i.Inviter == NoUser {
		return errors.New("the invite link has a secret but no inviter (part \"u\"); copy the whole link")
	}
	return nil
}

// Proof returns what the newcomer sends the inviter, end to end, to show that it holds the link: HMAC-SHA256 under
// the link's secret over a label, the inviter's fingerprint and the newcomer's. It is nil for a link without a
// secret or an inviter.
func (i Invite) Proof(newcomer UserID) []byte {
	if i.Secret == (InviteSecret{}) || i.Inviter == NoUser {
		return nil
	}
	mac := hmac.New(sha256.New, i.Secret[:])
	mac.Write([]byte(proofLabel))
	mac.Write(i.Inviter[:])
	mac.Write(newcomer[:])
	return mac.Sum(nil)
}

// VerifyProof tells, in constant time, whether proof is what Proof returns for the newcomer. No proof fits a link
// that can make none.
func (i Invite) VerifyProof(newcomer UserID, proof []byte) bool {
	want := i.Proof(newcomer)
	return want != nil && hmac.Equal(want, proof)
}
