package bolt

import (
	"bytes"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"gossip/common/id"
	"gossip/signaling/store"
)

// refused fails unless Open refuses the file with a sentence and leaves it as it is.
func refused(t *testing.T, dir, want string) {
	t.Helper()
	path := filepath.Join(dir, FileName)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir, slog.New(slog.DiscardHandler))
	if err == nil {
		s.Close()
		t.Fatal("the file was opened")
	}
	if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
		t.Errorf("%v, want %q and the path", err, want)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed, %v", err)
	}
}

const restore = "put your newest backup in its place"

// filled returns the bytes of a store with a little of everything, larger than one page of anything.
func filled(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	s := openBolt(t, dir)
	fill(t, s, general, 500)
	for n := range 20 {
		fill(t, s, store.Inbox(id.DeviceID{byte(n)}), 5)
		s.Ack(general, id.DeviceID{byte(n)}, uint64(n))
		if _, err := s.Set("user", fmt.Sprint(n), 0, make([]byte, 400*n)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := appendOne(s, store.Entry{ID: id.MessageID{1}, Expires: time.Now().Add(time.Hour), Frame: make([]byte, 20_000)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Trim(general, 100); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

// place makes a folder with these bytes as its store.
func place(t *testing.T, file []byte) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, FileName), file, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTruncated(t *testing.T) {
	whole := filled(t)
	page := os.Getpagesize()
	used := usedPages(t, whole) * page
	for _, length := range []int{0, 1, 100, page, page + 1, 2 * page, used / 2, used - page, used - 1} {
		t.Run(fmt.Sprint(length), func(t *testing.T) { refused(t, place(t, whole[:length]), restore) })
	}
}

// usedPages returns how many pages the file has used so far; what is beyond was only reserved.
func usedPages(t *testing.T, whole []byte) (pages int) {
	t.Helper()
	db, err := bbolt.Open(filepath.Join(place(t, whole), FileName), 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.View(func(tx *bbolt.Tx) error { pages = int(tx.Size()) / db.Info().PageSize; return nil }); err != nil {
		t.Fatal(err)
	}
	return pages
}

var damageSeed = flag.Uint64("damage", 0, "seed of TestDamaged; 0 takes a random one")

// TestDamaged overwrites bytes, single ones and whole pages. Open refuses the file, or, where the damage is within
// values, serves it with errors at worst. What it must never do is take the process down, or change a file that it refuses.
func TestDamaged(t *testing.T) {
	whole := filled(t)
	used := usedPages(t, whole) * os.Getpagesize()
	seed := *damageSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("again with -args -damage %d", seed)
	rounds, refusals := 300, 0
	if testing.Short() {
		rounds = 50
	}
	for range rounds {
		file := bytes.Clone(whole[:used])
		page := random.IntN(used/os.Getpagesize()) * os.Getpagesize()
		switch random.IntN(4) {
		case 0: // the header of a page
			file[page+random.IntN(16)] ^= 1 << random.IntN(8)
		case 1: // the pointers of its elements
			file[page+16+random.IntN(128)] ^= 1 << random.IntN(8)
		case 2:
			file[random.IntN(used)] ^= 0xff
		case 3: // another page in its place
			from := random.IntN(used/os.Getpagesize()) * os.Getpagesize()
			copy(file[page:page+os.Getpagesize()], whole[from:from+os.Getpagesize()])
		}
		if !survives(t, place(t, file), file) {
			refusals++
		}
	}
	if refusals == 0 {
		t.Error("no damage was found out")
	}
}

// survives opens a damaged file and uses it; false when it was refused.
func survives(t *testing.T, dir string, file []byte) bool {
	t.Helper()
	s, err := Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		after, errRead := os.ReadFile(filepath.Join(dir, FileName))
		if errRead != nil || !bytes.Equal(file, after) {
			t.Errorf("a refused file was changed: %v", err)
		}
		return false
	}
	defer s.Close()
	for _, j := range []store.Journal{general, store.Inbox(id.DeviceID{3})} {
		s.Read(j, 0, 1000, 1<<20)
		s.Bounds(j)
		s.Cursors(j)
	}
	s.List("user", "")
	s.Sweep(time.Now(), time.Hour, 100)
	appendOne(s, store.Entry{ID: id.NewMessageID(), Frame: []byte("after the damage")})
	s.Trim(general, 300)
	s.Drop(general)
	return true
}

func TestInUse(t *testing.T) {
	dir := t.TempDir()
	openBolt(t, dir)
	refused(t, dir, "is in use by another process: stop the other hub, or give this one a data folder of its own")
}

func TestNewerFormat(t *testing.T) {
	dir := t.TempDir()
	openBolt(t, dir).Close()
	tamper(t, dir, func(tx *bbolt.Tx) error { return tx.Bucket(metaBucket).Put(formatKey, sequence(99)) })
	refused(t, dir, "the file has format 99, this hub knows up to 1: install the newer gossip-hub")
}

func TestForeignFile(t *testing.T) {
	dir := t.TempDir()
	tamper(t, dir, func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("another")); return err })
	refused(t, dir, "of another program")
	refused(t, place(t, []byte(strings.Repeat("not a database ", 5000))), restore)
}

// tamper changes the file behind the store's back.
func tamper(t *testing.T, dir string, how func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(filepath.Join(dir, FileName), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(how); err != nil {
		t.Fatal(err)
	}
}

// TestMigrations checks that a file of each older format becomes what a new one is.
func TestMigrations(t *testing.T) {
	for format := range migrations {
		dir := t.TempDir()
		tamper(t, dir, func(tx *bbolt.Tx) error {
			for _, step := range migrations[:format] {
				if err := step(tx); err != nil {
					return err
				}
			}
			if format == 0 {
				return nil
			}
			return tx.Bucket(metaBucket).Put(formatKey, sequence(uint64(format)))
		})
		s, err := Open(dir, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatalf("format %d: %v", format, err)
		}
		fill(t, s, general, 3)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		verify(t, dir)
	}
}
