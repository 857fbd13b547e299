// Package roster knows people: their cards, the pins of first contact and what has been verified since, which device
// is whose, and who is online.
package roster

import (
	"encoding/hex"
	"strings"

	"gossip/common/id"
)

// Person is a user as people see one, flat and ready for JSON.
type Person struct {
	User     string `json:"user"` // id
	Hub      string `json:"hub,omitempty"`
	Name     string `json:"name"`
	Role     string `json:"role,omitempty"` // in a channel: "member", "moderator", "owner"
	Online   bool   `json:"online"`
	Verified bool   `json:"verified"`
	Trust    string `json:"trust"`             // one sentence
	Warning  string `json:"warning,omitempty"` // the key changed: what to do
	Mine     bool   `json:"mine,omitempty"`
	// Fingerprint is of the user certificate, as FingerprintText gives it.
	Fingerprint string `json:"fingerprint,omitempty"`
	Blocked     bool   `json:"blocked,omitempty"` // by the person: nothing more of theirs is shown
}

// FingerprintText is a user's fingerprint for people: hexadecimal in groups of four.
func FingerprintText(user id.UserID) string {
	text := strings.ToUpper(hex.EncodeToString(user[:]))
	var grouped strings.Builder
	for i := 0; i < len(text); i += 4 {
		if i > 0 {
			grouped.WriteByte(' ')
		}
		grouped.WriteString(text[i:min(i+4, len(text))])
	}
	return grouped.String()
}
