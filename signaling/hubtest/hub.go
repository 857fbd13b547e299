// Package hubtest runs a real hub on in-memory connections, for tests only.
//
//	h := hubtest.Start(t)                  // a whole server.Server with a store on disk
//	alice := h.Login(hubtest.NewPerson(t, "alice"))
//	alice.Say(channel, "hello")            // packets by hand, see Client
//	alice.Conn.HalfOpen()                  // weather, see Conn
//	h.Crash()                              // back as the disk was
//
// Full clients dial with Hub.Dial. Everything works inside testing/synctest bubbles, where a hub that starts sets the
// fake clock on to Today, since the fake time begins before people have keys: make persons after Start.
package hubtest

import (
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gossip/common/id"
	"gossip/signaling/config"
	"gossip/signaling/hub"
	"gossip/signaling/server"
	"gossip/signaling/sshd"
	"gossip/signaling/store/bolt"
)

// Today is the earliest time at which stories with people take place.
var Today = time.Date(2026, time.November, 20, 9, 0, 0, 0, time.UTC)

// Hub is a running hub. It ends with the test.
type Hub struct {
	Dir string // the data folder

	t       testing.TB
	options server.Options
	network *network

	// Of the server that runs.
	server *server.Server
	gate   *gate
	cancel context.CancelFunc
	ended  chan error
}

// Option changes a hub before it starts.
type Option func(*server.Options)

// WithPassword makes the hub ask for a password.
func WithPassword(password string) Option {
	return func(o *server.Options) { o.Config.Password = config.Password(password) }
}

// WithConfig changes flags.
func WithConfig(change func(*config.Config)) Option {
	return func(o *server.Options) { change(&o.Config) }
}

// WithTune changes limits that have no flag.
func WithTune(change func(*hub.Limits, *sshd.Limits)) Option {
	return func(o *server.Options) { o.Tune = change }
}

// WithLog sends the hub's log somewhere; by itself it is dropped.
func WithLog(w io.Writer) Option {
	return func(o *server.Options) {
		o.Log = slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
}

// Start makes a hub with the public channel #general and runs it until the test ends.
func Start(t testing.TB, options ...Option) *Hub {
	t.Helper()
	time.Sleep(time.Until(Today)) // in a bubble; the real clock is past it
	h := &Hub{Dir: t.TempDir(), t: t, network: newNetwork()}
	h.options = server.Options{
		Config: config.Config{Host: "127.0.0.1", Data: h.Dir, Limits: config.DefaultLimits()}, Log: slog.New(slog.DiscardHandler),
	}
	for _, change := range options {
		change(&h.options)
	}
	h.run()
	t.Cleanup(h.Stop)
	return h
}

// run starts a server on the data folder.
func (h *Hub) run() {
	h.t.Helper()
	opened, err := bolt.Open(h.Dir, h.options.Log)
	check(h.t, err)
	h.gate = newGate(opened)
	o := h.options
	o.Store = h.gate
	h.server, err = server.New(o)
	check(h.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	h.cancel, h.ended = cancel, make(chan error, 1)
	running, ended, listener := h.server, h.ended, h.network.listen()
	go func() { ended <- running.Run(ctx, listener) }()
}

// Stop ends the hub as SIGTERM does. It may be called again.
func (h *Hub) Stop() {
	if h.server == nil {
		return
	}
	h.cancel()
	if err := <-h.ended; err != nil {
		h.t.Errorf("the hub ended with: %v", err)
	}
	if err := h.server.Close(); err != nil {
		h.t.Errorf("closing the hub's store: %v", err)
	}
	h.network.cutAll()
	h.server = nil
}

// Restart ends the hub as SIGTERM does and starts it again.
func (h *Hub) Restart() {
	h.t.Helper()
	h.Stop()
	h.run()
}

// Crash ends the hub as SIGKILL does, at whatever it was doing, and starts it again from what was on disk.
func (h *Hub) Crash() {
	h.t.Helper()
	h.Kill()
	h.run()
}

// Kill ends the hub as SIGKILL does: nobody is told, and what is not on disk is lost. Revive starts it again.
func (h *Hub) Kill() {
	h.t.Helper()
	h.network.cutAll()
	h.gate.shutDown()
	file := filepath.Join(h.Dir, bolt.FileName)
	used, size := readUsed(h.t, file) // nothing writes to it now
	h.Stop()
	check(h.t, os.WriteFile(file, used, 0o600))
	check(h.t, os.Truncate(file, size))
}

// DieAt ends the hub as Kill does, at its n-th write from now on. Kill and Revive, or Crash, bring it back.
func (h *Hub) DieAt(n int) { h.gate.shutAt(n, h.network.cutAll) }

// Dead reports whether the hub has died by DieAt.
func (h *Hub) Dead() bool { return h.gate.isShut() }

// readUsed reads a bbolt file up to its last used page; behind it the file has grown by megabytes that are empty.
func readUsed(t testing.TB, path string) (used []byte, size int64) {
	t.Helper()
	const pagesAt = 56 // where a meta page, the first or the second, counts the pages
	pageSize := os.Getpagesize()
	file, err := os.Open(path)
	check(t, err)
	defer file.Close()
	info, err := file.Stat()
	check(t, err)
	metas := make([]byte, 2*pageSize)
	_, err = file.ReadAt(metas, 0)
	check(t, err)
	pages := max(binary.NativeEndian.Uint64(metas[pagesAt:]), binary.NativeEndian.Uint64(metas[pageSize+pagesAt:]))
	used = make([]byte, min(info.Size(), int64(pages)*int64(pageSize)))
	_, err = file.ReadAt(used, 0)
	check(t, err)
	return used, info.Size()
}

// Revive starts a hub that was stopped or killed.
func (h *Hub) Revive() {
	h.t.Helper()
	h.run()
}

// Server is the one that runs now.
func (h *Hub) Server() *server.Server { return h.server }

// ID is what clients pin.
func (h *Hub) ID() id.HubID { return h.server.HubID() }

// Dial connects; it fits backend.Options.Dial. The connection is a *Conn.
func (h *Hub) Dial(context.Context, string) (net.Conn, error) {
	c, err := h.network.dial(netip.Addr{})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// DialFrom connects from an address that several connections may share.
func (h *Hub) DialFrom(address string) *Conn {
	h.t.Helper()
	c, err := h.network.dial(netip.MustParseAddr(address))
	check(h.t, err)
	return c
}

// hostKeyCallback accepts the hub's key and no other.
func (h *Hub) hostKeyCallback(_ string, _ net.Addr, key ssh.PublicKey) error {
	if id.HubOf(key.Marshal()) != h.ID() {
		return errDown
	}
	return nil
}
