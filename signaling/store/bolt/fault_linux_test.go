package bolt

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"gossip/common/id"
	"gossip/signaling/store"
)

// disk is the file of a store whose writes can be made to fail with the errors of the operating system.
type disk struct {
	file *os.File
	good int // a second descriptor of the real file
}

func openOnDisk(t *testing.T, dir string) (*Store, *disk) {
	t.Helper()
	d := &disk{good: -1}
	o := options()
	o.OpenFile = func(name string, flag int, mode os.FileMode) (file *os.File, err error) {
		d.file, err = os.OpenFile(name, flag, mode)
		return d.file, err
	}
	s, err := open(dir, slog.New(slog.DiscardHandler), o)
	if err != nil {
		t.Fatal(err)
	}
	if d.good, err = syscall.Dup(int(d.file.Fd())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		syscall.Close(d.good)
		verify(t, dir)
	})
	return s, d
}

// become lets every write go to another file, opened for reading only; reads are of the mapped memory and go on.
func (d *disk) become(t *testing.T, path string) {
	t.Helper()
	other, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := syscall.Dup3(int(other.Fd()), int(d.file.Fd()), 0); err != nil {
		t.Fatal(err)
	}
}

func (d *disk) mend(t *testing.T) {
	t.Helper()
	if err := syscall.Dup3(d.good, int(d.file.Fd()), 0); err != nil {
		t.Fatal(err)
	}
}

// TestDiskFails takes the disk from a running store, once so that no page can be written (EBADF) and once so that the
// file cannot grow either: whatever waits gets the error, reading goes on, nothing that
// failed is there, and as soon as it is back everything works, with no sequence missing.
func TestDiskFails(t *testing.T) {
	dir := t.TempDir()
	s, d := openOnDisk(t, dir)
	fill(t, s, general, 100)
	version, err := s.Set("user", "alice", 0, []byte("before"))
	if err != nil {
		t.Fatal(err)
	}
	for round, failing := range []string{filepath.Join(dir, FileName), "/dev/full", filepath.Join(dir, FileName)} {
		d.become(t, failing)
		s.Ack(general, id.DeviceID{1}, uint64(50+round))
		allFail(t, s, version)
		if found, err := s.Read(general, 0, 1000, 1<<20); err != nil || len(found) != 100+round {
			t.Fatalf("%d entries, %v", len(found), err)
		}
		d.mend(t)
		p, err := appendOne(s, store.Entry{ID: id.MessageID{byte(round), 1}, Frame: []byte("after")})
		if err != nil || p.Seq != uint64(101+round) || p.Duplicate {
			t.Fatalf("after the disk was mended: %+v, %v", p, err)
		}
	}
	if r, err := s.Get("user", "alice"); err != nil || string(r.Value) != "before" {
		t.Fatalf("record %q, %v", r.Value, err)
	}
	if _, err := s.Set("user", "alice", version, []byte("after")); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if seq, _ := openBolt(t, dir).Cursor(general, id.DeviceID{1}); seq != 52 {
		t.Fatalf("the cursor that the failing disk held up is at %d", seq)
	}
}

// allFail writes in every way, many at once, and wants the disk's error each time.
func allFail(t *testing.T, s *Store, version uint64) {
	t.Helper()
	const appends = 200
	answered := make(chan error, appends)
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := s.Set("user", "alice", version, []byte("lost")); !isDisk(err) {
			t.Errorf("Set: %v", err)
		}
	})
	wg.Go(func() {
		if _, err := s.Trim(general, 50); !isDisk(err) {
			t.Errorf("Trim: %v", err)
		}
	})
	for range appends {
		s.Append(general, store.Entry{ID: id.NewMessageID(), Frame: make([]byte, 500)}, func(_ store.Position, err error) { answered <- err })
	}
	for range appends {
		if err := <-answered; !isDisk(err) {
			t.Fatalf("Append: %v", err)
		}
	}
	wg.Wait()
	if err := s.flush(); !isDisk(err) {
		t.Errorf("flush: %v", err)
	}
}

func isDisk(err error) bool {
	return err != nil && strings.Contains(err.Error(), "the hub cannot write to its disk")
}
