package localhub

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"gossip/common/id"
)

// The programs that run.
const (
	hubProgram  = "gossip-hub"
	echoProgram = "gossip-cli"
)

const (
	usualPort  = 1720
	closing    = 4 * time.Second // for a process that was asked to end
	settled    = time.Minute     // after which a process counts as one that works
	maxLogLine = 64 << 10        // bytes
)

// find looks for a program beside this one, then on the PATH.
func find(program string) (string, error) {
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if own, err := os.Executable(); err == nil {
		if own, err = filepath.EvalSymlinks(own); err == nil {
			beside := filepath.Join(filepath.Dir(own), program)
			if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
				return beside, nil
			}
		}
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("the program %s is not installed beside this one; install the whole of Gossip and try again", program)
	}
	return path, nil
}

// keep runs the hub and Echo, and starts what ends by itself again after a pause, until ctx ends.
func (h *Hub) keep(ctx context.Context) {
	runtime.LockOSThread() // a child ends with the thread that started it: see endWithParent
	defer h.set(func() { h.running = false })
	for failures := 0; ctx.Err() == nil; failures++ {
		begun := time.Now()
		err := h.runHub(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(begun) > settled {
			failures = 0
		}
		pause := backoff(failures)
		h.log.Warn("the hub on this computer has ended", "error", err, "again in", pause)
		h.note(fmt.Sprintf("your own hub has stopped: %v. It is tried again in %s", err, pause))
		rest(ctx, pause)
	}
}

// rest waits, or until ctx ends.
func rest(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// port is where the hub is to listen: where it always does, else on the usual port, else on a free one (0).
func (h *Hub) port() (int, error) {
	h.mu.Lock()
	kept := h.record.Port
	h.mu.Unlock()
	switch {
	case kept != 0 && !free(kept):
		return 0, fmt.Errorf("another program uses port %d, where the people of your hub look for it; close that program", kept)
	case kept != 0:
		return kept, nil
	case free(usualPort):
		return usualPort, nil
	}
	return 0, nil
}

// runHub runs the hub until it ends.
func (h *Hub) runHub(ctx context.Context) error {
	program, err := h.options.Find(hubProgram)
	if err != nil {
		return err
	}
	port, err := h.port()
	if err != nil {
		return err
	}
	err = h.serve(ctx, program, port)
	h.mu.Lock()
	opened := h.record.Port != 0
	h.mu.Unlock()
	if err != nil && !opened && port != 0 && ctx.Err() == nil {
		h.log.Info("the usual port is taken, so the hub takes a free one", "error", err)
		return h.serve(ctx, program, 0)
	}
	return err
}

// serve runs the hub on a port until it ends, and Echo as long as it listens.
func (h *Hub) serve(ctx context.Context, program string, port int) error {
	var echo sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	defer echo.Wait()
	defer cancel()
	data := filepath.Join(h.options.Profile, hubFolder)
	hub := h.command(ctx, program, "-h", "0.0.0.0", "-p", strconv.Itoa(port), "--data", data)
	return h.run(hub, func(line string) error {
		hubID, port, ok := parseOpened(line)
		if !ok {
			return nil
		}
		if err := h.opened(hubID, port); err != nil {
			return err
		}
		echo.Go(func() { h.keepEcho(ctx) })
		return nil
	})
}

// keepEcho runs the Echo contact until ctx ends. A hub without it works, so its troubles are for the log.
func (h *Hub) keepEcho(ctx context.Context) {
	runtime.LockOSThread()
	for failures := 0; ctx.Err() == nil; failures++ {
		begun := time.Now()
		err := h.runEcho(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(begun) > settled {
			failures = 0
		}
		h.log.Warn("the Echo contact has ended", "error", err)
		rest(ctx, backoff(failures))
	}
}

// runEcho has Echo join, at the first time or because the hub listens elsewhere now, and answer.
func (h *Hub) runEcho(ctx context.Context) error {
	program, err := h.options.Find(echoProgram)
	if err != nil {
		return err
	}
	profile := filepath.Join(h.options.Profile, echoFolder)
	h.mu.Lock()
	invite := h.record.invite("127.0.0.1", h.hub)
	h.mu.Unlock()
	invite.Token = id.InviteToken{} // the environment has it
	if err := h.run(h.command(ctx, program, "--profile", profile, "join", invite.Link(), "--name", "Echo"), nil); err != nil {
		return err
	}
	return h.run(h.command(ctx, program, "--profile", profile, "echo"), nil)
}

// command is a child that ends with ctx: asked first, killed when that takes long. It finds the hub's password in its
// environment, where other users of the machine can't read it.
func (h *Hub) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	h.mu.Lock()
	cmd.Env = append(environment(), "GOSSIP_PASSWORD="+h.record.Token)
	h.mu.Unlock()
	cmd.Cancel = func() error { return interrupt(cmd.Process) }
	cmd.WaitDelay = closing
	endWithParent(cmd)
	return cmd
}

// environment is this program's without what is meant for its own profile and hub.
func environment() []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GOSSIP_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

// interrupt asks a process to end. Windows has no way to ask.
func interrupt(process *os.Process) error {
	if runtime.GOOS == "windows" {
		return process.Kill()
	}
	return process.Signal(syscall.SIGTERM)
}

// run runs a child until it ends, hands each line of its log on, and returns its last words when it fails.
func (h *Hub) run(cmd *exec.Cmd, line func(string) error) error {
	log, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	last, refused := h.follow(log, line)
	if refused != nil {
		_ = interrupt(cmd.Process) // it may have ended by itself
	}
	err = cmd.Wait()
	switch {
	case refused != nil:
		return refused
	case err == nil:
		return nil
	case last != "":
		return errors.New(last)
	}
	return err
}

// follow reads a child's log to its end and returns the last line, or the first error of line.
func (h *Hub) follow(log io.Reader, line func(string) error) (last string, refused error) {
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, maxLogLine)
	for lines.Scan() {
		last = lines.Text()
		h.log.Debug("local hub", "line", last)
		if line == nil {
			continue
		}
		if refused = line(last); refused != nil {
			return last, refused
		}
	}
	_, _ = io.Copy(io.Discard, log) // after a line that is too long, so that the child is not held up
	return strings.TrimSuffix(last, "."), nil
}

var openedLine = regexp.MustCompile(`msg="hub is open" address="?\S*:(\d+)"? id=(\S+)`)

// parseOpened reads the line by which a hub says where it listens.
func parseOpened(line string) (hub id.HubID, port int, ok bool) {
	match := openedLine.FindStringSubmatch(line)
	if match == nil {
		return hub, 0, false
	}
	port, err := strconv.Atoi(match[1])
	if err != nil || hub.UnmarshalText([]byte(match[2])) != nil {
		return id.NoHub, 0, false
	}
	return hub, port, true
}
