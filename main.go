// Command gossip is the desktop app: a window, the Svelte interface inside it, and the backend
// behind it. The same backend without a window is backend/cmd/gossip-cli.
package main

import (
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"

	"gossip/backend/bridge"
	"gossip/backend/desktop"
	"gossip/backend/media"
	"gossip/backend/settings"
	"gossip/common/id"
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
	ownHub   bool   // start a hub on this machine at the first start
	link     string // invite link of a hub to offer
	debug    bool
	// callDevice stands for microphone, camera, screen and speaker: "test" is a tone and a picture that moves, "test-camera"
	// that picture alone, with this machine's own sound and screen.
	callDevice string
}

func main() {
	start, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		os.Exit(2)
	}
	app := NewApp(start, newLog(start.debug))
	if !app.claim() {
		return
	}
	if err := openWindow(app); err != nil {
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
	flags.BoolVar(&s.ownHub, "own-hub", os.Getenv("GOSSIP_OWN_HUB") != "", "start a hub on this machine at the first start, and join it")
	flags.StringVar(&s.callDevice, "call-device", os.Getenv("GOSSIP_CALL_DEVICE"), "`source` for calls in the place of every device: test is a tone and a picture that moves, test-camera that picture with this computer's own sound and screen, for trying things out")
	flags.BoolVar(&s.debug, "debug", os.Getenv("GOSSIP_DEBUG") != "", "log more")
	flags.Usage = func() {
		fmt.Fprintln(output, "gossip [flags] [gossip://invite-link]: opens the window, and offers to join the link's hub")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if err := s.takeLink(flags.Args()); err != nil {
		fmt.Fprintln(output, "gossip:", err)
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

// takeLink reads what stands behind the flags. A desktop that starts a link's program may give an empty argument; a link
// that is damaged is told in the window, since who clicked on it sees no terminal.
func (s *start) takeLink(args []string) error {
	if len(args) > 1 {
		return errors.New("give one invite link at most")
	}
	if len(args) == 0 || args[0] == "" {
		return nil
	}
	if !strings.HasPrefix(args[0], id.Scheme+"://") {
		return errors.New("this is no invite link: one starts with " + id.Scheme + "://")
	}
	s.link = args[0]
	return nil
}

// dataFolder is where a profile is kept when no folder is named: the same for gossip-cli.
func dataFolder() (string, error) {
	if folder := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(folder) { // the XDG specification ignores a relative one
		return folder, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share"), err
}

// options are the session's.
func (s start) options(log *slog.Logger, machine *media.Machine, show func(bridge.Change), desktop bridge.Desktop) bridge.Options {
	options := bridge.Options{Version: version, Name: s.name, Hub: s.hub, Password: s.password, OwnHub: s.ownHub, Show: show, Desktop: desktop}
	options.Profile.Dir, options.Profile.Log, options.Profile.Client = s.profile, log, "gossip/"+version
	options.Profile.Unlock.KeyFile = s.keyFile
	options.Machine, options.CallDevice = machine, s.callDevice
	options.Profile.CallLoopback = s.callDevice != "" // both ends of a try may be on this machine
	return options
}

func newLog(debug bool) *slog.Logger {
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// claim makes this the profile's only window. claimed is false when there is one already, which then has the link. A
// desktop without a session bus can't tell: there the profile's lock refuses the second window.
func (a *App) claim() (claimed bool) {
	bus, err := desktop.Connect()
	if err != nil {
		a.log.Debug("there is no session bus", "error", err)
		return true
	}
	a.bus = bus
	claimed, err = bus.Claim(a.profile, a.again)
	if err != nil || claimed {
		if err != nil {
			a.log.Debug("the profile's name is not claimed", "error", err)
		}
		return true
	}
	if err := bus.HandOver(a.profile, a.link); err != nil {
		a.log.Warn("the window that is open does not answer", "error", err)
		return true
	}
	return false
}

// openWindow runs the app in its window and returns when the window is closed.
func openWindow(app *App) (err error) {
	defer func() {
		switch cause := recover(); {
		case cause == nil:
		case fmt.Sprint(cause) == "failed to init GTK": // the toolkit's way to say that there is no display
			err = errors.New("no window can be opened here; check DISPLAY or WAYLAND_DISPLAY, or use gossip-cli")
		default:
			panic(cause)
		}
	}()
	kept := settings.Peek(app.profile).Window
	width, height := desktop.Size(kept)
	state := options.Normal
	if kept.Maximised {
		state = options.Maximised
	}
	return wails.Run(&options.App{
		Title:            desktop.Title(0),
		Width:            width,
		Height:           height,
		MinWidth:         desktop.LeastWidth,
		MinHeight:        desktop.LeastHeight,
		WindowStartState: state,
		BackgroundColour: options.NewRGB(8, 17, 37),
		AssetServer:      &assetserver.Options{Assets: assets, Handler: app.session.Pictures()},
		OnStartup:        app.startup,
		OnBeforeClose:    app.beforeClose,
		OnShutdown:       app.shutdown,
		Bind:             []any{app},
		Linux:            &linux.Options{Icon: icon, ProgramName: "gossip", WebviewGpuPolicy: drawing()},
		// Wails would print every call and its result, which are people's messages, below this.
		LogLevel:           logger.WARNING,
		LogLevelProduction: logger.ERROR,
	})
}

// drawing is what the webview draws with: a graphics card when the contents ask for it, if there is one.
func drawing() linux.WebviewGpuPolicy {
	if desktop.HasGraphics() {
		return linux.WebviewGpuPolicyOnDemand
	}
	return linux.WebviewGpuPolicyNever
}
