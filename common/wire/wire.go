// Package wire is the form in which packets travel between a device and its hub: kinds, the three
// packet classes, their framing, the payloads that the hub reads, error codes and limits.
//
// Versions of the protocol:
//
//	1 (2026-11)  the first: channels and direct messages
//
// Flow of a connection (device D, hub H), after SSH has authenticated the device's Ed25519 key and D
// has opened a channel of type "gossip@v1":
//
//	D: grtng  Greeting                    H: hru   HubGreeting
//	D: ighru  Credentials, sealed to H    H: ig    Welcome, sealed to D
//	D: gmk    CardRequest                 H: ckp   Cards, sealed to D; cup LogPart; eok EndOfCards
//	D: ack    Ack (cursor): starts a journal's delivery, later acknowledges it
//	D: msg, sess, skd                     H: ack (on disk) or err; the packet itself to its recipients
//	D: start_call, hang-up, gmp           H: gmp   CallRoster, to every member when it changes
//	D: turn  (before credentials end)     H: turn  ICEServers
package wire

import (
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// Version is the protocol version that this code speaks.
const Version = 1

// ChannelType is the SSH channel type (RFC 4254 section 5.1) that carries packets.
const ChannelType = "gossip@v1"

// DefaultPort is the TCP port of a hub.
const DefaultPort = 1720

// Limits that are part of the protocol. What a hub may choose within them it says in Welcome.
const (
	MaxFrame         = 256 << 10 // bytes of one packet, without the length before it
	MaxPayload       = MaxFrame - 512
	MaxCard          = 64 << 10 // bytes of one card
	MaxPassword      = 1024     // bytes of a hub password
	MaxStatement     = 4 << 10  // bytes of one signed channel statement
	MaxStatements    = 512      // statements in one cup
	MaxCardsWanted   = 256      // users in one gmk
	MaxSummaries     = 500      // channels in one ig or cup
	MaxPresence      = 1024     // entries in one presence packet
	MaxSentence      = 500      // bytes of a sentence for a person
	maxNestedLevels  = 8
	maxArrayElements = 4096
	maxMapPairs      = 64
)

// ErrMalformed is wrapped by every error about bytes that are not a packet or payload of this protocol.
var ErrMalformed = errors.New("malformed packet")

// One encoding and one decoding mode for everything on the wire: core deterministic encoding
// (RFC 8949 section 4.2.1), so that what parses re-marshals to the same bytes.
var (
	encoding = mustEncoding()
	decoding = mustDecoding()
)

func mustEncoding() cbor.EncMode {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err) // the options above are constants
	}
	return mode
}

func mustDecoding() cbor.DecMode {
	mode, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		MaxNestedLevels:   maxNestedLevels,
		MaxArrayElements:  maxArrayElements,
		MaxMapPairs:       maxMapPairs,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return mode
}

// Marshal encodes a payload of this package.
func Marshal(payload any) ([]byte, error) {
	out, err := encoding.Marshal(payload)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", payload, err)
	}
	return out, nil
}

// Unmarshal decodes a payload strictly: unknown fields, duplicate keys, indefinite lengths and anything
// that would not re-marshal to the same bytes are refused with an error that wraps ErrMalformed.
func Unmarshal(data []byte, payload any) error {
	if err := decoding.Unmarshal(data, payload); err != nil {
		return fmt.Errorf("%w: %T: %v", ErrMalformed, payload, err)
	}
	again, err := encoding.Marshal(payload)
	if err != nil || string(again) != string(data) {
		return fmt.Errorf("%w: %T is not in canonical form", ErrMalformed, payload)
	}
	if v, ok := payload.(validator); ok {
		if err := v.validate(); err != nil {
			return fmt.Errorf("%w: %T: %v", ErrMalformed, payload, err)
		}
	}
	return nil
}

// validator is a payload with limits beyond its types.
type validator interface{ validate() error }
