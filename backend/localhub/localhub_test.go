package localhub

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"gossip/common/id"
)

// programs are the real ones, built once.
var programs string

func TestMain(m *testing.M) {
	if profile := os.Getenv(parentVariable); profile != "" {
		beParent(profile)
	}
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "gossip-localhub")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(folder)
		build := exec.Command("go", "build", "-buildvcs=false", "-o", folder+"/", "gossip/backend/cmd/gossip-cli")
		hub := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(folder, hubProgram), "gossip/signaling")
		for _, cmd := range []*exec.Cmd{build, hub} {
			if out, err := cmd.CombinedOutput(); err != nil {
				panic(fmt.Sprintf("%v: %s", err, out))
			}
		}
		programs = folder
		return m.Run()
	}())
}

func built(program string) (string, error) { return filepath.Join(programs, program), nil }

// run returns a hub of the profile that runs, and a function that ends it and waits.
func run(t *testing.T, profile string, find func(string) (string, error)) (h *Hub, end func()) {
	t.Helper()
	h = New(Options{Profile: profile, Find: find})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Run(ctx)
	}()
	end = func() {
		cancel()
		<-done
	}
	t.Cleanup(end)
	return h, end
}

// until waits for a state of the hub.
func until(t *testing.T, h *Hub, what string, holds func(State) bool) State {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		h.mu.Lock()
		next := h.changed
		h.mu.Unlock()
		if state := h.State(); holds(state) {
			return state
		}
		select {
		case <-next:
		case <-late:
			t.Fatalf("%s: it never was; the hub is %+v", what, h.State())
		}
	}
}

func running(s State) bool { return s.Running }

func answers(address string) bool {
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	return err == nil && conn.Close() == nil
}

func start(t *testing.T, h *Hub) State {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	state, err := h.Start(ctx, "At home")
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// home makes a profile whose hub has a port that no other test's hub takes while it is down.
func home(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	profile := t.TempDir()
	kept := record{Port: listener.Addr().(*net.TCPAddr).Port, Token: id.NewInviteToken().Reveal()}
	if err := kept.write(profile); err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return profile
}

func TestHubIsThereAgain(t *testing.T) {
	profile := home(t)
	h, end := run(t, profile, built)
	if h.State().Running {
		t.Error("it runs before its first start")
	}
	first := start(t, h)
	if !answers(first.Address) || first.Folder != filepath.Join(profile, "hub") {
		t.Errorf("it does not answer: %+v", first)
	}
	invite, err := id.ParseInvite(first.Link)
	if err != nil || invite.Hub == id.NoHub || invite.Token == (id.InviteToken{}) {
		t.Errorf("the link %q says %+v, %v", first.Link, invite, err)
	}
	if again := start(t, h); again != first {
		t.Errorf("a second start changed %+v to %+v", first, again)
	}
	end()
	if answers(first.Address) || h.State().Running {
		t.Error("it answers although the app has ended")
	}
	h, _ = run(t, profile, built)
	if again := until(t, h, "after the next start", running); again != first {
		t.Errorf("it is %+v, and was %+v", again, first)
	}
	if err := h.Stop(); err != nil || answers(first.Address) {
		t.Errorf("it answers after its stop; %v", err)
	}
	h = New(Options{Profile: profile, Find: built})
	h.resume()
	if h.cancel != nil {
		t.Error("a hub that was stopped is there at the next start")
	}
	name, err := os.ReadFile(filepath.Join(profile, "hub", "gossip_server.name"))
	if err != nil || string(name) != "At home\n" {
		t.Errorf("it is called %q, %v", name, err)
	}
}

func TestEchoIsOnIt(t *testing.T) {
	profile := t.TempDir()
	h, _ := run(t, profile, built)
	state := start(t, h)
	me := func(args ...string) *exec.Cmd {
		return exec.Command(filepath.Join(programs, echoProgram), append([]string{"--profile", filepath.Join(profile, "me")}, args...)...)
	}
	if out, err := me("join", state.Address, "--name", "alice").CombinedOutput(); err == nil || !strings.Contains(string(out), "password") {
		t.Fatalf("whoever finds the port is let in: %v\n%s", err, out)
	}
	cli := func(args ...string) string {
		t.Helper()
		out, err := me(args...).Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v: %v\n%s", args, err, exit.Stderr)
		}
		return string(out)
	}
	cli("join", h.Invite(), "--name", "alice")
	late := time.Now().Add(30 * time.Second)
	for !strings.Contains(cli("who"), "Echo") && time.Now().Before(late) {
		continue // Echo joins by itself a moment after the hub is there
	}
	if cli("send", "@Echo", "Anybody there?"); !strings.Contains(cli("listen", "@Echo", "--unread", "--count", "1", "--for", "20s"), "Anybody there?") {
		t.Error("Echo does not answer")
	}
}

// process finds the hub's by its data folder.
func process(t *testing.T, profile string) int {
	t.Helper()
	folders, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range folders {
		text, _ := os.ReadFile(file)
		if strings.Contains(string(text), hubProgram) && strings.Contains(string(text), profile) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			if err != nil {
				t.Fatal(err)
			}
			return pid
		}
	}
	t.Fatal("no process of the hub is there")
	return 0
}

func TestCrashIsMended(t *testing.T) {
	profile := home(t)
	h, _ := run(t, profile, built)
	first := start(t, h)
	hub, err := os.FindProcess(process(t, profile))
	if err == nil {
		err = hub.Kill()
	}
	if err != nil {
		t.Fatal(err)
	}
	crashed := until(t, h, "after the crash", func(s State) bool { return !s.Running })
	if !strings.Contains(crashed.Error, "has stopped") || !strings.Contains(crashed.Error, "again in") {
		t.Errorf("the person is told %q", crashed.Error)
	}
	if again := until(t, h, "after a pause", running); again != first {
		t.Errorf("it is %+v, and was %+v", again, first)
	}
}

// parentVariable makes the test's own program one that runs the hub of a profile until it is killed.
const parentVariable = "TEST_LOCALHUB_PROFILE"

func beParent(profile string) {
	h := New(Options{Profile: profile})
	go h.Run(context.Background())
	state, err := h.Start(context.Background(), "")
	fmt.Println(state.Address, err)
	select {}
}

// TestEndsWithParent: not even an app that is killed leaves its hub behind.
func TestEndsWithParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a child with its parent")
	}
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentVariable+"="+t.TempDir(), "PATH="+programs)
	out, err := parent.StdoutPipe()
	if err == nil {
		err = parent.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	address, _, _ := strings.Cut(line, " ")
	if err != nil || !answers(address) {
		t.Fatalf("the hub does not answer: %q, %v", line, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := parent.Wait(); err == nil {
		t.Error("it was not killed")
	}
	for late := time.Now().Add(20 * time.Second); answers(address); {
		if time.Now().After(late) {
			t.Fatal("the hub answers although its app was killed")
		}
	}
}

func TestPortIsTaken(t *testing.T) {
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	profile := t.TempDir()
	taken := listener.Addr().(*net.TCPAddr).Port
	if err := (record{Port: taken}).write(profile); err != nil {
		t.Fatal(err)
	}
	h, _ := run(t, profile, built)
	_, err = h.Start(t.Context(), "")
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("another program uses port %d", taken)) {
		t.Fatalf("the error is %v", err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	h.trouble = "what was wrong before"
	h.mu.Unlock()
	if state := start(t, h); !strings.HasSuffix(state.Address, ":"+strconv.Itoa(taken)) {
		t.Errorf("it listens at %s, not on port %d", state.Address, taken)
	}
}

func TestNoProgram(t *testing.T) {
	h, _ := run(t, t.TempDir(), nil)
	t.Setenv("PATH", t.TempDir())
	if _, err := h.Start(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "gossip-hub is not installed") {
		t.Errorf("the error is %v", err)
	}
	if h.State() != (State{}) {
		t.Errorf("the hub is %+v", h.State())
	}
}

func TestDamagedRecord(t *testing.T) {
	for _, text := range []string{"{", `{"on":true,"port":99999}`, `[]`, `{"port":1720,"token":"t_short"}`} {
		profile := t.TempDir()
		if err := os.WriteFile(filepath.Join(profile, recordFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if state := New(Options{Profile: profile}).State(); state.Running || !strings.Contains(state.Error, recordFile) {
			t.Errorf("%s: %+v", text, state)
		}
	}
}

func TestParseOpened(t *testing.T) {
	hub := id.HubID{1, 2, 3}
	for line, want := range map[string]int{
		fmt.Sprintf(`time=x level=INFO msg="hub is open" address=0.0.0.0:1720 id=%s data=/x`, hub):  1720,
		fmt.Sprintf(`time=x level=INFO msg="hub is open" address="[::]:99" id=%s data=/x`, hub):     99,
		fmt.Sprintf(`time=x level=INFO msg="hub is open" address=0.0.0.0:x id=%s data=/x`, hub):     0,
		`time=x level=INFO msg="hub is open" address=0.0.0.0:1720 id=nonsense data=/x`:              0,
		fmt.Sprintf(`time=x level=INFO msg="hub is closed" address=0.0.0.0:1720 id=%s data=/`, hub): 0,
	} {
		got, port, ok := parseOpened(line)
		if ok != (want != 0) || port != want || ok && got != hub {
			t.Errorf("%s: %v, %d, %v", line, got, port, ok)
		}
	}
}

func TestBackoff(t *testing.T) {
	if backoff(0) != time.Second || backoff(3) != 8*time.Second || backoff(1000) != time.Minute {
		t.Errorf("pauses of %v, %v, %v", backoff(0), backoff(3), backoff(1000))
	}
}
