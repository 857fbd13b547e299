// Package content is what travels inside the encryption: the messages that people and their devices send to one
// another, as padded CBOR (RFC 8949, core deterministic encoding, integer keys), and the rules about who may do
// what to whose message. Only the ends of a conversation see it.
package content

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/fxamacker/cbor/v2"

	"gossip/common/id"
)

// maxTime bounds the times of a message, in milliseconds since 1970: the end of the year 9999.
const maxTime = 253402300799999

// Message is one thing said in a conversation by one device. All its copies, to every device of every recipient and
// of the sender, and every resend, are the same bytes.
type Message struct {
	ID           id.MessageID
	Conversation Conversation
	SentAt       time.Time // the sender's clock, whole milliseconds, UTC
	// Number counts the device's messages in the conversation from 1, so that a hole shows; 0 where the body is
	// not Numbered.
	Number uint64
	// Previous is the Hash of the message that bears the Number before; zero for the first and where Number is 0.
	Previous [sha256.Size]byte
	// Author is the user who says it. A device's certificate names no user, so this is what keeps others from listing
	// the device as theirs and taking what it says for their own. Empty in a SenderKey, which names its device.
	Author id.UserID
	Body   Body
}

// envelope is a Message on the wire.
type envelope struct {
	ID       id.MessageID      `cbor:"1,keyasint"`
	Channel  id.ChannelID      `cbor:"2,keyasint,omitzero"`
	With     id.UserID         `cbor:"3,keyasint,omitzero"`
	SentAt   int64             `cbor:"4,keyasint"` // milliseconds since 1970
	Number   uint64            `cbor:"5,keyasint,omitzero"`
	Previous [sha256.Size]byte `cbor:"6,keyasint,omitzero"`
	Type     Type              `cbor:"7,keyasint"`
	Body     cbor.RawMessage   `cbor:"8,keyasint"`
	Author   id.UserID         `cbor:"9,keyasint,omitzero"`
}

// Hash returns what the device's next message in the conversation carries as Previous; encoded is the padded
// encoding, as Marshal returned it or Parse took it.
func Hash(encoded []byte) [sha256.Size]byte { return sha256.Sum256(encoded) }

// Marshal returns the padded encoding, at most MaxPadded bytes. Where a limit is passed, its error is a sentence
// that says which.
func (m *Message) Marshal() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("this message can't be sent: %w", err)
	}
	plain, err := m.encode()
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	if PaddedLength(len(plain)) > MaxPadded {
		return nil, fmt.Errorf("this message can't be sent: it has %d bytes, and at most %d fit; send it in parts", len(plain), MaxPadded-1)
	}
	return pad(plain), nil
}

// Parse reads what Marshal returned, and nothing else: another encoding of the same message, other padding, and
// whatever is over a limit are errors. A body of a type that it doesn't know, or with parts that it doesn't know,
// becomes Unknown. What parses marshals to the same bytes.
func Parse(padded []byte) (*Message, error) {
	plain, err := unpad(padded)
	if err != nil {
		return nil, fmt.Errorf("message content: %w", err)
	}
	m, err := decode(plain)
	if err != nil {
		return nil, fmt.Errorf("message content: %w", err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("message content: %w", err)
	}
	again, err := m.encode()
	if err != nil || !bytes.Equal(again, plain) {
		return nil, errors.New("message content: not the canonical encoding")
	}
	return m, nil
}

// LogValue names the message without what it says.
func (m Message) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("id", m.ID), slog.Any("conversation", m.Conversation), slog.Uint64("number", m.Number))
}

func (m *Message) encode() ([]byte, error) {
	body, err := m.Body.encode()
	if err != nil {
		return nil, err
	}
	return encoder.Marshal(envelope{
		ID: m.ID, Channel: m.Conversation.Channel, With: m.Conversation.With, SentAt: m.SentAt.UnixMilli(),
		Number: m.Number, Previous: m.Previous, Type: m.Body.Type(), Body: body, Author: m.Author,
	})
}

func decode(plain []byte) (*Message, error) {
	var e envelope
	if err := decoder.Unmarshal(plain, &e); err != nil {
		return nil, err
	}
	body, err := decodeBody(e.Type, e.Body)
	if err != nil {
		return nil, err
	}
	return &Message{
		ID: e.ID, Conversation: Conversation{Channel: e.Channel, With: e.With}, SentAt: time.UnixMilli(e.SentAt).UTC(),
		Number: e.Number, Previous: e.Previous, Author: e.Author, Body: body,
	}, nil
}

// check holds for every message that is sent or accepted.
func (m *Message) check() error {
	switch sent := m.SentAt.UnixMilli(); {
	case m.ID == id.NoMessage:
		return errors.New("it has no id")
	case m.Body == nil:
		return errors.New("it has no body")
	case sent < 0 || sent > maxTime:
		return errors.New("its time is out of range; set the clock of this device")
	}
	if err := m.Conversation.check(); err != nil {
		return err
	}
	if err := m.checkNumber(); err != nil {
		return err
	}
	_, senderKey := m.Body.(SenderKey)
	if senderKey && m.Conversation.Channel == id.NoChannel {
		return errors.New("a sender key belongs to a channel")
	}
	if senderKey != (m.Author == id.NoUser) {
		return errors.New("it has no author, or one where none belongs")
	}
	return m.Body.check()
}

func (m *Message) checkNumber() error {
	_, unknown := m.Body.(Unknown) // its number alone says whether it has one
	numbered := m.Number > 0
	if !unknown && numbered != Numbered(m.Body) {
		return fmt.Errorf("a body of type %v and the number %d don't go together", m.Body.Type(), m.Number)
	}
	if first := m.Number <= 1; first != (m.Previous == [sha256.Size]byte{}) {
		return fmt.Errorf("the number %d and the hash of the message before don't go together", m.Number)
	}
	return nil
}
