package content_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"gossip/common/content"
	"gossip/common/id"
)

var (
	alice   = id.UserID{0xa1}
	bob     = id.UserID{0xb0}
	carol   = id.UserID{0xca}
	general = id.ChannelID{0x6e}
	m1, m2  = id.MessageID{1}, id.MessageID{2}
	noon    = time.Date(2026, 11, 20, 12, 0, 0, 7e6, time.UTC)
)

// vector is one encoding in testdata/vectors.json, which vectors.py beside it writes.
type vector struct {
	Name, SHA256, Error string
	Encoded             string // hex, '+', and how many zero bytes follow
}

type vectorFile struct {
	Good, Newer, Bad []vector
	Padded           [][2]int // length of an encoding, length with its padding
}

func vectors(t testing.TB) (v vectorFile) {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v vector) bytes(t testing.TB) []byte {
	t.Helper()
	digits, zeros, _ := strings.Cut(v.Encoded, "+")
	raw, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	count, err := strconv.Atoi(zeros)
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	return append(raw, make([]byte, count)...)
}

func (v vector) checkHash(t testing.TB, encoded []byte) {
	t.Helper()
	sum := content.Hash(encoded)
	if hex.EncodeToString(sum[:]) != v.SHA256 || sum != sha256.Sum256(encoded) {
		t.Errorf("%s: hash %x, want %s", v.Name, sum, v.SHA256)
	}
}

// message puts a body into a message to #general with the number it needs.
func message(body content.Body) *content.Message {
	m := &content.Message{ID: id.MessageID{0xee}, Conversation: content.Conversation{Channel: general}, SentAt: noon, Body: body}
	if body.Type() != content.TypeSenderKey {
		m.Author = alice
	}
	if content.Numbered(body) {
		m.Number, m.Previous = 2, [32]byte{0xff}
	}
	return m
}

// messages returns what the good vectors stand for, by their names: a full and a bare body of each type.
func messages() map[string]*content.Message {
	all := make(map[string]*content.Message)
	for name, body := range bodies() {
		all[name] = message(body)
	}
	all["first text to a person"] = &content.Message{
		ID: id.MessageID{0xee}, Conversation: content.Conversation{With: bob}, SentAt: noon, Author: alice, Number: 1,
		Body: content.Text{Markdown: "hello"},
	}
	return all
}

func bodies() map[string]content.Body {
	return map[string]content.Body{
		"text":                 content.Text{Markdown: "hello"},
		"text with everything": content.Text{Markdown: "*héllo* 👋", ReplyTo: m1, ExpiresIn: time.Hour, Mentions: []id.UserID{bob, carol}},
		"long text":            content.Text{Markdown: strings.Repeat("x", 1000)},
		"edit":                 content.Edit{Target: m1, Markdown: "bye"},
		"edit with mentions":   content.Edit{Target: m1, Markdown: "bye", Mentions: []id.UserID{bob}},
		"delete":               content.Delete{Targets: []id.MessageID{m1, m2}},
		"reaction":             content.Reaction{Target: m1, Emoji: "👨‍👩‍👧"},
		"reaction removed":     content.Reaction{Target: m1, Emoji: "❤️", Remove: true},
		"delivered":            content.Receipt{Kind: content.Delivered, Messages: []id.MessageID{m1}, At: noon},
		"read":                 content.Receipt{Kind: content.Read, Messages: []id.MessageID{m2, m1}, At: noon},
		"timer off":            content.Timer{},
		"timer":                content.Timer{ExpiresIn: content.MaxTimer},
		"file":                 content.File{ID: id.FileID{3}, Key: content.FileKey{4}, Name: "a"},
		"file with everything": content.File{
			ID: id.FileID{3}, Key: content.FileKey{4}, Size: 1 << 30, SHA256: [32]byte{5}, Name: "Ünder the sea.png",
			MediaType: "image/png", Thumbnail: []byte{6}, ExpiresIn: time.Second,
		},
		"profile":                 content.Profile{Name: "Alice"},
		"profile with everything": content.Profile{Name: "Alice", About: "here and there", Avatar: []byte{7}},
		"ring":                    content.Call{Event: content.Ring, Call: id.CallID{8}, Video: true},
		"call ended":              content.Call{Event: content.Ended, Call: id.CallID{8}, Duration: time.Minute},
		"call declined":           content.Call{Event: content.Declined, Call: id.CallID{8}},
		"call busy":               content.Call{Event: content.Busy, Call: id.CallID{8}},
		"offer":                   content.Offer{Negotiation: ofCall(1), SDP: "v=0\r\n"},
		"answer":                  content.Answer{Negotiation: ofCall(2), To: 1, SDP: "v=0\r\n"},
		"ice":                     content.ICE{Negotiation: ofCall(3), Candidates: []content.Candidate{{Text: "candidate:1 1 udp 1 192.0.2.1 9 typ host"}}},
		"ice with everything":     content.ICE{Negotiation: ofCall(4), Candidates: []content.Candidate{{Text: "candidate:1", Media: "0", Line: 1, Fragment: "abcd"}, {Text: "candidate:2"}}, End: true},
		"ice end":                 content.ICE{Negotiation: ofCall(5), End: true},
		"not typing":              content.Typing{},
		"typing":                  content.Typing{Active: true},
		"resend":                  content.Resend{Numbers: []uint64{1, 7}},
		"resend with packets":     content.Resend{Numbers: []uint64{1}, Packets: []id.MessageID{m2}},
		"gone":                    content.Gone{Numbers: []uint64{2, 3}},
		"gone packets":            content.Gone{Packets: []id.MessageID{m1}},
		"sender key":              content.SenderKey{Distribution: bytes.Repeat([]byte{9}, 100)},
	}
}

func ofCall(sequence uint64) content.Negotiation {
	return content.Negotiation{Call: id.CallID{8}, Sequence: sequence}
}

// padded pads what may or may not be an encoding.
func padded(plain []byte) []byte {
	out := make([]byte, content.PaddedLength(len(plain)))
	out[copy(out, plain)] = 0x80
	return out
}

// plain takes the padding of a valid encoding off.
func plain(encoded []byte) []byte { return encoded[:bytes.LastIndexByte(encoded, 0x80)] }

func FuzzParse(f *testing.F) {
	v := vectors(f)
	for _, list := range [][]vector{v.Good, v.Newer, v.Bad} {
		for _, vector := range list {
			raw := vector.bytes(f)
			if end := bytes.LastIndexByte(raw, 0x80); end >= 0 {
				raw = raw[:end]
			}
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, encoded := range [][]byte{data, padded(data)} {
			m, err := content.Parse(encoded)
			if err != nil {
				continue
			}
			again, err := m.Marshal()
			if err != nil {
				t.Fatalf("%x parses but doesn't marshal: %v", encoded, err)
			}
			if !bytes.Equal(again, encoded) {
				t.Errorf("%x became %x", encoded, again)
			}
		}
	})
}
