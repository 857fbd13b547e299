// Package roster knows people: their cards, the pins of first contact and what has been verified since, which device
// is whose, and who is online.
package roster

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
}
