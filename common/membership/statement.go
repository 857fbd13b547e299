// Package membership says who is in a channel: a log of signed statements (create, invite, join, leave,
// remove, role, rename, topic) that the hub stores and orders and that every client checks for itself, so
// that a hub can't slip a listener into a private channel. It holds the statements, their signatures and
// the rules that decide what each role may do; it knows neither cards nor sessions.
package membership

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/fxamacker/cbor/v2"

	"gossip/common/id"
)

// Action is what a statement does to a channel.
type Action uint8

// The actions. Their numbers are the wire values.
const (
	Create Action = 1 + iota // Text is the name; the actor becomes owner, unless it is the hub
	Invite                   // Subject may join a private channel
	Join
	Leave
	Remove  // Subject is out, and its invitation with it
	SetRole // Subject gets Role
	Rename  // Text is the new name
	SetTopic
)

// Role is what a member may do; each includes the ones before it.
type Role uint8

// The roles.
const (
	Member    Role = 1
	Moderator Role = 2
	Owner     Role = 3
)

func (r Role) String() string {
	switch r {
	case Member:
		return "member"
	case Moderator:
		return "moderator"
	case Owner:
		return "owner"
	}
	return "none"
}

const version = 1

// maxText is the limit of a name or topic in bytes.
const (
	maxName  = 64
	maxTopic = 512
	// MaxEncoded is the largest encoded statement in bytes.
	MaxEncoded = 4 << 10
)

// latestTime is the end of the year 9999 in Unix milliseconds: the last that JSON and people write.
const latestTime = 253402300799999

// signingContext separates these signatures from every other use of a device's key. The message that is signed is
// "gossip " + context + " v1" + NUL + statement, as a device signs everything.
const signingContext = "channel statement"

// Signer is the key of the statement's author: identity.DeviceKey is one.
type Signer interface {
	// Sign is Ed25519 over the message, separated by the context.
	Sign(context string, message []byte) []byte
}

// Statement is one signed entry of a channel's log. A hub signs with its host key and an empty User.
type Statement struct {
	Channel  id.ChannelID // empty in Create: the channel's id follows from the statement
	Previous [32]byte     // hash of the log that the author saw; zero in Create
	At       time.Time    // the author's clock, milliseconds; for display only
	User     id.UserID    // the author; empty when the hub is
	Device   id.DeviceID  // the author's device, or the hub's host key
	Action   Action
	Subject  id.UserID // Invite, Remove, SetRole
	Role     Role      // SetRole
	Text     string    // Create, Rename, SetTopic
	Public   bool      // Create
	Nonce    [16]byte  // random: the same statement can't stand in a log twice
}

type statementWire struct {
	Version  uint8        `cbor:"1,keyasint"`
	Channel  id.ChannelID `cbor:"2,keyasint,omitzero"`
	Previous [32]byte     `cbor:"3,keyasint,omitzero"`
	At       uint64       `cbor:"4,keyasint"`
	User     id.UserID    `cbor:"5,keyasint,omitzero"`
	Device   id.DeviceID  `cbor:"6,keyasint"`
	Action   Action       `cbor:"7,keyasint"`
	Subject  id.UserID    `cbor:"8,keyasint,omitzero"`
	Role     Role         `cbor:"9,keyasint,omitempty"`
	Text     string       `cbor:"10,keyasint,omitempty"`
	Public   bool         `cbor:"11,keyasint,omitempty"`
	Nonce    [16]byte     `cbor:"12,keyasint"`
}

type signedWire struct {
	_         struct{} `cbor:",toarray"`
	Body      []byte
	Signature []byte
}

var (
	encoding = mustEncoding()
	decoding = mustDecoding()
)

func mustEncoding() cbor.EncMode {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err) // the options are constants
	}
	return mode
}

func mustDecoding() cbor.DecMode {
	mode, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: 4, MaxArrayElements: 16, MaxMapPairs: 16, ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return mode
}

// ErrMalformed is wrapped by every error about bytes that are no statement.
var ErrMalformed = errors.New("malformed channel statement")

// New starts a statement with a fresh nonce; the caller fills in the rest.
func New(action Action, now time.Time) *Statement {
	s := &Statement{Action: action, At: now}
	rand.Read(s.Nonce[:]) // crypto/rand.Read never fails (Go 1.24).
	return s
}

// Sign encodes the statement and signs it; the signer is s.Device.
func (s *Statement) Sign(signer Signer) ([]byte, error) {
	body, err := encoding.Marshal(s.wire())
	if err != nil {
		return nil, fmt.Errorf("encode channel statement: %w", err)
	}
	encoded, err := encoding.Marshal(signedWire{Body: body, Signature: signer.Sign(signingContext, body)})
	if err != nil {
		return nil, fmt.Errorf("encode channel statement: %w", err)
	}
	if _, err := Parse(encoded); err != nil {
		return nil, err
	}
	return encoded, nil
}

// Parse decodes a statement and checks its signature by the device that it names. Whether that device
// belongs to the user named is for the caller, who has the cards.
func Parse(encoded []byte) (*Statement, error) {
	if len(encoded) > MaxEncoded {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(encoded))
	}
	var signed signedWire
	if err := unmarshal(encoded, &signed); err != nil {
		return nil, err
	}
	var w statementWire
	if err := unmarshal(signed.Body, &w); err != nil {
		return nil, err
	}
	s := w.statement()
	if err := s.check(w.Version); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	if !ed25519.Verify(s.Device[:], signedMessage(signed.Body), signed.Signature) {
		return nil, fmt.Errorf("%w: the signature is not by the device named", ErrMalformed)
	}
	return s, nil
}

// unmarshal refuses what would not re-marshal to the same bytes.
func unmarshal(data []byte, v any) error {
	if err := decoding.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	again, err := encoding.Marshal(v)
	if err != nil || string(again) != string(data) {
		return fmt.Errorf("%w: not in canonical form", ErrMalformed)
	}
	return nil
}

func signedMessage(body []byte) []byte {
	return append([]byte("gossip "+signingContext+" v1\x00"), body...)
}

func (s *Statement) wire() statementWire {
	return statementWire{
		Version: version, Channel: s.Channel, Previous: s.Previous, At: uint64(s.At.UnixMilli()), User: s.User, Device: s.Device,
		Action: s.Action, Subject: s.Subject, Role: s.Role, Text: s.Text, Public: s.Public, Nonce: s.Nonce,
	}
}

func (w *statementWire) statement() *Statement {
	return &Statement{
		Channel: w.Channel, Previous: w.Previous, At: time.UnixMilli(int64(w.At)), User: w.User, Device: w.Device,
		Action: w.Action, Subject: w.Subject, Role: w.Role, Text: w.Text, Public: w.Public, Nonce: w.Nonce,
	}
}

// check is about the statement alone; whether the log allows it is State's.
func (s *Statement) check(v uint8) error {
	rule, known := rules[s.Action]
	switch {
	case v != version:
		return fmt.Errorf("version %d; update Gossip to read this channel", v)
	case !known:
		return fmt.Errorf("action %d", s.Action)
	case (s.Channel == id.NoChannel) != (s.Action == Create):
		return errors.New("the channel is named in every statement but the first")
	case s.Device == id.NoDevice:
		return errors.New("no author")
	case rule.subject != (s.Subject != id.NoUser):
		return errors.New("a subject where none belongs, or none where one does")
	case s.Action == SetRole && (s.Role < Member || s.Role > Owner) || s.Action != SetRole && s.Role != 0:
		return errors.New("role out of range")
	case s.Public && s.Action != Create:
		return errors.New("only the first statement says whether a channel is public")
	case s.At.UnixMilli() < 0 || s.At.UnixMilli() > latestTime:
		return errors.New("a time that no calendar shows")
	}
	return s.checkText(rule.text)
}

func (s *Statement) checkText(limit int) error {
	if len(s.Text) > limit {
		return fmt.Errorf("a text of %d bytes, at most %d", len(s.Text), limit)
	}
	if limit == maxName {
		name, err := id.CheckChannelName(s.Text)
		if err == nil && name != s.Text {
			err = errors.New("the channel name is not in normal form")
		}
		return err
	}
	if strings.ContainsFunc(s.Text, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Bidi_Control) }) {
		return errors.New("a topic with a control character, which would do things to the screen that shows it")
	}
	return nil
}

// next is the log's hash after the statement: SHA-256 over the hash before and the encoded statement.
func next(head [32]byte, encoded []byte) [32]byte {
	return sha256.Sum256(append(head[:], encoded...))
}
