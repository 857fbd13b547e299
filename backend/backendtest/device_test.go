package backendtest

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"gossip/backend"
	"gossip/backend/vault"
	"gossip/common/id"
)

// device is one installation: a profile folder and, while it is on, a Client.
type device struct {
	world  *world
	name   string
	person string // whose it is
	dir    string
	line   *line
	way    func(context.Context, string) (net.Conn, error) // to the hub; nil: straight
	unlock vault.Unlock
	calls  calls
	user   id.UserID
	id     id.DeviceID

	client *backend.Client // nil while it is off
	stop   context.CancelFunc
	ran    chan struct{} // closed when Run has returned
	read   chan struct{} // closed when all events are read

	mu     sync.Mutex // guards the following
	events []backend.Event
	shown  map[string]bool // messages, by id
}

// unlock keeps the store key in a file: no keyring, no Argon2id.
var unlock = vault.Unlock{NoKeyring: true, KeyFile: true}

// open starts the client on its folder.
func (d *device) open() {
	d.world.t.Helper()
	d.line = &line{dialHub: d.world.hub.Dial}
	if d.way != nil {
		d.line.dialHub = d.way
	}
	client, err := backend.New(backend.Options{
		Dir: d.dir, Unlock: d.unlock, Dial: d.dial, Client: "gossip-test/1",
		Log: slog.New(d.world.logs.handler(d.name)), Media: d.calls.machine(), CallNetwork: d.calls.network, CallLoopback: d.calls.loopback,
	})
	if err != nil {
		d.world.t.Fatalf("%s can't open the profile: %v", d.name, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.client, d.stop, d.ran, d.read = client, cancel, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(d.ran)
		if err := client.Run(ctx); err != nil {
			d.world.t.Errorf("%s: Run ended with %v", d.name, err)
		}
	}()
	go func() {
		defer close(d.read)
		for e := range client.Events() {
			d.note(e)
		}
	}()
}

func (d *device) dial(ctx context.Context, address string) (net.Conn, error) {
	return d.line.dial(ctx, address)
}

func (d *device) note(e backend.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = append(d.events, e)
	if e.Message != nil && e.Message.Notice == nil && e.Message.State != backend.Retrying {
		d.shown[e.Message.ID] = true
	}
}

// saw reports whether the message was ever shown here.
func (d *device) saw(m id.MessageID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.shown[m.String()]
}

// troubles are the error events so far.
func (d *device) troubles() (list []backend.Trouble) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		if e.Error != nil {
			list = append(list, *e.Error)
		}
	}
	return list
}

func (d *device) on() bool { return d.client != nil }

// close ends the client as its window does.
func (d *device) close() {
	d.world.t.Helper()
	if !d.on() {
		return
	}
	d.stop()
	<-d.ran
	if err := d.client.Close(); err != nil {
		d.world.t.Errorf("%s: Close: %v", d.name, err)
	}
	<-d.read
	d.client = nil
}

// kill ends the client as SIGKILL does: nothing gets out any more, and the folder is as it is at this moment, whatever the
// client was doing. open brings it back.
func (d *device) kill() { d.killWith(func(whole []byte) []byte { return whole }) }

// killWith is kill with a change of the store's file.
func (d *device) killWith(change func(whole []byte) []byte) {
	d.world.t.Helper()
	d.line.die()
	file := filepath.Join(d.dir, storeFile)
	whole := image(d.world.t, file)
	d.close()
	check(d.world.t, os.WriteFile(file, change(whole), 0o600))
}

// say sends a text.
func (d *device) say(conv backend.Conversation, text string) id.MessageID {
	d.world.t.Helper()
	m, err := d.client.Send(conv, backend.Draft{Text: text})
	if err != nil {
		d.world.t.Fatalf("%s could not send: %v", d.name, err)
	}
	return m
}

// with is the conversation with another person's device's owner.
func (d *device) with(other *device) backend.Conversation {
	return backend.Conversation{Hub: d.world.hubID, User: other.user}
}

// history is the whole conversation, oldest first.
func (d *device) history(conv backend.Conversation) (all []backend.Message) {
	d.world.t.Helper()
	for before, more := backend.Position(""), true; more; {
		var page []backend.Message
		var err error
		page, more, err = d.client.History(conv, before, 1000)
		if err != nil {
			d.world.t.Fatalf("%s can't read the history: %v", d.name, err)
		}
		all = append(page, all...)
		if len(page) > 0 {
			before = page[0].Position
		}
	}
	return all
}

// texts are what people said in a conversation, without the notices.
func (d *device) texts(conv backend.Conversation) (texts []string) {
	d.world.t.Helper()
	for _, m := range d.history(conv) {
		if m.Notice == nil {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// sees waits until the text is in the conversation's history.
func (d *device) sees(conv backend.Conversation, text string) backend.Message {
	d.world.t.Helper()
	for range 600 {
		for _, m := range d.history(conv) {
			if m.Text == text && m.Notice == nil {
				return m
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	d.world.t.Fatalf("%s does not see %q, but %q", d.name, text, d.texts(conv))
	return backend.Message{}
}

// notices are the rows of the program of one kind.
func (d *device) notices(conv backend.Conversation, kind string) (found []backend.Notice) {
	d.world.t.Helper()
	for _, m := range d.history(conv) {
		if m.Notice != nil && m.Notice.Kind == kind {
			found = append(found, *m.Notice)
		}
	}
	return found
}
