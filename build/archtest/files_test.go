package archtest

import (
	"bytes"
	"errors"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tracked lists the repository's files, slash-separated. Without git, as in an unpacked archive,
// it walks the tree and leaves out what is installed or built.
func tracked(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("git", "-c", "safe.directory=*", "ls-files", "-z")
	cmd.Dir = root
	if out, err := cmd.Output(); err == nil && len(out) > 0 {
		return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	}
	var files []string
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "node_modules", "dist", "bin", "test-results"}, d.Name()):
			return fs.SkipDir
		case !d.IsDir():
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// read returns a tracked file's bytes, nil when the work tree has deleted it.
func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return text
}

func TestTopLevel(t *testing.T) {
	for _, file := range tracked(t) {
		top, _, _ := strings.Cut(file, "/")
		if !strings.HasPrefix(top, ".") && !slices.Contains(topLevel, top) {
			t.Errorf("%s: the root of the repository is a fixed list, and %s is not on it", file, top)
		}
	}
}

func TestNothingForeign(t *testing.T) {
	for _, file := range tracked(t) {
		text := read(t, file)
		for _, f := range foreign {
			if bytes.Contains(text, []byte(f.text)) {
				t.Errorf("%s contains %q: %s", file, f.text, f.why)
			}
		}
	}
}

func TestFileSize(t *testing.T) {
	for _, file := range tracked(t) {
		if !slices.Contains([]string{".go", ".ts", ".js", ".svelte"}, filepath.Ext(file)) || strings.HasPrefix(file, bindings) {
			continue
		}
		if lines := bytes.Count(read(t, file), []byte("\n")); lines > longestFile {
			t.Errorf("%s has %d lines: split it, %d is the most", file, lines, longestFile)
		}
	}
}

// TestPackageComments wants exactly one package comment a package: what the package is for must
// be said, and in one place.
func TestPackageComments(t *testing.T) {
	for _, p := range ourPackages(t) {
		files := slices.Concat(p.GoFiles, p.CgoFiles)
		if len(files) == 0 {
			files = slices.Concat(p.TestGoFiles, p.XTestGoFiles)
		}
		var commented []string
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Error(err)
				continue
			}
			if parsed.Doc != nil {
				commented = append(commented, file)
			}
		}
		if len(commented) != 1 {
			t.Errorf("%s has %d package comments (%s): one is wanted", p.at(), len(commented), strings.Join(commented, " "))
		}
	}
}
