package backendtest

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// Where bbolt keeps its two meta pages: which of them counts is decided by their transaction numbers.
const (
	boltPage    = 4096
	boltPagesAt = 56 // of the count of pages in a meta page
	boltTxAt    = 64 // of the transaction's number in a meta page
	boltSumAt   = 72
	boltMetas   = 2 * boltPage
	storeFile   = "store.db"
	maxAttempt  = 1000
)

// image is a bbolt file as a crash would leave it, while its owner may still be writing. A transaction writes into free
// pages and then one meta page; so pages that were read between two readings of the same metas are whole.
func image(t testing.TB, path string) []byte {
	t.Helper()
	for range maxAttempt {
		before := readMetas(t, path)
		whole, err := os.ReadFile(path)
		check(t, err)
		if bytes.Equal(before, readMetas(t, path)) && bytes.Equal(before, whole[:boltMetas]) {
			return whole
		}
	}
	t.Fatalf("%s does not rest for long enough to be read", filepath.Base(path))
	return nil
}

func readMetas(t testing.TB, path string) []byte {
	t.Helper()
	file, err := os.Open(path)
	check(t, err)
	defer file.Close()
	metas := make([]byte, boltMetas)
	_, err = file.ReadAt(metas, 0)
	check(t, err)
	return metas
}

// withoutLastCommit takes the newest transaction out of an image: the older meta page counts again.
func withoutLastCommit(whole []byte) []byte {
	newest := 0
	if binary.NativeEndian.Uint64(whole[boltPage+boltTxAt:]) > binary.NativeEndian.Uint64(whole[boltTxAt:]) {
		newest = boltPage
	}
	whole[newest+boltSumAt] ^= 0xff
	return whole
}

// folder is the files of a profile or of a hub, by name.
type folder map[string]file

// file is a file without the pages behind its last used one, of which a hub's store has thousands.
type file struct {
	used []byte
	size int64
}

func readFolder(t testing.TB, dir string) folder {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	files := folder{}
	for _, e := range entries {
		files[e.Name()] = readFile(t, filepath.Join(dir, e.Name()))
	}
	return files
}

func readFile(t testing.TB, path string) file {
	t.Helper()
	info, err := os.Stat(path)
	check(t, err)
	f := file{size: info.Size()}
	if filepath.Ext(path) != ".db" || os.Getpagesize() != boltPage {
		f.used, err = os.ReadFile(path)
		check(t, err)
		return f
	}
	metas := readMetas(t, path)
	pages := max(binary.NativeEndian.Uint64(metas[boltPagesAt:]), binary.NativeEndian.Uint64(metas[boltPage+boltPagesAt:]))
	f.used = make([]byte, min(info.Size(), int64(pages)*boltPage))
	opened, err := os.Open(path)
	check(t, err)
	defer opened.Close()
	_, err = opened.ReadAt(f.used, 0)
	check(t, err)
	return f
}

func (f folder) write(t testing.TB, dir string) {
	t.Helper()
	check(t, os.MkdirAll(dir, 0o700))
	for name, file := range f {
		path := filepath.Join(dir, name)
		check(t, os.WriteFile(path, file.used, 0o600))
		check(t, os.Truncate(path, file.size))
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
