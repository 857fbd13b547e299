package backendtest

import (
	"fmt"
	"os"
	"testing"
)

// memoryFolder is a file system in memory, where the system has one: an fsync costs nothing there.
const memoryFolder = "/dev/shm"

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run gives the tests' folders a place in memory, if nobody has said where they shall be.
func run(m *testing.M) int {
	if os.Getenv("TMPDIR") != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp(memoryFolder, "gossip-test-")
	if err != nil {
		return m.Run() // the usual folder for temporary files does, only slower
	}
	defer os.RemoveAll(dir)
	if err := os.Setenv("TMPDIR", dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}
