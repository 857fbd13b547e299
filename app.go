package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"gossip/backend"
	"gossip/backend/settings"
	"gossip/common/id"
)

// The stages that the interface has a screen for.
const (
	stageOpening     = "opening"     // the profile is being opened
	stageLocked      = "locked"      // a passphrase is wanted
	stageUnprotected = "unprotected" // a new profile without a keyring: a passphrase is to be chosen
	stageNew         = "new"         // there is no identity yet
	stageReady       = "ready"
	stageFailed      = "failed"
)

// How long a call may wait for a hub. The interface waits a little longer.
const hubPatience = 40 * time.Second

// How long the window waits for the client to close before it goes.
const closePatience = 5 * time.Second

var (
	errNotOpen   = errors.New("the profile is not open yet; wait a moment and try again")
	errNotLocked = errors.New("no passphrase is wanted now")
)

// App is what the interface may call. Its methods are thin: they return an id, a flat struct or an
// error, and what follows reaches the interface as numbered events.
type App struct {
	start start
	log   *slog.Logger

	answers chan answer   // a passphrase that a person typed, for the goroutine that opens
	done    chan struct{} // closed when the client is closed
	ctx     context.Context
	stop    context.CancelFunc

	emitting sync.Mutex // keeps events in the order of their numbers; taken before mu
	mu       sync.Mutex // guards the following
	seq      uint64
	stage    string
	trouble  string // why the stage is failed or locked: a sentence
	client   *backend.Client
	joining  context.CancelFunc
	noticed  bool // the notice about the settings was given
}

// answer is a passphrase and where to say whether it fits.
type answer struct {
	passphrase []byte
	result     chan error
}

// Snapshot is everything at one moment: events with a larger number come after it.
type Snapshot struct {
	Seq           uint64                     `json:"seq"`
	Stage         string                     `json:"stage"`
	Error         string                     `json:"error"`
	Version       string                     `json:"version"`
	Me            *backend.Me                `json:"me,omitempty"`
	Hubs          []backend.Hub              `json:"hubs"`
	Conversations []backend.ConversationInfo `json:"conversations"`
}

// Page is a part of a conversation's history, oldest first.
type Page struct {
	Messages []backend.Message `json:"messages"`
	More     bool              `json:"more"`
}

// change is an event under the window's own number, which also counts changes of the stage.
type change struct {
	Seq uint64 `json:"seq"`
	backend.Event
}

// NewApp returns an App that has not been started.
func NewApp(start start, log *slog.Logger) *App {
	return &App{start: start, log: log, stage: stageOpening, answers: make(chan answer), done: make(chan struct{})}
}

// startup opens the profile in the background: the window is there at once. Wails calls it.
func (a *App) startup(ctx context.Context) {
	a.ctx, a.stop = context.WithCancel(ctx)
	go a.run(a.ctx)
}

// shutdown closes the client and waits for it. Wails calls it when the window goes.
func (a *App) shutdown(context.Context) {
	a.stop()
	select {
	case <-a.done:
	case <-time.After(closePatience):
		a.log.Warn("the client did not close in time")
	}
}

// run opens the profile, follows the client until the window goes, and closes it.
func (a *App) run(ctx context.Context) {
	defer close(a.done)
	client, err := a.open(ctx)
	if err != nil {
		a.fail(err)
		return
	}
	var pumping sync.WaitGroup
	pumping.Go(func() { a.pump(client) })
	a.mu.Lock()
	a.client = client
	a.mu.Unlock()
	a.settle()
	pumping.Go(func() { a.begin(ctx) })
	if err := client.Run(ctx); err != nil && ctx.Err() == nil {
		a.fail(err)
		<-ctx.Done()
	}
	if err := client.Close(); err != nil {
		a.log.Error("close the client", "error", err)
	}
	pumping.Wait()
}

// pump hands every event on to the interface, in order, until the client is closed.
func (a *App) pump(client *backend.Client) {
	for event := range client.Events() {
		a.emit(event)
	}
}

// emit gives the event the next number and sends it.
func (a *App) emit(event backend.Event) {
	a.emitting.Lock()
	defer a.emitting.Unlock()
	a.mu.Lock()
	a.seq++
	numbered := change{Seq: a.seq, Event: event}
	a.mu.Unlock()
	runtime.EventsEmit(a.ctx, "gossip", numbered)
}

// setStage changes the screen and tells the interface.
func (a *App) setStage(stage, trouble string) {
	a.mu.Lock()
	a.stage, a.trouble = stage, trouble
	a.mu.Unlock()
	a.emit(backend.Event{Type: "stage"})
}

// settle sets the stage of an open profile.
func (a *App) settle() {
	client, err := a.opened()
	switch {
	case err != nil:
		return
	case client.HasIdentity():
		a.setStage(stageReady, "")
	default:
		a.setStage(stageNew, "")
	}
}

func (a *App) fail(err error) {
	a.log.Error("the profile can't be used", "error", err)
	a.setStage(stageFailed, err.Error())
}

// warn shows an error that no call is waiting for.
func (a *App) warn(err error) {
	a.log.Warn("start", "error", err)
	a.emit(backend.Event{Type: backend.EventError, Error: &backend.Trouble{Code: "start", Sentence: err.Error()}})
}

// opened returns the client of the open profile.
func (a *App) opened() (*backend.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client == nil {
		return nil, errNotOpen
	}
	return a.client, nil
}

// in returns the client and the conversation that a key names.
func (a *App) in(key string) (*backend.Client, backend.Conversation, error) {
	client, err := a.opened()
	if err != nil {
		return nil, backend.Conversation{}, err
	}
	conversation, err := backend.ParseConversation(key)
	return client, conversation, err
}

// at returns the client and the hub that a text names.
func (a *App) at(hub string) (*backend.Client, id.HubID, error) {
	var parsed id.HubID
	client, err := a.opened()
	if err != nil {
		return nil, parsed, err
	}
	return client, parsed, parsed.UnmarshalText([]byte(hub))
}

// person returns the client and the user that a text names.
func (a *App) person(user string) (*backend.Client, id.UserID, error) {
	var parsed id.UserID
	client, err := a.opened()
	if err != nil {
		return nil, parsed, err
	}
	return client, parsed, parsed.UnmarshalText([]byte(user))
}

// patient is the context of a call that waits for a hub.
func (a *App) patient() (context.Context, context.CancelFunc) {
	return context.WithTimeout(a.ctx, hubPatience)
}

// Snapshot returns everything that the interface shows at its start, or after it missed an event.
func (a *App) Snapshot() Snapshot {
	a.mu.Lock()
	snapshot := Snapshot{Seq: a.seq, Stage: a.stage, Error: a.trouble, Version: version,
		Hubs: []backend.Hub{}, Conversations: []backend.ConversationInfo{}}
	client := a.client
	a.mu.Unlock()
	if client == nil || !client.HasIdentity() {
		return snapshot
	}
	me := client.Me()
	snapshot.Me = &me
	snapshot.Hubs = append(snapshot.Hubs, client.Hubs()...)
	snapshot.Conversations = append(snapshot.Conversations, client.Conversations()...)
	return snapshot
}

// Unlock opens a locked profile, or protects a new one, with a passphrase.
func (a *App) Unlock(passphrase string) error {
	given := answer{passphrase: []byte(passphrase), result: make(chan error, 1)}
	select {
	case a.answers <- given:
		return <-given.result
	case <-time.After(time.Second):
		return errNotLocked
	}
}

// CreateIdentity makes a new identity with a new recovery phrase.
func (a *App) CreateIdentity(name string) error {
	return a.identify(func(client *backend.Client) error { return client.CreateIdentity(name) })
}

// RestoreIdentity takes an identity back from its 24 words.
func (a *App) RestoreIdentity(words, name string) error {
	return a.identify(func(client *backend.Client) error { return client.RestoreIdentity(words, name) })
}

func (a *App) identify(take func(*backend.Client) error) error {
	client, err := a.opened()
	if err != nil {
		return err
	}
	if err := take(client); err != nil {
		return err
	}
	a.settle()
	return nil
}

// Phrase returns the recovery phrase, word by word, where this device keeps it.
func (a *App) Phrase() ([]string, error) {
	client, err := a.opened()
	if err != nil {
		return nil, err
	}
	return client.Phrase()
}

// JoinHub joins the hub at an address or invite link and returns its id.
func (a *App) JoinHub(address, password string) (string, error) {
	client, err := a.opened()
	if err != nil {
		return "", err
	}
	ctx, cancel := a.patient()
	defer cancel()
	a.mu.Lock()
	a.joining = cancel
	a.mu.Unlock()
	hub, err := client.Join(ctx, backend.JoinRequest{Address: address, Password: password})
	if err != nil {
		return "", err
	}
	a.settle()
	return hub.String(), nil
}

// CancelJoin ends a JoinHub that waits.
func (a *App) CancelJoin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.joining != nil {
		a.joining()
	}
}

// Reconnect tries to reach a hub now.
func (a *App) Reconnect(hub string) error {
	client, at, err := a.at(hub)
	if err != nil {
		return err
	}
	return client.Reconnect(at)
}

// People returns who is known on a hub.
func (a *App) People(hub string) ([]backend.Person, error) {
	client, at, err := a.at(hub)
	if err != nil {
		return nil, err
	}
	return append([]backend.Person{}, client.People(at)...), nil
}

// Channels returns all that a hub lists, joined or not.
func (a *App) Channels(hub string) ([]backend.ChannelInfo, error) {
	client, at, err := a.at(hub)
	if err != nil {
		return nil, err
	}
	return append([]backend.ChannelInfo{}, client.Channels(at)...), nil
}

// CreateChannel makes a channel and returns its key.
func (a *App) CreateChannel(hub, name string, public bool) (string, error) {
	client, at, err := a.at(hub)
	if err != nil {
		return "", err
	}
	ctx, cancel := a.patient()
	defer cancel()
	conversation, err := client.CreateChannel(ctx, at, name, public)
	if err != nil {
		return "", err
	}
	return conversation.String(), nil
}

// JoinChannel joins a public channel, or a private one after an invitation.
func (a *App) JoinChannel(key string) error {
	client, conversation, err := a.in(key)
	if err != nil {
		return err
	}
	ctx, cancel := a.patient()
	defer cancel()
	return client.JoinChannel(ctx, conversation)
}

// OpenDirect returns the key of the direct conversation with a user, begun or not.
func (a *App) OpenDirect(hub, user string) (string, error) {
	_, at, err := a.at(hub)
	if err != nil {
		return "", err
	}
	_, with, err := a.person(user)
	if err != nil {
		return "", err
	}
	return backend.Conversation{Hub: at, User: with}.String(), nil
}

// SafetyNumber returns the 60 digits that two people compare to be sure of each other.
func (a *App) SafetyNumber(user string) (string, error) {
	client, parsed, err := a.person(user)
	if err != nil {
		return "", err
	}
	return client.SafetyNumber(parsed)
}

// SetVerified notes whether safety numbers were compared with a user.
func (a *App) SetVerified(user string, verified bool) error {
	client, parsed, err := a.person(user)
	if err != nil {
		return err
	}
	return client.SetVerified(parsed, verified)
}

// AcceptKeyChange goes on with a user whose key or name changed hands.
func (a *App) AcceptKeyChange(user string) error {
	client, parsed, err := a.person(user)
	if err != nil {
		return err
	}
	return client.AcceptKeyChange(parsed)
}

// Members returns who is in a conversation.
func (a *App) Members(key string) ([]backend.Person, error) {
	client, conversation, err := a.in(key)
	if err != nil {
		return nil, err
	}
	members, err := client.Members(conversation)
	return append([]backend.Person{}, members...), err
}

// History returns at most limit rows before a position, "" for the newest, oldest first.
func (a *App) History(key, before string, limit int) (Page, error) {
	client, conversation, err := a.in(key)
	if err != nil {
		return Page{}, err
	}
	rows, more, err := client.History(conversation, backend.Position(before), limit)
	return Page{Messages: append([]backend.Message{}, rows...), More: more}, err
}

// Send stores a message to be sent and returns its id. It answers the message replyTo, or none (""), and disappears after
// expiresIn seconds; below one, as the conversation's timer says.
func (a *App) Send(key, text, replyTo string, expiresIn int64) (string, error) {
	client, conversation, err := a.in(key)
	if err != nil {
		return "", err
	}
	draft := backend.Draft{Text: text, ExpiresIn: time.Duration(max(0, expiresIn)) * time.Second}
	if replyTo != "" {
		if err := draft.ReplyTo.UnmarshalText([]byte(replyTo)); err != nil {
			return "", err
		}
	}
	message, err := client.Send(conversation, draft)
	if err != nil {
		return "", err
	}
	return message.String(), nil
}

// Retry sends a message that failed again.
func (a *App) Retry(key, message string) error {
	return a.on(key, message, (*backend.Client).Retry)
}

// MarkRead says that everything up to a message has been seen.
func (a *App) MarkRead(key, upTo string) error {
	return a.on(key, upTo, (*backend.Client).MarkRead)
}

// on does something to one message of a conversation.
func (a *App) on(key, message string, act func(*backend.Client, backend.Conversation, id.MessageID) error) error {
	client, conversation, err := a.in(key)
	if err != nil {
		return err
	}
	var parsed id.MessageID
	if err := parsed.UnmarshalText([]byte(message)); err != nil {
		return err
	}
	return act(client, conversation, parsed)
}

// SetTyping tells the others that one writes, or does no more.
func (a *App) SetTyping(key string, active bool) error {
	client, conversation, err := a.in(key)
	if err != nil {
		return err
	}
	return client.SetTyping(conversation, active)
}

// Message returns one message.
func (a *App) Message(key, message string) (found backend.Message, err error) {
	err = a.on(key, message, func(c *backend.Client, in backend.Conversation, m id.MessageID) (err error) {
		found, err = c.Message(in, m)
		return err
	})
	return found, err
}

// Edit replaces the text of one's own message.
func (a *App) Edit(key, message, text string) error {
	return a.on(key, message, func(c *backend.Client, in backend.Conversation, m id.MessageID) error { return c.Edit(in, m, text) })
}

// DeleteMessage takes a message back for everybody.
func (a *App) DeleteMessage(key, message string) error {
	return a.on(key, message, (*backend.Client).Delete)
}

// React puts an emoji under a message, or takes it away.
func (a *App) React(key, message, emoji string, remove bool) error {
	return a.on(key, message, func(c *backend.Client, in backend.Conversation, m id.MessageID) error {
		return c.React(in, m, emoji, remove)
	})
}

// SetTimer sets after how many seconds the conversation's messages disappear; 0 keeps them.
func (a *App) SetTimer(key string, seconds int64) error {
	client, conversation, err := a.in(key)
	if err != nil {
		return err
	}
	return client.SetTimer(conversation, time.Duration(seconds)*time.Second)
}

// request has the hub of a conversation do something.
func (a *App) request(key string, do func(context.Context, *backend.Client, backend.Conversation) error) error {
	client, conversation, err := a.in(key)
	if err != nil {
		return err
	}
	ctx, cancel := a.patient()
	defer cancel()
	return do(ctx, client, conversation)
}

// requestAbout has the hub of a conversation do something about a user.
func (a *App) requestAbout(key, user string, do func(context.Context, *backend.Client, backend.Conversation, id.UserID) error) error {
	_, parsed, err := a.person(user)
	if err != nil {
		return err
	}
	return a.request(key, func(ctx context.Context, client *backend.Client, in backend.Conversation) error {
		return do(ctx, client, in, parsed)
	})
}

// LeaveChannel leaves a channel; what was read stays in the profile.
func (a *App) LeaveChannel(key string) error {
	return a.request(key, func(ctx context.Context, c *backend.Client, in backend.Conversation) error {
		return c.LeaveChannel(ctx, in)
	})
}

// Invite lets a user join a private channel.
func (a *App) Invite(key, user string) error {
	return a.requestAbout(key, user, func(ctx context.Context, c *backend.Client, in backend.Conversation, who id.UserID) error {
		return c.Invite(ctx, in, who)
	})
}

// RemoveMember puts a user out of a channel, or takes an invitation back.
func (a *App) RemoveMember(key, user string) error {
	return a.requestAbout(key, user, func(ctx context.Context, c *backend.Client, in backend.Conversation, who id.UserID) error {
		return c.RemoveMember(ctx, in, who)
	})
}

// SetRole makes a member of a channel a "member", "moderator" or "owner".
func (a *App) SetRole(key, user, role string) error {
	return a.requestAbout(key, user, func(ctx context.Context, c *backend.Client, in backend.Conversation, who id.UserID) error {
		return c.SetRole(ctx, in, who, backend.Role(role))
	})
}

// SetTopic sets the line under a channel's name.
func (a *App) SetTopic(key, topic string) error {
	return a.request(key, func(ctx context.Context, c *backend.Client, in backend.Conversation) error {
		return c.SetTopic(ctx, in, topic)
	})
}

// RenameChannel gives a channel another name.
func (a *App) RenameChannel(key, name string) error {
	return a.request(key, func(ctx context.Context, c *backend.Client, in backend.Conversation) error {
		return c.RenameChannel(ctx, in, name)
	})
}

// FindUser looks a person up by name; where the name is not known here it asks the hub.
func (a *App) FindUser(hub, name string) (backend.Person, error) {
	client, at, err := a.at(hub)
	if err != nil {
		return backend.Person{}, err
	}
	ctx, cancel := a.patient()
	defer cancel()
	return client.FindUser(ctx, at, name)
}

// LeaveHub disconnects from a hub and forgets it; what was said there stays in the profile.
func (a *App) LeaveHub(hub string) error {
	client, at, err := a.at(hub)
	if err != nil {
		return err
	}
	return client.LeaveHub(at)
}

// Settings returns the person's preferences.
func (a *App) Settings() (settings.Values, error) {
	client, err := a.opened()
	if err != nil {
		return settings.Values{}, err
	}
	return client.Settings().Get(), nil
}

// SetSettings replaces the person's preferences.
func (a *App) SetSettings(values settings.Values) error {
	client, err := a.opened()
	if err != nil {
		return err
	}
	return client.Settings().Update(func(v *settings.Values) { *v = values })
}

// SettingsNotice returns a sentence when a damaged settings file was put aside, once.
func (a *App) SettingsNotice() (string, error) {
	client, err := a.opened()
	if err != nil {
		return "", err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.noticed {
		return "", nil
	}
	a.noticed = true
	return client.Settings().Notice(), nil
}

// Copy puts a text on the clipboard.
func (a *App) Copy(text string) error { return runtime.ClipboardSetText(a.ctx, text) }
