package main

import (
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"gossip/backend"
)

func TestEchoLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := partner{repeats: rate.NewLimiter(rate.Every(repeatEvery), repeatBurst)}
		answers := func(text string) bool {
			if p.loops(text) {
				return false
			}
			p.last = text
			return true
		}
		for i := range 1 + repeatBurst {
			if !answers("hi") {
				t.Fatalf("the person who says hi for the time %d gets no answer", i+1)
			}
		}
		if answers("hi") {
			t.Fatal("two echoes would answer each other for ever")
		}
		if !answers("something else") || !answers("hi") {
			t.Fatal("whoever says something else gets no answer")
		}
		if answers("hi") {
			t.Fatal("another text starts the loop again")
		}
		time.Sleep(repeatEvery)
		if !answers("hi") {
			t.Fatal("no answer after the pause")
		}
	})
}

func TestAnswerable(t *testing.T) {
	received := backend.Message{ID: "m", Text: "hello", State: backend.Received}
	if !answerable(received) {
		t.Fatal("a plain message is not answered")
	}
	for what, change := range map[string]func(*backend.Message){
		"one's own":            func(m *backend.Message) { m.Mine = true },
		"a notice":             func(m *backend.Message) { m.Notice = &backend.Notice{Kind: "joined"} },
		"an edited one":        func(m *backend.Message) { m.Edited = true },
		"a deleted one":        func(m *backend.Message) { m.Deleted, m.Text = true, "" },
		"one without text":     func(m *backend.Message) { m.Text = "" },
		"one not readable yet": func(m *backend.Message) { m.State = backend.Retrying },
	} {
		m := received
		change(&m)
		if answerable(m) {
			t.Errorf("%s is answered", what)
		}
	}
}
