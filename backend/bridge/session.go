// Package bridge is a profile as an interface in another language sees it: calls whose arguments are texts and numbers,
// answers that are flat, and changes in one numbered order. It opens the profile, asks for its passphrase, follows the
// client and closes it; it knows no window.
package bridge

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gossip/backend"
	"gossip/backend/localhub"
	"gossip/backend/media"
	"gossip/backend/settings"
	"gossip/common/id"
)

// The stages that an interface has a screen for.
const (
	StageOpening     = "opening"     // the profile is being opened
	StageLocked      = "locked"      // a passphrase is wanted
	StageUnprotected = "unprotected" // a new profile without a keyring: a passphrase is to be chosen
	StageNew         = "new"         // there is no identity yet
	StageReady       = "ready"
	StageFailed      = "failed"
)

// How long calls may take: those that wait for a hub, and the others. An interface waits a little longer.
const (
	hubPatience  = 40 * time.Second
	callPatience = 9 * time.Second
)

var (
	errNotOpen   = errors.New("the profile is not open yet; wait a moment and try again")
	errNotLocked = errors.New("no passphrase is wanted now")
)

// Options say which profile it is and what to do with a new one.
type Options struct {
	Profile backend.Options // its Unlock.Passphrase is replaced: the person is asked through Calls.Unlock
	Version string          // of the program, for the person
	Name    string          // to take when there is no identity
	Hub     string          // address or invite link of a hub to join when none is joined
	// Password is that hub's.
	Password string
	// Desktop shows notifications; nil: it can't.
	Desktop Desktop
	// Machine is the computer's sound and picture; nil: calls carry neither. Who made it closes it after Run.
	Machine *media.Machine
	// CallDevice stands for every device of a call, in the place of what the person chose: media.TestDevice for tests, or
	// TestCamera, which stands for the camera alone.
	CallDevice string
	// OwnHub starts a hub on this machine when none is joined.
	OwnHub bool
	// Show takes each change, one at a time, in the order of their numbers. It may not call the session.
	Show func(Change)
}

// Session is one profile from its opening to its end. Run it once.
type Session struct {
	options Options
	log     *slog.Logger
	answers chan answer     // a passphrase that a person typed, for the goroutine that opens
	ctx     context.Context // ends with Run
	stop    context.CancelFunc
	alerts  *alerts
	plugs   plugs
	ear     ear

	emitting  sync.Mutex // keeps changes in the order of their numbers; taken before mu
	mu        sync.Mutex // guards the following
	seq       uint64
	stage     string
	trouble   string // why the stage is failed or locked: a sentence
	client    *backend.Client
	own       *localhub.Hub
	screen    string // that is shared when one is
	joining   context.CancelFunc
	noticed   bool     // the notice about the settings was given
	asked     []Change // to be opened once an interface is there
	listening bool     // an interface has taken a snapshot of the open profile
}

// answer is a passphrase and where to say whether it fits.
type answer struct {
	passphrase []byte
	result     chan error
}

// New returns a session that Run opens.
func New(o Options) *Session {
	log := o.Profile.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if o.Machine != nil {
		o.Profile.Media = o.Machine
	}
	s := &Session{options: o, log: log, stage: StageOpening, answers: make(chan answer)}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.alerts = newAlerts(s)
	return s
}

// Run opens the profile, follows the client until ctx ends, and closes it. A profile that can't be used is a stage, not
// an end.
func (s *Session) Run(ctx context.Context) {
	defer s.stop()
	defer context.AfterFunc(ctx, s.stop)()
	client, err := s.open()
	if err != nil {
		s.fail(err)
		<-s.ctx.Done()
		return
	}
	s.follow(client)
}

// follow serves an open profile until the session ends.
func (s *Session) follow(client *backend.Client) {
	own := localhub.New(localhub.Options{Profile: s.options.Profile.Dir, Log: s.log, Changed: s.ownHubChanged})
	s.mu.Lock()
	s.client, s.own = client, own
	s.mu.Unlock()
	defer client.Settings().Watch(s.settingsWatcher(client.Settings().Get()))()
	var tasks sync.WaitGroup
	tasks.Go(func() { s.pump(client) })
	s.settle()
	tasks.Go(func() { own.Run(s.ctx) })
	tasks.Go(func() { s.alerts.notifier.Run(s.ctx) })
	tasks.Go(s.begin)
	tasks.Go(func() { s.watchDevices(client) })
	defer s.ear.close()
	if err := client.Run(s.ctx); err != nil && s.ctx.Err() == nil {
		s.fail(err)
		<-s.ctx.Done()
	}
	if err := client.Close(); err != nil {
		s.log.Error("close the client", "error", err)
	}
	tasks.Wait()
}

// settingsWatcher tells of changed settings; that the window was moved is nobody's news.
func (s *Session) settingsWatcher(known settings.Values) func(settings.Values) {
	var mu sync.Mutex
	known.Window = settings.Window{}
	return func(values settings.Values) {
		values.Window = settings.Window{}
		mu.Lock()
		same := values == known
		known = values
		mu.Unlock()
		if !same {
			s.emit(eventSettings, Change{})
		}
	}
}

// pump hands every event on, in order, until the client is closed.
func (s *Session) pump(client *backend.Client) {
	for event := range client.Events() {
		if event.HubInfo != nil {
			hub := s.shared(*event.HubInfo)
			event.HubInfo = &hub
		}
		s.alerts.take(event)
		s.show(s.change(client, event))
	}
}

// OpenConversation asks the interface to show a conversation, at once or as soon as there is one.
func (s *Session) OpenConversation(key string) {
	s.ask(Change{Event: backend.Event{Type: eventOpen, Conversation: key}})
}

// OpenLink asks the interface to offer joining the hub of an invite link, or tells what is wrong with the link. "" is
// none.
func (s *Session) OpenLink(link string) {
	if link == "" {
		return
	}
	if _, err := id.ParseInvite(link); err != nil {
		s.ask(trouble("link", err))
		return
	}
	s.ask(Change{Event: backend.Event{Type: eventOpen}, Link: link})
}

// trouble is an error that no call is waiting for.
func trouble(code string, err error) Change {
	return Change{Event: backend.Event{Type: backend.EventError, Error: &backend.Trouble{Code: code, Sentence: err.Error()}}}
}

// ask keeps what is to be opened until an interface has shown that it is there, by a snapshot of an open profile.
func (s *Session) ask(change Change) {
	s.mu.Lock()
	s.asked = append(s.asked, change)
	listening := s.listening
	s.mu.Unlock()
	if listening {
		s.tell()
	}
}

// tell sends what waited to be opened.
func (s *Session) tell() {
	s.mu.Lock()
	asked := s.asked
	s.asked = nil
	s.mu.Unlock()
	for _, change := range asked {
		s.show(change)
	}
}

// setStage changes the screen and tells the interface.
func (s *Session) setStage(stage, trouble string) {
	s.mu.Lock()
	s.stage, s.trouble = stage, trouble
	s.mu.Unlock()
	s.emit(eventStage, Change{})
}

// settle sets the stage of an open profile.
func (s *Session) settle() {
	client, err := s.Client()
	switch {
	case err != nil:
		return
	case client.HasIdentity():
		s.setStage(StageReady, "")
	default:
		s.setStage(StageNew, "")
	}
}

func (s *Session) fail(err error) {
	s.log.Error("the profile can't be used", "error", err)
	s.setStage(StageFailed, err.Error())
}

// warn shows an error that no call is waiting for.
func (s *Session) warn(err error) {
	s.log.Warn("start", "error", err)
	s.show(trouble("start", err))
}

// Client returns the client of the open profile.
func (s *Session) Client() (*backend.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		return nil, errNotOpen
	}
	return s.client, nil
}
