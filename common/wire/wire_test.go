package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gossip/common/id"
)

// frameOf encodes a packet without its length field, as ParseFrame takes it.
func frameOf(t testing.TB, p Packet) []byte {
	t.Helper()
	frame, err := AppendFrame(nil, p)
	if err != nil {
		t.Fatal(err)
	}
	return frame[headerLength:]
}

func FuzzParseFrame(f *testing.F) {
	for _, packet := range samples(f) {
		f.Add(frameOf(f, packet))
	}
	f.Add([]byte{})
	f.Add([]byte{1, 0xa0})
	f.Fuzz(func(t *testing.T, frame []byte) {
		packet, err := ParseFrame(frame)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		if again := frameOf(t, packet); !bytes.Equal(again, frame) {
			t.Fatalf("%x parses and re-marshals to %x", frame, again)
		}
	})
}

// payloads has an empty payload of every type that the hub or a device parses.
func payloads() []any {
	return []any{
		&Greeting{}, &HubGreeting{}, &Credentials{}, &Welcome{}, &CardRequest{}, &Cards{}, &EndOfCards{},
		&ChannelUpdate{}, &Removed{}, &Ack{}, &Presence{}, &Error{}, &ExpiredNotice{},
		&StartCall{}, &HangUp{}, &CallRosterRequest{}, &CallRoster{}, &ICEServers{},
	}
}

func FuzzUnmarshalPayload(f *testing.F) {
	for _, packet := range samples(f) {
		switch p := packet.(type) {
		case *SignalPacket:
			f.Add(p.Payload)
		case *StreamPacket:
			f.Add(p.Payload)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, payload := range payloads() {
			if Unmarshal(data, payload) != nil {
				continue
			}
			if again := must(t, payload); !bytes.Equal(again, data) {
				t.Fatalf("%T: %x parses and re-marshals to %x", payload, data, again)
			}
		}
	})
}

// A byte changed anywhere is either refused or another packet: nothing is passed over.
func TestEveryByteOfAPacketCounts(t *testing.T) {
	for name, packet := range samples(t) {
		frame := frameOf(t, packet)
		for i := range frame {
			tampered := bytes.Clone(frame)
			tampered[i] ^= 0x01
			parsed, err := ParseFrame(tampered)
			if err == nil && bytes.Equal(frameOf(t, parsed), frame) {
				t.Errorf("%s: byte %d can be changed without a trace", name, i)
			}
		}
	}
}

func TestTruncatedPacketsAreRefused(t *testing.T) {
	for name, packet := range samples(t) {
		frame := frameOf(t, packet)
		for n := range frame {
			if _, err := ParseFrame(frame[:n]); !errors.Is(err, ErrMalformed) {
				t.Fatalf("%s cut to %d bytes: %v", name, n, err)
			}
		}
		if _, err := ParseFrame(append(bytes.Clone(frame), 0)); !errors.Is(err, ErrMalformed) {
			t.Fatalf("%s with a byte after it: %v", name, err)
		}
	}
}

func TestRefusedPackets(t *testing.T) {
	tests := map[string]Packet{
		"no id":                &DataPacket{Kind: KindMessage, Channel: general, Payload: []byte("x")},
		"no recipient":         &DataPacket{Kind: KindMessage, ID: hello, Payload: []byte("x")},
		"two recipients":       &DataPacket{Kind: KindMessage, ID: hello, To: bobLaptop, Channel: general, Payload: []byte("x")},
		"no payload":           &DataPacket{Kind: KindMessage, ID: hello, Channel: general},
		"signal kind as data":  &DataPacket{Kind: KindAck, ID: hello, Channel: general, Payload: []byte("x")},
		"data kind as signal":  &SignalPacket{Kind: KindMessage},
		"data kind as stream":  &StreamPacket{Kind: KindMessage, Payload: []byte("x")},
		"unknown kind":         &SignalPacket{Kind: "nonsense"},
		"stream without bytes": &StreamPacket{Kind: KindTyping},
		"too large":            &DataPacket{Kind: KindMessage, ID: hello, Channel: general, Payload: make([]byte, MaxFrame)},
	}
	for name, packet := range tests {
		if _, err := AppendFrame(nil, packet); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPayloadLimits(t *testing.T) {
	tests := map[string]any{
		"card":             &Greeting{Card: make([]byte, MaxCard+1)},
		"certificate":      &HubGreeting{Certificate: make([]byte, MaxCard+1)},
		"password":         &Credentials{Password: strings.Repeat("x", MaxPassword+1), Session: []byte{1}},
		"channels":         &Welcome{Channels: make([]ChannelSummary, MaxSummaries+1), Session: []byte{1}},
		"users":            &CardRequest{Users: make([]WantedCard, MaxCardsWanted+1)},
		"cards":            &Cards{Cards: [][]byte{make([]byte, MaxCard+1)}},
		"statements":       &ChannelUpdate{Statements: make([][]byte, MaxStatements+1)},
		"statement":        &ChannelUpdate{Statements: [][]byte{make([]byte, MaxStatement+1)}},
		"presence":         &Presence{Entries: make([]PresenceEntry, MaxPresence+1)},
		"call devices":     &CallRoster{Channel: general, Call: theCall, Devices: callDevices(MaxCallDevices + 1)},
		"roster order":     &CallRoster{Channel: general, Call: theCall, Devices: []CallDevice{{alicePhone, 2}, {bobLaptop, 1}}},
		"device twice":     &CallRoster{Channel: general, Call: theCall, Devices: []CallDevice{{alicePhone, 2}, {alicePhone, 2}}},
		"no device":        &CallRoster{Channel: general, Call: theCall, Devices: []CallDevice{{}}},
		"no call":          &CallRoster{Channel: general, Devices: []CallDevice{{alicePhone, 2}}},
		"call time":        &StartCall{Channel: general, Call: theCall, Started: latestTime + 1},
		"joined time":      &CallRoster{Channel: general, Call: theCall, Devices: []CallDevice{{alicePhone, latestTime + 1}}},
		"start of no call": &StartCall{Channel: general, Joined: 1},
		"start nowhere":    &StartCall{Call: theCall, Joined: 1},
		"ICE servers":      &ICEServers{Servers: slices.Repeat([]ICEServer{relay}, MaxICEServers+1)},
		"ICE URLs":         &ICEServers{Servers: []ICEServer{{URLs: slices.Repeat(relay.URLs, MaxICEURLs)}}},
		"ICE URL":          &ICEServers{Servers: []ICEServer{{URLs: []string{strings.Repeat("x", MaxICEText+1)}}}},
		"no ICE URL":       &ICEServers{Servers: []ICEServer{{Username: "u"}}},
		"ICE time":         &ICEServers{Servers: []ICEServer{{URLs: relay.URLs, Expires: latestTime + 1}}},
		"ICE name":         &ICEServers{Servers: []ICEServer{{URLs: relay.URLs, Username: strings.Repeat("x", MaxICEText+1)}}},
		"ICE in welcome":   &Welcome{ICEServers: slices.Repeat([]ICEServer{relay}, MaxICEServers+1), Session: []byte{1}},
		"sentence":         &Error{Sentence: strings.Repeat("x", MaxSentence+1)},
	}
	for name, payload := range tests {
		encoded := must(t, payload)
		for _, empty := range payloads() {
			if Unmarshal(encoded, empty) == nil {
				t.Errorf("%s: one too many is taken as %T", name, empty)
			}
		}
	}
}

// What fits just so is taken.
func TestPayloadsAtTheirLimits(t *testing.T) {
	full := relay
	full.URLs, full.Username = slices.Repeat(relay.URLs[:1], MaxICEURLs), strings.Repeat("x", MaxICEText)
	for parsed, payload := range map[any]any{
		&CallRoster{}: &CallRoster{Channel: general, Call: theCall, Started: latestTime, Devices: callDevices(MaxCallDevices)},
		&ICEServers{}: &ICEServers{Servers: slices.Repeat([]ICEServer{full}, MaxICEServers)},
	} {
		if err := Unmarshal(must(t, payload), parsed); err != nil || !reflect.DeepEqual(parsed, payload) {
			t.Errorf("%T: %v", payload, err)
		}
	}
	if at := relay.ExpiresAt(); at.UnixMilli() != 1767229200000 || !(ICEServer{}).ExpiresAt().IsZero() {
		t.Errorf("expires at %v", at)
	}
}

// callDevices makes a roster in its order.
func callDevices(count int) []CallDevice {
	devices := make([]CallDevice, count)
	for i := range devices {
		devices[i] = CallDevice{Device: id.DeviceID{1, byte(i)}, Joined: 7}
	}
	return devices
}

// countingReader fails the test when more than the length field is read.
type countingReader struct {
	io.Reader
	read int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

func TestOversizedFrameIsRefusedBeforeItIsRead(t *testing.T) {
	for _, length := range []uint32{0, 1, MaxFrame + 1, 1 << 31, 1<<32 - 1} {
		in := &countingReader{Reader: bytes.NewReader(append(binary.BigEndian.AppendUint32(nil, length), make([]byte, 64)...))}
		if _, err := ReadFrame(in, nil, MaxFrame); !errors.Is(err, ErrMalformed) || in.read != headerLength {
			t.Errorf("a length of %d: %v after %d bytes", length, err, in.read)
		}
	}
}

func TestReadFrameReusesItsBuffer(t *testing.T) {
	frame, err := AppendFrame(nil, &SignalPacket{Kind: KindAck, ID: hello})
	if err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 0, 1024)
	got, err := ReadFrame(bytes.NewReader(frame), buffer, MaxFrame)
	if err != nil || &got[0] != &buffer[:1][0] {
		t.Fatalf("a new buffer where the old one was large enough (%v)", err)
	}
	if _, err := ReadFrame(bytes.NewReader(frame[:len(frame)-1]), nil, MaxFrame); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("a frame cut short: %v", err)
	}
	if _, err := ReadFrame(bytes.NewReader(nil), nil, MaxFrame); !errors.Is(err, io.EOF) {
		t.Fatalf("a clean end: %v", err)
	}
}

func TestAParsedPacketKeepsNothingOfTheFrame(t *testing.T) {
	frame := frameOf(t, &DataPacket{Kind: KindMessage, ID: hello, Channel: general, Payload: []byte("ciphertext")})
	parsed, err := ParseFrame(frame)
	if err != nil {
		t.Fatal(err)
	}
	clear(frame)
	if p := parsed.(*DataPacket); string(p.Payload) != "ciphertext" || p.ID == id.NoMessage {
		t.Fatal("the packet changes with the buffer")
	}
}
