// Package id names the things of the protocol: users, devices, hubs, channels and messages,
// the addresses of people, and the links that invite them. Every identifier is a fixed array,
// comparable, and has one text form: a short prefix that says its kind, then lower-case base32.
package id

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"log/slog"
	"strings"
)

// UserID is the OpenPGP v6 fingerprint (SHA-256, RFC 9580 section 5.5.4.3) of a user certificate's primary key.
type UserID [32]byte

// DeviceID is the Ed25519 public key of a device: its SSH key and the primary key of its certificate.
type DeviceID [32]byte

// HubID is the SHA-256 of a hub's SSH host key in wire format (RFC 4253 section 6.6): what a client pins.
type HubID [32]byte

// ChannelID is the first half of the SHA-256 of the statement that created the channel, so a hub can't
// change who made a channel or whether it is private without changing its name on the wire.
type ChannelID [16]byte

// MessageID is 128 random bits, chosen by the sender of a packet; receivers drop ids that they have seen.
type MessageID [16]byte

// FileID is 128 random bits, chosen by the sender of a file: where the hub keeps the encrypted blob.
type FileID [16]byte

// CallID is 128 random bits, chosen by who starts a call.
type CallID [16]byte

// Zero values mean "none".
var (
	NoUser    UserID
	NoDevice  DeviceID
	NoHub     HubID
	NoChannel ChannelID
	NoMessage MessageID
	NoFile    FileID
	NoCall    CallID
)

var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// shortLength is how many characters of an identifier's body the log shows.
const shortLength = 8

// NewMessageID returns a fresh random id.
func NewMessageID() MessageID {
	var m MessageID
	rand.Read(m[:]) // crypto/rand.Read never fails (Go 1.24).
	return m
}

// NewFileID returns a fresh random id.
func NewFileID() FileID { return FileID(NewMessageID()) }

// NewCallID returns a fresh random id.
func NewCallID() CallID { return CallID(NewMessageID()) }

// ChannelOf returns the id of the channel that the given creating statement makes.
func ChannelOf(statement []byte) ChannelID {
	sum := sha256.Sum256(statement)
	return ChannelID(sum[:len(ChannelID{})])
}

// HubOf returns the id of the hub with this SSH host key (wire format).
func HubOf(hostKey []byte) HubID { return sha256.Sum256(hostKey) }

func (u UserID) String() string    { return format("u", u[:]) }
func (d DeviceID) String() string  { return format("d", d[:]) }
func (h HubID) String() string     { return format("h", h[:]) }
func (c ChannelID) String() string { return format("c", c[:]) }
func (m MessageID) String() string { return format("m", m[:]) }
func (f FileID) String() string    { return format("f", f[:]) }
func (c CallID) String() string    { return format("v", c[:]) }

// LogValue shortens the identifier: logs tell devices apart without listing who talks to whom in full.
func (u UserID) LogValue() slog.Value    { return short(u.String()) }
func (d DeviceID) LogValue() slog.Value  { return short(d.String()) }
func (h HubID) LogValue() slog.Value     { return short(h.String()) }
func (c ChannelID) LogValue() slog.Value { return short(c.String()) }
func (m MessageID) LogValue() slog.Value { return short(m.String()) }
func (f FileID) LogValue() slog.Value    { return short(f.String()) }
func (c CallID) LogValue() slog.Value    { return short(c.String()) }

func (u UserID) MarshalText() ([]byte, error)    { return []byte(u.String()), nil }
func (d DeviceID) MarshalText() ([]byte, error)  { return []byte(d.String()), nil }
func (h HubID) MarshalText() ([]byte, error)     { return []byte(h.String()), nil }
func (c ChannelID) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
func (m MessageID) MarshalText() ([]byte, error) { return []byte(m.String()), nil }
func (f FileID) MarshalText() ([]byte, error)    { return []byte(f.String()), nil }
func (c CallID) MarshalText() ([]byte, error)    { return []byte(c.String()), nil }

func (u *UserID) UnmarshalText(text []byte) error    { return parse("u", "user id", text, u[:]) }
func (d *DeviceID) UnmarshalText(text []byte) error  { return parse("d", "device id", text, d[:]) }
func (h *HubID) UnmarshalText(text []byte) error     { return parse("h", "hub id", text, h[:]) }
func (c *ChannelID) UnmarshalText(text []byte) error { return parse("c", "channel id", text, c[:]) }
func (m *MessageID) UnmarshalText(text []byte) error { return parse("m", "message id", text, m[:]) }
func (f *FileID) UnmarshalText(text []byte) error    { return parse("f", "file id", text, f[:]) }
func (c *CallID) UnmarshalText(text []byte) error    { return parse("v", "call id", text, c[:]) }

func format(prefix string, body []byte) string { return prefix + "_" + encoding.EncodeToString(body) }

func short(text string) slog.Value { return slog.StringValue(text[:2+shortLength]) }

// parse fills out from the canonical text form and leaves it untouched on an error.
func parse(prefix, kind string, text []byte, out []byte) error {
	body, ok := strings.CutPrefix(string(text), prefix+"_")
	if !ok || len(body) != encoding.EncodedLen(len(out)) {
		return fmt.Errorf("not a %s: want %q and %d characters of base32", kind, prefix+"_", encoding.EncodedLen(len(out)))
	}
	raw, err := encoding.DecodeString(body)
	if err != nil || encoding.EncodeToString(raw) != body {
		return fmt.Errorf("not a %s: the base32 is damaged; copy it again", kind)
	}
	copy(out, raw)
	return nil
}
