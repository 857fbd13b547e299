package content_test

import (
	"bytes"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"gossip/common/content"
	"gossip/common/id"
)

func TestVectors(t *testing.T) {
	want := messages()
	v := vectors(t)
	if len(v.Good) != len(want) {
		t.Fatalf("%d vectors for %d messages", len(v.Good), len(want))
	}
	for _, vector := range v.Good {
		sent, encoded := want[vector.Name], vector.bytes(t)
		if sent == nil {
			t.Errorf("%s: no such message here", vector.Name)
			continue
		}
		if got, err := sent.Marshal(); err != nil || !bytes.Equal(got, encoded) {
			t.Errorf("%s: Marshal gives\n%x, %v, want\n%x", vector.Name, got, err, encoded)
		}
		if got, err := content.Parse(encoded); err != nil || !reflect.DeepEqual(got, sent) {
			t.Errorf("%s: Parse gives %#v, %v, want %#v", vector.Name, got, err, sent)
		}
		vector.checkHash(t, encoded)
	}
}

// What a newer version sends is kept as it is, and goes through again unchanged.
func TestNewerVectors(t *testing.T) {
	v := vectors(t)
	if len(v.Newer) < 6 {
		t.Fatalf("%d vectors", len(v.Newer))
	}
	for _, vector := range v.Newer {
		encoded := vector.bytes(t)
		m, err := content.Parse(encoded)
		if err != nil {
			t.Errorf("%s: %v", vector.Name, err)
			continue
		}
		if _, ok := m.Body.(content.Unknown); !ok {
			t.Errorf("%s: Parse gives %#v", vector.Name, m.Body)
		}
		if again, err := m.Marshal(); err != nil || !bytes.Equal(again, encoded) {
			t.Errorf("%s: comes back as %x, %v", vector.Name, again, err)
		}
		vector.checkHash(t, encoded)
	}
}

func TestBadVectors(t *testing.T) {
	v := vectors(t)
	if len(v.Bad) < 50 {
		t.Fatalf("%d vectors", len(v.Bad))
	}
	for _, vector := range v.Bad {
		m, err := content.Parse(vector.bytes(t))
		if err == nil || !strings.Contains(err.Error(), vector.Error) {
			t.Errorf("%s: error %v, want one with %q", vector.Name, err, vector.Error)
		}
		if m != nil {
			t.Errorf("%s: refused and yet gives %#v", vector.Name, m)
		}
	}
}

// A changed byte makes another message or none; a changed byte of the padding, or a missing end, makes none.
func TestTamperedMessages(t *testing.T) {
	for name, sent := range messages() {
		encoded, err := sent.Marshal()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		end := len(plain(encoded))
		for n := range encoded {
			for bit := range 8 {
				tampered := bytes.Clone(encoded)
				tampered[n] ^= 1 << bit
				got, err := content.Parse(tampered)
				if err == nil && (n >= end || reflect.DeepEqual(got, sent)) {
					t.Errorf("%s: a change of bit %d of byte %d goes unseen", name, bit, n)
				}
			}
			if _, err := content.Parse(encoded[:n]); err == nil {
				t.Errorf("%s: cut off at %d it is still read", name, n)
			}
		}
	}
}

func TestParseKeepsNothingOfItsInput(t *testing.T) {
	for name, sent := range messages() {
		encoded, err := sent.Marshal()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := content.Parse(encoded)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		clear(encoded)
		if !reflect.DeepEqual(got, sent) {
			t.Errorf("%s: changes with the buffer that it was parsed from", name)
		}
	}
}

func TestEachMessageCarriesTheHashOfTheOneBefore(t *testing.T) {
	first := message(content.Text{Markdown: "one"})
	first.Number, first.Previous = 1, [32]byte{}
	encoded, err := first.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	second := message(content.Text{Markdown: "two"})
	second.Previous = content.Hash(encoded)
	encoded, err = second.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := content.Parse(encoded); err != nil || got.Previous != second.Previous {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestMarshalRefusesWhatParseWould(t *testing.T) {
	text := content.Text{Markdown: "hello"}
	for why, spoil := range map[string]func(*content.Message){
		"no id":             func(m *content.Message) { m.ID = id.NoMessage },
		"no body":           func(m *content.Message) { m.Body = nil },
		"no conversation":   func(m *content.Message) { m.Conversation = content.Conversation{} },
		"two conversations": func(m *content.Message) { m.Conversation.With = bob },
		"no time":           func(m *content.Message) { m.SentAt = m.SentAt.AddDate(-3000, 0, 0) },
		"year 10000":        func(m *content.Message) { m.SentAt = m.SentAt.AddDate(8000, 0, 0) },
		"no number":         func(m *content.Message) { m.Number = 0 },
		"no hash":           func(m *content.Message) { m.Previous = [32]byte{} },
		"hash of nothing":   func(m *content.Message) { m.Number = 1 },
		"broken Unknown":    func(m *content.Message) { m.Body = content.Unknown{Kind: 99, Raw: []byte{0xff}} },
		"two CBOR values":   func(m *content.Message) { m.Body = content.Unknown{Kind: 99, Raw: []byte{1, 1}} },
	} {
		m := message(text)
		spoil(m)
		if encoded, err := m.Marshal(); err == nil {
			t.Errorf("%s: Marshal gives %x", why, encoded)
		}
	}
}

func TestTimeIsCutToMilliseconds(t *testing.T) {
	m := message(content.Text{Markdown: "hello"})
	m.SentAt = noon.Add(999999)
	encoded, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := content.Parse(encoded); err != nil || !got.SentAt.Equal(noon) {
		t.Errorf("got %v, %v", got.SentAt, err)
	}
}

func TestLogNamesAMessageWithoutItsContent(t *testing.T) {
	m := message(content.Text{Markdown: "the secret plan"})
	for _, value := range []any{m, *m} {
		var out strings.Builder
		slog.New(slog.NewJSONHandler(&out, nil)).Info("sent", "message", value)
		if strings.Contains(out.String(), "secret") || !strings.Contains(out.String(), m.ID.String()[:10]) {
			t.Error(out.String())
		}
	}
}
