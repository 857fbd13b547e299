package settings_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gossip/backend/settings"
)

func open(t *testing.T, dir string) *settings.Settings {
	t.Helper()
	s, err := settings.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, settings.FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, settings.FileName))
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestDefaultsWithoutAFile(t *testing.T) {
	s := open(t, t.TempDir())
	if s.Get() != settings.Defaults() || s.Notice() != "" {
		t.Errorf("got %+v, notice %q", s.Get(), s.Notice())
	}
	if err := s.Update(func(*settings.Values) {}); err != nil {
		t.Error(err)
	}
}

func TestUpdateIsKeptAndTold(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	var told []string
	stop := s.Watch(func(v settings.Values) { told = append(told, v.SelectedTheme) })
	choose := func(theme string) {
		t.Helper()
		if err := s.Update(func(v *settings.Values) { v.SelectedTheme = theme }); err != nil {
			t.Fatal(err)
		}
	}
	choose("rose")
	choose("rose")
	choose("mint")
	stop()
	choose("pine")
	if !slices.Equal(told, []string{"rose", "mint"}) {
		t.Errorf("the watcher was told %v", told)
	}
	if got := open(t, dir).Get(); got != s.Get() || got.SelectedTheme != "pine" {
		t.Errorf("kept %+v", got)
	}
}

func TestUnknownKeysAreKept(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, `{"defaultPort": 4000, "fromTheFuture": {"a": [1, 2]}}`)
	s := open(t, dir)
	if s.Get().DefaultPort != 4000 || !s.Get().SendTyping {
		t.Errorf("got %+v", s.Get())
	}
	if err := s.Update(func(v *settings.Values) { v.SendTyping = false }); err != nil {
		t.Fatal(err)
	}
	file := read(t, dir)
	if file["defaultPort"] != 4000.0 || file["sendTyping"] != false || file["fromTheFuture"] == nil {
		t.Errorf("the file holds %v", file)
	}
}

func TestDamagedFileIsPutAside(t *testing.T) {
	for _, text := range []string{"", "{", "null", "[]", `{"defaultPort": "x"}`, "\x00\x01", strings.Repeat(" ", 2<<20)} {
		dir := t.TempDir()
		write(t, dir, text)
		s := open(t, dir)
		if s.Get() != settings.Defaults() || s.Notice() == "" {
			t.Errorf("%.20q: got %+v, notice %q", text, s.Get(), s.Notice())
		}
		aside, err := filepath.Glob(filepath.Join(dir, settings.FileName+".damaged-*"))
		if err != nil || len(aside) != 1 {
			t.Fatalf("%.20q: put aside %v, %v", text, aside, err)
		}
		if kept, err := os.ReadFile(aside[0]); err != nil || string(kept) != text {
			t.Errorf("%.20q: the file put aside was changed", text)
		}
	}
}

func TestSenselessValues(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, `{"defaultPort": 70000, "colorScheme": "pink", "defaultTimer": 7, "defaultHost": "hub.example"}`)
	s := open(t, dir)
	want := settings.Defaults()
	want.DefaultHost = "hub.example"
	if s.Get() != want {
		t.Errorf("got %+v, want %+v", s.Get(), want)
	}
	for _, change := range []func(*settings.Values){
		func(v *settings.Values) { v.DefaultPort = 0 },
		func(v *settings.Values) { v.ColorScheme = "" },
		func(v *settings.Values) { v.DefaultTimer = -1 },
		func(v *settings.Values) { v.DefaultHost = strings.Repeat("x", 300) },
		func(v *settings.Values) { v.SelectedTheme = "\xff" },
	} {
		if err := s.Update(change); err == nil || s.Get() != want {
			t.Errorf("a senseless change gave %v and left %+v", err, s.Get())
		}
	}
}

func TestFailedWriteChangesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	err := s.Update(func(v *settings.Values) { v.SendTyping = false })
	if err == nil || !s.Get().SendTyping {
		t.Errorf("writing into a folder that is gone: %v, %+v", err, s.Get())
	}
}
