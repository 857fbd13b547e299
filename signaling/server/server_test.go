package server_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"gossip/common/identity"
	"gossip/signaling/config"
	"gossip/signaling/hubtest"
	"gossip/signaling/server"
)

func TestKeyOutlivesRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hubtest.Start(t)
		path, before := filepath.Join(h.Dir, server.KeyFile), h.ID()
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("the key's file: %v, %v", info, err)
		}
		old, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(identity.SubkeyInterval + 2*time.Hour)
		if now, err := os.ReadFile(path); err != nil || bytes.Equal(now, old) {
			t.Errorf("no new subkey is stored after a week: %v", err)
		}
		h.Login(hubtest.NewPerson(t, "alice"))
		h.Restart()
		if h.ID() != before {
			t.Error("the hub has another key")
		}
		h.Login(hubtest.NewPerson(t, "bob"))
	})
}

func TestDamagedKeyStopsTheHub(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, server.KeyFile), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := server.New(server.Options{Config: config.Config{Data: dir, Limits: config.DefaultLimits()}, Log: discard})
	if err == nil {
		t.Error("a hub with a damaged key opens, with which everybody would be warned of another hub")
	}
}

func TestReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hubtest.Start(t)
		alice := h.Login(hubtest.NewPerson(t, "alice"))
		for name, text := range map[string]string{
			config.NameFile: "Garden\n", config.MOTDFile: "Welcome.\n", config.ChannelsFile: "general\nroses // new\n",
		} {
			if err := os.WriteFile(filepath.Join(h.Dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Server().Reload(); err != nil {
			t.Fatal(err)
		}
		if update := alice.ExpectUpdate(); len(update.Summaries) != 1 || update.Summaries[0].Name != "roses" {
			t.Errorf("alice was told %+v", update)
		}
		bob := h.Login(hubtest.NewPerson(t, "bob"))
		if bob.Greeted.Name != "Garden" || bob.Greeted.Motd != "Welcome." || len(bob.Welcome.Channels) != 2 {
			t.Errorf("bob was greeted with %+v and %d channels", bob.Greeted, len(bob.Welcome.Channels))
		}
	})
}

// TestSecretsStayOut: neither the hub's folder nor its log at its most talkative holds a password.
func TestSecretsStayOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const password = "correct horse battery staple"
		var log bytes.Buffer
		h := hubtest.Start(t, hubtest.WithPassword(password), hubtest.WithLog(&log), hubtest.WithConfig(func(c *config.Config) { c.ConnectionLog = true }))
		alice := h.Connect(hubtest.NewPerson(t, "alice"))
		if err := alice.TryLogin("almost " + password); err == nil {
			t.Fatal("a wrong password was taken")
		}
		time.Sleep(time.Minute)
		alice = h.Connect(alice.Person)
		alice.Login(password)
		h.Stop()
		if log.Len() == 0 || bytes.Contains(log.Bytes(), []byte(password)) {
			t.Errorf("the log of %d bytes holds the password, or nothing", log.Len())
		}
		files, err := filepath.Glob(filepath.Join(h.Dir, "*"))
		if err != nil || len(files) < 3 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			if content, err := os.ReadFile(file); err != nil || bytes.Contains(content, []byte(password)) {
				t.Errorf("%s holds the password, or can't be read: %v", file, err)
			}
		}
	})
}
