// Command gossip is the desktop app: a window, the Svelte interface inside it, and the backend
// behind it. The same backend without a window is backend/cmd/gossip-cli.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"

	"gossip/backend"
)

const version = "0.1.0"

//go:embed all:frontend/dist
var assets embed.FS

//go:embed build/appicon.png
var icon []byte

// start is what the flags and the environment say.
type start struct {
	profile string // folder
	keyFile bool
	hub     string // host:port or invite link to join at the first start
	name    string // to take at the first start
	// password is the hub's. It comes from the environment only: flags can be seen by every process.
	password string
	debug    bool
}

func main() {
	start, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		os.Exit(2)
	}
	if err := openWindow(NewApp(start, newLog(start.debug))); err != nil {
		fmt.Fprintln(os.Stderr, "gossip:", err)
		os.Exit(1)
	}
}

// parse reads the flags; each has the environment variable of its name, and wins over it.
func parse(args []string, output io.Writer) (start, error) {
	s := start{password: os.Getenv("GOSSIP_PASSWORD")}
	flags := flag.NewFlagSet("gossip", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.StringVar(&s.profile, "profile", os.Getenv("GOSSIP_PROFILE"), "`folder` of the profile; each window needs its own (default: in your data folder)")
	flags.BoolVar(&s.keyFile, "key-file", os.Getenv("GOSSIP_KEY_FILE") != "", "keep a new profile's key in a file beside it, unprotected: for trying things out")
	flags.StringVar(&s.hub, "hub", os.Getenv("GOSSIP_HUB"), "`address` or invite link of a hub to join at the first start")
	flags.StringVar(&s.name, "name", os.Getenv("GOSSIP_NAME"), "`name` to take at the first start")
	flags.BoolVar(&s.debug, "debug", os.Getenv("GOSSIP_DEBUG") != "", "log more")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.profile == "" {
		folder, err := dataFolder()
		if err != nil {
			fmt.Fprintln(output, "gossip: there is no home folder to keep a profile in; name a folder with --profile:", err)
			return s, err
		}
		s.profile = filepath.Join(folder, "gossip")
	}
	return s, nil
}

// dataFolder is where a profile is kept when no folder is named: the same for gossip-cli.
func dataFolder() (string, error) {
	if folder := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(folder) { // the XDG specification ignores a relative one
		return folder, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share"), err
}

// options are the backend's, with a way to ask a person for the passphrase.
func (s start) options(log *slog.Logger, passphrase func(fresh bool) ([]byte, error)) backend.Options {
	options := backend.Options{Dir: s.profile, Log: log, Client: "gossip/" + version}
	options.Unlock.Passphrase, options.Unlock.KeyFile = passphrase, s.keyFile
	return options
}

// open opens the profile, and asks for its passphrase until it fits.
func (a *App) open(ctx context.Context) (*backend.Client, error) {
	for {
		var asked *answer
		client, err := backend.New(a.start.options(a.log, func(fresh bool) ([]byte, error) {
			given, err := a.ask(ctx, fresh)
			if err != nil {
				return nil, err
			}
			asked = &given
			return given.passphrase, nil
		}))
		if asked == nil {
			return client, err
		}
		asked.result <- err
		if err == nil {
			return client, nil
		}
	}
}

// ask shows the screen for a passphrase and waits for what is typed there.
func (a *App) ask(ctx context.Context, fresh bool) (answer, error) {
	if fresh {
		a.setStage(stageUnprotected, "")
	} else {
		a.setStage(stageLocked, "")
	}
	select {
	case given := <-a.answers:
		return given, nil
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
}

// begin does what the flags ask for: take a name, join a hub.
func (a *App) begin(ctx context.Context) {
	client, err := a.opened()
	if err != nil || a.start.name == "" && !client.HasIdentity() {
		return
	}
	if !client.HasIdentity() {
		if err := a.CreateIdentity(a.start.name); err != nil {
			a.warn(err)
			return
		}
	}
	if a.start.hub == "" || len(client.Hubs()) > 0 {
		return
	}
	request := backend.JoinRequest{Address: a.start.hub, Password: a.start.password}
	if _, err := client.Join(ctx, request); err != nil {
		a.warn(err)
	}
	a.settle()
}

func newLog(debug bool) *slog.Logger {
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// openWindow runs the app in its window and returns when the window is closed.
func openWindow(app *App) error {
	return wails.Run(&options.App{
		Title:            "Gossip",
		Width:            1080,
		Height:           720,
		MinWidth:         360,
		MinHeight:        480,
		BackgroundColour: options.NewRGB(8, 17, 37),
		AssetServer:      &assetserver.Options{Assets: assets},
		OnStartup:        app.startup,
		OnShutdown:       app.shutdown,
		Bind:             []any{app},
		Linux:            &linux.Options{Icon: icon, ProgramName: "gossip"},
		// Wails would print every call and its result, which are people's messages, below this.
		LogLevel:           logger.WARNING,
		LogLevelProduction: logger.ERROR,
	})
}
