package identity

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is the one text form of every secret of this package: in logs, errors, JSON and with every verb of fmt.
type redacted string

const (
	redactedPhrase    redacted = "[recovery phrase]"
	redactedUserKey   redacted = "[user key]"
	redactedDeviceKey redacted = "[device key]"
)

func (r redacted) format(f fmt.State) { io.WriteString(f, string(r)) }

func (r redacted) json() ([]byte, error) { return []byte(`"` + string(r) + `"`), nil }

// Format redacts the phrase with every verb.
func (p Phrase) Format(f fmt.State, _ rune) { redactedPhrase.format(f) }

// String redacts the phrase; Words gives it.
func (p Phrase) String() string { return string(redactedPhrase) }

// LogValue redacts the phrase.
func (p Phrase) LogValue() slog.Value { return slog.StringValue(string(redactedPhrase)) }

// MarshalJSON redacts the phrase.
func (p Phrase) MarshalJSON() ([]byte, error) { return redactedPhrase.json() }

// Format redacts the key with every verb.
func (k *UserKey) Format(f fmt.State, _ rune) { redactedUserKey.format(f) }

// String redacts the key.
func (k *UserKey) String() string { return string(redactedUserKey) }

// LogValue redacts the key.
func (k *UserKey) LogValue() slog.Value { return slog.StringValue(string(redactedUserKey)) }

// MarshalJSON redacts the key; MarshalBinary gives its secret form to the vault.
func (k *UserKey) MarshalJSON() ([]byte, error) { return redactedUserKey.json() }

// Format redacts the key with every verb.
func (k *DeviceKey) Format(f fmt.State, _ rune) { redactedDeviceKey.format(f) }

// String redacts the key.
func (k *DeviceKey) String() string { return string(redactedDeviceKey) }

// LogValue redacts the key.
func (k *DeviceKey) LogValue() slog.Value { return slog.StringValue(string(redactedDeviceKey)) }

// MarshalJSON redacts the key; MarshalBinary gives its secret form to the vault.
func (k *DeviceKey) MarshalJSON() ([]byte, error) { return redactedDeviceKey.json() }

// Format redacts the signer with every verb.
func (s deviceSigner) Format(f fmt.State, _ rune) { redactedDeviceKey.format(f) }
