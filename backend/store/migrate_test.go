package store

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var writeFixture = flag.Bool("write-fixture", false, "write testdata/format1.db, once, with the first version of the format")

const fixture = "testdata/format1.db"

// TestWriteFixture makes the file that a released version of format 1 would have left. It is never to be made again.
func TestWriteFixture(t *testing.T) {
	if !*writeFixture {
		t.Skip("only by hand")
	}
	s := openTest(t, fixture)
	update(t, s, func(tx *Tx) error {
		return errors.Join(PutValue(tx.Bucket("names"), []byte("a"), "alice"), PutValue(tx.Bucket("names", []byte("hub")), []byte("b"), "bob"))
	})
}

// old copies the fixture to a place where it may be changed.
func old(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	writeFile(t, path, readFile(t, fixture))
	return path
}

func TestOldFormatOpens(t *testing.T) {
	s := openTest(t, old(t))
	for scope, want := range map[string]string{"": "alice", "hub": "bob"} {
		view(t, s, func(tx *Tx) error {
			b, key := tx.Bucket("names"), "a"
			if scope != "" {
				b, key = tx.Bucket("names", []byte(scope)), "b"
			}
			got, found, err := GetValue[string](b, []byte(key))
			if !found || got != want {
				t.Errorf("got %q, %v", got, found)
			}
			return err
		})
	}
}

// loud is a migration as a later version could have it.
func loud(to uint32) migration {
	return migration{to, "names in capitals", func(tx *Tx) error {
		b := tx.Bucket("names")
		for key, value := range b.Range(nil, nil, false, 0) {
			if err := b.Put(key, bytes.ToUpper(value)); err != nil {
				return err
			}
		}
		return nil
	}}
}

func failing(to uint32) migration {
	return migration{to, "one that fails", func(tx *Tx) error {
		return errors.Join(tx.Bucket("names").Put([]byte("a"), []byte("half")), errors.New("no"))
	}}
}

func TestMigrationsRunOnceAndInOrder(t *testing.T) {
	path := old(t)
	before := readFile(t, path)
	steps := []migration{loud(2), {3, "a bucket more", func(tx *Tx) error { return tx.Bucket("new").Put([]byte("k"), get2(t, tx, "names", "a")) }}}
	for range 2 {
		s, err := open(path, testKey, steps)
		if err != nil {
			t.Fatal(err)
		}
		if got := get(t, s, "new", "k"); !bytes.Contains(got, []byte("LICE")) {
			t.Errorf("after the migrations: %q", got)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		steps[0].do = failing(2).do // is not to run again
	}
	if !bytes.Equal(readFile(t, path+".format-1"), before) {
		t.Error("the copy is not what was there before")
	}
	refused(t, path, testKey, ErrNewer) // for the version before
}

func get2(t *testing.T, tx *Tx, bucket, key string) []byte {
	t.Helper()
	value, err := tx.Bucket(bucket).Get([]byte(key))
	if err != nil {
		t.Error(err)
	}
	return value
}

func TestFailedMigrationLeavesTheFormatBefore(t *testing.T) {
	path := old(t)
	if _, err := open(path, testKey, []migration{loud(2), failing(3)}); err == nil {
		t.Fatal("a migration that fails was no error")
	}
	s, err := open(path, testKey, []migration{loud(2)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := get(t, s, "names", "a"); !bytes.Contains(got, []byte("LICE")) {
		t.Errorf("the first step left %q", got)
	}
}

// TestMigrationWithoutRoomForTheCopy: no copy, no migration.
func TestMigrationWithoutRoomForTheCopy(t *testing.T) {
	path := old(t)
	before := readFile(t, path)
	if err := os.Mkdir(path+".format-1.new", 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := open(path, testKey, []migration{loud(2)}); err == nil {
		t.Error("migrated without a copy")
	}
	if !bytes.Equal(readFile(t, path), before) {
		t.Error("the file was changed")
	}
}

func TestWrongKeyIsNotMigrated(t *testing.T) {
	path := old(t)
	before := readFile(t, path)
	if _, err := open(path, NewKey(), []migration{loud(2)}); !errors.Is(err, ErrWrongKey) {
		t.Errorf("a wrong key: %v", err)
	}
	if _, err := os.Stat(path + ".format-1"); err == nil || !bytes.Equal(readFile(t, path), before) {
		t.Error("a wrong key led to a copy or a change")
	}
}
