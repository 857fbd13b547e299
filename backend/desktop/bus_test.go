package desktop

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"gossip/backend/notify"
)

const patient = 10 * time.Second

// sessionBus runs a bus of the test's own, and has the test's programs use it.
func sessionBus(t *testing.T) {
	t.Helper()
	program, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("there is no dbus-daemon here")
	}
	daemon := exec.Command(program, "--session", "--nofork", "--nopidfile", "--print-address")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

func connect(t *testing.T) *Bus {
	t.Helper()
	bus, err := Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	return bus
}

func next[T any](t *testing.T, c <-chan T) (value T) {
	t.Helper()
	select {
	case value = <-c:
	case <-time.After(patient):
		t.Fatal("nothing came")
	}
	return value
}

func TestOneProcessAProfile(t *testing.T) {
	sessionBus(t)
	profile := t.TempDir()
	opened := make(chan string, 10)
	first := connect(t)
	if claimed, err := first.Claim(profile, func(link string) { opened <- link }); err != nil || !claimed {
		t.Fatalf("the first: %v, %v", claimed, err)
	}
	second := connect(t)
	never := func(string) { t.Error("the second process was asked to open") }
	if claimed, err := second.Claim(filepath.Join(profile, "..", filepath.Base(profile)), never); err != nil || claimed {
		t.Errorf("the second under another spelling: %v, %v", claimed, err)
	}
	if err := second.HandOver(profile, "gossip://a"); err != nil {
		t.Error(err)
	}
	if link := next(t, opened); link != "gossip://a" {
		t.Errorf("handed over as %q", link)
	}
	if claimed, err := second.Claim(t.TempDir(), never); err != nil || !claimed {
		t.Errorf("another profile: %v, %v", claimed, err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	third := connect(t)
	if claimed, err := third.Claim(profile, never); err != nil || !claimed {
		t.Errorf("after the first has ended: %v, %v", claimed, err)
	}
	if err := second.HandOver(t.TempDir(), ""); err == nil {
		t.Error("handed over to nobody")
	}
}

func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	if _, err := Connect(); err == nil {
		t.Error("connected to nothing")
	}
	var none *Bus
	if _, err := none.Notices(nil); err == nil {
		t.Error("notifications without a bus")
	}
	if err := none.Badge(3); err != nil {
		t.Error(err)
	}
	if err := none.Close(); err != nil {
		t.Error(err)
	}
}

// service is a notification service as a desktop has it.
type service struct {
	conn      *dbus.Conn
	abilities []string
	shown     chan shown
	closed    chan uint32
	last      uint32
}

// shown is one call of Notify.
type shown struct {
	replaces      uint32
	number        uint32
	title, body   string
	urgency       byte
	desktop, icon string
	actions       string
}

func (s *service) GetCapabilities() ([]string, *dbus.Error) { return s.abilities, nil }

func (s *service) Notify(app string, replaces uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, timeout int32) (uint32, *dbus.Error) {
	number := replaces
	if number == 0 {
		s.last++
		number = s.last
	}
	one := shown{replaces: replaces, number: number, title: title, body: body, icon: icon, actions: strings.Join(actions, " ")}
	_ = hints["urgency"].Store(&one.urgency)
	_ = hints["desktop-entry"].Store(&one.desktop)
	s.shown <- one
	return number, nil
}

func (s *service) CloseNotification(number uint32) *dbus.Error {
	s.closed <- number
	return nil
}

func (s *service) emit(t *testing.T, member string, values ...any) {
	t.Helper()
	if err := s.conn.Emit(noticesPath, noticesName+"."+member, values...); err != nil {
		t.Fatal(err)
	}
}

func serve(t *testing.T, abilities ...string) *service {
	t.Helper()
	s := &service{conn: connect(t).conn, abilities: abilities, shown: make(chan shown, 10), closed: make(chan uint32, 10)}
	if err := s.conn.Export(s, noticesPath, noticesName); err != nil {
		t.Fatal(err)
	}
	if reply, err := s.conn.RequestName(noticesName, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("%v, %v", reply, err)
	}
	return s
}

func TestNotices(t *testing.T) {
	sessionBus(t)
	desktop := serve(t, "body", "body-markup", "actions")
	chosen := make(chan string, 10)
	notices, err := connect(t).Notices(func(key, action string) { chosen <- key + action })
	if err != nil {
		t.Fatal(err)
	}
	show := func(alert notify.Alert) shown {
		t.Helper()
		if err := notices.Show(alert); err != nil {
			t.Fatal(err)
		}
		return next(t, desktop.shown)
	}

	bob := show(notify.Alert{Conversation: "bob", Title: "Bob <b>", Body: "<img src='http://x'> & more"})
	want := shown{number: 1, title: "Bob <b>", body: "&lt;img src=&#39;http://x&#39;&gt; &amp; more", urgency: 1, desktop: "gossip", icon: "gossip", actions: "default Open"}
	if bob != want {
		t.Errorf("shown as %+v, want %+v", bob, want)
	}
	if carol := show(notify.Alert{Conversation: "carol", Title: "Carol", Quiet: true}); carol.number != 2 || carol.urgency != 0 {
		t.Errorf("shown as %+v", carol)
	}
	if again := show(notify.Alert{Conversation: "bob", Title: "Bob", Body: "2 new messages"}); again.replaces != 1 {
		t.Errorf("it does not take the place of the first: %+v", again)
	}

	desktop.emit(t, "ActionInvoked", uint32(77), "default") // another program's
	desktop.emit(t, "ActionInvoked", "nonsense")
	desktop.emit(t, "NotificationClosed", uint32(2), uint32(2)) // dismissed, which opens nothing
	desktop.emit(t, "ActionInvoked", uint32(1), "default")
	if key := next(t, chosen); key != "bob" {
		t.Errorf("%q was chosen", key)
	}
	if len(chosen) != 0 {
		t.Errorf("%q was chosen, too", <-chosen)
	}
	if again := show(notify.Alert{Conversation: "carol", Title: "Carol"}); again.replaces != 0 {
		t.Errorf("it takes the place of one that is gone: %+v", again)
	}

	ring := show(notify.Alert{Conversation: "bob", Ringing: true})
	if ring.actions != "default Open accept Accept decline Decline" || ring.urgency != callUrgency {
		t.Errorf("a call is shown as %+v", ring)
	}
	desktop.emit(t, "ActionInvoked", ring.number, "decline")
	if key := next(t, chosen); key != "bobdecline" {
		t.Errorf("%q was chosen", key)
	}

	if err := notices.Withdraw("carol"); err != nil {
		t.Error(err)
	}
	if number := next(t, desktop.closed); number != 3 {
		t.Errorf("number %d was withdrawn", number)
	}
	if err := notices.Withdraw("carol"); err != nil || len(desktop.closed) != 0 {
		t.Errorf("withdrawn twice; %v", err)
	}
}

func TestNoticesWithoutMarkup(t *testing.T) {
	sessionBus(t)
	desktop := serve(t, "body")
	notices, err := connect(t).Notices(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := notices.Show(notify.Alert{Body: "a < b & c", Ringing: true}); err != nil {
		t.Fatal(err)
	}
	if got := next(t, desktop.shown); got.body != "a < b & c" || got.actions != "default Open" {
		t.Errorf("shown as %q", got.body)
	}
}

func TestNoService(t *testing.T) {
	sessionBus(t)
	bus := connect(t)
	notices, err := bus.Notices(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := notices.Show(notify.Alert{Title: "x"}); err == nil {
		t.Error("shown to nobody")
	}
	desktop := serve(t)
	if err := notices.Show(notify.Alert{Title: "x"}); err != nil {
		t.Error(err)
	}
	number := next(t, desktop.shown).number
	if err := bus.Close(); err != nil {
		t.Error(err)
	}
	if closed := next(t, desktop.closed); closed != number {
		t.Errorf("%d was taken away at the end, not %d", closed, number)
	}
	if err := notices.Show(notify.Alert{Title: "x"}); err == nil {
		t.Error("shown over a bus that is closed")
	}
}

func TestBadge(t *testing.T) {
	sessionBus(t)
	dock := connect(t).conn
	if err := dock.AddMatchSignal(dbus.WithMatchInterface("com.canonical.Unity.LauncherEntry")); err != nil {
		t.Fatal(err)
	}
	signals := make(chan *dbus.Signal, 10)
	dock.Signal(signals)
	bus := connect(t)
	for _, waiting := range []int{3, 0, -1} {
		if err := bus.Badge(waiting); err != nil {
			t.Fatal(err)
		}
		signal := next(t, signals)
		var application string
		var values map[string]dbus.Variant
		if err := dbus.Store(signal.Body, &application, &values); err != nil {
			t.Fatal(err)
		}
		if application != "application://gossip.desktop" || values["count"].Value() != int64(max(0, waiting)) || values["count-visible"].Value() != (waiting > 0) {
			t.Errorf("%d is told as %s %v", waiting, application, values)
		}
	}
}
