package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// hubProcess is a hub in a process of its own, which can be killed and started again.
type hubProcess struct {
	program string   // path of the built hub
	data    string   // its folder
	log     string   // path of a file that its log is appended to
	address string   // host:port once it has started; kept for the next start
	flags   []string // given at each start

	running *exec.Cmd
	copied  chan error // the log's end

	mu     sync.Mutex // guards the following
	logins int
	marked int           // logins at the last mark
	login  chan struct{} // closed and replaced with each login
}

// mark begins to count logins anew.
func (h *hubProcess) mark() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.marked = h.logins
}

// connected waits until the hub has let devices in n times since the last mark.
func (h *hubProcess) connected(n int) error {
	late := time.After(30 * time.Second)
	for {
		h.mu.Lock()
		logins, next := h.logins-h.marked, h.login
		h.mu.Unlock()
		if logins >= n {
			return nil
		}
		select {
		case <-next:
		case <-late:
			return fmt.Errorf("%d devices have connected, not %d", logins, n)
		}
	}
}

func (h *hubProcess) countLogin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.logins++
	close(h.login)
	h.login = make(chan struct{})
}

// start runs the hub, at first on a free port and later on the same, and returns when it listens.
func (h *hubProcess) start(flags ...string) error {
	port := "0"
	if h.address != "" {
		_, port, _ = net.SplitHostPort(h.address)
	}
	cmd := exec.Command(h.program, append([]string{"-d", "-p", port, "--data", h.data}, append(flags, h.flags...)...)...)
	errs, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	h.running, h.copied = cmd, make(chan error, 1)
	opened := make(chan string, 1)
	go func() { h.copied <- h.copyLog(errs, opened) }()
	h.address = <-opened
	if h.address == "" {
		return errors.Join(errors.New("the hub did not start: see hub.log"), h.wait())
	}
	return nil
}

var listening = regexp.MustCompile(`hub is open.* address=(\S+)`)

// copyLog appends the log to its file, and tells the address that stands in it; "" when the log ends without.
func (h *hubProcess) copyLog(from io.Reader, opened chan<- string) error {
	defer close(opened)
	file, err := os.OpenFile(h.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			opened <- found[1]
		}
		if strings.Contains(lines.Text(), `msg="device connected"`) {
			h.countLogin()
		}
		fmt.Fprintln(file, lines.Text())
	}
	return lines.Err()
}

// wait returns when the process is gone and its log is written.
func (h *hubProcess) wait() error {
	return errors.Join(<-h.copied, h.running.Wait())
}

func (h *hubProcess) kill() {
	if h.running != nil {
		h.running.Process.Kill()
		h.wait() // "signal: killed"
		h.running = nil
	}
}

func (h *hubProcess) stop() error {
	if h.running == nil {
		return nil
	}
	err := errors.Join(h.running.Process.Signal(syscall.SIGTERM), h.wait())
	h.running = nil
	return err
}

// jsonCommand is the script command json: every line of standard output must be an object, and in one the field must match.
func jsonCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: json PATH PATTERN")
	}
	pattern, err := regexp.Compile("^(?:" + args[1] + ")$")
	ts.Check(err)
	found := false
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			ts.Fatalf("not a JSON object: %s: %v", line, err)
		}
		found = found || pattern.MatchString(field(object, args[0]))
	}
	if found == neg {
		ts.Fatalf("json %s %s: found %v in\n%s", args[0], args[1], found, ts.ReadFile("stdout"))
	}
}

// field returns what stands at a path as "hubs.0.state", "" where nothing does.
func field(value any, path string) string {
	for step := range strings.SplitSeq(path, ".") {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[step]
		case []any:
			var index int
			if _, err := fmt.Sscan(step, &index); err != nil || index >= len(inner) {
				return ""
			}
			value = inner[index]
		}
	}
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
