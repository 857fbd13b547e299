package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"gossip/common/id"
)

var update = flag.Bool("update", false, "write the vectors anew")

// vector is one packet and the frame that it must be.
type vector struct {
	Name  string `json:"name"`
	Frame string `json:"frame"` // hexadecimal, with the length field
}

// fill makes an identifier whose bytes are all b.
func fill[T ~[16]byte | ~[32]byte](b byte) T {
	var out T
	value := reflect.ValueOf(&out).Elem()
	for i := range value.Len() {
		value.Index(i).SetUint(uint64(b))
	}
	return out
}

var (
	alicePhone = fill[id.DeviceID](0xa1)
	bobLaptop  = fill[id.DeviceID](0xb0)
	general    = fill[id.ChannelID](0x9e)
	hello      = fill[id.MessageID](0x4e)
	theCall    = fill[id.CallID](0xca)
	relay      = ICEServer{
		URLs: []string{"stun:192.0.2.1:3478", "turn:[2001:db8::1]:3478?transport=tcp"}, Username: "1767229200:token", Credential: "c", Expires: 1767229200000,
	}
)

// must encodes a payload that is known to be encodable.
func must(t testing.TB, payload any) []byte {
	t.Helper()
	encoded, err := Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// samples has one packet of every class and a payload of every kind that the hub reads.
func samples(t testing.TB) map[string]Packet {
	signal := func(kind Kind, payload any) Packet {
		return &SignalPacket{Kind: kind, ID: hello, Payload: must(t, payload)}
	}
	return map[string]Packet{
		"message-to-channel": &DataPacket{Kind: KindMessage, ID: hello, From: alicePhone, Channel: general, Payload: []byte("ciphertext"), Seq: 7, At: 1767225600000},
		"message-to-device":  &DataPacket{Kind: KindSession, ID: hello, To: bobLaptop, Payload: []byte("ciphertext"), Expires: 1767225630000},
		"typing":             &StreamPacket{Kind: KindTyping, Channel: general, Payload: []byte{1}},
		"greeting":           signal(KindGreeting, &Greeting{Version: 1, Card: []byte("card"), Client: "gossip-cli/0.1.0"}),
		"hub-greeting":       signal(KindHubGreeting, &HubGreeting{Version: 1, Certificate: []byte("certificate"), Name: "Home", Motd: "Be kind.", NeedsPassword: true}),
		"credentials":        signal(KindCredentials, &Credentials{Password: "open sesame", Session: bytes.Repeat([]byte{5}, 32)}),
		"welcome": signal(KindWelcome, &Welcome{
			User: fill[id.UserID](0xa0), Name: "alice", Now: 1767225600000, Session: bytes.Repeat([]byte{5}, 32),
			Channels:   []ChannelSummary{{Channel: general, Name: "general", Public: true, Members: 2, Length: 3, Head: fill[[32]byte](9), Last: 7, Member: true}},
			ICEServers: []ICEServer{relay},
			Limits:     HubLimits{PacketsPerSecond: 50, PacketBurst: 200, RetentionSeconds: 7776000},
		}),
		"card-request": signal(KindCardRequest, &CardRequest{
			Users: []WantedCard{{User: fill[id.UserID](0xb1)}, {User: fill[id.UserID](0xc1), Known: fill[[32]byte](3)}},
			Names: []string{"bob"}, Devices: []id.DeviceID{bobLaptop}, Channel: general, LogFrom: 2,
		}),
		"cards":          signal(KindCards, &Cards{Cards: [][]byte{[]byte("one"), []byte("two")}}),
		"end-of-cards":   &SignalPacket{Kind: KindEndOfCards, Re: hello, Payload: must(t, &EndOfCards{Online: []id.UserID{fill[id.UserID](0xb1)}, Missing: 1})},
		"channel-update": signal(KindChannelUpdate, &ChannelUpdate{Channel: general, From: 2, Statements: [][]byte{[]byte("statement")}}),
		"removed":        signal(KindRemoved, &Removed{User: fill[id.UserID](0xc1), Device: bobLaptop}),
		"ack":            &SignalPacket{Kind: KindAck, Re: hello, Payload: must(t, &Ack{Channel: general, Seq: 7, At: 1767225600000})},
		"live":           &SignalPacket{Kind: KindLive, Payload: must(t, &Ack{Channel: general, Seq: 7})},
		"start-call":     signal(KindStartCall, &StartCall{Channel: general, Call: theCall, Started: 1767225600000, Joined: 1767225601000}),
		"hang-up":        signal(KindHangUp, &HangUp{Channel: general, Call: theCall}),
		"call-request":   signal(KindCallRoster, &CallRosterRequest{Channel: general}),
		"call-roster": &SignalPacket{Kind: KindCallRoster, Re: hello, Payload: must(t, &CallRoster{
			Channel: general, Call: theCall, Started: 1767225600000, Devices: []CallDevice{{bobLaptop, 1767225600000}, {alicePhone, 1767225601000}},
		})},
		"no-call":      signal(KindCallRoster, &CallRoster{Channel: general}),
		"turn-request": &SignalPacket{Kind: KindICEServers, ID: hello},
		"turn":         &SignalPacket{Kind: KindICEServers, Re: hello, Payload: must(t, &ICEServers{Servers: []ICEServer{relay}})},
		"offer":        &StreamPacket{Kind: KindOffer, To: bobLaptop, Payload: []byte("ciphertext")},
		"answer":       &StreamPacket{Kind: KindAnswer, From: bobLaptop, To: alicePhone, Payload: []byte("ciphertext")},
		"ice":          &StreamPacket{Kind: KindICE, To: bobLaptop, Payload: []byte("ciphertext")},
		"presence":     &StreamPacket{Kind: KindPresence, Payload: must(t, &Presence{Entries: []PresenceEntry{{User: fill[id.UserID](0xb1), Online: true, Card: fill[[32]byte](4)}}})},
		"error":        &SignalPacket{Kind: KindError, Re: hello, Payload: must(t, &Error{Code: CodeRate, Sentence: "Too fast.", RetryAfter: 250, Detail: must(t, &ExpiredNotice{Channel: general, After: 3, Count: 2})})},
	}
}

const vectorFile = "testdata/packets.json"

func TestVectors(t *testing.T) {
	packets := samples(t)
	if *update {
		writeVectors(t, packets)
	}
	raw, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(raw, &vectors); err != nil || len(vectors) != len(packets) {
		t.Fatalf("%d vectors for %d packets, %v: run with -update and look at the difference", len(vectors), len(packets), err)
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) { checkVector(t, v, packets[v.Name]) })
	}
}

// checkVector runs one vector through every entry point: append, read, parse, append again.
func checkVector(t *testing.T, v vector, packet Packet) {
	want, err := hex.DecodeString(v.Frame)
	if err != nil {
		t.Fatal(err)
	}
	got, err := AppendFrame(nil, packet)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("encoded as %x, %v", got, err)
	}
	frame, err := ReadFrame(bytes.NewReader(want), nil, MaxFrame)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ParseFrame(frame)
	if err != nil || !reflect.DeepEqual(parsed, packet) {
		t.Fatalf("parsed as %+v, %v", parsed, err)
	}
}

func writeVectors(t *testing.T, packets map[string]Packet) {
	var vectors []vector
	for name, packet := range packets {
		frame, err := AppendFrame(nil, packet)
		if err != nil {
			t.Fatal(err)
		}
		vectors = append(vectors, vector{Name: name, Frame: hex.EncodeToString(frame)})
	}
	out, err := json.MarshalIndent(vectors, "", "\t")
	if err == nil {
		err = errors.Join(os.MkdirAll(filepath.Dir(vectorFile), 0o755), os.WriteFile(vectorFile, append(out, '\n'), 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
}
