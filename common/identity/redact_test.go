package identity

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestSecretsStaySecret prints every secret type in every way that comes by accident, alone and inside others, and
// looks for the secret bytes.
func TestSecretsStaySecret(t *testing.T) {
	phrase := parsePhrase(t, alicePhrase)
	alice := newPersonFrom(t, "Alice", phrase)
	userSeed, err := phrase.userKey()
	check(t, err)
	needles := secretForms(userSeed.Seed(), alice.device.secret().Seed())
	needles = append(needles, "abandon", "art")

	for name, secret := range map[string]any{
		"phrase": phrase, "user key": alice.user, "device key": alice.device, "signer": alice.device.Signer(),
		"in a struct": struct{ P, p any }{phrase, phrase},
		"unexported":  struct{ p Phrase }{phrase},
		"keys unexported": struct {
			u *UserKey
			d *DeviceKey
		}{alice.user, alice.device},
		"dereferenced": struct{ u UserKey }{*alice.user},
		"in a slice":   []Phrase{phrase},
		"in a map":     map[string]Phrase{"p": phrase},
		"in an error":  fmt.Errorf("failed with %v and %v", phrase, alice.device),
	} {
		for _, text := range printed(secret) {
			for _, needle := range needles {
				if strings.Contains(text, needle) {
					t.Errorf("%s shows %q: %.200s", name, needle, text)
				}
			}
		}
	}
}

// secretForms are the ways in which fmt, JSON and base64 show bytes.
func secretForms(secrets ...[]byte) (forms []string) {
	for _, s := range secrets {
		s = s[:8]
		encoded, _ := json.Marshal(s)
		forms = append(forms, string(s), hex.EncodeToString(s), strings.ToUpper(hex.EncodeToString(s)),
			strings.Trim(fmt.Sprint(s), "[]"), strings.Trim(string(encoded), `"=`)[:10],
			strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", s), "[]byte{"), "}"))
	}
	return forms
}

func printed(v any) (texts []string) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, v))
	}
	encoded, err := json.Marshal(v)
	texts = append(texts, string(encoded), fmt.Sprint(err))
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "secret", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "secret", v, slog.Group("g", "v", v))
	return append(texts, out.String())
}

func TestRedactedForms(t *testing.T) {
	alice := newPerson(t, "Alice")
	for want, secret := range map[string]fmt.Stringer{"[user key]": alice.user, "[device key]": alice.device, "[recovery phrase]": Phrase{}} {
		encoded, err := json.Marshal(secret)
		check(t, err)
		if secret.String() != want || fmt.Sprint(secret) != want || string(encoded) != `"`+want+`"` {
			t.Errorf("got %s, %v, %s", secret.String(), secret, encoded)
		}
	}
}

// TestErrorsHideThePhrase: an error about a phrase names only the word that isn't on the list.
func TestErrorsHideThePhrase(t *testing.T) {
	_, err := ParsePhrase("zebra zebra zebra oops zebra")
	if err == nil || strings.Contains(err.Error(), "zebra") || !strings.Contains(err.Error(), "oops") {
		t.Error(err)
	}
	if errors.Is(err, errMalformed) {
		t.Error("a person's mistake isn't malformed data")
	}
}
