package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/notify"
	"gossip/backend/settings"
)

// TestMain builds the programs that a hub of one's own needs, and has them found on the PATH.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "gossip-bridge")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(folder)
		for program, pkg := range map[string]string{"gossip-hub": "gossip/signaling", "gossip-cli": "gossip/backend/cmd/gossip-cli"} {
			if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(folder, program), pkg).CombinedOutput(); err != nil {
				panic(fmt.Sprintf("%v: %s", err, out))
			}
		}
		if err := os.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH")); err != nil {
			panic(err)
		}
		return m.Run()
	}())
}

const patience = 30 * time.Second

// person is a session with what it showed.
type person struct {
	*Calls
	t       *testing.T
	session *Session
	end     func()

	mu      sync.Mutex // guards the following
	changes []Change
	alerts  []notify.Alert
	missing error // what the desktop answers
	more    chan struct{}
}

func (p *person) note(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	close(p.more)
	p.more = make(chan struct{})
}

// Show is the desktop's.
func (p *person) Show(alert notify.Alert) (missing error) {
	p.note(func() { p.alerts, missing = append(p.alerts, alert), p.missing })
	return missing
}

// Withdraw is the desktop's; what is withdrawn shows as an alert without words.
func (p *person) Withdraw(conversation string) error {
	return p.Show(notify.Alert{Conversation: conversation})
}

// open runs a session until the test or end ends it.
func open(t *testing.T, o Options) *person {
	t.Helper()
	p := &person{t: t, more: make(chan struct{})}
	if o.Profile.Dir == "" {
		o.Profile.Dir = t.TempDir()
	}
	o.Profile.Unlock.NoKeyring = true
	o.Show = func(change Change) { p.note(func() { p.changes = append(p.changes, change) }) }
	o.Desktop = p
	p.session = New(o)
	p.Calls = p.session.Calls()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.session.Run(ctx)
	}()
	p.end = func() {
		cancel()
		<-done
	}
	t.Cleanup(p.end)
	return p
}

func newcomer(t *testing.T, name string, change func(*Options)) *person {
	t.Helper()
	o := Options{Name: name}
	o.Profile.Unlock.KeyFile = true
	change(&o)
	return open(t, o)
}

// until waits until something holds of what was shown.
func (p *person) until(what string, holds func() bool) {
	p.t.Helper()
	late := time.After(patience)
	for {
		p.mu.Lock()
		more, ok := p.more, holds()
		p.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-more:
		case <-late:
			p.t.Fatalf("%s: it never was; stage %+v", what, p.Snapshot())
		}
	}
}

// change waits for one of a type that fits, after those that an earlier wait has seen.
func (p *person) change(kind backend.EventType, fits func(Change) bool) (found Change) {
	p.t.Helper()
	p.until("a change "+string(kind), func() bool {
		at := slices.IndexFunc(p.changes, func(c Change) bool { return c.Type == kind && fits(c) })
		if at >= 0 {
			found = p.changes[at]
		}
		return at >= 0
	})
	return found
}

func always(Change) bool { return true }

func (p *person) stage(want string) {
	p.t.Helper()
	p.until("stage "+want, func() bool {
		p.session.mu.Lock()
		defer p.session.mu.Unlock()
		return p.session.stage == want
	})
}

func (p *person) alert(body string) {
	p.t.Helper()
	p.until("an alert with "+body, func() bool {
		return slices.ContainsFunc(p.alerts, func(a notify.Alert) bool { return a.Body == body })
	})
}

// general waits for the hub's first channel and returns its key.
func (p *person) general() (key string) {
	p.t.Helper()
	p.until("#general", func() bool {
		client, err := p.session.Client()
		if err != nil {
			return false
		}
		for _, info := range client.Conversations() {
			if info.Name == "general" && info.Member {
				key = info.Key
			}
		}
		return key != ""
	})
	return key
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// TestTwoPeople is what two windows on one machine do: one has a hub of its own, the other comes by its link.
func TestTwoPeople(t *testing.T) {
	alice := newcomer(t, "alice", func(o *Options) { o.OwnHub = true })
	general := alice.general()
	hub := alice.Snapshot().Hubs[0].ID
	bob := newcomer(t, "bob", func(o *Options) { o.Hub = alice.session.own.Invite() })
	bob.general()

	alice.Attend(general)
	must[string](t)(bob.Send(general, "Good **morning**", "", -1))
	alice.change(backend.EventMessage, func(c Change) bool { return c.Message.Text == "Good **morning**" })
	sent := must[string](t)(alice.Send(general, "To you, too", "", 60))
	bob.alert("New message")
	bob.change(eventNotified, func(c Change) bool { return c.Conversation == general })
	alice.note(func() {
		if len(alice.alerts) != 0 {
			t.Errorf("what is looked at, or one's own, is told: %+v", alice.alerts)
		}
	})

	values := must[settings.Values](t)(bob.Settings())
	values.NotificationPreview = true
	values.Window.Width = 5
	if err := bob.SetSettings(values); err != nil {
		t.Fatal(err)
	}
	bob.change(eventSettings, always)
	if kept := must[settings.Values](t)(bob.Settings()); kept.Window.Width != 0 || !kept.NotificationPreview {
		t.Errorf("kept %+v", kept)
	}
	user := alice.Snapshot().Me.User.String()
	direct := must[string](t)(bob.OpenDirect(hub, user))
	must[string](t)(bob.Send(direct, "Just you", "", 0))
	private := alice.change(backend.EventMessage, func(c Change) bool { return c.Message.Text == "Just you" }).Conversation
	must[string](t)(alice.Send(private, "I am all ears", "", -1))
	bob.alert("I am all ears")
	secret := must[string](t)(alice.Send(private, "Forget this", "", -1))
	bob.change(backend.EventMessage, func(c Change) bool { return c.Message.Text == "Forget this" })
	if err := alice.DeleteMessage(private, secret); err != nil {
		t.Fatal(err)
	}
	bob.until("the alert is taken away", func() bool { return slices.Contains(bob.alerts, notify.Alert{Conversation: direct}) })

	window := must[HistoryWindow](t)(bob.HistoryAround(general, sent, 5))
	if len(window.Messages) < 2 || window.After {
		t.Errorf("around the message are %+v", window)
	}
	timed := must[backend.Message](t)(bob.Message(general, sent))
	if timed.ExpiresIn != 60 {
		t.Errorf("the message's time is %d s", timed.ExpiresIn)
	}
	bob.Attend(general)
	bob.until("the alert is taken away", func() bool { return slices.Contains(bob.alerts, notify.Alert{Conversation: general}) })
	for _, p := range []*person{alice, bob} {
		p.mu.Lock()
		for i, change := range p.changes {
			if change.Seq != uint64(i+1) {
				t.Errorf("change %d has the number %d", i+1, change.Seq)
			}
		}
		p.mu.Unlock()
	}
}

// freePort is one that nothing listens on, and no other test's hub takes.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

func TestOwnHubComesBack(t *testing.T) {
	profile := t.TempDir()
	port := fmt.Sprintf(`{"port":%d}`, freePort(t))
	if err := os.WriteFile(filepath.Join(profile, "gossip_local_hub.json"), []byte(port), 0o600); err != nil {
		t.Fatal(err)
	}
	alice := newcomer(t, "alice", func(o *Options) { o.Profile.Dir = profile })
	alice.stage(StageReady)
	state, err := alice.StartHub("At home")
	if err != nil || !state.Running {
		t.Fatalf("%+v, %v", state, err)
	}
	alice.change(eventLocalHub, always)
	alice.general()
	if hubs := alice.Snapshot().Hubs; len(hubs) != 1 || hubs[0].Name != "At home" || hubs[0].Address != state.Address || hubs[0].Link != state.Link {
		t.Errorf("the hubs are %+v", hubs)
	}
	alice.end()

	alice = open(t, Options{Profile: backend.Options{Dir: profile}})
	online := alice.change(backend.EventHub, func(c Change) bool { return c.HubInfo.State == "online" })
	if online.HubInfo.Link != state.Link {
		t.Errorf("others are given the link %q", online.HubInfo.Link)
	}
	if again, err := alice.LocalHub(); err != nil || again != state {
		t.Errorf("it is %+v, and was %+v; %v", again, state, err)
	}
	if err := alice.StopHub(); err != nil {
		t.Fatal(err)
	}
	alice.change(backend.EventHub, func(c Change) bool { return c.HubInfo.State != "online" })
	if state, err := alice.LocalHub(); err != nil || state.Running || state.Error != "" {
		t.Errorf("after its stop it is %+v, %v", state, err)
	}
}

func TestStages(t *testing.T) {
	profile := t.TempDir()
	p := open(t, Options{Profile: backend.Options{Dir: profile}})
	p.stage(StageUnprotected)
	if _, err := p.Settings(); !errors.Is(err, errNotOpen) {
		t.Errorf("the settings of a closed profile: %v", err)
	}
	if err := p.Unlock("correct horse"); err != nil {
		t.Fatal(err)
	}
	p.stage(StageNew)
	if err := p.Unlock("again"); !errors.Is(err, errNotLocked) {
		t.Errorf("unlocked twice: %v", err)
	}
	if err := p.CreateIdentity("alice"); err != nil {
		t.Fatal(err)
	}
	p.stage(StageReady)
	if me := p.Snapshot().Me; me == nil || me.Name != "alice" {
		t.Errorf("one is %+v", me)
	}

	second := open(t, Options{Profile: backend.Options{Dir: profile}})
	second.stage(StageFailed)
	if why := second.Snapshot().Error; !strings.Contains(why, "open in another window") {
		t.Errorf("the second window says %q", why)
	}
	p.end()

	p = open(t, Options{Profile: backend.Options{Dir: profile}})
	p.stage(StageLocked)
	if err := p.Unlock("wrong"); err == nil {
		t.Error("a wrong passphrase fits")
	}
	if err := p.Unlock("correct horse"); err != nil {
		t.Fatal(err)
	}
	p.stage(StageReady)
	if err := p.SetName("alice b"); err != nil {
		t.Fatal(err)
	}
	if me := p.Snapshot().Me; me == nil || me.Name != "alice b" {
		t.Errorf("one is %+v", me)
	}
	if storage := must[backend.Storage](t)(p.Storage()); storage.Folder != profile || storage.Bytes == 0 || storage.Conversations == nil {
		t.Errorf("it takes %+v", storage)
	}
}

// TestOpenWaits: what is to be opened waits for an interface that can show it.
func TestOpenWaits(t *testing.T) {
	p := open(t, Options{Profile: backend.Options{Dir: t.TempDir()}})
	const link = "gossip://hub.example:1999/#h=h_aebagaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	p.session.OpenLink(link)
	p.session.OpenLink("gossip://damaged")
	p.session.OpenLink("")
	p.stage(StageUnprotected)
	p.Snapshot()
	if err := p.Unlock("correct horse"); err != nil {
		t.Fatal(err)
	}
	p.stage(StageNew)
	p.mu.Lock()
	early := slices.ContainsFunc(p.changes, func(c Change) bool { return c.Type == eventOpen })
	p.mu.Unlock()
	seq := p.Snapshot().Seq
	if early {
		t.Error("the link was shown to nobody")
	}
	if got := p.change(eventOpen, always); got.Link != link || got.Seq <= seq {
		t.Errorf("after snapshot %d came %+v", seq, got)
	}
	if got := p.change(backend.EventError, always); !strings.Contains(got.Error.Sentence, "invite link") || strings.Contains(got.Error.Sentence, "damaged") {
		t.Errorf("of the damaged link it says %+v", got.Error)
	}
	p.session.OpenConversation("key")
	if got := p.change(eventOpen, func(c Change) bool { return c.Link == "" }); got.Conversation != "key" {
		t.Errorf("opened %+v", got)
	}
}

func TestSettingsNotice(t *testing.T) {
	profile := t.TempDir()
	if err := os.WriteFile(filepath.Join(profile, settings.FileName), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := newcomer(t, "", func(o *Options) { o.Profile.Dir = profile })
	p.stage(StageNew)
	first, second := must[string](t)(p.SettingsNotice()), must[string](t)(p.SettingsNotice())
	if !strings.Contains(first, "the defaults are used") || second != "" {
		t.Errorf("said %q, then %q", first, second)
	}
}

func TestWindowIsNoNews(t *testing.T) {
	p := newcomer(t, "", func(*Options) {})
	p.stage(StageNew)
	client := must[*backend.Client](t)(p.session.Client())
	move := func(v *settings.Values) { v.Window = settings.Window{Width: 900, Height: 700} }
	turn := func(v *settings.Values) { v.EnterSends = false }
	for _, change := range []func(*settings.Values){move, turn} {
		if err := client.Settings().Update(change); err != nil {
			t.Fatal(err)
		}
	}
	count := 0
	p.note(func() {
		for _, change := range p.changes {
			if change.Type == eventSettings {
				count++
			}
		}
	})
	if count != 1 {
		t.Errorf("the settings changed %d times", count)
	}
}

func TestNoDesktop(t *testing.T) {
	p := newcomer(t, "", func(*Options) {})
	p.stage(StageNew)
	if err := p.TestNotification(); err != nil {
		t.Error(err)
	}
	p.alert("This is how Gossip calls you.")
	p.note(func() { p.missing = errors.New("nobody answers") })
	if err := p.TestNotification(); !errors.Is(err, errNoDesktop) {
		t.Errorf("without a service: %v", err)
	}
}

func TestForeignTexts(t *testing.T) {
	p := newcomer(t, "alice", func(*Options) {})
	p.stage(StageReady)
	for name, call := range map[string]func(text string) error{
		"hub":     p.Reconnect,
		"person":  p.AcceptKeyChange,
		"key":     func(text string) error { return p.SetTimer(text, 5) },
		"message": func(text string) error { return p.MarkRead(text, text) },
		"pin":     func(text string) error { return p.Pin(text, true) },
	} {
		for _, text := range []string{"", "x", "../..", strings.Repeat("h_", 5000), "h_\x00"} {
			if err := call(text); err == nil {
				t.Errorf("%s %.20q was taken", name, text)
			}
		}
	}
}
