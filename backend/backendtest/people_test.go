package backendtest

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/vault"
	"gossip/common/id"
	"gossip/signaling/hubtest"
)

// person is a full Client with a profile on disk.
type person struct {
	*backend.Client
	t    testing.TB
	name string
	dir  string
	hub  *hubtest.Hub
	id   id.HubID
	stop context.CancelFunc
	done chan struct{}
}

// newPerson makes an identity of that name and has it join the hub.
func newPerson(t testing.TB, h *hubtest.Hub, name string) *person {
	t.Helper()
	p := &person{t: t, name: name, dir: t.TempDir(), hub: h}
	p.open()
	p.check(p.CreateIdentity(name))
	p.join()
	t.Cleanup(func() { p.quit() })
	return p
}

// open starts the client on its profile.
func (p *person) open() {
	p.t.Helper()
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("GOSSIP_TEST_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})).With("who", p.name)
	}
	c, err := backend.New(backend.Options{Dir: p.dir, Log: log, Unlock: vault.Unlock{KeyFile: true}, Dial: p.hub.Dial, Client: "test"})
	p.check(err)
	ctx, stop := context.WithCancel(context.Background())
	p.Client, p.stop, p.done = c, stop, make(chan struct{})
	go func() {
		defer close(p.done)
		c.Run(ctx)
	}()
}

func (p *person) join() {
	p.t.Helper()
	var err error
	p.id, err = p.Join(p.soon(), backend.JoinRequest{Address: "hub.example.org"})
	p.check(err)
}

// quit ends the client; open starts it again.
func (p *person) quit() {
	if p.Client == nil {
		return
	}
	p.stop()
	<-p.done
	p.check(p.Close())
	p.Client = nil
}

// soon is a context for what must happen within seconds.
func (p *person) soon() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	p.t.Cleanup(cancel)
	return ctx
}

func (p *person) check(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// to finds "#channel" or "@name".
func (p *person) to(name string) backend.Conversation {
	p.t.Helper()
	conv, err := p.Resolve(p.soon(), name)
	p.check(err)
	return conv
}

// says sends a text and waits until the hub has it.
func (p *person) says(to, text string) id.MessageID {
	p.t.Helper()
	conv := p.to(to)
	m, err := p.Send(conv, backend.Draft{Text: text})
	p.check(err)
	p.check(p.WaitFor(p.soon(), conv, m, backend.Sent))
	return m
}

// texts lists what people said in a conversation, oldest first.
func (p *person) texts(to string) (texts []string) {
	p.t.Helper()
	page, _, err := p.History(p.to(to), "", 1000)
	p.check(err)
	for _, m := range page {
		if m.Notice == nil && m.State != backend.Retrying {
			texts = append(texts, m.FromName+": "+m.Text)
		}
	}
	return texts
}

// hears waits until the newest texts of a conversation are these.
func (p *person) hears(to string, want ...string) {
	p.t.Helper()
	var got []string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		got = p.texts(to)
		if equalTail(got, want) {
			return
		}
	}
	p.t.Fatalf("%s sees in %s %q, want %q", p.name, to, got, want)
}

func equalTail(got, want []string) bool {
	if len(got) < len(want) {
		return false
	}
	for i, text := range got[len(got)-len(want):] {
		if text != want[i] {
			return false
		}
	}
	return true
}
