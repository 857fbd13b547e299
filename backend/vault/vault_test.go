package vault_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"gossip/backend/store"
	"gossip/backend/vault"
	"gossip/common/identity"
)

var headless = vault.Unlock{KeyFile: true}

// typed answers the question for a passphrase.
func typed(passphrase string) vault.Unlock {
	return vault.Unlock{NoKeyring: true, Passphrase: func(bool) ([]byte, error) { return []byte(passphrase), nil }}
}

func open(t *testing.T, dir string, unlock vault.Unlock) *vault.Vault {
	t.Helper()
	v, err := vault.Open(dir, unlock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Lock() })
	return v
}

func newIdentity(t *testing.T, now time.Time) vault.Identity {
	t.Helper()
	phrase, err := identity.NewPhrase()
	if err != nil {
		t.Fatal(err)
	}
	user, err := identity.UserKeyFromPhrase(phrase, "alice")
	if err != nil {
		t.Fatal(err)
	}
	device, err := identity.NewDeviceKey(now)
	if err != nil {
		t.Fatal(err)
	}
	return vault.Identity{User: user, Device: device, Phrase: phrase}
}

func keep(t *testing.T, v *vault.Vault, keys vault.Identity) {
	t.Helper()
	if err := v.Store().Update(func(tx *store.Tx) error { return v.Keep(tx, keys) }); err != nil {
		t.Fatal(err)
	}
}

func TestIdentitySurvivesLocking(t *testing.T) {
	keyring.MockInit()
	for name, unlock := range map[string]vault.Unlock{"keyring": {}, "passphrase": typed("correct horse"), "file": headless} {
		dir := filepath.Join(t.TempDir(), "profile")
		v := open(t, dir, unlock)
		if _, known := v.Identity(); known {
			t.Fatalf("%s: a new profile has an identity", name)
		}
		keys := newIdentity(t, time.Now())
		keep(t, v, keys)
		if err := errors.Join(v.Lock(), v.Lock()); err != nil {
			t.Fatal(err)
		}
		if _, known := v.Identity(); known {
			t.Errorf("%s: a locked vault gives its keys", name)
		}
		got, known := open(t, dir, unlock).Identity()
		if !known || got.User.ID() != keys.User.ID() || got.Device.ID() != keys.Device.ID() {
			t.Fatalf("%s: another identity came back", name)
		}
		if strings.Join(got.Phrase.Words(), " ") != strings.Join(keys.Phrase.Words(), " ") {
			t.Errorf("%s: another phrase came back", name)
		}
	}
}

func TestIdentityWithoutUserKey(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir, headless)
	keys := newIdentity(t, time.Now())
	keep(t, v, keys)
	keep(t, v, vault.Identity{Device: keys.Device})
	v.Lock()
	got, known := open(t, dir, headless).Identity()
	if !known || got.User != nil || got.Phrase.Words() != nil {
		t.Errorf("known %v, user %v: the user key should be gone", known, got.User)
	}
}

func TestKeepRefusesAnotherDevice(t *testing.T) {
	v := open(t, t.TempDir(), headless)
	keep(t, v, newIdentity(t, time.Now()))
	err := v.Store().Update(func(tx *store.Tx) error { return v.Keep(tx, newIdentity(t, time.Now())) })
	if err == nil {
		t.Error("the identity was replaced by another one")
	}
}

func TestProfileIsForOneProcess(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir, headless)
	if _, err := vault.Open(dir, headless); !errors.Is(err, store.ErrInUse) {
		t.Errorf("a second opening: %v", err)
	}
	v.Lock()
	open(t, dir, headless)
}

func TestWrongPassphrase(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, typed("correct horse")).Lock()
	before := contents(t, dir)
	if _, err := vault.Open(dir, typed("wrong horse")); !errors.Is(err, vault.ErrWrongPassphrase) {
		t.Errorf("a wrong passphrase: %v", err)
	}
	if _, err := vault.Open(dir, vault.Unlock{}); !errors.Is(err, vault.ErrNobodyToAsk) {
		t.Errorf("nobody to ask: %v", err)
	}
	if contents(t, dir) != before {
		t.Error("a failed opening changed the folder")
	}
	if _, err := vault.Open(t.TempDir(), typed("short")); err == nil {
		t.Error("a passphrase of five letters was taken")
	}
}

func TestPassphraseInAnotherComposition(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, typed("gr\u00fcner Hase")).Lock()
	open(t, dir, typed("gru\u0308ner Hase"))
}

func TestProtectChangesTheWay(t *testing.T) {
	keyring.MockInit()
	dir := t.TempDir()
	v := open(t, dir, headless)
	keep(t, v, newIdentity(t, time.Now()))
	for _, unlock := range []vault.Unlock{typed("correct horse"), typed("battery staple"), {}, headless} {
		if err := v.Protect(unlock); err != nil {
			t.Fatal(err)
		}
		v.Lock()
		_, statErr := os.Stat(filepath.Join(dir, "store.key"))
		if unlock.KeyFile != (statErr == nil) {
			t.Errorf("with %+v the key file: %v", unlock, statErr)
		}
		v = open(t, dir, unlock)
		if _, known := v.Identity(); !known {
			t.Fatalf("after Protect(%+v) the identity is gone", unlock)
		}
	}
	v.Lock()
	if err := v.Protect(headless); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Protect of a locked vault: %v", err)
	}
}

// TestLostKey: whatever part of the folder is missing or damaged, opening says so and touches nothing.
func TestLostKey(t *testing.T) {
	keyring.MockInit()
	for name, c := range map[string]struct {
		unlock vault.Unlock
		harm   func(dir string) error
		want   error
	}{
		"no vault.json":         {headless, func(dir string) error { return os.Remove(filepath.Join(dir, "vault.json")) }, vault.ErrNoKey},
		"no store.key":          {headless, func(dir string) error { return os.Remove(filepath.Join(dir, "store.key")) }, vault.ErrNoKey},
		"cut store.key":         {headless, func(dir string) error { return os.Truncate(filepath.Join(dir, "store.key"), 9) }, vault.ErrNoKey},
		"readable store.key":    {headless, func(dir string) error { return os.Chmod(filepath.Join(dir, "store.key"), 0o644) }, nil},
		"another store.key":     {headless, func(dir string) error { return replace(dir, "store.key", strings.Repeat("00", 32)) }, store.ErrWrongKey},
		"garbage in vault.json": {headless, func(dir string) error { return replace(dir, "vault.json", "{") }, vault.ErrDamaged},
		"unknown way":           {headless, func(dir string) error { return replace(dir, "vault.json", `{"version":1,"way":"magic"}`) }, vault.ErrDamaged},
		"newer":                 {headless, func(dir string) error { return replace(dir, "vault.json", `{"version":2}`) }, store.ErrNewer},
		"no keyring entry":      {vault.Unlock{}, func(string) error { keyring.MockInit(); return nil }, vault.ErrNoKey},
		"keyring does not answer": {vault.Unlock{}, func(string) error {
			keyring.MockInitWithError(errors.New("locked"))
			return nil
		}, nil},
	} {
		keyring.MockInit()
		dir := t.TempDir()
		open(t, dir, c.unlock).Lock()
		if err := c.harm(dir); err != nil {
			t.Fatal(err)
		}
		before := contents(t, dir)
		_, err := vault.Open(dir, c.unlock)
		if err == nil || (c.want != nil && !errors.Is(err, c.want)) {
			t.Errorf("%s: %v", name, err)
		}
		if contents(t, dir) != before {
			t.Errorf("%s: opening changed the folder", name)
		}
	}
}

func TestNoKeyring(t *testing.T) {
	keyring.MockInitWithError(errors.New("no bus"))
	if _, err := vault.Open(t.TempDir(), vault.Unlock{}); !errors.Is(err, vault.ErrCantKeep) {
		t.Errorf("without a keyring and anybody to ask: %v", err)
	}
	ask := typed("correct horse")
	ask.NoKeyring = false
	dir := t.TempDir()
	open(t, dir, ask).Lock()
	open(t, dir, ask)
}

// TestGreedyParameters: a changed vault.json must not make the app take all memory, nor open.
func TestGreedyParameters(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, typed("correct horse")).Lock()
	text, err := os.ReadFile(filepath.Join(dir, "vault.json"))
	if err != nil {
		t.Fatal(err)
	}
	for field, value := range map[string]any{"argon2id_kib": 1 << 30, "argon2id_passes": 0, "argon2id_lanes": 255, "salt": "AA=="} {
		var file map[string]any
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		file["sealed"].(map[string]any)[field] = value
		changed, err := json.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := replace(dir, "vault.json", string(changed)); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.Open(dir, typed("correct horse")); !errors.Is(err, vault.ErrDamaged) {
			t.Errorf("%s = %v: %v", field, value, err)
		}
	}
}

func TestRotateSubkeys(t *testing.T) {
	v := open(t, t.TempDir(), headless)
	rotate := func(now time.Time, fail error) (changed bool) {
		v.Store().Update(func(tx *store.Tx) (err error) {
			if changed, err = v.RotateSubkeys(tx, now); err != nil {
				t.Error(err)
			}
			return fail
		})
		return changed
	}
	start := time.Now()
	keep(t, v, newIdentity(t, start))
	later := start.Add(8 * 24 * time.Hour)
	if rotate(start, nil) {
		t.Error("a fresh key was rotated")
	}
	if !rotate(later, errors.New("the disk is full")) || !rotate(later, nil) {
		t.Error("a rotation whose commit failed was not repeated")
	}
	if rotate(later, nil) {
		t.Error("a stored rotation was repeated")
	}
}

func TestNoSecretInTheFolder(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir, typed("correct horse"))
	keys := newIdentity(t, time.Now())
	keep(t, v, keys)
	v.Lock()
	all := contents(t, dir)
	secret, err := keys.Device.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	user, err := keys.User.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	words := keys.Phrase.Words()
	for name, needle := range map[string]string{
		"passphrase": "correct horse", "phrase": strings.Join(words[:2], " "),
		"device key": string(secret[len(secret)/2:][:24]), "user key": string(user[:48]), "name": "alice",
	} {
		if strings.Contains(all, needle) {
			t.Errorf("the folder holds the %s", name)
		}
	}
}

func replace(dir, file, text string) error {
	return os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600)
}

// contents is all bytes of the folder's files.
func contents(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(filepath.Base(file))
		all.Write(content)
	}
	return all.String()
}
