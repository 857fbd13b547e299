package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// filled makes a store with some rows, closes it and returns its bytes.
func filled(t *testing.T, path string) []byte {
	t.Helper()
	s := openTest(t, path)
	update(t, s, func(tx *Tx) error {
		for i := range 200 {
			value := bytes.Repeat([]byte{byte(i)}, 100)
			if err := tx.Bucket("a", []byte{byte(i % 3)}).Put(fmt.Appendf(nil, "key %d", i), value); err != nil {
				return err
			}
		}
		return nil
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return readFile(t, path)
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// refused fails the test unless opening ends with the error and leaves the file as it was.
func refused(t *testing.T, path string, key Key, want error) {
	t.Helper()
	before := readFile(t, path)
	s, err := Open(path, key)
	if err == nil {
		s.Close()
	}
	if !errors.Is(err, want) {
		t.Errorf("opening: %v; want %v", err, want)
	}
	if !bytes.Equal(readFile(t, path), before) {
		t.Error("opening changed the file")
	}
}

func TestWrongKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	filled(t, path)
	refused(t, path, NewKey(), ErrWrongKey)
	openTest(t, path)
}

func TestSecondOpening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	filled(t, path)
	openTest(t, path)
	refused(t, path, testKey, ErrInUse)
}

func TestNoStoreAtAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	for name, content := range map[string][]byte{
		"empty": {}, "text": []byte("hello"), "zeros": make([]byte, 64<<10), "noise": bytes.Repeat([]byte{0xA5, 1}, 32<<10),
	} {
		t.Run(name, func(t *testing.T) {
			writeFile(t, path, content)
			refused(t, path, testKey, ErrDamaged)
		})
	}
	folder := filepath.Join(t.TempDir(), "folder.db")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(folder, testKey); !errors.Is(err, ErrDamaged) {
		t.Errorf("a folder: %v", err)
	}
}

func TestCutOffFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	whole := filled(t, path)
	for size := len(whole) - 1; size >= 0; size -= 1777 {
		writeFile(t, path, whole[:size])
		if m, _ := newestMeta(bytes.NewReader(whole)); uint64(size) < m.pages*pageSize {
			refused(t, path, testKey, ErrDamaged)
		}
	}
}

// TestDamagedPages writes noise over one place after the other: reading everything gives the right rows or an error,
// never another value, and never ends the program.
func TestDamagedPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	whole := filled(t, path)
	harmless := 0
	for at := 0; at < len(whole); at += 509 {
		damaged := bytes.Clone(whole)
		for i := at; i < min(at+8, len(damaged)); i++ {
			damaged[i] ^= 0x5A
		}
		writeFile(t, path, damaged)
		if readEverything(t, path) == nil {
			harmless++
		}
	}
	if tries := len(whole)/509 + 1; harmless == tries {
		t.Errorf("none of %d damages was noticed", tries)
	}
}

func readEverything(t *testing.T, path string) error {
	t.Helper()
	s, err := Open(path, testKey)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.View(func(tx *Tx) error {
		for i := range 200 {
			key := fmt.Appendf(nil, "key %d", i)
			value, err := tx.Bucket("a", []byte{byte(i % 3)}).Get(key)
			if err != nil {
				return err
			}
			if value == nil {
				return errors.New("a row is missing")
			}
			if !bytes.Equal(value, bytes.Repeat([]byte{byte(i)}, 100)) {
				t.Fatalf("%s became %x", key, value)
			}
		}
		for scope := range byte(3) {
			for range tx.Bucket("a", []byte{scope}).Range(nil, nil, scope == 1, 0) {
			}
		}
		return nil
	})
}

// rawBucket gives the sealed rows of a bucket to a test that plays the thief.
func rawBucket(t *testing.T, s *Store, name string, scope []byte, do func(*bbolt.Bucket) error) {
	t.Helper()
	full := s.scopes.bucketName(name, [][]byte{scope})
	if err := s.db.Update(func(tx *bbolt.Tx) error { return do(tx.Bucket(full)) }); err != nil {
		t.Fatal(err)
	}
}

func TestTamperedValue(t *testing.T) {
	s := newTest(t)
	scope, key := []byte{1}, []byte("key")
	update(t, s, func(tx *Tx) error { return tx.Bucket("a", scope).Put(key, []byte("value")) })
	var sealed []byte
	rawBucket(t, s, "a", scope, func(b *bbolt.Bucket) error { sealed = bytes.Clone(b.Get(key)); return nil })
	attempt := func(what string, row []byte) {
		t.Helper()
		rawBucket(t, s, "a", scope, func(b *bbolt.Bucket) error { return b.Put(key, row) })
		err := s.View(func(tx *Tx) error {
			value, err := tx.Bucket("a", scope).Get(key)
			if err == nil {
				t.Errorf("%s: got %q", what, value)
			}
			return err
		})
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range sealed {
		row := bytes.Clone(sealed)
		row[i] ^= 1
		attempt(fmt.Sprint("byte ", i), row)
		attempt(fmt.Sprint("cut to ", i), sealed[:i])
	}
	attempt("longer", append(bytes.Clone(sealed), 0))
}

func TestSwappedValues(t *testing.T) {
	s := newTest(t)
	one, two := []byte{1}, []byte{2}
	k, l := []byte("k"), []byte("l")
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.Bucket("a", one).Put(k, []byte("a1k")), tx.Bucket("a", one).Put(l, []byte("a1l")),
			tx.Bucket("a", two).Put(k, []byte("a2k")))
	})
	var sealed []byte
	rawBucket(t, s, "a", one, func(b *bbolt.Bucket) error { sealed = bytes.Clone(b.Get(k)); return b.Put(l, sealed) })
	rawBucket(t, s, "a", two, func(b *bbolt.Bucket) error { return b.Put(k, sealed) })
	for _, row := range []struct{ scope, key []byte }{{one, l}, {two, k}} {
		err := s.View(func(tx *Tx) error {
			for range tx.Bucket("a", row.scope).Range(row.key, nil, false, 0) {
				t.Error("a value opened in another place")
			}
			return nil // View reports what the loop could not
		})
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("a value moved to %s: %v", row.key, err)
		}
	}
	err := s.Update(func(tx *Tx) error {
		for range tx.Bucket("a", two).Range(nil, nil, false, 0) {
		}
		return tx.Bucket("b").Put(k, nil)
	})
	if !errors.Is(err, ErrDamaged) || get(t, s, "b", "k") != nil {
		t.Errorf("an Update that read a damaged value: %v", err)
	}
}

func TestFormatOfTheFuture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	filled(t, path)
	s := openTest(t, path)
	update(t, s, func(tx *Tx) error { return tx.putFormat(2) })
	s.Close()
	refused(t, path, testKey, ErrNewer)
	refused(t, path, NewKey(), ErrNewer)
}

// TestFormatNumberIsSealed: who lowers the number to have a migration run again is found out.
func TestFormatNumberIsSealed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	filled(t, path)
	s := openTest(t, path)
	err := s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(headerBucket))
		row := bytes.Clone(b.Get(formatKey))
		binary.BigEndian.PutUint32(row, 0)
		return b.Put(formatKey, row)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	refused(t, path, testKey, ErrWrongKey)
}

// TestNothingReadable searches the file for what must not be in it.
func TestNothingReadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openTest(t, path)
	secret, scope := []byte("meet me at the old bridge"), []byte("conversation with bob")
	for range 20 { // also what is overwritten and deleted
		update(t, s, func(tx *Tx) error { return tx.Bucket("messages", scope).Put([]byte("k"), secret) })
		update(t, s, func(tx *Tx) error { return tx.Bucket("messages", scope).Delete([]byte("k")) })
	}
	update(t, s, func(tx *Tx) error { return PutValue(tx.Bucket("messages", scope), []byte("k"), string(secret)) })
	s.Close()
	file := readFile(t, path)
	for _, needle := range [][]byte{secret, secret[:12], scope, scope[:12], testKey[:16]} {
		if bytes.Contains(file, needle) {
			t.Errorf("the file holds %q", needle)
		}
	}
	if !bytes.Contains(file, []byte("messages")) {
		t.Error("the bucket's name is not in the file: this test searches in the wrong place")
	}
}
