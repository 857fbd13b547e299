package backendtest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/vault"
	"gossip/common/identity"
	"gossip/signaling/hubtest"
	"gossip/signaling/server"
)

// Texts that must stay between two people, and what opens their profiles and the hub.
const (
	inChannel  = "the picnic is at the old mill on sunday"
	directly   = "bring the blue umbrella and tell nobody"
	edited     = "bring the green umbrella and tell nobody"
	passphrase = "correct horse battery staple"
	hubWord    = "swordfish-1720-swordfish"
)

// recorder keeps everything that goes over connections.
type recorder struct {
	mu    sync.Mutex // guards the following
	bytes bytes.Buffer
}

func (r *recorder) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bytes.Write(b)
}

// recorded is a connection that is listened to.
type recorded struct {
	net.Conn
	to *recorder
}

func (c *recorded) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.to.Write(b[:n])
	return n, err
}

func (c *recorded) Write(b []byte) (int, error) {
	c.to.Write(b)
	return c.Conn.Write(b)
}

// TestSecretsStaySecret tells a whole story and then searches every byte that it has left anywhere.
func TestSecretsStaySecret(t *testing.T) {
	var wire, hubLog recorder
	haystacks := map[string][]byte{}
	needles := map[string][]byte{
		"what was said in the channel": []byte(inChannel), "a direct message": []byte(directly), "an edit": []byte(edited),
		"the hub's password": []byte(hubWord), "the passphrase": []byte(passphrase),
	}
	var hubNeedles map[string][]byte
	story(t, func(w *world) {
		alice, bob := w.listened("alice", &wire), w.listened("bob", &wire)
		w.meet(alice, bob)
		alice.say(w.general, inChannel)
		bob.sees(w.general, inChannel)
		m := alice.say(alice.with(bob), directly)
		bob.sees(bob.with(alice), directly)
		check(t, alice.client.Edit(alice.with(bob), m, edited))
		bob.sees(bob.with(alice), edited)
		bob.close()
		alice.say(alice.with(bob), directly)
		w.rest(3 * time.Second)
		w.hub.Crash()
		alice.kill()
		for _, d := range []*device{alice, bob} {
			collectSecrets(t, d, needles)
			for name, content := range readFolder(t, d.dir) {
				haystacks[d.name+"'s "+name] = content.used
			}
		}
		w.hub.Stop()
		hubNeedles = hubSecrets(t, w.hub.Dir)
		for name, content := range readFolder(t, w.hub.Dir) {
			if name != server.KeyFile {
				haystacks["the hub's "+name] = content.used
			}
		}
		var logged strings.Builder
		for _, line := range w.logs.all() {
			logged.WriteString(line.text + "\n")
		}
		haystacks["the clients' logs"] = []byte(logged.String())
	}, hubtest.WithPassword(hubWord), hubtest.WithLog(&hubLog))
	haystacks["the wire"], haystacks["the hub's debug log"] = wire.bytes.Bytes(), hubLog.bytes.Bytes()
	for what, needle := range hubNeedles {
		needles[what] = needle
	}
	search(t, haystacks, needles)
}

// listened is a person whose connections are recorded, whose profile is under a passphrase, and who joins a hub that
// asks for a password.
func (w *world) listened(name string, to *recorder) *device {
	w.t.Helper()
	d := w.newDevice(name, name)
	d.unlock = vault.Unlock{NoKeyring: true, Passphrase: func(bool) ([]byte, error) { return []byte(passphrase), nil }}
	d.way = func(ctx context.Context, address string) (net.Conn, error) {
		c, err := w.hub.Dial(ctx, address)
		if err != nil {
			return nil, err
		}
		return &recorded{c, to}, nil
	}
	d.open()
	check(w.t, d.client.CreateIdentity(name))
	w.enter(d, backend.JoinRequest{Address: hubAddress, Password: hubWord})
	return d
}

// collectSecrets adds the keys and the phrase of a device that is off.
func collectSecrets(t *testing.T, d *device, needles map[string][]byte) {
	t.Helper()
	profile, err := vault.Open(d.dir, d.unlock)
	check(t, err)
	keys, _ := profile.Identity()
	check(t, profile.Lock())
	words := keys.Phrase.Words()
	for i := 0; i+4 <= len(words); i += 4 {
		needles[fmt.Sprintf("words %d to %d of %s's phrase", i+1, i+4, d.name)] = []byte(strings.Join(words[i:i+4], " "))
	}
	addKey(t, needles, d.name+"'s device key", keys.Device)
	secret, err := keys.User.MarshalBinary()
	check(t, err)
	addParts(needles, d.name+"'s user key", secret, keys.User.Certificate())
}

func hubSecrets(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	secret, err := os.ReadFile(filepath.Join(dir, server.KeyFile))
	check(t, err)
	key, err := identity.ParseDeviceKey(secret, time.Now())
	check(t, err)
	needles := map[string][]byte{}
	addKey(t, needles, "the hub's key", key)
	return needles
}

func addKey(t *testing.T, needles map[string][]byte, name string, key *identity.DeviceKey) {
	t.Helper()
	if private, ok := key.Signer().(ed25519.PrivateKey); ok {
		needles[name+", its seed"] = private.Seed()
	}
	secret, err := key.MarshalBinary()
	check(t, err)
	addParts(needles, name, secret, key.Certificate())
}

// addParts cuts a secret into parts, without those that are public.
func addParts(needles map[string][]byte, name string, secret, public []byte) {
	const part = 24
	for at := 0; at+part <= len(secret); at += part {
		if piece := secret[at : at+part]; !bytes.Contains(public, piece) {
			needles[fmt.Sprintf("%s from byte %d", name, at)] = piece
		}
	}
}

// search looks for every needle, also in the forms in which programs like to write bytes.
func search(t *testing.T, haystacks, needles map[string][]byte) {
	t.Helper()
	bytesSearched := 0
	for where, hay := range haystacks {
		bytesSearched += len(hay)
		for what, needle := range needles {
			for _, form := range forms(needle) {
				if bytes.Contains(hay, form) {
					t.Errorf("%s holds %s", where, what)
				}
			}
		}
	}
	if len(haystacks) < 8 || bytesSearched < 100_000 || len(needles) < 40 {
		t.Errorf("searched %d places, %d bytes, for %d things: that is not the whole story", len(haystacks), bytesSearched, len(needles))
	}
	t.Logf("searched %d places, %d bytes, for %d things", len(haystacks), bytesSearched, len(needles))
}

func forms(needle []byte) [][]byte {
	plain := hex.EncodeToString(needle)
	list := [][]byte{needle, []byte(plain), []byte(strings.ToUpper(plain))}
	b32 := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(needle)
	list = append(list, []byte(b32[:len(b32)-1]), []byte(strings.ToLower(b32[:len(b32)-1])))
	for shift := range 3 { // base64 depends on where the bytes stand
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.EncodeToString(append(make([]byte, shift), needle...))
			skip := (shift*8 + 5) / 6
			list = append(list, []byte(text[skip:len(text)-1]))
		}
	}
	return list
}

// TestSearchFinds shows that the search above would find what is there.
func TestSearchFinds(t *testing.T) {
	secret := []byte("a secret of twenty-four")
	for _, hay := range []string{
		"xx" + string(secret), hex.EncodeToString(secret), base64.StdEncoding.EncodeToString(append([]byte("x"), secret...)),
		base64.URLEncoding.EncodeToString(append([]byte("xy"), secret...)), base32.StdEncoding.EncodeToString(secret),
	} {
		found := false
		for _, form := range forms(secret) {
			found = found || strings.Contains(hay, string(form))
		}
		if !found {
			t.Errorf("not found in %q", hay)
		}
	}
}
