// Command gossip-cli is Gossip without a window, for scripts, bots and tests: it joins hubs, sends, listens, and shows
// what the profile holds. Results go to standard output, everything else to standard error; with --json each result is
// one JSON object a line. The exit codes are the constants of exit.go, which --help prints too.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program with its arguments and streams; it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var line commandLine
	parser, err := newParser(&line, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "gossip-cli:", err)
		return exitFailure
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "gossip-cli: %v; see gossip-cli --help\n", err)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	a := newApp(line.globals, stdin, stdout, stderr)
	command.BindTo(ctx, (*context.Context)(nil))
	return a.leave(ctx, command.Run(a))
}
