package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gossip/backend"
)

// The exit codes, which scripts may rely on.
const (
	exitOK          = 0
	exitFailure     = 1   // something else went wrong, as the sentence says
	exitUsage       = 2   // the command line is wrong
	exitUnreachable = 3   // no connection to the hub
	exitRefused     = 4   // the hub said no
	exitNotFound    = 5   // no such profile, person, channel or hub
	exitTimeout     = 6   // the answer did not come in time
	exitKeyChanged  = 7   // the hub or a person shows another key than before
	exitInUse       = 8   // another process uses the profile
	exitInterrupted = 130 // by SIGINT or SIGTERM before it was done
)

const exitHelp = `0 done, 1 failure, 2 wrong usage, 3 the hub can't be reached, 4 refused by the hub, 5 not found, 6 timed out, ` +
	`7 the key of the hub or of a person has changed, 8 the profile is in use, 130 interrupted`

// failure is an error with the exit code that it ends the program with.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func fail(code int, format string, args ...any) error {
	return &failure{code, fmt.Errorf(format, args...)}
}

// refusal is what the hub, or the check of its key, has said: its code and sentence as the backend tells them.
func refusal(code, sentence string) error {
	if code == "hub_changed" {
		return fail(exitKeyChanged, "%s", lower(sentence))
	}
	return fail(exitRefused, "%s", lower(sentence))
}

// refused gives an error of what was asked of the hub its exit code; what has one keeps it.
func refused(err error) error {
	if err == nil || exitCode(err) != exitFailure {
		return err
	}
	return fail(exitRefused, "%w", err)
}

// exitCode says how the program ends after err.
func exitCode(err error) int {
	if own := (*failure)(nil); errors.As(err, &own) {
		return own.code
	}
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, context.DeadlineExceeded):
		return exitTimeout
	case errors.Is(err, backend.ErrInUse):
		return exitInUse
	case errors.Is(err, backend.ErrOffline):
		return exitUnreachable
	case errors.Is(err, backend.ErrNoUser), errors.Is(err, backend.ErrNoChannel), errors.Is(err, backend.ErrNoMessage):
		return exitNotFound
	}
	return exitFailure
}

// leave reports err in one sentence and returns the exit code.
func (a *app) leave(ctx context.Context, err error) int {
	if err == nil {
		return exitOK
	}
	code := exitCode(err)
	sentence := err.Error()
	switch {
	case ctx.Err() != nil && code != exitInterrupted: // the interruption is the cause, whatever came of it
		code = exitInterrupted
	case errors.Is(err, context.DeadlineExceeded) && sentence == context.DeadlineExceeded.Error():
		sentence = fmt.Sprintf("no answer within %v; try again, or wait longer with --timeout", a.flags.Timeout)
	}
	if sentence == context.Canceled.Error() {
		sentence = "interrupted"
	}
	if a.flags.JSON {
		json.NewEncoder(a.stderr).Encode(struct {
			Error string `json:"error"`
			Exit  int    `json:"exit"`
		}{sentence, code})
		return code
	}
	fmt.Fprintln(a.stderr, "gossip-cli:", sentence)
	return code
}
