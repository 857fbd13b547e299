// Package localhub runs a hub on this machine for the person at it: the programs gossip-hub and, as its Echo contact,
// gossip-cli, as children that end with this process, are started again when they fail, and are there again at the next
// start until the person stops them.
package localhub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"gossip/common/id"
)

// What stands in the profile's folder.
const (
	hubFolder  = "hub"  // the hub's data
	echoFolder = "echo" // Echo's profile
)

// State is what can be told of the hub.
type State struct {
	Running bool   `json:"running"`
	Address string `json:"address,omitempty"` // for this machine
	Link    string `json:"link,omitempty"`    // for the local network, or for this machine where there is none
	Folder  string `json:"folder,omitempty"`
	Error   string `json:"error,omitempty"` // why it does not run although it should, and what to do
}

// Options say where the hub lives.
type Options struct {
	Profile string                               // folder of the person's profile, which holds the hub's as well
	Find    func(program string) (string, error) // nil: beside this program, else on the PATH
	Log     *slog.Logger                         // nil: nothing is logged
	Changed func()                               // called after each change of State, by one goroutine at a time; nil: nobody listens
}

// Hub is the hub of one profile, running or not. Its methods may be called by several goroutines.
type Hub struct {
	options Options
	log     *slog.Logger
	ctx     context.Context // ends with Run
	end     context.CancelFunc

	switching sync.Mutex // one Start or Stop at a time; taken before mu
	mu        sync.Mutex // guards the following
	record    record
	hub       id.HubID
	running   bool
	trouble   string
	changed   chan struct{}      // closed and replaced with each change
	cancel    context.CancelFunc // ends the processes; nil: there are none
	ended     chan struct{}      // closed when they have ended
}

// New returns the hub of a profile as it was left; Run starts it if it was on.
func New(o Options) *Hub {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Find == nil {
		o.Find = find
	}
	h := &Hub{options: o, log: o.Log, changed: make(chan struct{})}
	h.ctx, h.end = context.WithCancel(context.Background())
	kept, err := readRecord(o.Profile)
	if err != nil {
		h.trouble = err.Error()
	}
	h.record = kept
	return h
}

// Run starts the hub if it was on when the person last left, and keeps it running until ctx ends. It blocks, and
// returns when the processes have ended.
func (h *Hub) Run(ctx context.Context) {
	h.resume()
	<-ctx.Done()
	h.end()
	h.switching.Lock()
	defer h.switching.Unlock()
	h.halt()
}

// resume starts the hub if it was on.
func (h *Hub) resume() {
	h.switching.Lock()
	defer h.switching.Unlock()
	h.mu.Lock()
	on := h.record.On
	h.mu.Unlock()
	if on {
		h.launch()
	}
}

// Start starts the hub, under a name for people, and waits until it listens. When it runs already it says where.
func (h *Hub) Start(ctx context.Context, name string) (State, error) {
	if err := h.ctx.Err(); err != nil {
		return State{}, errors.New("the app is being closed")
	}
	if _, err := h.options.Find(hubProgram); err != nil {
		return State{}, err
	}
	if err := h.turnOn(name); err != nil {
		return State{}, err
	}
	return h.await(ctx)
}

func (h *Hub) turnOn(name string) error {
	h.switching.Lock()
	defer h.switching.Unlock()
	if err := h.name(name); err != nil {
		return err
	}
	if err := h.change(func(r *record) { *r = r.started() }); err != nil {
		return err
	}
	h.mu.Lock()
	running := h.running
	h.mu.Unlock()
	if !running {
		h.halt() // it may rest after a failure: what the person does now is to be tried now
	}
	h.launch()
	return nil
}

// await waits until the hub listens, or has failed once.
func (h *Hub) await(ctx context.Context) (State, error) {
	for {
		h.mu.Lock()
		next := h.changed
		h.mu.Unlock()
		state := h.State()
		switch {
		case state.Running:
			return state, nil
		case state.Error != "":
			return state, errors.New(state.Error)
		}
		select {
		case <-next:
		case <-ctx.Done():
			return state, errors.New("the hub on this computer has not started in time; look into its log and try again")
		}
	}
}

// Stop ends the hub and its Echo, until the next Start. What they keep stays.
func (h *Hub) Stop() error {
	h.switching.Lock()
	defer h.switching.Unlock()
	err := h.change(func(r *record) { r.On = false })
	h.halt()
	h.note("")
	return err
}

// State says how the hub is.
func (h *Hub) State() State {
	h.mu.Lock()
	defer h.mu.Unlock()
	state := State{Running: h.running, Error: h.trouble}
	if h.record != (record{}) {
		state.Folder = filepath.Join(h.options.Profile, hubFolder)
	}
	if h.running {
		state.Address = net.JoinHostPort("127.0.0.1", strconv.Itoa(h.record.Port))
		state.Link = h.record.invite(lanHost(), h.hub).Link()
	}
	return state
}

// Invite is the link by which this machine joins the hub; "" when it does not run.
func (h *Hub) Invite() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.running {
		return ""
	}
	return h.record.invite("127.0.0.1", h.hub).Link()
}

// launch starts the processes, if they don't run; the caller holds switching.
func (h *Hub) launch() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cancel != nil || h.ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithCancel(h.ctx)
	h.cancel, h.ended, h.trouble = cancel, make(chan struct{}), ""
	go func(ended chan struct{}) {
		defer close(ended)
		h.keep(ctx)
	}(h.ended)
}

// halt ends the processes and waits for them; the caller holds switching.
func (h *Hub) halt() {
	h.mu.Lock()
	cancel, ended := h.cancel, h.ended
	h.cancel = nil
	h.mu.Unlock()
	if cancel == nil {
		return
	}
	cancel()
	<-ended
}

// change keeps a changed record.
func (h *Hub) change(change func(*record)) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	changed := h.record
	change(&changed)
	if changed == h.record {
		return nil
	}
	if err := changed.write(h.options.Profile); err != nil {
		return fmt.Errorf("the hub's settings could not be saved; check the free space and the permissions of %s: %w", h.options.Profile, err)
	}
	h.record = changed
	return nil
}

// name writes the hub's name where the hub reads it at its start; "" leaves it as it is.
func (h *Hub) name(name string) error {
	if name == "" {
		return nil
	}
	name, err := id.CheckName(name)
	if err != nil {
		return err
	}
	folder := filepath.Join(h.options.Profile, hubFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("the hub's folder can't be made: %w", err)
	}
	return os.WriteFile(filepath.Join(folder, "gossip_server.name"), []byte(name+"\n"), 0o600)
}

// opened notes where the hub listens.
func (h *Hub) opened(hub id.HubID, port int) error {
	if err := h.change(func(r *record) { r.Port = port }); err != nil {
		return err
	}
	h.set(func() { h.hub, h.running, h.trouble = hub, true, "" })
	return nil
}

// note says that the hub does not run, and why.
func (h *Hub) note(trouble string) {
	h.set(func() { h.running, h.trouble = false, trouble })
}

func (h *Hub) set(change func()) {
	h.mu.Lock()
	change()
	close(h.changed)
	h.changed = make(chan struct{})
	h.mu.Unlock()
	if h.options.Changed != nil {
		h.options.Changed()
	}
}

// backoff is the pause before the attempt after n failures in a row.
func backoff(n int) time.Duration {
	return min(time.Second<<min(n, 6), time.Minute)
}
