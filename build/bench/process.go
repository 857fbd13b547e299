package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a running hub.
type process struct {
	command *exec.Cmd
	address string
	data    string
	flags   []string // beside those that all hubs get
	logged  *bufio.Scanner
}

// The hub's limits are out of the way of the load: it is not those that are measured.
var raised = []string{
	"--limit-packets-per-second", "100000", "--limit-packet-burst", "100000", "--limit-handshakes", "100000",
	"--limit-connections-per-address", "100000", "--limit-authentication", "1m",
}

var opened = regexp.MustCompile(`msg="hub is open" address=(\S+)`)

// startHub starts a hub with an empty data folder on a free port.
func (b *bench) startHub(flags ...string) (*process, error) {
	data, err := os.MkdirTemp(b.work, "hub-")
	if err != nil {
		return nil, err
	}
	p := &process{data: data, flags: flags}
	return p, p.start(b.hub)
}

func (p *process) start(program string) error {
	p.command = exec.Command(program, slices.Concat([]string{"-p", "0", "--data", p.data}, raised, p.flags)...)
	output, err := p.command.StderrPipe()
	if err != nil {
		return err
	}
	if err := p.command.Start(); err != nil {
		return fmt.Errorf("start the hub (make hub builds it): %w", err)
	}
	p.logged = bufio.NewScanner(output)
	for p.logged.Scan() {
		if found := opened.FindStringSubmatch(p.logged.Text()); found != nil {
			p.address = found[1]
			go p.passOn()
			return nil
		}
	}
	return errors.New("the hub did not open")
}

// passOn shows what the hub warns of, until it ends.
func (p *process) passOn() {
	for p.logged.Scan() {
		if line := p.logged.Text(); !strings.Contains(line, "level=INFO") {
			fmt.Fprintln(os.Stderr, "hub:", line)
		}
	}
}

// stop ends the hub and removes its data.
func (p *process) stop() error {
	p.command.Process.Signal(syscall.SIGTERM)
	err := p.command.Wait()
	return errors.Join(err, os.RemoveAll(p.data))
}

// restart ends the hub and starts it again on the same data.
func (p *process) restart(program string) error {
	p.command.Process.Signal(syscall.SIGTERM)
	if err := p.command.Wait(); err != nil {
		return err
	}
	return p.start(program)
}

// ticksPerSecond is the unit of times in /proc: USER_HZ, 100 on every Linux there is.
const ticksPerSecond = 100

// cpu is what the process has used so far, in user and system mode, all threads.
func (p *process) cpu() (time.Duration, error) {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.command.Process.Pid), "stat"))
	if err != nil {
		return 0, err
	}
	// After the name, which may hold spaces, state is field 0, utime 11 and stime 12 (proc_pid_stat(5)).
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 13 {
		return 0, errors.New("/proc/PID/stat is not as expected")
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticksPerSecond, err
}

// memory is the resident set in bytes.
func (p *process) memory() (float64, error) {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.command.Process.Pid), "status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if size, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseFloat(strings.Fields(size)[0], 64)
			return kilobytes * 1024, err
		}
	}
	return 0, errors.New("/proc/PID/status is not as expected")
}

// machine describes where this runs.
func machine() string {
	model := "unknown processor"
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			model = strings.TrimSpace(strings.TrimLeft(name, "\t :"))
			break
		}
	}
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	load, _ := os.ReadFile("/proc/loadavg")
	return fmt.Sprintf("%s, %d cores, Linux %s, %s; load before: %s", model, runtime.NumCPU(), strings.TrimSpace(string(kernel)),
		runtime.Version(), strings.TrimSpace(string(load)))
}
