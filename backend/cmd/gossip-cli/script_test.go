package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gossip-cli": main})
}

// TestScripts runs testdata/script, one real hub a script. Besides testscript's own commands there are:
//
//	hub start|replace [flag...]   starts a hub and sets $HUB; replace takes an empty data folder and the old port;
//	                              "other" is a second one, at $OTHER
//	hub kill|stop                 SIGKILL, SIGTERM
//	hub mark; hub connected N     waits until devices have connected N times since the mark
//	exits CODE program [arg...]   runs a program that must end with the code
//	capture PATH NAME             sets $NAME to a field of standard output's JSON
//	json PATH PATTERN             looks at standard output's JSON lines: the field of one must match, "" where it is not there
//	[sound]                       this program can make calls
func TestScripts(t *testing.T) {
	t.Parallel() // with the storm: both wait most of the time
	hub := buildHub(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			for name := range hubCommands {
				h := &hubProcess{
					program: hub, data: filepath.Join(env.WorkDir, name), log: filepath.Join(env.WorkDir, name+".log"), login: make(chan struct{}),
				}
				env.Values[name] = h
				env.Defer(h.kill)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"hub": hubCommands["hub"], "other": hubCommands["other"], "exits": exitsCommand, "capture": captureCommand, "json": jsonCommand,
		},
		Condition: func(name string) (bool, error) {
			if name != "sound" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return hasSound(), nil
		},
		RequireExplicitExec: true,
	})
}

// buildHub builds the hub's program. It is run as one: a client shares no code with a hub.
func buildHub(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "gossip-hub")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, "gossip/signaling").CombinedOutput(); err != nil {
		t.Fatalf("go build gossip/signaling: %v\n%s", err, out)
	}
	return program
}

// hubCommands are the script commands of each hub, by its name.
var hubCommands = map[string]func(*testscript.TestScript, bool, []string){
	"hub":   func(ts *testscript.TestScript, neg bool, args []string) { hubCommand(ts, "hub", neg, args) },
	"other": func(ts *testscript.TestScript, neg bool, args []string) { hubCommand(ts, "other", neg, args) },
}

func hubCommand(ts *testscript.TestScript, name string, neg bool, args []string) {
	h := ts.Value(name).(*hubProcess)
	if neg || len(args) == 0 {
		ts.Fatalf("usage: hub start|replace|mark|connected|kill|stop [flag...]")
	}
	switch args[0] {
	case "start":
		ts.Check(h.start(args[1:]...))
		ts.Setenv(strings.ToUpper(name), h.address)
	case "replace":
		ts.Check(h.stop())
		h.data += "-new"
		ts.Check(h.start(args[1:]...))
	case "mark":
		h.mark()
	case "connected":
		n, err := strconv.Atoi(args[len(args)-1])
		ts.Check(err)
		ts.Check(h.connected(n))
	case "kill":
		h.kill()
	case "stop":
		ts.Check(h.stop())
	default:
		ts.Fatalf("hub: unknown verb %q", args[0])
	}
}

func exitsCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE program [arg...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	code := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

func captureCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture PATH NAME")
	}
	var object map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &object))
	ts.Setenv(args[1], field(object, args[0]))
}
