package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"gossip/backend/bridge"
	"gossip/backend/desktop"
	"gossip/backend/media"
	"gossip/backend/notify"
	"gossip/backend/settings"
)

const (
	closePatience = 5 * time.Second        // how long the window waits for the profile to close before it goes
	placeEvery    = 10 * time.Second       // how often the window's place is looked at
	moving        = 300 * time.Millisecond // until a window that was asked to is where it belongs
)

// App is what the interface may call: the profile's calls and a few of the window's own.
type App struct {
	*bridge.Calls
	session *bridge.Session
	machine *media.Machine // its sound and picture
	profile string
	link    string // to offer at the start
	log     *slog.Logger
	bus     *desktop.Bus // nil: this desktop has none

	ctx     context.Context // Wails'; set by startup
	stop    context.CancelFunc
	done    chan struct{} // closed when the profile is
	visible chan struct{} // closed by startup: from then on there is a window

	mu      sync.Mutex // guards the following
	notices *desktop.Notices
	badge   int
}

// NewApp returns an App that has not been started.
func NewApp(start start, log *slog.Logger) *App {
	a := &App{profile: start.profile, link: start.link, log: log, done: make(chan struct{}), visible: make(chan struct{})}
	a.machine = media.New(media.Options{Log: log})
	a.session = bridge.New(start.options(log, a.machine, a.show, screen{a}))
	a.Calls = a.session.Calls()
	return a
}

// show hands a change on to the interface.
func (a *App) show(change bridge.Change) { runtime.EventsEmit(a.ctx, "gossip", change) }

// startup opens the profile in the background: the window is there at once. Wails calls it.
func (a *App) startup(ctx context.Context) {
	a.ctx = ctx
	running, stop := context.WithCancel(ctx)
	a.stop = stop
	close(a.visible)
	a.place()
	a.session.OpenLink(a.link)
	go func() {
		defer close(a.done)
		var following sync.WaitGroup
		following.Go(func() { a.followPlace(running) })
		a.session.Run(running)
		if err := a.machine.Close(); err != nil {
			a.log.Warn("close the speaker", "error", err)
		}
		following.Wait()
	}()
}

// beforeClose keeps where the window stands. Wails calls it while the window is still there.
func (a *App) beforeClose(context.Context) bool {
	a.keepPlace()
	return false
}

// shutdown closes the profile and waits for it. Wails calls it when the window has gone.
func (a *App) shutdown(context.Context) {
	a.stop()
	select {
	case <-a.done:
	case <-time.After(closePatience):
		a.log.Warn("the profile did not close in time")
	}
	if err := errors.Join(a.bus.Badge(0), a.bus.Close()); err != nil {
		a.log.Debug("leave the session bus", "error", err)
	}
}

// again shows the window because the person started the app once more, and offers the link's hub.
func (a *App) again(link string) {
	<-a.visible
	a.session.OpenLink(link)
	a.raise()
}

// raise brings the window to the front; Wails' Unminimise presents it, wherever it is.
func (a *App) raise() {
	runtime.WindowShow(a.ctx)
	runtime.WindowUnminimise(a.ctx)
}

// chosen shows the conversation of a notification, or answers its call.
func (a *App) chosen(conversation, action string) {
	<-a.visible
	if action == notify.DeclineCall {
		a.session.Answer(conversation, false)
		return
	}
	a.raise()
	if action == notify.AcceptCall {
		a.session.Answer(conversation, true)
	}
	if conversation != "" {
		a.session.OpenConversation(conversation)
	}
}

// place moves the window to where it stood, if that is on a screen.
func (a *App) place() {
	kept := settings.Peek(a.profile).Window
	found, err := runtime.ScreenGetAll(a.ctx)
	if err != nil {
		a.log.Debug("the screens are not known", "error", err)
	}
	screens := make([]desktop.Screen, 0, len(found))
	for _, screen := range found {
		screens = append(screens, desktop.Screen{Width: screen.Size.Width, Height: screen.Size.Height, Current: screen.IsCurrent})
	}
	fitting, placed := desktop.Fit(kept, screens)
	if kept.Width > 0 && !kept.Maximised && (fitting.Width != kept.Width || fitting.Height != kept.Height) {
		runtime.WindowSetSize(a.ctx, fitting.Width, fitting.Height)
	}
	if placed && !kept.Maximised {
		left, top := a.origin(screens)
		runtime.WindowSetPosition(a.ctx, fitting.X-left, fitting.Y-top)
	}
}

// origin is where the screen begins that the window has opened on.
func (a *App) origin(screens []desktop.Screen) (left, top int) {
	if len(screens) < 2 {
		return 0, 0
	}
	time.Sleep(moving) // the desktop places a window some time after it was asked to
	x, y := runtime.WindowGetPosition(a.ctx)
	width, height := runtime.WindowGetSize(a.ctx)
	return desktop.Origin(x, y, width, height, screens)
}

// followPlace keeps where the window stands from time to time, so that it is known after a crash too.
func (a *App) followPlace(ctx context.Context) {
	ticker := time.NewTicker(placeEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			a.keepPlace()
		}
	}
}

// keepPlace notes the window's place and size as it is when it is not maximised.
func (a *App) keepPlace() {
	client, err := a.session.Client()
	if err != nil || runtime.WindowIsMinimised(a.ctx) || runtime.WindowIsFullscreen(a.ctx) {
		return
	}
	window := client.Settings().Get().Window
	window.Maximised = runtime.WindowIsMaximised(a.ctx)
	if !window.Maximised {
		window.X, window.Y = runtime.WindowGetPosition(a.ctx)
		window.Width, window.Height = runtime.WindowGetSize(a.ctx)
	}
	if err := client.Settings().Update(func(v *settings.Values) { v.Window = window }); err != nil {
		a.log.Warn("the window's place is not kept", "error", err)
	}
}

// screen shows notifications over the session bus.
type screen struct{ app *App }

// Show shows an alert, or says why that can't be: then a call brings the window to the front.
func (s screen) Show(alert notify.Alert) error {
	notices, err := s.app.noticesOnce()
	if err == nil {
		err = notices.Show(alert)
	}
	if err != nil && alert.Ringing {
		s.app.raise()
	}
	return err
}

// Withdraw takes the alert of a conversation away.
func (s screen) Withdraw(conversation string) error {
	notices, err := s.app.noticesOnce()
	if err != nil {
		return err
	}
	return notices.Withdraw(conversation)
}

// noticesOnce returns the desktop's notifications, which the first call begins to listen to.
func (a *App) noticesOnce() (*desktop.Notices, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.notices != nil {
		return a.notices, nil
	}
	notices, err := a.bus.Notices(a.chosen)
	if err == nil {
		a.notices = notices
	}
	return notices, err
}

// SetBadge shows how many messages wait, in the title and on the launcher.
func (a *App) SetBadge(waiting int) {
	a.mu.Lock()
	same := waiting == a.badge
	a.badge = waiting
	a.mu.Unlock()
	if same {
		return
	}
	runtime.WindowSetTitle(a.ctx, desktop.Title(waiting))
	if err := a.bus.Badge(waiting); err != nil {
		a.log.Debug("the launcher shows no number", "error", err)
	}
}

// OpenLink opens a web or mail address in the system's own program.
func (a *App) OpenLink(url string) error { return desktop.Open(url) }

// Copy puts a text on the clipboard.
func (a *App) Copy(text string) error {
	if err := runtime.ClipboardSetText(a.ctx, text); err != nil {
		return errors.New("the text could not be copied; select it and copy it with the keyboard")
	}
	return nil
}
