package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestLoadFiles reads the folder in each archive of testdata and compares what it is with the archive's "want".
func TestLoadFiles(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir, want := folder(t), ""
			for _, file := range archive.Files {
				if file.Name == "want" {
					want = string(file.Data)
					continue
				}
				write(t, dir, file.Name, string(file.Data))
			}
			if got := describe(t, dir); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			if again := describe(t, dir); again != want {
				t.Errorf("the second time:\n%s", again)
			}
		})
	}
}

func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// describe loads a folder and writes down what came of it.
func describe(t *testing.T, dir string) string {
	t.Helper()
	files, warnings, err := LoadFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "name: %s\n", files.Name)
	for _, name := range files.Channels {
		fmt.Fprintf(&out, "channel: %s\n", name)
	}
	if files.MOTD != "" {
		fmt.Fprintf(&out, "motd: %q\n", files.MOTD)
	}
	for _, admin := range files.Admins {
		fmt.Fprintf(&out, "admin: %s %s\n", admin.Key.Type(), admin.Comment)
	}
	for _, warning := range warnings {
		fmt.Fprintf(&out, "warning: %s\n", warning)
	}
	return out.String()
}

func TestLoadFilesMakesTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if _, warnings, err := LoadFiles(dir); err != nil || len(warnings) > 0 {
		t.Fatalf("%v, %v", warnings, err)
	}
	for path, want := range map[string]os.FileMode{"": 0o700, NameFile: 0o600, ChannelsFile: 0o600} {
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: %v, %v; want mode %v", path, info.Mode(), err, want)
		}
	}
	for _, name := range []string{MOTDFile, AdminsFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s was made", name)
		}
	}
}

func TestLoadFilesErrors(t *testing.T) {
	tests := []struct {
		name, file, text, want string
	}{
		{"too large", ChannelsFile, strings.Repeat("// x\n", maxFile/5+1), "cannot read gossip_channels.list: it is larger than 1MiB"},
		{"not UTF-8", NameFile, "caf\xe9\n", "cannot read gossip_server.name: it is not UTF-8 text"},
		{"admins not UTF-8", AdminsFile, "\xff", "cannot read admins: it is not UTF-8 text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t)
			write(t, dir, tt.file, tt.text)
			if _, _, err := LoadFiles(dir); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	dir := folder(t)
	if err := os.Mkdir(filepath.Join(dir, MOTDFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := LoadFiles(dir); err == nil || !strings.Contains(err.Error(), "it is not a file") {
		t.Errorf("a folder in place of a file: %v", err)
	}
}

func TestMOTD(t *testing.T) {
	tests := []struct{ name, text, want, warning string }{
		{"Windows", "\uFEFFone\r\ntwo\r\n", "one\ntwo", ""},
		{"longest", strings.Repeat("a", maxMOTD), strings.Repeat("a", maxMOTD), ""},
		{"too long", strings.Repeat("a", maxMOTD+1), "", "gossip_motd.txt: the message of the day has 4097 bytes"},
		{"escape", "a\nb\x1b[2J", "", "gossip_motd.txt:2: the line holds a control character"},
		{"right to left override", "a\u202Eb", "", "gossip_motd.txt:1: the line holds a control character"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t)
			write(t, dir, MOTDFile, tt.text)
			files, warnings, err := LoadFiles(dir)
			if err != nil || files.MOTD != tt.want {
				t.Errorf("%q, %v; want %q", files.MOTD, err, tt.want)
			}
			if (tt.warning == "") != (len(warnings) == 0) || len(warnings) > 0 && !strings.HasPrefix(warnings[0].String(), tt.warning) {
				t.Errorf("warnings %v, want %q", warnings, tt.warning)
			}
		})
	}
}

func TestPermissions(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/everything.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t)
	for _, file := range archive.Files {
		write(t, dir, file.Name, string(file.Data))
	}
	for path, mode := range map[string]os.FileMode{AdminsFile: 0o622, "": 0o750} {
		if err := os.Chmod(filepath.Join(dir, path), mode); err != nil {
			t.Fatal(err)
		}
	}
	files, warnings, err := LoadFiles(dir)
	if err != nil || len(files.Admins) != 0 || len(warnings) != 2 {
		t.Fatalf("%d admins, %v, %v", len(files.Admins), warnings, err)
	}
	for i, want := range []string{"chmod 700 " + dir, "no key in it is trusted"} {
		if !strings.Contains(warnings[i].String(), want) {
			t.Errorf("warning %q, want %q", warnings[i], want)
		}
	}
}
