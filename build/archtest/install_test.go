package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// checkout makes a folder with what build/install takes from the repository, and programs that do nothing.
func checkout(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"build/install", "build/linux/gossip.desktop", "build/appicon.png", "build/appicon.svg",
		"build/bin/gossip", "build/bin/gossip-cli", "build/bin/gossip-hub"} {
		text := []byte("#!/bin/sh\n")
		if !strings.HasPrefix(name, "build/bin/") {
			text = read(t, name)
		}
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// installed lists the files below a home folder.
func installed(t *testing.T, home string) string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(home, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Base(path) != "mimeapps.list" && !strings.HasSuffix(path, "cache") {
			files = append(files, strings.TrimPrefix(path, home+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(files, "\n")
}

// validate has the desktop's own tool judge a desktop file, where it is installed.
func validate(t *testing.T, path string) {
	t.Helper()
	program, err := exec.LookPath("desktop-file-validate")
	if err != nil {
		t.Log("desktop-file-validate is not installed: the desktop file is only read")
		return
	}
	if out, err := exec.Command(program, "--no-hints", path).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%s: %v\n%s", path, err, out)
	}
}

// TestInstall installs for a person with a difficult home folder, and takes everything away again.
func TestInstall(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("desktop files are Linux'")
	}
	folder := checkout(t)
	home := filepath.Join(t.TempDir(), `ann's $HOME "100%"`)
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command(filepath.Join(folder, "build/install"), args...)
		cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	run()
	run()
	want := ".local/bin/gossip\n.local/bin/gossip-cli\n.local/bin/gossip-hub\n.local/share/applications/gossip.desktop\n" +
		".local/share/icons/hicolor/512x512/apps/gossip.png\n.local/share/icons/hicolor/scalable/apps/gossip.svg"
	if got := installed(t, home); got != want {
		t.Errorf("installed is\n%s\nwant\n%s", got, want)
	}
	entry := filepath.Join(home, ".local/share/applications/gossip.desktop")
	text, err := os.ReadFile(entry)
	if err != nil {
		t.Fatal(err)
	}
	exec := `Exec="` + strings.NewReplacer(`$`, `\\$`, `"`, `\\"`, `%`, `%%`).Replace(home) + `/.local/bin/gossip" %u`
	for _, line := range []string{exec, "MimeType=x-scheme-handler/gossip;", "Icon=gossip"} {
		if !strings.Contains("\n"+string(text), "\n"+line+"\n") {
			t.Errorf("the desktop file has no line %q:\n%s", line, text)
		}
	}
	validate(t, entry)
	run("-u")
	if got := installed(t, home); got != "" {
		t.Errorf("left behind is\n%s", got)
	}
}

func TestDesktopFile(t *testing.T) {
	validate(t, filepath.Join(root, "build/linux/gossip.desktop"))
}
