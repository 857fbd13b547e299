//go:build unix

package store

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The tests below run this test binary again as another process; the variable says which part it plays.
const playVariable = "GOSSIP_STORE_TEST_PLAY"

func TestMain(m *testing.M) {
	play, path, _ := strings.Cut(os.Getenv(playVariable), " ")
	plays := map[string]func(string) error{"write": playWriter, "fill": playFiller}
	if do := plays[play]; do != nil {
		if err := do(path); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(t *testing.T, play, path string) *exec.Cmd {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), playVariable+"="+play+" "+path)
	command.Stderr = os.Stderr
	return command
}

// playWriter writes rows for ever and says each number once it is committed. Each transaction has two rows, to see
// that none is torn.
func playWriter(path string) error {
	s, err := Open(path, testKey)
	if err != nil {
		return err
	}
	fmt.Println("open")
	for {
		var number uint64
		err := s.Update(func(tx *Tx) (err error) {
			if number, err = tx.Bucket("a").NextSequence(); err != nil {
				return err
			}
			value := make([]byte, rand.IntN(9000))
			return errors.Join(tx.Bucket("a").Put(fmt.Appendf(nil, "%08d", number), value), tx.Bucket("b").Put(fmt.Appendf(nil, "%08d", number), value))
		})
		if err != nil {
			return err
		}
		fmt.Println(number)
	}
}

// TestKilledWriter kills a writing process at random times: what it said is committed is there, whole, and the store
// opens again at once.
func TestKilledWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	committed := 0
	for range 15 {
		committed = max(committed, runAndKill(t, path, time.Duration(random.IntN(60_000))*time.Microsecond))
		s, err := Open(path, testKey)
		if err != nil {
			t.Fatalf("after %d commits: %v", committed, err)
		}
		view(t, s, func(tx *Tx) error {
			for number := 1; number <= committed; number++ {
				a, errA := tx.Bucket("a").Get(fmt.Appendf(nil, "%08d", number))
				b, errB := tx.Bucket("b").Get(fmt.Appendf(nil, "%08d", number))
				if a == nil || b == nil || len(a) != len(b) || errA != nil || errB != nil {
					t.Fatalf("of %d commits number %d has rows of %d and %d bytes: %v, %v", committed, number, len(a), len(b), errA, errB)
				}
			}
			return nil
		})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if committed == 0 {
		t.Error("no child got as far as one commit")
	}
}

// runAndKill returns the last number that the child said.
func runAndKill(t *testing.T, path string, after time.Duration) (last int) {
	t.Helper()
	command := child(t, "write", path)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan() // "open"
	time.AfterFunc(after, func() { command.Process.Kill() })
	for lines.Scan() {
		fmt.Sscan(lines.Text(), &last)
	}
	command.Wait() // killed: its error says so
	return last
}

// playFiller writes until the file may not grow any more, and then looks at what is left.
func playFiller(path string) error {
	signal.Ignore(syscall.SIGXFSZ) // so that writing says EFBIG, as a full disk says ENOSPC
	s, err := Open(path, testKey)
	if err != nil {
		return err
	}
	limit := syscall.Rlimit{Cur: 1 << 20, Max: 1 << 20}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	written := 0
	for ; err == nil && written < 1000; written++ {
		err = s.Update(func(tx *Tx) error { return tx.Bucket("a").Put(fmt.Appendf(nil, "%08d", written), make([]byte, 10_000)) })
	}
	if !errors.Is(err, ErrDiskFull) {
		return fmt.Errorf("at the limit: %w", err)
	}
	fmt.Println(err)
	count := 0
	err = s.View(func(tx *Tx) (err error) { count, err = tx.Bucket("a").Len(); return err })
	if err != nil || count != written-1 {
		return fmt.Errorf("%d rows after %d commits: %w", count, written-1, err)
	}
	// Deleting makes room inside the file: the store works again without being opened anew.
	return s.Update(func(tx *Tx) error {
		for i := range count / 2 {
			if err := tx.Bucket("a").Delete(fmt.Appendf(nil, "%08d", i)); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	out, err := child(t, "fill", path).Output()
	if err != nil || !strings.Contains(string(out), "the disk is full") {
		t.Fatalf("the child said %q, %v", out, err)
	}
	s := openTest(t, path)
	view(t, s, func(tx *Tx) error {
		count, err := tx.Bucket("a").Len()
		if count == 0 {
			t.Error("nothing was kept")
		}
		return err
	})
}
