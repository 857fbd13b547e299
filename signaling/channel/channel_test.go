package channel

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"log/slog"
	"testing"
	"time"

	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
	"gossip/signaling/store"
	"gossip/signaling/store/bolt"
)

var now = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// author signs statements: a person with one device, or the hub (no user).
type author struct {
	user   id.UserID
	device id.DeviceID
	key    ed25519.PrivateKey
}

func (a author) Sign(context string, message []byte) []byte {
	return ed25519.Sign(a.key, append([]byte("gossip "+context+" v1\x00"), message...))
}

func newAuthor(name string) author {
	seed := sha256.Sum256([]byte(name))
	key := ed25519.NewKeyFromSeed(seed[:])
	return author{user: sha256.Sum256([]byte("user " + name)), device: id.DeviceID(key.Public().(ed25519.PublicKey)), key: key}
}

var (
	theHub = author{device: newAuthor("hub").device, key: newAuthor("hub").key}
	alice  = newAuthor("alice")
	bob    = newAuthor("bob")
)

// fixture is the channels on a store that can be opened again.
type fixture struct {
	*Channels
	t      *testing.T
	path   string
	store  store.Store
	limits Limits
}

func newFixture(t *testing.T, limits Limits) *fixture {
	f := &fixture{t: t, path: t.TempDir(), limits: limits}
	f.open()
	t.Cleanup(func() { f.store.Close() })
	return f
}

func (f *fixture) open() {
	f.t.Helper()
	opened, err := bolt.Open(f.path, slog.New(slog.DiscardHandler))
	check(f.t, err)
	f.store = opened
	belongs := func(user id.UserID, device id.DeviceID) error {
		for _, a := range []author{alice, bob} {
			if a.user == user && a.device == device {
				return nil
			}
		}
		return errors.New("not a device of the user")
	}
	f.Channels, err = New(opened, belongs, theHub.device, f.limits, slog.New(slog.DiscardHandler))
	check(f.t, err)
}

func (f *fixture) restart() {
	f.t.Helper()
	check(f.t, f.store.Close())
	f.open()
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, code wire.ErrorCode, err error) {
	t.Helper()
	var refusal *wire.Error
	if !errors.As(err, &refusal) || refusal.Code != code {
		t.Fatalf("%v, want a refusal %q", err, code)
	}
}

// statement is signed by an author who has seen the channel's whole log.
func (f *fixture) statement(by author, channel id.ChannelID, action membership.Action, change func(*membership.Statement)) []byte {
	f.t.Helper()
	s := membership.New(action, now)
	s.User, s.Device, s.Channel = by.user, by.device, channel
	if e := f.channels[channel]; e != nil {
		s.Previous = e.state.Head
	}
	if change != nil {
		change(s)
	}
	encoded, err := s.Sign(by)
	check(f.t, err)
	return encoded
}

func (f *fixture) create(by author, name string, public bool) (id.ChannelID, error) {
	f.t.Helper()
	channel, _, _, err := f.Post(f.statement(by, id.NoChannel, membership.Create, func(s *membership.Statement) {
		s.Text, s.Public = name, public
	}))
	return channel, err
}

func (f *fixture) post(by author, channel id.ChannelID, action membership.Action, change func(*membership.Statement)) error {
	f.t.Helper()
	_, _, _, err := f.Post(f.statement(by, channel, action, change))
	return err
}

var roomy = Limits{Channels: 100, Statements: 100}

func TestHubMakesItsOwnChannelsOnce(t *testing.T) {
	f := newFixture(t, roomy)
	for range 2 {
		check(t, f.Ensure([]string{"general", "random"}, theHub, now))
		f.restart()
	}
	summaries := f.Summaries(alice.user)
	if len(summaries) != 2 || summaries[0].Name != "general" || !summaries[0].Public || summaries[0].Member {
		t.Fatalf("%+v", summaries)
	}
}

func TestMembersSurviveARestart(t *testing.T) {
	f := newFixture(t, roomy)
	check(t, f.Ensure([]string{"general"}, theHub, now))
	general := f.All()[0]
	check(t, f.post(alice, general, membership.Join, nil))
	check(t, f.post(bob, general, membership.Join, nil))
	check(t, f.post(bob, general, membership.Leave, nil))
	before := f.Log(general, 0, 100)
	f.restart()
	if f.Role(general, alice.user) != membership.Member || f.Role(general, bob.user) != 0 || len(f.Of(alice.user)) != 1 || len(f.Of(bob.user)) != 0 {
		t.Fatalf("members: %v", f.Members(general))
	}
	if len(before) != 4 || len(f.Log(general, 0, 100)) != 4 || f.Length(general) != 4 || len(f.Log(general, 3, 100)) != 1 || f.Log(general, 4, 1) != nil {
		t.Fatal("the log is another one")
	}
}

func TestPrivateChannelsAreHidden(t *testing.T) {
	f := newFixture(t, roomy)
	garden, err := f.create(alice, "garden", false)
	check(t, err)
	if f.Visible(garden, bob.user) || len(f.Summaries(bob.user)) != 0 {
		t.Fatal("bob sees a private channel")
	}
	_, err = f.create(bob, "garden", false)
	check(t, err) // a refusal would tell bob that there is one
	check(t, f.post(alice, garden, membership.Invite, func(s *membership.Statement) { s.Subject = bob.user }))
	if summary, ok := f.Summary(garden, bob.user); !ok || !summary.Invited || summary.Member {
		t.Fatalf("%+v, %v", summary, ok)
	}
	check(t, f.post(bob, garden, membership.Join, nil))
	check(t, f.post(alice, garden, membership.Remove, func(s *membership.Statement) { s.Subject = bob.user }))
	if f.Visible(garden, bob.user) {
		t.Fatal("bob sees the channel after he was removed")
	}
}

func TestRefusals(t *testing.T) {
	f := newFixture(t, Limits{Channels: 2, Statements: 3})
	garden, err := f.create(alice, "garden", true)
	check(t, err)
	_, err = f.create(bob, "gаrden", true) // with a Cyrillic letter
	refused(t, wire.CodeNameTaken, err)
	refused(t, wire.CodeNotMember, f.post(bob, id.ChannelID{1}, membership.Join, nil))
	refused(t, wire.CodeForbidden, f.post(bob, garden, membership.SetTopic, func(s *membership.Statement) { s.Text = "x" }))
	refused(t, wire.CodeConflict, f.post(alice, garden, membership.SetTopic, func(s *membership.Statement) { s.Previous = [32]byte{1} }))
	_, _, _, err = f.Post([]byte("nonsense"))
	refused(t, wire.CodeMalformed, err)
	orchard, err := f.create(alice, "orchard", true)
	check(t, err)
	refused(t, wire.CodeNameTaken, f.post(alice, orchard, membership.Rename, func(s *membership.Statement) { s.Text = "garden" }))
	_, err = f.create(bob, "third", true)
	refused(t, wire.CodeLimit, err)
	check(t, f.post(bob, garden, membership.Join, nil))
	check(t, f.post(bob, garden, membership.Leave, nil))
	refused(t, wire.CodeLimit, f.post(bob, garden, membership.Join, nil))
}

func TestAStatementSentAgainIsAnsweredAsBefore(t *testing.T) {
	f := newFixture(t, roomy)
	garden, err := f.create(alice, "garden", true)
	check(t, err)
	join := f.statement(bob, garden, membership.Join, nil)
	for range 2 {
		_, index, _, err := f.Post(join)
		check(t, err)
		if index != 1 || f.Length(garden) != 2 {
			t.Fatalf("at %d of %d", index, f.Length(garden))
		}
	}
}

func TestTheDataOfAnotherHubIsRefused(t *testing.T) {
	f := newFixture(t, roomy)
	check(t, f.Ensure([]string{"general"}, theHub, now))
	if _, err := New(f.store, f.belongs, newAuthor("another hub").device, roomy, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrOtherHub) {
		t.Fatalf("%v, want that the key is another", err)
	}
}

func TestADamagedLogIsReported(t *testing.T) {
	f := newFixture(t, roomy)
	garden, err := f.create(alice, "garden", true)
	check(t, err)
	check(t, f.post(bob, garden, membership.Join, nil))
	record, err := f.store.Get(kindLog, key(garden, 0))
	check(t, err)
	check(t, f.store.Delete(kindLog, record.Key, record.Version))
	if _, err := New(f.store, f.belongs, theHub.device, roomy, slog.New(slog.DiscardHandler)); err == nil {
		t.Fatal("a log without its first statement is taken")
	}
}

// TestPrivateChannelsAreNotToldByRefusals: what a stranger is answered about a private channel is what he is answered
// about one that is not there.
func TestPrivateChannelsAreNotToldByRefusals(t *testing.T) {
	f := newFixture(t, Limits{Channels: 10, Statements: 2})
	garden, err := f.create(alice, "garden", false)
	check(t, err)
	check(t, f.post(alice, garden, membership.SetTopic, func(s *membership.Statement) { s.Text = "roses" })) // the log is full
	posing := author{user: alice.user, device: bob.device, key: bob.key}
	for name, by := range map[string]author{"bob": bob, "bob as alice": posing} {
		for _, action := range []membership.Action{membership.Join, membership.Leave, membership.SetTopic} {
			for _, previous := range [][32]byte{{1}, f.channels[garden].state.Head} {
				change := func(s *membership.Statement) { s.Previous = previous }
				there, none := f.post(by, garden, action, change), f.post(by, id.ChannelID{7}, action, change)
				if there == nil || none == nil || there.Error() != none.Error() {
					t.Errorf("%s, action %d: %v, but %v where there is none", name, action, there, none)
				}
			}
		}
	}
}

func TestOneUsersShare(t *testing.T) {
	f := newFixture(t, Limits{Channels: 10, Statements: 100, ChannelsPerUser: 2, JoinsPerUser: 3})
	garden, err := f.create(alice, "garden", true)
	check(t, err)
	_, err = f.create(alice, "orchard", true)
	check(t, err)
	for range 3 {
		check(t, f.post(bob, garden, membership.Join, nil))
		check(t, f.post(bob, garden, membership.Leave, nil))
	}
	for range 2 {
		_, err = f.create(alice, "meadow", true)
		refused(t, wire.CodeLimit, err)
		refused(t, wire.CodeLimit, f.post(bob, garden, membership.Join, nil))
		f.restart()
	}
	_, err = f.create(bob, "meadow", true)
	check(t, err)
}

func TestRenamedChannelFreesItsName(t *testing.T) {
	f := newFixture(t, roomy)
	garden, err := f.create(alice, "garden", true)
	check(t, err)
	check(t, f.post(alice, garden, membership.Rename, func(s *membership.Statement) { s.Text = "park" }))
	f.restart()
	_, err = f.create(bob, "park", true)
	refused(t, wire.CodeNameTaken, err)
	_, err = f.create(bob, "garden", true)
	check(t, err)
	check(t, f.post(alice, garden, membership.Rename, func(s *membership.Statement) { s.Text = "park" })) // its own
}
