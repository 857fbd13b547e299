package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gossip/backend"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30s": 30 * time.Second, "5m": 5 * time.Minute, "1h30m": 90 * time.Minute, "1d": 24 * time.Hour, "4w": 28 * 24 * time.Hour, "0": 0,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "3", "d", "-1s", "-1d", "1.5d", "1d2h", "99999999w", "soon"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, text := range []string{"30s", "4w", "1h30m", "8191w", "-1ns", "d"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := parseDuration(text); err == nil && d < 0 {
			t.Fatalf("%q is %v", text, d)
		}
	})
}

func TestExitCodes(t *testing.T) {
	for _, row := range []struct {
		err  error
		want int
	}{
		{nil, exitOK},
		{errors.New("x"), exitFailure},
		{fail(exitNotFound, "x"), exitNotFound},
		{fmt.Errorf("while y: %w", fail(exitRefused, "x")), exitRefused},
		{errors.Join(fail(exitTimeout, "x"), errors.New("y")), exitTimeout},
		{context.Canceled, exitInterrupted},
		{context.DeadlineExceeded, exitTimeout},
		{refused(errors.New("x")), exitRefused},
		{refused(context.Canceled), exitInterrupted},
		{refusal("hub_changed", "x"), exitKeyChanged},
		{refusal("password", "x"), exitRefused},
	} {
		if got := exitCode(row.err); got != row.want {
			t.Errorf("%v: exit code %d, want %d", row.err, got, row.want)
		}
	}
	for code := exitOK; code <= exitInUse; code++ {
		if !strings.Contains(", "+exitHelp, fmt.Sprintf(", %d ", code)) {
			t.Errorf("--help does not say what exit code %d means", code)
		}
	}
}

func TestReadable(t *testing.T) {
	sent := time.Date(2026, 11, 20, 9, 5, 0, 0, time.Local).UTC().Format(time.RFC3339)
	for want, m := range map[string]backend.Message{
		"2026-11-20 09:05:00  alice: hello":                 {FromName: "alice", Text: "hello", SentAt: sent, State: backend.Received},
		"2026-11-20 09:05:00  alice: one\n    two (edited)": {FromName: "alice", Text: "one\ntwo", Edited: true, SentAt: sent},
		"2026-11-20 09:05:00  alice: hello (queued)":        {FromName: "alice", Text: "hello", SentAt: sent, State: backend.Queued},
		"2026-11-20 09:05:00  alice: (deleted)":             {FromName: "alice", Deleted: true, SentAt: sent},
		"2026-11-20 09:05:00  * bob joined.":                {FromName: "bob", Notice: &backend.Notice{Text: "bob joined."}, SentAt: sent},
	} {
		if got := readable(m); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
