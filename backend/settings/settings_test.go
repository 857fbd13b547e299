package settings_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
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
	write(t, dir, `{"defaultPort": 70000, "colorScheme": "pink", "defaultTimer": 7, "defaultHost": "hub.example",
		"textSize": 9000, "density": "dense", "windowWidth": -5, "windowX": 7, "windowMaximised": true}`)
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
		func(v *settings.Values) { v.DefaultUsername = strings.Repeat("x", 257) },
		func(v *settings.Values) { v.TextSize = 79 },
		func(v *settings.Values) { v.TextSize = 201 },
		func(v *settings.Values) { v.Density = "" },
		func(v *settings.Values) { v.Window.Width = -1 },
		func(v *settings.Values) { v.Window.Y = 2_000_000 },
	} {
		if err := s.Update(change); err == nil || s.Get() != want {
			t.Errorf("a senseless change gave %v and left %+v", err, s.Get())
		}
	}
}

// interfaceKeys are the settings that the interface knows, as it declares them.
func interfaceKeys(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../frontend/src/lib/api/settings.ts")
	if err != nil {
		t.Fatal(err)
	}
	_, declared, _ := strings.Cut(string(text), "export interface Settings {")
	declared, _, _ = strings.Cut(declared, "}")
	var keys []string
	for _, match := range regexp.MustCompile(`(?m)^  (\w+): `).FindAllStringSubmatch(declared, -1) {
		keys = append(keys, match[1])
	}
	return keys
}

// TestKeys keeps the names of the file, which people edit and older versions read, and those of the interface the same.
func TestKeys(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if err := s.Update(func(v *settings.Values) {
		v.TextSize, v.Window = 125, settings.Window{X: -10, Y: 20, Width: 900, Height: 600, Maximised: true}
		v.Devices = settings.Devices{Microphone: "m", Speaker: "s", Camera: "c"}
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{"windowX", "windowY", "windowWidth", "windowHeight", "windowMaximised", "callMicrophone", "callMicrophoneName",
		"callSpeaker", "callSpeakerName", "callCamera", "callCameraName"}
	want = append(want, interfaceKeys(t)...)
	got := slices.Collect(maps.Keys(read(t, dir)))
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || len(want) < 20 {
		t.Errorf("the file has the keys\n%v, want\n%v", got, want)
	}
	if kept := open(t, dir).Get(); kept != s.Get() || kept.Window.X != -10 || kept.Devices.Speaker != "s" {
		t.Errorf("kept %+v", kept)
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
