package localhub

import (
	"os/exec"
	"syscall"
)

// endWithParent has the system end the child when this process is gone, however it went (prctl(2), PR_SET_PDEATHSIG).
// The system watches the thread that starts the child: its goroutine must be locked to it. A process group of its own
// keeps the terminal's Ctrl+C from the child, which this process ends in its order.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
}
