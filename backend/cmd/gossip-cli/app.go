package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/term"

	"gossip/backend"
	"gossip/backend/call"
)

// app is one invocation: its flags and streams.
type app struct {
	flags  globals
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	log    *slog.Logger
	media  call.Media // of calls; nil: this command makes and takes none
}

func newApp(flags globals, stdin io.Reader, stdout, stderr io.Writer) *app {
	log := slog.New(slog.DiscardHandler)
	if flags.Verbose {
		log = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return &app{flags: flags, stdin: stdin, stdout: stdout, stderr: stderr, log: log}
}

// note tells the person something that is no result.
func (a *app) note(format string, args ...any) {
	fmt.Fprintf(a.stderr, "gossip-cli: "+format+"\n", args...)
}

// print writes a result: value as a line of JSON where that is wanted, else the text and a line's end.
func (a *app) print(value any, text string) error {
	if a.flags.JSON {
		return a.object(value)
	}
	_, err := fmt.Fprintln(a.stdout, text)
	return err
}

// object writes value as a line of JSON.
func (a *app) object(value any) error {
	encoder := json.NewEncoder(a.stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// profile returns the profile's folder, made absolute.
func (a *app) profile() (string, error) {
	if a.flags.Profile != "" {
		return filepath.Abs(a.flags.Profile)
	}
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) { // by the XDG specification a relative one is to be ignored
		return filepath.Join(data, "gossip"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fail(exitUsage, "there is no home folder to keep a profile in: name a folder with --profile")
	}
	return filepath.Join(home, ".local", "share", "gossip"), nil
}

// openNew opens the profile and makes it when it is not there yet. With keyring the system's keyring keeps its key.
func (a *app) openNew(keyring bool) (*backend.Client, error) {
	dir, err := a.profile()
	if err != nil {
		return nil, err
	}
	sealed := os.Getenv("GOSSIP_PASSPHRASE") != ""
	options := backend.Options{Dir: dir, Log: a.log, Client: "gossip-cli/" + version, Media: a.media, CallLoopback: alone()}
	options.Unlock.Passphrase, options.Unlock.NoKeyring, options.Unlock.KeyFile = a.passphrase, !keyring, !keyring && !sealed
	return backend.New(options)
}

// alone reports whether this machine has no address but its own: then those who call each other are both on it.
func alone() bool {
	addresses, err := net.InterfaceAddrs()
	return err == nil && !slices.ContainsFunc(addresses, func(a net.Addr) bool {
		network, ok := a.(*net.IPNet)
		return ok && !network.IP.IsLoopback() && !network.IP.IsLinkLocalUnicast()
	})
}

// open opens a profile that has an identity.
func (a *app) open() (*backend.Client, error) {
	dir, err := a.profile()
	if err != nil {
		return nil, err
	}
	missing := fail(exitNotFound, "there is no profile in %s yet: join a hub first (gossip-cli join HOST --name NAME), or name another folder with --profile", dir)
	if _, err := os.Stat(filepath.Join(dir, "store.db")); errors.Is(err, os.ErrNotExist) {
		return nil, missing
	}
	client, err := a.openNew(false)
	if err != nil {
		return nil, err
	}
	if !client.HasIdentity() {
		return nil, errors.Join(missing, client.Close())
	}
	return client, nil
}

// passphrase answers from the environment, or asks on a terminal.
func (a *app) passphrase(fresh bool) ([]byte, error) {
	if text := os.Getenv("GOSSIP_PASSPHRASE"); text != "" {
		return []byte(text), nil
	}
	terminal, ok := a.stdin.(*os.File)
	if !ok || fresh || !term.IsTerminal(int(terminal.Fd())) {
		return nil, errors.New("this profile is kept under a passphrase: set GOSSIP_PASSPHRASE to open it")
	}
	fmt.Fprint(a.stderr, "Passphrase of the profile: ")
	defer fmt.Fprintln(a.stderr)
	return term.ReadPassword(int(terminal.Fd()))
}
