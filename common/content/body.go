package content

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// Type tells on the wire what a body is.
type Type uint64

// The types. Numbers are never used again for something else.
const (
	TypeText      Type = 1
	TypeEdit      Type = 2
	TypeDelete    Type = 3
	TypeReaction  Type = 4
	TypeReceipt   Type = 5
	TypeTimer     Type = 6
	TypeFile      Type = 7
	TypeProfile   Type = 8
	TypeCall      Type = 9
	TypeTyping    Type = 10
	TypeResend    Type = 11
	TypeSenderKey Type = 12
	TypeGone      Type = 13
	TypeOffer     Type = 14
	TypeAnswer    Type = 15
	TypeICE       Type = 16
)

// kinds says of each type its name, whether it counts in the numbering, whether it waits for who is away, and how its
// body is read.
var kinds = map[Type]struct {
	name     string
	numbered bool
	durable  bool
	decode   func([]byte) (Body, error)
}{
	TypeText:      {"text", true, true, decodeVia[textWire]},
	TypeEdit:      {"edit", true, true, decodeAs[Edit]},
	TypeDelete:    {"delete", true, true, decodeAs[Delete]},
	TypeReaction:  {"reaction", true, true, decodeAs[Reaction]},
	TypeReceipt:   {"receipt", false, true, decodeVia[receiptWire]},
	TypeTimer:     {"timer", true, true, decodeVia[timerWire]},
	TypeFile:      {"file", true, true, decodeVia[fileWire]},
	TypeProfile:   {"profile", false, true, decodeAs[Profile]},
	TypeCall:      {"call", true, true, decodeVia[callWire]},
	TypeTyping:    {"typing", false, false, decodeAs[Typing]},
	TypeResend:    {"resend", false, true, decodeAs[Resend]},
	TypeSenderKey: {"sender key", false, true, decodeAs[SenderKey]},
	TypeGone:      {"gone", false, true, decodeAs[Gone]},
	TypeOffer:     {"offer", false, false, decodeVia[offerWire]},
	TypeAnswer:    {"answer", false, false, decodeVia[answerWire]},
	TypeICE:       {"ice", false, false, decodeVia[iceWire]},
}

// String returns the name of the type in the protocol.
func (t Type) String() string {
	if kind, known := kinds[t]; known {
		return kind.name
	}
	return fmt.Sprintf("unknown (%d)", uint64(t))
}

// Body is what a message says: one of the structs of this package, by value.
type Body interface {
	Type() Type
	check() error
	encode() ([]byte, error)
}

// Unknown is a body that a newer version made: its type is new, or has parts that are. It marshals to what it came
// from, so that it can be kept and read after an update.
type Unknown struct {
	Kind Type
	Raw  []byte // CBOR
}

// Numbered tells whether messages with this body count in the numbering of their device, so that a missing one shows.
// What a person would miss does; receipts, profiles and the machinery of repair don't. For an Unknown body it may be
// wrong: there the message's Number alone tells, being 0 or not.
func Numbered(b Body) bool { return kinds[b.Type()].numbered }

// Durable tells whether messages with this body go through outbox and journals and reach who is away now. The
// others, such as Typing and what a call is negotiated with, are worth something only at once. A body of an unknown type is durable.
func Durable(b Body) bool {
	kind, known := kinds[b.Type()]
	return !known || kind.durable
}

// Type returns the newer type.
func (u Unknown) Type() Type { return u.Kind }

func (u Unknown) encode() ([]byte, error) { return u.Raw, nil }

// check makes sure that the body is within the limits and canonical although nobody here can read it.
func (u Unknown) check() error {
	wrapped := append([]byte{0x81}, u.Raw...) // in an array: as deep as it is in its message
	var value []any
	if err := decoder.Unmarshal(wrapped, &value); err != nil {
		return err
	}
	if again, err := encoder.Marshal(value); err != nil || !bytes.Equal(again, wrapped) {
		return errors.New("not the canonical encoding")
	}
	return nil
}

// errNewer is what a body's check returns, wrapped, for a value that only a newer version can have sent.
var errNewer = errors.New("made by a newer version")

// encoder and decoder are the CBOR of this package; they only read once they are made.
var (
	encoder = newEncoder()
	decoder = newDecoder()
)

func newEncoder() cbor.EncMode {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err) // The options are constants.
	}
	return mode
}

func newDecoder() cbor.DecMode {
	mode, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		MapKeyByteString:  cbor.MapKeyByteStringAllowed,
		MaxNestedLevels:   8,
		MaxArrayElements:  MaxTargets,
		MaxMapPairs:       64,
	}.DecMode()
	if err != nil {
		panic(err) // The options are constants.
	}
	return mode
}

// decodeBody reads a body of a known type strictly, and keeps any other as Unknown.
func decodeBody(t Type, raw []byte) (Body, error) {
	unknown := Unknown{Kind: t, Raw: raw}
	kind, known := kinds[t]
	if !known {
		return unknown, nil
	}
	body, err := kind.decode(raw)
	if err == nil {
		err = body.check()
	}
	var newField *cbor.UnknownFieldError
	if errors.As(err, &newField) || errors.Is(err, errNewer) {
		return unknown, nil
	}
	return body, err
}

// decodeAs reads a body whose fields are the wire's.
func decodeAs[B Body](raw []byte) (Body, error) {
	var body B
	err := decoder.Unmarshal(raw, &body)
	return body, err
}

// decodeVia reads a body through the struct that is its form on the wire.
func decodeVia[W interface{ body() Body }](raw []byte) (Body, error) {
	var wire W
	err := decoder.Unmarshal(raw, &wire)
	return wire.body(), err
}
