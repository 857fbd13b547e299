package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gossip/backend/media"
	"gossip/backend/media/mediatest"
)

// program is gossip-cli running with a person's profile.
type program struct {
	*exec.Cmd
	t    *testing.T
	out  bytes.Buffer
	said chan string // lines of standard error
	errs io.ReadCloser
}

func start(t *testing.T, dir, name string, args ...string) *program {
	t.Helper()
	p := &program{Cmd: exec.Command("gossip-cli", append([]string{"--profile", filepath.Join(dir, name), "--json"}, args...)...), t: t, said: make(chan string, 1000)}
	p.Stdout = &p.out
	var err error
	if p.errs, err = p.StderrPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.said)
		for lines := bufio.NewScanner(p.errs); lines.Scan(); {
			p.said <- lines.Text()
		}
	}()
	t.Cleanup(func() { p.Process.Kill() }) // an error says that it has ended
	return p
}

// waitFor waits until the program has said something.
func (p *program) waitFor(text string) {
	p.t.Helper()
	late := time.After(30 * time.Second)
	for {
		select {
		case line, more := <-p.said:
			if !more {
				p.t.Fatalf("%s ended before it said %q", p.Args[4], text)
			}
			p.t.Logf("%s: %s", filepath.Base(p.Args[2]), line)
			if strings.Contains(line, text) {
				return
			}
		case <-late:
			p.t.Fatalf("%q was not said", text)
		}
	}
}

// end waits for the program's end and returns its exit code; result is set to the last line of its output.
func (p *program) end(result any) int {
	p.t.Helper()
	for line := range p.said {
		p.t.Logf("%s: %s", filepath.Base(p.Args[2]), line)
	}
	err := p.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(p.out.String()), "\n")
	if result != nil && len(lines[0]) > 0 {
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), result); err != nil {
			p.t.Fatalf("%v in %s", err, p.out.String())
		}
	}
	return p.ProcessState.ExitCode()
}

func (p *program) interrupt() {
	p.t.Helper()
	if err := p.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
}

// hasSound reports whether this was built with a C compiler.
func hasSound() bool {
	machine := media.New(media.Options{})
	defer machine.Close()
	microphone, err := machine.Microphone(media.TestDevice)
	if err == nil {
		microphone.Close()
	}
	return !errors.Is(err, media.ErrNoMedia)
}

// needSound skips what takes time and sound.
func needSound(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("talks for some seconds")
	}
	if !hasSound() {
		t.Skip(media.ErrNoMedia)
	}
}

// startHub runs a hub with the profiles of some people.
func startHub(t *testing.T, people ...string) (hub *hubProcess, dir string) {
	t.Helper()
	dir = t.TempDir()
	hub = &hubProcess{program: buildHub(t), data: filepath.Join(dir, "hub"), log: filepath.Join(dir, "hub.log"), login: make(chan struct{})}
	if err := hub.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hub.kill)
	for _, name := range people {
		if code := start(t, dir, name, "join", hub.address, "--name", name).end(nil); code != exitOK {
			t.Fatalf("%s can't join: exit code %d", name, code)
		}
	}
	return hub, dir
}

// TestCallEcho has two programs and a hub: Echo, and somebody who calls it with speech and a picture, and records what
// comes back.
func TestCallEcho(t *testing.T) {
	needSound(t)
	_, dir := startHub(t, "alice", "carol", "Echo")
	said := speech(1, 4)
	wav, record := filepath.Join(dir, "said.wav"), filepath.Join(dir, "heard.wav")
	if err := media.WriteWAV(wav, said); err != nil {
		t.Fatal(err)
	}
	echo := start(t, dir, "Echo", "echo")
	echo.waitFor("is online")

	carol := start(t, dir, "carol", "send", "@Echo", "Who is there?", "--wait", "read")
	if code := carol.end(nil); code != exitOK {
		t.Fatalf("carol says nothing to Echo: exit code %d", code)
	}
	stranger := start(t, dir, "alice", "call", "@Echo", "--wav", wav, "--record", record)
	stranger.waitFor("calling @Echo")
	stranger.interrupt()
	var unheard talked
	if code := stranger.end(&unheard); code != exitInterrupted || unheard.Connected {
		t.Fatalf("a stranger's call that rings nowhere: exit code %d, %+v", code, unheard)
	}
	if _, err := os.Stat(record); err == nil {
		t.Error("what nobody said was recorded")
	}
	answer := start(t, dir, "alice", "listen", "@Echo", "--unread", "--count", "1", "--for", "30s")
	if code := answer.end(nil); code != exitOK || !strings.Contains(answer.out.String(), mayCallNow) {
		t.Fatalf("Echo does not say that one may call again: %s", answer.out.String())
	}

	var result talked
	call := start(t, dir, "alice", "call", "@Echo", "--wav", wav, "--record", record, "--video", "test", "--seconds", "7.5")
	call.waitFor("connected")
	var busy talked
	another := start(t, dir, "carol", "call", "@Echo", "--wav", "test", "--record", filepath.Join(dir, "none.wav"))
	if code := another.end(&busy); code != exitRefused || busy.Ended != "they are in another call" {
		t.Errorf("somebody else calls Echo meanwhile: exit code %d, %+v", code, busy)
	}
	if code := call.end(&result); code != exitOK || !result.Connected || len(result.Participants) != 1 {
		t.Fatalf("exit code %d, %+v", code, result)
	}
	checkAnswer(t, said, record)
	checkFigures(t, &result.Participants[0])
	if result.Sources != 2 || result.Encoders != 2 {
		t.Errorf("%d encoders for %d sources", result.Encoders, result.Sources)
	}

	echo.waitFor("took the call of alice")
	echo.interrupt()
	var heard spoken
	if code := echo.end(&heard); code != exitOK || heard.FromName != "alice" || heard.Frames == 0 || heard.Seconds < 5 {
		t.Errorf("Echo ends with exit code %d and says %+v", code, heard)
	}
	t.Logf("Echo got %d packets, %d frames; %d of %d samples were lost", heard.Packets, heard.Frames, heard.Concealed, heard.Samples)
}

// TestCallChannel has two people in the call of a channel, who hear each other; one is interrupted, the other hangs up later.
func TestCallChannel(t *testing.T) {
	needSound(t)
	_, dir := startHub(t, "alice", "bob")
	voices := map[string][]float32{"alice": speech(3, 3), "bob": speech(4, 3)}
	join := func(name string, more ...string) *program {
		wav := filepath.Join(dir, name+".wav")
		if err := media.WriteWAV(wav, voices[name]); err != nil {
			t.Fatal(err)
		}
		return start(t, dir, name, append([]string{"call", "#general", "--wav", wav, "--record", filepath.Join(dir, name+"-heard.wav")}, more...)...)
	}
	alice := join("alice")
	alice.waitFor("calling #general")
	bob := join("bob", "--seconds", "4.5")
	var of, and talked
	if code := bob.end(&of); code != exitOK || !of.Connected || of.Ended != "the time was over" {
		t.Fatalf("bob: exit code %d, %+v", code, of)
	}
	alice.interrupt()
	if code := alice.end(&and); code != exitOK || !and.Connected || and.Ended != "interrupted" || and.Call != of.Call {
		t.Fatalf("alice: exit code %d, %+v", code, and)
	}
	for name, other := range map[string]string{"alice": "bob", "bob": "alice"} {
		heard, err := media.ReadWAV(filepath.Join(dir, name+"-heard.wav"))
		if err != nil {
			t.Fatal(err)
		}
		correlation, later := alike(voices[other], heard)
		t.Logf("%s heard %s: aligned correlation %.3f, %.2f s into %.2f s", name, other, correlation, float64(later)/hertz, float64(len(heard))/hertz)
		if correlation <= 0.8 {
			t.Errorf("%s did not hear what %s said: correlation %.3f", name, other, correlation)
		}
	}
}

// TestCallScreen shows Echo the screen, which it had not turned on, and then has Echo end a call.
func TestCallScreen(t *testing.T) {
	needSound(t)
	mediatest.Display(t, "640x360")
	_, dir := startHub(t, "alice", "Echo")
	echo := start(t, dir, "Echo", "echo")
	echo.waitFor("is online")
	if code := start(t, dir, "alice", "send", "@Echo", "May I call?", "--wait", "read").end(nil); code != exitOK {
		t.Fatalf("alice says nothing to Echo: exit code %d", code)
	}
	record := filepath.Join(dir, "heard.wav")
	var result talked
	if code := start(t, dir, "alice", "call", "@Echo", "--wav", "test", "--record", record, "--video", "screen", "--seconds", "6").end(&result); code != exitOK {
		t.Fatalf("exit code %d, %+v", code, result)
	}
	if len(result.Participants) != 1 || result.Participants[0].Keyframes == 0 {
		t.Errorf("the screen does not come back: %+v", result)
	}
	call := start(t, dir, "alice", "call", "@Echo", "--wav", "test", "--record", record)
	call.waitFor("connected")
	echo.interrupt()
	if code := echo.end(nil); code != exitOK {
		t.Errorf("Echo ends with exit code %d", code)
	}
	result = talked{}
	if code := call.end(&result); code != exitOK || !result.Connected || result.Ended != "the other hung up" {
		t.Errorf("Echo goes: exit code %d, %+v", code, result)
	}
}

// checkAnswer compares what was recorded with what was said.
func checkAnswer(t *testing.T, said []float32, record string) {
	t.Helper()
	heard, err := media.ReadWAV(record)
	if err != nil {
		t.Fatal(err)
	}
	correlation, later := alike(said, heard)
	t.Logf("aligned correlation %.3f, %.2f s into the recording of %.2f s", correlation, float64(later)/hertz, float64(len(heard))/hertz)
	if correlation <= 0.8 {
		t.Errorf("what comes back is not what was said: correlation %.3f", correlation)
	}
	if later < 2*hertz-hertz/4 || later > 4*hertz {
		t.Errorf("it comes back after %.2f s", float64(later)/hertz)
	}
}

// checkFigures looks at the figures of a call over the loopback.
func checkFigures(t *testing.T, f *companion) {
	t.Helper()
	t.Logf("round trip %.2f ms, jitter %.2f ms, loss %.1f %%, %d kbit/s in, %d packets, %d frames (%d keyframes, %d dropped), %d of %d samples concealed, %.0f ms delay, %s",
		f.RoundTrip, f.Jitter, 100*f.Loss, f.BitrateIn/1000, f.Packets, f.Frames, f.Keyframes, f.FramesDropped, f.Concealed, f.Samples, f.Delay, f.Path)
	for what, wrong := range map[string]bool{
		"name":       f.Name != "Echo",
		"path":       f.Path != "direct",
		"round trip": f.RoundTrip <= 0 || f.RoundTrip > 1000,
		"jitter":     f.Jitter <= 0 || f.Jitter > 500,
		"loss":       f.Loss > 0.1 || f.PacketsLost > 10,
		"bitrate":    f.BitrateIn < 50_000,
		"packets":    f.Packets < 200,
		"frames":     f.Frames < 30 || f.Keyframes == 0,
		"concealed":  f.Samples < 3*hertz || float64(f.Concealed) > 0.1*float64(f.Samples),
	} {
		if wrong {
			t.Errorf("the figures are wrong: %s", what)
		}
	}
}

// TestWithoutSound builds the program without a C compiler.
func TestWithoutSound(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	bare := filepath.Join(t.TempDir(), "gossip-cli")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", bare, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(bare, "call", "@Echo", "--wav", "test").CombinedOutput()
	exit := (*exec.ExitError)(nil)
	if !errors.As(err, &exit) || exit.ExitCode() != exitFailure || string(out) != "gossip-cli: "+media.ErrNoMedia.Error()+"\n" {
		t.Errorf("says %q: %v", out, err)
	}
}
