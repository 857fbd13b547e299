package ratchet

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// errSecret is what a secret answers to encoding/json.
var errSecret = errors.New("secret key material has no JSON form")

// String shows the kind only.
func (s Start) String() string { return "session start (secret)" }

// Format prints String for every verb, %d and %#v too.
func (s Start) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// LogValue shows the kind only.
func (s Start) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON refuses.
func (s Start) MarshalJSON() ([]byte, error) { return nil, errSecret }

// String shows the session's short id and no key.
func (s Session) String() string { return fmt.Sprintf("session %v (secret)", s.binding.Session) }

// Format prints String for every verb, %d and %#v too.
func (s Session) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// LogValue shows the session's short id and no key.
func (s Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON refuses.
func (s Session) MarshalJSON() ([]byte, error) { return nil, errSecret }

// String shows the epoch and no key.
func (k SenderKey) String() string { return fmt.Sprintf("sender key of epoch %d (secret)", k.epoch) }

// Format prints String for every verb, %d and %#v too.
func (k SenderKey) Format(f fmt.State, _ rune) { io.WriteString(f, k.String()) }

// LogValue shows the epoch and no key.
func (k SenderKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalJSON refuses.
func (k SenderKey) MarshalJSON() ([]byte, error) { return nil, errSecret }

// String shows the epoch and no key.
func (k ReceiverKey) String() string {
	return fmt.Sprintf("receiver key of epoch %d (secret)", k.epoch)
}

// Format prints String for every verb, %d and %#v too.
func (k ReceiverKey) Format(f fmt.State, _ rune) { io.WriteString(f, k.String()) }

// LogValue shows the epoch and no key.
func (k ReceiverKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalJSON refuses.
func (k ReceiverKey) MarshalJSON() ([]byte, error) { return nil, errSecret }

// String shows the epoch and no key.
func (d Distribution) String() string {
	return fmt.Sprintf("sender key distribution of epoch %d (secret)", d.Epoch)
}

// Format prints String for every verb, %d and %#v too.
func (d Distribution) Format(f fmt.State, _ rune) { io.WriteString(f, d.String()) }

// LogValue shows the epoch and no key.
func (d Distribution) LogValue() slog.Value { return slog.StringValue(d.String()) }

// MarshalJSON refuses.
func (d Distribution) MarshalJSON() ([]byte, error) { return nil, errSecret }
