package backendtest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// logs keeps what the programs of a world logged, in order.
type logs struct {
	mu    sync.Mutex // guards the following
	lines []logLine
}

type logLine struct {
	at    time.Time
	who   string
	level slog.Level
	text  string
}

func newLogs() *logs { return &logs{} }

func (l *logs) add(line logLine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

func (l *logs) print(t testing.TB) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		t.Logf("%s %-8s %-5s %s", line.at.Format("02T15:04:05.000"), line.who, line.level, line.text)
	}
}

// all are the lines so far.
func (l *logs) all() []logLine {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}

// handler is the slog.Handler of one device.
func (l *logs) handler(who string) slog.Handler { return &logHandler{logs: l, who: who} }

type logHandler struct {
	logs  *logs
	who   string
	attrs string
}

func (h *logHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo
}

func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	var text strings.Builder
	text.WriteString(r.Message + h.attrs)
	r.Attrs(func(a slog.Attr) bool {
		fmt.Fprintf(&text, " %s=%v", a.Key, a.Value.Resolve())
		return true
	})
	h.logs.add(logLine{time.Now(), h.who, r.Level, text.String()})
	return nil
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := *h
	for _, a := range attrs {
		next.attrs += fmt.Sprintf(" %s=%v", a.Key, a.Value.Resolve())
	}
	return &next
}

func (h *logHandler) WithGroup(string) slog.Handler { return h }
