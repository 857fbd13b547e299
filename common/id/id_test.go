package id_test

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"gossip/common/id"
)

// identifier is what every kind has in its pointer form.
type identifier interface {
	fmt.Stringer
	slog.LogValuer
	encoding.TextMarshaler
	encoding.TextUnmarshaler
}

// kinds makes a zero identifier of each kind, and the bytes that are behind it.
var kinds = map[string]func() (identifier, []byte){
	"user":    func() (identifier, []byte) { v := new(id.UserID); return v, v[:] },
	"device":  func() (identifier, []byte) { v := new(id.DeviceID); return v, v[:] },
	"hub":     func() (identifier, []byte) { v := new(id.HubID); return v, v[:] },
	"channel": func() (identifier, []byte) { v := new(id.ChannelID); return v, v[:] },
	"message": func() (identifier, []byte) { v := new(id.MessageID); return v, v[:] },
	"file":    func() (identifier, []byte) { v := new(id.FileID); return v, v[:] },
	"call":    func() (identifier, []byte) { v := new(id.CallID); return v, v[:] },
}

type identifierVectors struct {
	Identifiers []struct{ Kind, Hex, Text string }
	Damaged     []struct{ Why, Text string }
}

func TestIdentifierVectors(t *testing.T) {
	v := vectors[identifierVectors](t, "identifiers.json").Identifiers
	atLeast(t, len(v), 21)
	for _, vector := range v {
		value, raw := kinds[vector.Kind]()
		fill(t, raw, vector.Hex)
		if got := value.String(); got != vector.Text {
			t.Errorf("%s %s: String %q, want %q", vector.Kind, vector.Hex, got, vector.Text)
		}
		if got, err := json.Marshal(value); err != nil || string(got) != `"`+vector.Text+`"` {
			t.Errorf("%s %s: JSON %s, %v", vector.Kind, vector.Hex, got, err)
		}
		if got := value.LogValue().String(); got != vector.Text[:10] {
			t.Errorf("%s %s: LogValue %q, want the first ten characters", vector.Kind, vector.Hex, got)
		}
		again, body := kinds[vector.Kind]()
		if err := again.UnmarshalText([]byte(vector.Text)); err != nil || !bytes.Equal(body, raw) {
			t.Errorf("%s: UnmarshalText gives %x, %v", vector.Text, body, err)
		}
	}
}

func TestDamagedIdentifiers(t *testing.T) {
	v := vectors[identifierVectors](t, "identifiers.json").Damaged
	atLeast(t, len(v), 14)
	for _, vector := range v {
		value := id.UserID{7}
		if err := value.UnmarshalText([]byte(vector.Text)); err == nil {
			t.Errorf("%s: %q is read as %v", vector.Why, vector.Text, value)
		}
		if value != (id.UserID{7}) {
			t.Errorf("%s: a failed read changed the identifier", vector.Why)
		}
	}
}

func TestKindsDontPassForOneAnother(t *testing.T) {
	for name, make := range kinds {
		value, _ := make()
		for other, makeOther := range kinds {
			into, _ := makeOther()
			if err := into.UnmarshalText([]byte(value.String())); (err == nil) != (name == other) {
				t.Errorf("a %s id read as a %s id: %v", name, other, err)
			}
		}
	}
}

func TestFreshIdentifiersDiffer(t *testing.T) {
	seen := map[any]bool{}
	for range 2 {
		for _, fresh := range []any{id.NewMessageID(), id.NewFileID(), id.NewCallID(), id.NewInviteToken(), id.NewInviteSecret()} {
			seen[fresh] = true
		}
	}
	if len(seen) != 10 {
		t.Errorf("%d of 10 fresh values differ", len(seen))
	}
}

// The SHA-256 of "abc" is FIPS 180-4's example.
func TestDerivedIdentifiers(t *testing.T) {
	const sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if got := fmt.Sprintf("%x", [32]byte(id.HubOf([]byte("abc")))); got != sum {
		t.Errorf("HubOf: %s", got)
	}
	if got := fmt.Sprintf("%x", [16]byte(id.ChannelOf([]byte("abc")))); got != sum[:32] {
		t.Errorf("ChannelOf: %s", got)
	}
}

func FuzzUnmarshalText(f *testing.F) {
	for _, vector := range vectors[identifierVectors](f, "identifiers.json").Identifiers {
		f.Add(vector.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read := 0
		for name, make := range kinds {
			value, _ := make()
			if value.UnmarshalText([]byte(text)) != nil {
				continue
			}
			if read++; value.String() != text {
				t.Errorf("%s %q became %q", name, text, value)
			}
		}
		if read > 1 {
			t.Errorf("%q is read as %d kinds", text, read)
		}
	})
}

// logged returns what a text log and a JSON log make of a value.
func logged(value any) string {
	var out strings.Builder
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "value", value)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "value", value)
	return out.String()
}
