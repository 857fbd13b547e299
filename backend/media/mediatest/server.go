// Package mediatest starts sound servers for tests, with devices that can be plugged in and unplugged, and displays.
package mediatest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Server is a sound server of a test's own.
type Server struct {
	t       *testing.T
	args    []string
	process *exec.Cmd
	said    *bytes.Buffer // to be read once process has ended
}

// Start starts one with speakers that nobody hears; what they play is a microphone, too. It skips the test where there is
// no PulseAudio, and stops the server at its end.
func Start(t *testing.T, sinks ...string) *Server {
	t.Helper()
	for _, program := range []string{"pulseaudio", "pactl", "paplay"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is missing: build/setup sound", program)
		}
	}
	folder := t.TempDir()
	for _, variable := range []string{"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "HOME"} {
		t.Setenv(variable, folder)
	}
	t.Setenv("PULSE_SERVER", "unix:"+filepath.Join(folder, "sound"))
	// Without real-time priority: with it the kernel kills the server on a machine that can't keep up.
	s := &Server{t: t, args: []string{"-n", "--daemonize=no", "--realtime=no", "--exit-idle-time=-1", "--disallow-exit", "--log-target=stderr",
		"-L", "module-native-protocol-unix auth-anonymous=1 socket=" + filepath.Join(folder, "sound")}}
	for _, sink := range sinks {
		s.args = append(s.args, "-L", strings.Join(speaker(sink), " "))
	}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Start starts the server again after Stop.
func (s *Server) Start() {
	s.t.Helper()
	s.process, s.said = exec.Command("pulseaudio", s.args...), &bytes.Buffer{}
	s.process.Stderr = s.said
	if err := s.process.Start(); err != nil {
		s.t.Skipf("pulseaudio does not start: %v", err)
	}
	for begin := time.Now(); exec.Command("pactl", "info").Run() != nil; time.Sleep(50 * time.Millisecond) {
		if time.Since(begin) > 20*time.Second {
			s.Stop()
			s.t.Skip("pulseaudio does not answer")
		}
	}
}

// Stop ends it, for all who are connected.
func (s *Server) Stop() {
	_ = s.process.Process.Signal(os.Interrupt)
	_ = s.process.Wait()
	if s.t.Failed() {
		s.t.Logf("pulseaudio, %v:\n%s", s.process.ProcessState, s.said)
	}
}

// Pactl runs PulseAudio's own command and returns what it prints.
func (s *Server) Pactl(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("pactl", args...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("pactl %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// Plug plugs a speaker in, until unplug is called.
func (s *Server) Plug(name string) (unplug func()) {
	s.t.Helper()
	module := s.Pactl(append([]string{"load-module"}, speaker(name)...)...)
	return func() { s.Pactl("unload-module", module) }
}

func speaker(name string) []string {
	return []string{"module-null-sink", "sink_name=" + name, "rate=48000", "channels=1", "sink_properties=device.description=" + name}
}
