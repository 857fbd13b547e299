package id_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// vectors reads a file of testdata; one without vectors would make its test pass for nothing.
func vectors[T any](t testing.TB, name string) T {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var v T
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// atLeast fails the test where a list of vectors is shorter than it was when it was written.
func atLeast(t testing.TB, count, want int) {
	t.Helper()
	if count < want {
		t.Fatalf("%d vectors, want at least %d", count, want)
	}
}

// fill copies bytes in hex over an array of just that length; "" leaves it zero.
func fill(t testing.TB, out []byte, digits string) {
	t.Helper()
	raw, err := hex.DecodeString(digits)
	if err != nil || (digits != "" && len(raw) != len(out)) {
		t.Fatalf("vector %q for %d bytes: %v", digits, len(out), err)
	}
	copy(out, raw)
}

// refused fails the test unless err says what it should, without control characters in it.
func refused(t testing.TB, input string, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%q: error %v, want one with %q", input, err, want)
	}
}
