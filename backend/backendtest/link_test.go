package backendtest

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gossip/backend/link"
	"gossip/common/id"
	"gossip/common/membership"
	"gossip/common/wire"
	"gossip/signaling/hub"
	"gossip/signaling/hubtest"
	"gossip/signaling/sshd"
)

// follower is a link's Handler that notes what it is told.
type follower struct {
	mu        sync.Mutex // guards the following
	sessions  []*link.Session
	packets   []wire.Packet
	ends      []error
	retries   []time.Duration
	connected chan *link.Session
}

func newFollower() *follower { return &follower{connected: make(chan *link.Session, 100)} }

func (f *follower) Connected(s *link.Session) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessions = append(f.sessions, s)
	f.connected <- s
}

func (f *follower) Packet(_ *link.Session, p wire.Packet) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.packets = append(f.packets, p)
}

func (f *follower) Disconnected(err error, retryIn time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ends, f.retries = append(f.ends, err), append(f.retries, retryIn)
}

// lastEnd is the newest cause.
func (f *follower) lastEnd(t *testing.T) error {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.ends) == 0 {
		t.Fatal("the connection never ended")
	}
	return f.ends[len(f.ends)-1]
}

func (f *follower) received() []wire.Packet {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.packets)
}

func (f *follower) connections() []*link.Session {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.sessions)
}

// attempts counts the connections that ended and those that were not made.
func (f *follower) attempts() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.ends)
}

// linked is a link that runs, by itself, without a client.
type linked struct {
	*follower
	t      *testing.T
	link   *link.Link
	config link.Config
	line   *line
	ended  chan error
}

// connect runs a person's link; change comes before.
func connect(t *testing.T, h *hubtest.Hub, p *hubtest.Person, change func(*link.Config)) *linked {
	t.Helper()
	l := &linked{follower: newFollower(), t: t, line: &line{dialHub: h.Dial}, ended: make(chan error, 1)}
	l.config = link.Config{
		Address: hubAddress, Device: p.Device, Card: func() ([]byte, error) { return p.Card.Bytes(), nil },
		Credentials: func() (string, []byte) { return "", nil }, Dial: l.line.dial,
		Log: slog.New(slog.DiscardHandler), Client: "link-test/1", Handler: l.follower,
	}
	if change != nil {
		change(&l.config)
	}
	l.link = link.New(l.config)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.ended <- l.link.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return l
}

// session waits for the next connection.
func (l *linked) session() *link.Session {
	l.t.Helper()
	select {
	case s := <-l.connected:
		return s
	case err := <-l.ended:
		l.t.Fatalf("the link ended: %v", err)
	case <-time.After(patience):
		l.t.Fatalf("no connection; the last ended with: %v", l.lastEnd(l.t))
	}
	return nil
}

// definite waits for the link's end.
func (l *linked) definite() *link.DefiniteError {
	l.t.Helper()
	select {
	case err := <-l.ended:
		var definite *link.DefiniteError
		if !errors.As(err, &definite) {
			l.t.Fatalf("the link ended with %v, which needs nobody", err)
		}
		return definite
	case <-time.After(patience):
		l.t.Fatal("the link did not end")
	}
	return nil
}

// linkStory tells of links on a hub.
func linkStory(t *testing.T, tell func(t *testing.T, h *hubtest.Hub), options ...hubtest.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { tell(t, hubtest.Start(t, options...)) })
}

func TestLinkAsksAndPosts(t *testing.T) {
	linkStory(t, func(t *testing.T, h *hubtest.Hub) {
		alice, bob := hubtest.NewPerson(t, "alice"), hubtest.NewPerson(t, "bob")
		h.Login(bob)
		s := connect(t, h, alice, nil).session()
		if s.Hub != h.ID() || s.Welcome.Name != "alice" || s.Welcome.User != alice.User.ID() {
			t.Errorf("welcomed as %q by %v", s.Welcome.Name, s.Hub)
		}
		answer, err := s.Request(t.Context(), wire.CardRequest{Names: []string{"bob"}})
		check(t, err)
		if len(answer.Cards) != 1 || string(answer.Cards[0]) != string(bob.Card.Bytes()) {
			t.Errorf("got %d cards, want bob's", len(answer.Cards))
		}
		general := s.Welcome.Channels[0]
		join := membership.New(membership.Join, time.Now())
		join.Channel, join.Previous, join.User, join.Device = general.Channel, general.Head, alice.User.ID(), alice.Device.ID()
		statement, err := join.Sign(alice.Device)
		check(t, err)
		if _, err := s.Post(t.Context(), statement); err != nil {
			t.Errorf("could not join #general: %v", err)
		}
		join.Nonce[0] ^= 1
		statement, err = join.Sign(alice.Device)
		check(t, err)
		refusal := (*wire.Error)(nil)
		if _, err := s.Post(t.Context(), statement); !errors.As(err, &refusal) || refusal.Code != wire.CodeForbidden {
			t.Errorf("joining twice: %v, want a refusal", err)
		}
		answer, err = s.Request(t.Context(), wire.CardRequest{Channel: general.Channel})
		check(t, err)
		if len(answer.Logs) == 0 {
			t.Error("the channel's log did not come")
		}
	})
}

func TestLinkStopsAtAnotherHubKey(t *testing.T) {
	linkStory(t, func(t *testing.T, h *hubtest.Hub) {
		alice := hubtest.NewPerson(t, "alice")
		l := connect(t, h, alice, func(c *link.Config) { c.Hub = id.HubID{1, 2, 3} })
		refusal := l.definite()
		if refusal.Code != link.CodeHubChanged || refusal.Found != h.ID() || !strings.Contains(refusal.Sentence, "ask its operator") {
			t.Errorf("ended with %s: %s", refusal.Code, refusal.Sentence)
		}
		bob := connect(t, h, hubtest.NewPerson(t, "bob"), nil).session()
		answer, err := bob.Request(t.Context(), wire.CardRequest{Names: []string{"alice"}})
		check(t, err)
		if len(answer.Cards) != 0 {
			t.Error("the hub with the wrong key was told who alice is")
		}
	})
}

func TestLinkComesBack(t *testing.T) {
	for name, end := range map[string]func(h *hubtest.Hub, l *linked){
		"after a restart": func(h *hubtest.Hub, _ *linked) { h.Restart() },
		"after a crash":   func(h *hubtest.Hub, _ *linked) { h.Crash() },
		"after a cut":     func(_ *hubtest.Hub, l *linked) { l.line.each((*hubtest.Conn).Cut) },
		"when half open":  func(_ *hubtest.Hub, l *linked) { l.line.each((*hubtest.Conn).HalfOpen) },
	} {
		t.Run(name, func(t *testing.T) {
			linkStory(t, func(t *testing.T, h *hubtest.Hub) {
				l := connect(t, h, hubtest.NewPerson(t, "alice"), nil)
				first := l.session()
				cut := time.Now()
				end(h, l)
				second := l.session()
				if took := time.Since(cut); took > 45*time.Second {
					t.Errorf("it took %v", took)
				}
				if err := first.Send(&wire.SignalPacket{Kind: wire.KindAck}); !errors.Is(err, link.ErrClosed) {
					t.Errorf("the old connection takes packets: %v", err)
				}
				if _, err := second.Request(t.Context(), wire.CardRequest{}); err != nil {
					t.Errorf("the new one does not answer: %v", err)
				}
			})
		})
	}
}

func TestLinkWaitsLongerWhileTheHubIsDown(t *testing.T) {
	linkStory(t, func(t *testing.T, h *hubtest.Hub) {
		l := connect(t, h, hubtest.NewPerson(t, "alice"), nil)
		l.session()
		h.Kill()
		time.Sleep(10 * time.Minute)
		if n := l.attempts(); n < 15 || n > 60 {
			t.Errorf("%d attempts in ten minutes", n)
		}
		h.Revive()
		l.link.Reconnect()
		start := time.Now()
		l.session()
		if took := time.Since(start); took > time.Second {
			t.Errorf("Reconnect took %v", took)
		}
	})
}

func TestLinkShowsThePassword(t *testing.T) {
	linkStory(t, func(t *testing.T, h *hubtest.Hub) {
		alice := hubtest.NewPerson(t, "alice")
		wrong := connect(t, h, alice, func(c *link.Config) { c.Credentials = func() (string, []byte) { return "guess", nil } })
		if err := wrong.definite(); err.Code != wire.CodePassword {
			t.Errorf("ended with %s: %s", err.Code, err.Sentence)
		}
		right := connect(t, h, alice, func(c *link.Config) { c.Credentials = func() (string, []byte) { return "sesame", nil } })
		right.session()
	}, hubtest.WithPassword("sesame"))
}

func TestLinkDoesNotFightOverADevice(t *testing.T) {
	linkStory(t, func(t *testing.T, h *hubtest.Hub) {
		alice := hubtest.NewPerson(t, "alice")
		first := connect(t, h, alice, nil)
		first.session()
		connect(t, h, alice, nil).session()
		time.Sleep(20 * time.Second)
		if n := len(first.connections()); n != 1 {
			t.Errorf("the replaced one connected %d times", n)
		}
		refusal := (*wire.Error)(nil)
		if err := first.lastEnd(t); !errors.As(err, &refusal) || refusal.Code != wire.CodeReplaced {
			t.Errorf("it ended with %v", err)
		}
	})
}

func TestLinkGivesUpOnASilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(hubtest.Today))
		alice := hubtest.NewPerson(t, "alice")
		f := newFollower()
		l := link.New(link.Config{
			Address: hubAddress, Device: alice.Device, Log: slog.New(slog.DiscardHandler), Handler: f,
			Card:        func() ([]byte, error) { return alice.Card.Bytes(), nil },
			Credentials: func() (string, []byte) { return "", nil },
			Dial: func(context.Context, string) (net.Conn, error) {
				near, _ := hubtest.Pipe(&net.TCPAddr{}, &net.TCPAddr{})
				return near, nil
			},
		})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		l.Run(ctx)
		if err := f.lastEnd(t); !strings.Contains(err.Error(), "takes too long") {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestLinkKeepsToTheHubsPace(t *testing.T) {
	pace := hubtest.WithTune(func(h *hub.Limits, _ *sshd.Limits) { h.PacketsPerSecond, h.PacketBurst = 20, 40 })
	linkStory(t, func(t *testing.T, h *hubtest.Hub) {
		alice, bob := hubtest.NewPerson(t, "alice"), hubtest.NewPerson(t, "bob")
		h.Login(bob)
		l := connect(t, h, alice, nil)
		s := l.session()
		const count = 500
		for range count {
			check(t, s.Send(&wire.DataPacket{Kind: wire.KindMessage, ID: id.NewMessageID(), To: bob.Device.ID(), Payload: []byte("x")}))
		}
		time.Sleep(count / 20 * 2 * time.Second)
		acks := 0
		for _, p := range l.received() {
			if signal, ok := p.(*wire.SignalPacket); ok && signal.Kind == wire.KindAck {
				acks++
			}
			if signal, ok := p.(*wire.SignalPacket); ok && signal.Kind == wire.KindError {
				t.Fatal("the hub refused a packet for its pace")
			}
		}
		if acks != count {
			t.Errorf("%d of %d packets were taken", acks, count)
		}
	}, pace)
}
