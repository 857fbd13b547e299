package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// listed is what these tests read of `go list -json`.
type listed struct {
	Dir, ImportPath, Name              string
	Standard                           bool
	GoFiles, CgoFiles                  []string
	TestGoFiles, XTestGoFiles          []string
	Imports, TestImports, XTestImports []string
	Deps                               []string
}

// at returns the package's folder below the root, "." for the root itself.
func (p listed) at() string { return folder(p.ImportPath) }

func folder(path string) string {
	if path == module {
		return "."
	}
	return strings.TrimPrefix(path, module+"/")
}

func ours(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// below reports whether path is the named package or stands below it.
func below(path, name string) bool { return path == name || strings.HasPrefix(path, name+"/") }

const root = "../.."

// goList runs `go list -e` at the root: packages that do not compile are listed too.
func goList(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-json"}, args...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var packages []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

var repository struct {
	once     sync.Once
	packages []listed
}

// ourPackages lists the repository's packages once for all tests.
func ourPackages(t *testing.T) []listed {
	t.Helper()
	repository.once.Do(func() {
		repository.packages = goList(t, "./...")
	})
	if len(repository.packages) == 0 {
		t.Fatal("go list found no package")
	}
	return repository.packages
}

func TestImports(t *testing.T) {
	for _, p := range ourPackages(t) {
		row := slices.IndexFunc(imports, func(r struct {
			pkg string
			may []string
			why string
		}) bool {
			return r.pkg == p.at()
		})
		if row < 0 {
			t.Errorf("%s is not in the table of imports: add a row with its reason", p.at())
			continue
		}
		for _, path := range p.Imports {
			if ours(path) && path != module+"/common/id" && !slices.Contains(imports[row].may, folder(path)) {
				t.Errorf("%s imports %s: %s", p.at(), folder(path), imports[row].why)
			}
		}
	}
}

func TestFences(t *testing.T) {
	for _, p := range ourPackages(t) {
		for _, fence := range fences {
			if slices.ContainsFunc(fence.inside, func(in string) bool { return in == p.at() || in != "." && below(p.at(), in) }) {
				continue
			}
			for _, path := range p.Imports {
				if below(path, fence.what) {
					t.Errorf("%s imports %s: %s", p.at(), path, fence.why)
				}
			}
		}
	}
}

// TestOnlyTestsImport checks that no program contains the test beds. Tests of the client may
// use the hub's test bed, and no other part of the hub.
func TestOnlyTestsImport(t *testing.T) {
	for _, p := range ourPackages(t) {
		for _, path := range p.Imports {
			if slices.Contains(testsOnly, folder(path)) && !slices.Contains(testsOnly, p.at()) {
				t.Errorf("%s imports %s, which is for tests", p.at(), path)
			}
		}
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			crosses := below(p.at(), "backend") && below(path, module+"/signaling") ||
				below(p.at(), "signaling") && below(path, module+"/backend")
			if crosses && p.at() != "backend/backendtest" && !slices.Contains(testsOnly, folder(path)) {
				t.Errorf("a test of %s imports %s: use backendtest or hubtest", p.at(), path)
			}
		}
	}
}

func TestHubIsBlind(t *testing.T) {
	for _, p := range ourPackages(t) {
		if !below(p.at(), "signaling") {
			continue
		}
		for _, path := range p.Deps {
			for _, rule := range blind {
				if below(path, rule.what) {
					t.Errorf("%s depends on %s: %s", p.at(), path, rule.why)
				}
			}
		}
	}
}

func TestCgo(t *testing.T) {
	for _, p := range ourPackages(t) {
		if len(p.CgoFiles) > 0 && !slices.Contains(cgoAllowed, p.at()) {
			t.Errorf("%s needs a C compiler: %s", p.at(), strings.Join(p.CgoFiles, " "))
		}
	}
	for _, program := range []string{"signaling"} {
		if !slices.ContainsFunc(ourPackages(t), func(p listed) bool { return p.at() == program }) {
			continue
		}
		for _, p := range goList(t, "-deps", "./"+program) {
			if !p.Standard && len(p.CgoFiles) > 0 && !slices.Contains(cgoAllowed, p.at()) {
				t.Errorf("%s is to be one static binary, but depends on %s, which needs a C compiler", program, p.ImportPath)
			}
		}
	}
}

func TestPackageNames(t *testing.T) {
	for _, p := range ourPackages(t) {
		if slices.Contains(meaningless, p.Name) {
			t.Errorf("%s: the name %q does not say what is inside", p.at(), p.Name)
		}
		if p.Name != "main" && p.Name != filepath.Base(p.Dir) {
			t.Errorf("%s: the package is called %q, its folder %q", p.at(), p.Name, filepath.Base(p.Dir))
		}
	}
}
