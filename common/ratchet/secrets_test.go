package ratchet

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// What an intruder finds on the disk must not open what was read before: used message keys, the chain
// keys before them and the private keys that the peer has answered are gone from the state.
func TestForwardSecrecyOfSessions(t *testing.T) {
	a, b := answered(t)
	receiving, skipping := a.receiving, a.receiving
	used := map[string][]byte{}
	for i := range 3 {
		used[fmt.Sprint("chain key ", i)] = bytes.Clone(receiving.key[:])
		key := receiving.step()
		used[fmt.Sprint("message key ", i)] = key[:]
	}
	overtaken := encrypt(t, b, "overtaken")
	deliver(t, b, a, "overtakes")
	skipped := skipping.step()
	if !bytes.Contains(marshal(t, a), skipped[:]) {
		t.Fatal("the key of the overtaken message is not kept: the search finds nothing")
	}
	expectOpens(t, a, overtaken, "overtaken")
	deliver(t, b, a, "third")
	expectGone(t, a, used)

	encrypt(t, a, "to start a chain")
	used = map[string][]byte{"root": bytes.Clone(a.root[:]), "private key": bytes.Clone(a.ownPrivate[:])}
	used["sending chain"] = bytes.Clone(a.sending.key[:])
	deliver(t, a, b, "turn")
	deliver(t, b, a, "turn")
	expectGone(t, a, used)
}

func expectGone(t *testing.T, s state, keys map[string][]byte) {
	t.Helper()
	data := marshal(t, s)
	for name, key := range keys {
		if len(key) != 32 || bytes.Equal(key, make([]byte, 32)) {
			t.Fatalf("%s is not a key: %x", name, key)
		}
		if bytes.Contains(data, key) {
			t.Errorf("%s is still in the state", name)
		}
	}
}

func TestForwardSecrecyOfSenderKeys(t *testing.T) {
	sender, receiver := channelPair(t)
	copied := receiver.chain
	used := map[string][]byte{}
	for i := range 3 {
		used[fmt.Sprint("chain key ", i)] = bytes.Clone(copied.key[:])
		key := copied.step()
		used[fmt.Sprint("message key ", i)] = key[:]
	}
	overtaken := encryptChannel(t, sender, "overtaken")
	for _, text := range []string{"second", "third"} {
		expectOpensChannel(t, receiver, encryptChannel(t, sender, text), text)
	}
	expectOpensChannel(t, receiver, overtaken, "overtaken")
	expectGone(t, receiver, used)
	expectGone(t, sender, used)
	distribution := sender.Distribution()
	expectGone(t, &distribution, used)
}

// After one turn with fresh keys on both sides, who copied a state can't read on (healing).
func TestPostCompromiseSecurity(t *testing.T) {
	a, b := answered(t)
	stolen := new(Session)
	if err := stolen.UnmarshalBinary(marshal(t, b)); err != nil {
		t.Fatal(err)
	}
	deliver(t, a, b, "still readable")
	deliver(t, b, a, "with a key that the thief does not have")
	if _, err := stolen.Decrypt(encrypt(t, a, "healed"), noon); err == nil {
		t.Fatal("the copied state opens a message from after the turn")
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	a, start, err := Initiate(binding(), noon)
	if err != nil {
		t.Fatal(err)
	}
	sender, receiver := channelPair(t)
	distribution := sender.Distribution()
	secrets := [][]byte{start.Root[:], a.root[:], a.ownPrivate[:], sender.chain.key[:], sender.signing[:], sender.transient[:]}
	for _, value := range []any{start, &start, a, *a, sender, *sender, receiver, *receiver, distribution, &distribution} {
		var printed strings.Builder
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o"} {
			fmt.Fprintf(&printed, verb+"\n", value)
		}
		slog.New(slog.NewTextHandler(&printed, nil)).Info("x", "value", value)
		slog.New(slog.NewJSONHandler(&printed, nil)).Info("x", "value", value)
		expectNoSecret(t, printed.String(), secrets)
		if out, err := json.Marshal(value); err == nil {
			t.Errorf("%T has a JSON form: %s", value, out)
		}
	}
}

func expectNoSecret(t *testing.T, printed string, secrets [][]byte) {
	t.Helper()
	for _, secret := range secrets {
		decimal := strings.Trim(fmt.Sprint(secret[:6]), "[]")
		for _, form := range []string{string(secret[:6]), hex.EncodeToString(secret[:6]), decimal} {
			if strings.Contains(strings.ToLower(printed), form) {
				t.Fatalf("a secret is printed:\n%s", printed)
			}
		}
	}
}
