package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"gossip/common/id"
)

// Kind says what a packet is for; the short code is the wire value.
type Kind string

// Signal kinds: between a device and the hub.
const (
	KindGreeting      Kind = "grtng"      // device -> hub: Greeting
	KindHubGreeting   Kind = "hru"        // hub -> device: HubGreeting
	KindCredentials   Kind = "ighru"      // device -> hub: Credentials, sealed
	KindWelcome       Kind = "ig"         // hub -> device: Welcome, sealed
	KindCardRequest   Kind = "gmk"        // device -> hub: CardRequest
	KindCards         Kind = "ckp"        // hub -> device: Cards, sealed
	KindChannelUpdate Kind = "cup"        // hub -> device: ChannelUpdate; device -> hub: Statement
	KindEndOfCards    Kind = "eok"        // hub -> device: EndOfCards
	KindRemoved       Kind = "rmk"        // hub -> device: Removed
	KindCallRoster    Kind = "gmp"        // hub -> device: CallRoster; device -> hub: CallRosterRequest
	KindStartCall     Kind = "start_call" // device -> hub: StartCall
	KindHangUp        Kind = "hang-up"    // device -> hub: HangUp
	KindICEServers    Kind = "turn"       // device -> hub: nothing; hub -> device: ICEServers
	KindAck           Kind = "ack"        // both: Ack
	KindLive          Kind = "live"       // hub -> device: Ack, of what a journal held when the device had got it all
	KindError         Kind = "err"        // both: Error
)

// Data kinds: durable, only the recipients can read the payload.
const (
	KindMessage   Kind = "msg"
	KindSession   Kind = "sess"
	KindSenderKey Kind = "skd"
)

// Stream kinds: never stored. Presence comes from the hub, the others from devices. Offer, answer and ice go to one device
// and carry what package content has for them, under the transient key of the session of the two devices.
const (
	KindOffer    Kind = "offer"
	KindAnswer   Kind = "answer"
	KindICE      Kind = "ice"
	KindTyping   Kind = "typing"
	KindPresence Kind = "presence"
)

// Class tells who reads a packet's payload and whether the hub keeps it.
type Class uint8

// The three classes.
const (
	ClassSignal Class = 0
	ClassData   Class = 1
	ClassStream Class = 2
)

var classes = map[Kind]Class{
	KindGreeting: ClassSignal, KindHubGreeting: ClassSignal, KindCredentials: ClassSignal, KindWelcome: ClassSignal,
	KindCardRequest: ClassSignal, KindCards: ClassSignal, KindChannelUpdate: ClassSignal, KindEndOfCards: ClassSignal,
	KindRemoved: ClassSignal, KindCallRoster: ClassSignal, KindStartCall: ClassSignal, KindHangUp: ClassSignal,
	KindICEServers: ClassSignal, KindAck: ClassSignal, KindLive: ClassSignal, KindError: ClassSignal,
	KindMessage: ClassData, KindSession: ClassData, KindSenderKey: ClassData,
	KindOffer: ClassStream, KindAnswer: ClassStream, KindICE: ClassStream, KindTyping: ClassStream, KindPresence: ClassStream,
}

// Packet is a SignalPacket, a DataPacket or a StreamPacket.
type Packet interface {
	// Class is fixed by the type.
	Class() Class
	check() error
}

// SignalPacket is between a device and its hub; the hub reads the payload.
type SignalPacket struct {
	Kind    Kind         `cbor:"1,keyasint"`
	ID      id.MessageID `cbor:"2,keyasint,omitzero"` // chosen by the sender; needed where an answer is expected
	Re      id.MessageID `cbor:"3,keyasint,omitzero"` // the packet that this one answers
	Payload []byte       `cbor:"7,keyasint,omitempty"`
}

// DataPacket is durable and goes to one device or to a channel; exactly one of To and Channel is set.
// From, Seq and At are the hub's: a device leaves them empty and what it writes there is refused.
type DataPacket struct {
	Kind    Kind         `cbor:"1,keyasint"`
	ID      id.MessageID `cbor:"2,keyasint"`
	From    id.DeviceID  `cbor:"4,keyasint,omitzero"`
	To      id.DeviceID  `cbor:"5,keyasint,omitzero"`
	Channel id.ChannelID `cbor:"6,keyasint,omitzero"`
	Payload []byte       `cbor:"7,keyasint"`
	Seq     uint64       `cbor:"8,keyasint,omitempty"`  // position in the recipient's journal, from 1
	At      uint64       `cbor:"9,keyasint,omitempty"`  // the hub's time of receipt, Unix milliseconds
	Expires uint64       `cbor:"10,keyasint,omitempty"` // Unix milliseconds after which the hub drops a waiting copy; 0 = retention
}

// StreamPacket is delivered to who is online and never stored. From is the hub's, as in DataPacket.
type StreamPacket struct {
	Kind    Kind         `cbor:"1,keyasint"`
	From    id.DeviceID  `cbor:"4,keyasint,omitzero"`
	To      id.DeviceID  `cbor:"5,keyasint,omitzero"`
	Channel id.ChannelID `cbor:"6,keyasint,omitzero"`
	Payload []byte       `cbor:"7,keyasint"`
}

// Class is ClassSignal.
func (*SignalPacket) Class() Class { return ClassSignal }

// Class is ClassData.
func (*DataPacket) Class() Class { return ClassData }

// Class is ClassStream.
func (*StreamPacket) Class() Class { return ClassStream }

func (p *SignalPacket) check() error { return checkKind(p.Kind, ClassSignal) }

func (p *DataPacket) check() error {
	if p.ID == id.NoMessage {
		return errors.New("a data packet needs an id")
	}
	if (p.To == id.NoDevice) == (p.Channel == id.NoChannel) {
		return errors.New("a data packet goes to one device or to one channel")
	}
	if len(p.Payload) == 0 {
		return errors.New("a data packet without a payload")
	}
	return checkKind(p.Kind, ClassData)
}

func (p *StreamPacket) check() error {
	if len(p.Payload) == 0 {
		return errors.New("a stream packet without a payload")
	}
	return checkKind(p.Kind, ClassStream)
}

func checkKind(kind Kind, want Class) error {
	if class, known := classes[kind]; !known || class != want {
		return fmt.Errorf("kind %.12q does not belong to class %d", kind, want)
	}
	return nil
}

// ReceivedAt is At as a time.
func (p *DataPacket) ReceivedAt() time.Time { return time.UnixMilli(int64(p.At)) }

// headerLength is the size of the frame's length field: 4 bytes, big endian.
const headerLength = 4

// AppendFrame appends the packet as one frame: length, class byte, CBOR map. The class stands before
// the map so that a reader knows the type without parsing twice; the length counts both.
func AppendFrame(dst []byte, p Packet) ([]byte, error) {
	if err := p.check(); err != nil {
		return dst, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	body, err := encoding.Marshal(p)
	if err != nil {
		return dst, fmt.Errorf("encode packet: %w", err)
	}
	if 1+len(body) > MaxFrame {
		return dst, fmt.Errorf("%w: %d bytes, at most %d fit in a packet", ErrMalformed, 1+len(body), MaxFrame)
	}
	dst = binary.BigEndian.AppendUint32(dst, uint32(1+len(body)))
	dst = append(dst, byte(p.Class()))
	return append(dst, body...), nil
}

// ParseFrame parses a frame without its length field, as ReadFrame gives it. The packet keeps no
// reference to frame. Errors wrap ErrMalformed.
func ParseFrame(frame []byte) (Packet, error) {
	if len(frame) < 2 || len(frame) > MaxFrame {
		return nil, fmt.Errorf("%w: a frame of %d bytes", ErrMalformed, len(frame))
	}
	var p Packet
	switch Class(frame[0]) {
	case ClassSignal:
		p = new(SignalPacket)
	case ClassData:
		p = new(DataPacket)
	case ClassStream:
		p = new(StreamPacket)
	default:
		return nil, fmt.Errorf("%w: class %d", ErrMalformed, frame[0])
	}
	if err := Unmarshal(frame[1:], p); err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	return p, nil
}

// ReadFrame reads one frame into buf, growing it only after the length has been checked against limit
// (at most MaxFrame), and returns the frame without its length field. The frame is valid until buf is
// used again. io.EOF means a clean end between frames.
func ReadFrame(r io.Reader, buf []byte, limit int) ([]byte, error) {
	var header [headerLength]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return nil, err
	}
	length := int64(binary.BigEndian.Uint32(header[:]))
	if length < 2 || length > int64(min(limit, MaxFrame)) {
		return nil, fmt.Errorf("%w: a frame of %d bytes, at most %d are taken", ErrMalformed, length, min(limit, MaxFrame))
	}
	if int64(cap(buf)) < length {
		buf = make([]byte, length)
	}
	buf = buf[:length]
	if _, err := io.ReadFull(r, buf); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return buf, nil
}
