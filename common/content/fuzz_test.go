package content_test

import (
	"bytes"
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
	noon    = time.Date(2026, 11, 20, 12, 0, 0, 7e6, time.UTC)
)

// everyBody returns a full and a bare body of each type.
func everyBody() []content.Body {
	m1, m2 := id.MessageID{1}, id.MessageID{2}
	return []content.Body{
		content.Text{Markdown: "hello"},
		content.Text{Markdown: "*héllo* 👋", ReplyTo: m1, ExpiresIn: time.Hour, Mentions: []id.UserID{bob, carol}},
		content.Edit{Target: m1, Markdown: "bye"},
		content.Edit{Target: m1, Markdown: "bye", Mentions: []id.UserID{bob}},
		content.Delete{Targets: []id.MessageID{m1, m2}},
		content.Reaction{Target: m1, Emoji: "👨‍👩‍👧"},
		content.Reaction{Target: m1, Emoji: "❤️", Remove: true},
		content.Receipt{Kind: content.Delivered, Messages: []id.MessageID{m1}, At: noon},
		content.Receipt{Kind: content.Read, Messages: []id.MessageID{m2, m1}, At: noon},
		content.Timer{},
		content.Timer{ExpiresIn: 28 * 24 * time.Hour},
		content.File{ID: id.FileID{3}, Key: content.FileKey{4}, Name: "a"},
		content.File{
			ID: id.FileID{3}, Key: content.FileKey{4}, Size: 1 << 30, SHA256: [32]byte{5}, Name: "Ünder the sea.png",
			MediaType: "image/png", Thumbnail: []byte{6}, ExpiresIn: time.Second,
		},
		content.Profile{Name: "Alice"},
		content.Profile{Name: "Alice", About: "here and there", Avatar: []byte{7}},
		content.Call{Event: content.Ring, Call: id.CallID{8}, Video: true},
		content.Call{Event: content.Ended, Call: id.CallID{8}, Duration: time.Minute},
		content.Typing{},
		content.Typing{Active: true},
		content.Resend{Numbers: []uint64{1, 7}},
		content.Resend{Numbers: []uint64{1}, Packets: []id.MessageID{m2}},
		content.Gone{Numbers: []uint64{2, 3}},
		content.Gone{Packets: []id.MessageID{m1}},
		content.SenderKey{Distribution: bytes.Repeat([]byte{9}, 100)},
		content.Unknown{Kind: 99, Raw: []byte{0xa1, 0x01, 0x63, 'n', 'e', 'w'}},
	}
}

// message puts a body into a message to #general with the number it needs.
func message(body content.Body) *content.Message {
	m := &content.Message{ID: id.MessageID{0xee}, Conversation: content.Conversation{Channel: general}, SentAt: noon, Body: body}
	if content.Numbered(body) {
		m.Number, m.Previous = 2, [32]byte{0xff}
	}
	return m
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
	for _, body := range everyBody() {
		encoded, err := message(body).Marshal()
		if err != nil {
			f.Fatalf("%#v: %v", body, err)
		}
		f.Add(plain(encoded))
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
