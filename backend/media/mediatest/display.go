package mediatest

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"
)

// Display starts an X server of the test's own, of a size like "800x600", and stops it at the test's end. It skips the test
// where there is no Xvfb.
func Display(t *testing.T, size string) {
	t.Helper()
	program, err := exec.LookPath("Xvfb")
	if err != nil {
		t.Skip("Xvfb is missing: build/setup browser")
	}
	server := exec.Command(program, "-displayfd", "1", "-screen", "0", size+"x24", "-nolisten", "tcp")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait() // "signal: killed"
	})
	number, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Skipf("Xvfb does not start: %v", err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("XDG_SESSION_TYPE", "x11")
}
