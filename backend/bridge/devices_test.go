package bridge

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gossip/backend/media"
	"gossip/backend/media/mediatest"
)

// atHome is somebody with this machine's own devices.
func atHome(t *testing.T, change func(*Options)) *person {
	t.Helper()
	machine := media.New(media.Options{})
	t.Cleanup(func() { machine.Close() })
	p := newcomer(t, "alice", func(o *Options) { o.Machine = machine; change(o) })
	p.until("ready", func() bool { return p.Snapshot().Stage == StageReady })
	return p
}

// TestCameraIsSeenWithoutACall looks at the own camera and chooses another one meanwhile.
func TestCameraIsSeenWithoutACall(t *testing.T) {
	p := caller(t)
	server := httptest.NewServer(p.session.Pictures())
	defer server.Close()
	response, err := http.Get(server.URL + PicturesPath + "camera/self")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if n, err := io.CopyN(io.Discard, response.Body, 10_000); err != nil {
		t.Fatalf("%d bytes of pictures, then %v", n, err)
	}
	if err := p.SetCallDevice("camera", media.TestDevice); err != nil {
		t.Fatal(err)
	}
	if n, err := io.CopyN(io.Discard, response.Body, 20_000); err != nil {
		t.Fatalf("%d bytes of pictures after another camera was chosen, then %v", n, err)
	}
}

func TestNoCameraIsASentence(t *testing.T) {
	p := atHome(t, func(*Options) {})
	if found, err := p.CallDevices(); err != nil || len(found.Cameras) > 0 {
		t.Skipf("there are cameras: %+v, %v", found.Cameras, err)
	}
	w := httptest.NewRecorder()
	p.session.Pictures().ServeHTTP(w, httptest.NewRequest(http.MethodGet, PicturesPath+"camera/self", nil))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "no camera was found: plug one in") {
		t.Errorf("%d, %q", w.Code, w.Body)
	}
}

func TestMicrophoneIsListenedTo(t *testing.T) {
	p := caller(t)
	for range 2 { // the second one takes the place of the first
		if err := p.ListenMicrophone("whatever"); err != nil {
			t.Fatal(err)
		}
	}
	p.change(eventLevel, func(c Change) bool { return *c.Level > 0.3 && *c.Level <= 1 })
	p.StopListening()
	p.StopListening()
	told := p.levels()
	microphone, err := p.session.microphone("")
	if err != nil {
		t.Fatal(err)
	}
	defer microphone.Close()
	for range 15 { // 20 ms each
		if _, err := microphone.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if more := p.levels(); more != told {
		t.Errorf("told %d times after the end", more-told)
	}
}

// levels is how often the level of a microphone was told.
func (p *person) levels() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.changes {
		if c.Type == eventLevel {
			n++
		}
	}
	return n
}

// TestPlugs plugs the chosen speaker out and in again.
func TestPlugs(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for devices to be looked for")
	}
	server := mediatest.Start(t, "desk", "room")
	unplug := server.Plug("headset")
	p := atHome(t, func(o *Options) { o.CallDevice = TestCamera })
	found, err := p.CallDevices()
	if err != nil {
		t.Fatal(err)
	}
	var headset string
	for _, d := range found.Speakers {
		if d.Name == "headset" {
			headset = d.ID
		}
	}
	if err := p.SetCallDevice("speaker", headset); err != nil {
		t.Fatal(err)
	}
	says := func(sentence string) {
		t.Helper()
		p.change(eventDevices, func(c Change) bool { return c.Sentence == sentence })
	}
	p.change(eventDevices, always)
	unplug()
	says("The speaker “headset” was unplugged. Using “desk” now.")
	if found, err = p.CallDevices(); err != nil || found.Chosen.Speaker != media.DefaultDevice {
		t.Errorf("chosen %+v, %v", found.Chosen, err)
	}
	server.Plug("headset")
	says("The speaker “headset” is back. Using it again.")
	if found, err = p.CallDevices(); err != nil || found.Chosen.Speaker != headset {
		t.Errorf("chosen %+v, %v", found.Chosen, err)
	}
}

func TestSentencesOfPlugs(t *testing.T) {
	desk, room, usb := media.Device{ID: "1", Name: "Desk", Default: true}, media.Device{ID: "2", Name: "Room"}, media.Device{ID: "3", Name: "USB"}
	for _, c := range []struct {
		what        string
		was, is     string
		before, now []media.Device
		idle        string // without a call
		calling     string
	}{
		{"another one came", "", "", []media.Device{desk}, []media.Device{desk, usb}, "", ""},
		{"the chosen one went", "3", "", []media.Device{desk, usb}, []media.Device{desk},
			"The microphone “USB” was unplugged. Using “Desk” now.", "The microphone “USB” was unplugged. Using “Desk” now."},
		{"the chosen one came back", "", "3", []media.Device{desk}, []media.Device{desk, usb},
			"The microphone “USB” is back. Using it again.", "The microphone “USB” is back. Using it again."},
		{"the only one went", "3", "", []media.Device{usb}, nil,
			"The microphone “USB” was unplugged, and there is no other. Plug one in.", "The microphone “USB” was unplugged, and there is no other. Plug one in."},
		{"the system's choice went", "", "", []media.Device{desk, room}, []media.Device{room},
			"", "The microphone “Desk” was unplugged. Using “Room” now."},
		{"the system chose another", "", "", []media.Device{desk, room}, []media.Device{{ID: "1", Name: "Desk"}, {ID: "2", Name: "Room", Default: true}}, "", ""},
		{"one that is not used went", "2", "2", []media.Device{desk, room, usb}, []media.Device{desk, room}, "", ""},
		{"the first of all came", "", "", nil, []media.Device{desk}, "", ""},
	} {
		s := swap{"microphone", c.was, c.is, c.before, c.now}
		if idle, calling := s.sentence(false), s.sentence(true); idle != c.idle || calling != c.calling {
			t.Errorf("%s: %q, in a call %q", c.what, idle, calling)
		}
	}
}

func TestChosenDeviceIsFoundAgain(t *testing.T) {
	for _, c := range []struct {
		what  string
		found []media.Device
		want  string
	}{
		{"as it was", []media.Device{{ID: "1", Name: "Desk"}, {ID: "2", Name: "USB"}}, "2"},
		{"under another number", []media.Device{{ID: "2", Name: "Desk"}, {ID: "4", Name: "USB"}}, "4"},
		{"two of a name", []media.Device{{ID: "4", Name: "USB"}, {ID: "2", Name: "USB"}}, "2"},
		{"under another name", []media.Device{{ID: "1", Name: "Desk"}, {ID: "2", Name: "USB audio"}}, "2"},
		{"away", []media.Device{{ID: "1", Name: "Desk"}}, media.DefaultDevice},
	} {
		if got := present("2", "USB", c.found); got != c.want {
			t.Errorf("%s: %q", c.what, got)
		}
	}
	if present("loud", "", []media.Device{{ID: "loud"}}) != "loud" {
		t.Error("a device without a name is not found")
	}
}
