package storetest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"gossip/signaling/store"
)

// crashFolder is the environment variable that tells the test binary to be the child of testCrash.
const crashFolder = "GOSSIP_STORETEST_CRASH_FOLDER"

// inFlight is how many appends the child has under way, so that kills hit between and inside of commits.
const inFlight = 64

// trimEvery is after how many appends the child trims.
const trimEvery = 500

// progress is what a child has said is on disk.
type progress struct {
	acked   map[int]uint64 // entry number to sequence
	trimmed uint64         // everything up to it was trimmed
	counted int            // the value of the record "counter"
}

// testCrash kills a process with SIGKILL, at a random point of its work, again and again in the same folder:
// everything that it said was on disk is there each time, in order, once, and nothing that it trimmed has come back.
func testCrash(t *testing.T, open Open) {
	rounds := 15
	if testing.Short() {
		rounds = 4
	}
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	said := progress{acked: make(map[int]uint64)}
	for round := range rounds {
		runChild(t, dir, 1+random.IntN(3000), &said)
		s := open(t, dir)
		if err := said.check(s); err != nil {
			t.Fatalf("seed %d, kill %d: %v", seed, round+1, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(said.acked) == 0 || said.trimmed == 0 || said.counted == 0 {
		t.Fatalf("the children did too little: %d appends, trimmed to %d, counted to %d", len(said.acked), said.trimmed, said.counted)
	}
}

// runChild starts the child, kills it when it has said so many lines, and notes all that it said.
func runChild(t *testing.T, dir string, lines int, said *progress) {
	t.Helper()
	top, _, _ := strings.Cut(t.Name(), "/")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+regexp.QuoteMeta(top)+"$", "-test.v=false")
	child.Env = append(os.Environ(), crashFolder+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	output := bufio.NewReader(out)
	for ; ; lines-- {
		if lines == 0 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		line, err := output.ReadString('\n')
		if err != nil { // a last line without its end was cut off by the kill
			break
		}
		if err := said.note(line); err != nil {
			t.Fatal(err)
		}
	}
	child.Wait() // its error is the kill
	if lines > 0 {
		t.Fatalf("the child ended by itself, %d lines too early", lines)
	}
}

// note takes one line of the child.
func (p *progress) note(line string) error {
	var n int
	var seq uint64
	switch {
	case scan(line, "acked %d %d\n", &n, &seq):
		p.acked[n] = seq
	case scan(line, "trimmed %d\n", &seq):
		p.trimmed = seq
	case scan(line, "counted %d\n", &n):
		p.counted = n
	default:
		return fmt.Errorf("the child said %q", line)
	}
	return nil
}

func scan(line, format string, values ...any) bool {
	n, err := fmt.Sscanf(line, format, values...)
	return err == nil && n == len(values)
}

// check compares what was said with what is there.
func (p *progress) check(s store.Store) error {
	found, err := s.Read(general, 0, 1<<30, 1<<30)
	if err != nil {
		return err
	}
	held := make(map[int]uint64)
	last, size := uint64(0), int64(0)
	for _, e := range found {
		n := int(e.ID[0])<<24 | int(e.ID[1])<<16 | int(e.ID[2])<<8 | int(e.ID[3])
		if _, twice := held[n]; twice || e.Seq <= last || e.ID != message(n) || !bytes.Equal(e.Frame, frame(n)) {
			return fmt.Errorf("entry %d at %d after %d: %q", n, e.Seq, last, e.Frame)
		}
		held[n], last, size = e.Seq, e.Seq, size+int64(len(e.Frame))
	}
	for n, seq := range p.acked {
		at, ok := held[n]
		if ok && (at != seq || seq <= p.trimmed) || !ok && seq > p.trimmed+trimEvery {
			return fmt.Errorf("entry %d was acknowledged at %d, trimmed to %d, and is held: %v, at %d", n, seq, p.trimmed, ok, at)
		}
	}
	first, end, bytes, err := s.Bounds(general)
	if err != nil || end < last || bytes != size || len(found) == 0 || first != found[0].Seq {
		return fmt.Errorf("bounds %d to %d with %d bytes, %v; want the end %d with %d", first, end, bytes, err, last, size)
	}
	p.trimmed = max(p.trimmed, first-1) // a trim may be on disk and not said
	return p.checkCounter(s)
}

func (p *progress) checkCounter(s store.Store) error {
	r, err := s.Get("counter", "n")
	if errors.Is(err, store.ErrNotFound) && p.counted == 0 {
		return nil
	}
	n, errNumber := strconv.Atoi(string(r.Value))
	if err != nil || errNumber != nil || n < p.counted || n > p.counted+1 {
		return fmt.Errorf("counted %q, %v; the child said %d", r.Value, err, p.counted)
	}
	p.counted = n
	return nil
}

// appendUntilKilled is the child: it appends, trims and counts, and says on standard output what is done.
func appendUntilKilled(t *testing.T, s store.Store) {
	_, last, _, err := s.Bounds(general)
	if err != nil {
		t.Fatal(err)
	}
	slots := make(chan struct{}, inFlight)
	for n := int(last); ; n++ {
		slots <- struct{}{}
		s.Append(general, entry(n), func(p store.Position, err error) {
			say(t, err, "acked %d %d\n", n, p.Seq)
			<-slots
		})
		if n%trimEvery == trimEvery-1 {
			upTo := uint64(n - trimEvery/2)
			_, err := s.Trim(general, upTo)
			say(t, err, "trimmed %d\n", upTo)
		}
		if n%50 == 49 {
			count(t, s)
		}
	}
}

func count(t *testing.T, s store.Store) {
	r, err := s.Get("counter", "n")
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	n, _ := strconv.Atoi(string(r.Value))
	_, err = s.Set("counter", "n", r.Version, strconv.AppendInt(nil, int64(n+1), 10))
	say(t, err, "counted %d\n", n+1)
}

// say writes one line in one write, so that a kill never mixes two.
func say(t *testing.T, err error, format string, values ...any) {
	line := fmt.Sprintf(format, values...)
	if err != nil {
		line = fmt.Sprintf("failed: %v\n", err)
	}
	if _, err := io.WriteString(os.Stdout, line); err != nil {
		t.Error(err)
	}
}
