package backendtest

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gossip/backend"
	"gossip/common/id"
	"gossip/signaling/hubtest"
)

// patience is how long a command may take, in the bubble's time.
const patience = time.Minute

// world is a hub and the people on it, in one bubble.
type world struct {
	t       *testing.T
	hub     *hubtest.Hub
	hubID   id.HubID
	general backend.Conversation
	devices []*device
	logs    *logs
}

// story runs a test in a bubble: its time goes on when everybody waits.
func story(t *testing.T, tell func(w *world), options ...hubtest.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options...)
		tell(w)
	})
}

func newWorld(t *testing.T, options ...hubtest.Option) *world {
	w := &world{t: t, logs: newLogs()}
	t.Cleanup(func() {
		if t.Failed() && testing.Verbose() {
			w.logs.print(t)
		}
	})
	w.hub = hubtest.Start(t, options...)
	w.hubID = w.hub.ID()
	t.Cleanup(w.closeAll) // before the hub's
	return w
}

func (w *world) closeAll() {
	for _, d := range w.devices {
		d.close()
	}
}

// newDevice makes the folder of a device; it is off.
func (w *world) newDevice(name, person string) *device {
	w.t.Helper()
	d := &device{world: w, name: name, person: person, unlock: unlock, dir: filepath.Join(w.t.TempDir(), name), shown: map[string]bool{}}
	w.devices = append(w.devices, d)
	return d
}

// join makes a person with a device who has joined the hub and knows everybody who was there before.
func (w *world) join(name string) *device {
	w.t.Helper()
	d := w.newDevice(name, name)
	d.open()
	check(w.t, d.client.CreateIdentity(name))
	w.enter(d, backend.JoinRequest{Address: hubAddress})
	for _, other := range w.devices {
		if other != d && other.on() && other.user != id.NoUser {
			w.meet(d, other)
			w.meet(other, d)
		}
	}
	return d
}

const hubAddress = "hub.example:1720"

// enter has a device join the hub.
func (w *world) enter(d *device, request backend.JoinRequest) {
	w.t.Helper()
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	if _, err := d.client.Join(ctx, request); err != nil {
		w.t.Fatalf("%s can't join: %v", d.name, err)
	}
	d.learn()
	if w.general == (backend.Conversation{}) {
		w.general = d.resolve("#general")
	}
}

// learn takes the ids of the device's identity.
func (d *device) learn() {
	me := d.client.Me()
	d.user, d.id = me.User, me.Device
}

// meet has one look the other up.
func (w *world) meet(d, other *device) {
	w.t.Helper()
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	if _, err := d.client.FindUser(ctx, w.hubID, other.person); err != nil {
		w.t.Fatalf("%s can't find %s: %v", d.name, other.person, err)
	}
}

// resolve finds a conversation by its name.
func (d *device) resolve(to string) backend.Conversation {
	d.world.t.Helper()
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	conv, err := d.client.Resolve(ctx, to)
	if err != nil {
		d.world.t.Fatalf("%s does not know %s: %v", d.name, to, err)
	}
	return conv
}

// rest lets time pass and everything that is due happen.
func (w *world) rest(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// template is a hub and people who have joined it and know each other, made once: stories that start from it need not
// make keys and join.
type template struct {
	hub     folder
	people  []string
	folders map[string]folder
	users   map[string]id.UserID
	devices map[string]id.DeviceID
	general backend.Conversation
}

var made struct {
	once sync.Once
	template
}

// templateTime is when stories that start from the template begin: everything in it is older.
var templateTime = hubtest.Today.Add(10 * time.Minute)

// laptop is the second device of the template's first person.
const laptop = "laptop"

// makeTemplate makes it.
func makeTemplate(t *testing.T, names ...string) *template {
	t.Helper()
	made.once.Do(func() {
		story(t, func(w *world) {
			for _, name := range names {
				w.join(name)
			}
			w.rest(10 * time.Second)
			w.restored(w.devices[0], laptop)
			w.rest(time.Minute)
			tpl := template{people: names, folders: map[string]folder{}, users: map[string]id.UserID{}, devices: map[string]id.DeviceID{}, general: w.general}
			for _, d := range w.devices {
				d.close()
				tpl.folders[d.name], tpl.users[d.name], tpl.devices[d.name] = readFolder(t, d.dir), d.user, d.id
			}
			w.hub.Stop()
			tpl.hub = readFolder(t, w.hub.Dir)
			made.template = tpl
		})
	})
	return &made.template
}

// worldFrom starts a world from the template; the devices are on.
func worldFrom(t *testing.T, tpl *template, names ...string) *world {
	t.Helper()
	w := newWorld(t, withFolder(t, tpl.hub))
	time.Sleep(time.Until(templateTime))
	w.general = tpl.general
	for _, name := range names {
		person := name
		if name == laptop {
			person = names[0]
		}
		d := w.newDevice(name, person)
		tpl.folders[name].write(t, d.dir)
		d.user, d.id = tpl.users[name], tpl.devices[name]
		d.open()
	}
	return w
}
