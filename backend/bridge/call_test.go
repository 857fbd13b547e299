package bridge

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/call"
	"gossip/backend/media"
)

// caller is somebody with a machine whose devices are made.
func caller(t *testing.T) *person {
	t.Helper()
	machine := media.New(media.Options{})
	t.Cleanup(func() { machine.Close() })
	p := newcomer(t, "alice", func(o *Options) { o.Machine, o.CallDevice = machine, media.TestDevice })
	p.until("ready", func() bool { return p.Snapshot().Stage == StageReady })
	return p
}

func TestPicturesAreStreamed(t *testing.T) {
	p := caller(t)
	server := httptest.NewServer(p.session.Pictures())
	defer server.Close()
	pictures, err := p.session.options.Machine.Show("device", media.KindCamera)
	if err != nil {
		t.Fatal(err)
	}
	picture := []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 64, 0} // the head of one of 64 pixels by 64: RFC 6386, section 9.1
	if err := pictures.WriteFrame(picture, true, 7*time.Microsecond); err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(server.URL + PicturesPath + "camera/device")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	frame := make([]byte, 13+len(picture))
	if _, err := io.ReadFull(response.Body, frame); err != nil {
		t.Fatal(err)
	}
	if n := binary.BigEndian.Uint32(frame); n != 10 || frame[4] != 1 || frame[12] != 7 || !bytes.Equal(frame[13:], picture) {
		t.Errorf("streamed %x", frame)
	}
	pictures.Close()
	if rest, err := io.ReadAll(response.Body); err != nil || len(rest) > 0 {
		t.Errorf("after the end came %x, %v", rest, err)
	}
}

func TestNoSuchPictures(t *testing.T) {
	p := caller(t)
	for _, path := range []string{"microphone/device", "camera", "camera/../../x"} {
		w := httptest.NewRecorder()
		p.session.Pictures().ServeHTTP(w, httptest.NewRequest(http.MethodGet, PicturesPath+path, nil))
		if w.Code == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}

func TestDevicesAreChosen(t *testing.T) {
	p := caller(t)
	if err := p.SetCallDevice("nose", "x"); err == nil {
		t.Error("there is a device of any kind")
	}
	if err := p.SetCallDevice("speaker", "loud"); err != nil {
		t.Fatal(err)
	}
	values, err := p.Settings()
	if err != nil || values.Speaker != "loud" {
		t.Errorf("kept %q, %v", values.Speaker, err)
	}
	values.Speaker = ""
	if err := p.SetSettings(values); err != nil {
		t.Fatal(err)
	}
	if values, _ = p.Settings(); values.Speaker != "loud" {
		t.Error("other preferences take the choice of a device back")
	}
	found, err := p.CallDevices()
	if err != nil || found.Chosen.Speaker != media.TestDevice || len(found.Cameras) != 1 {
		t.Errorf("found %+v, %v", found, err)
	}
}

func TestOnlyTheCameraIsStoodInFor(t *testing.T) {
	machine := media.New(media.Options{})
	defer machine.Close()
	p := newcomer(t, "alice", func(o *Options) { o.Machine, o.CallDevice = machine, TestCamera })
	p.until("ready", func() bool { return p.Snapshot().Stage == StageReady })
	found, err := p.CallDevices()
	if err != nil {
		t.Fatal(err)
	}
	want := Chosen{Camera: media.TestDevice}
	if found.Chosen != want || len(found.Cameras) != 1 || found.Cameras[0].ID != media.TestDevice {
		t.Errorf("chosen %+v of %+v", found.Chosen, found.Cameras)
	}
	for _, microphone := range found.Microphones {
		if microphone.ID == media.TestDevice {
			t.Error("the microphone is stood in for, too")
		}
	}
}

func TestRingingIsTold(t *testing.T) {
	a := newAlerts(New(Options{}))
	for _, phase := range []call.Phase{call.Ringing, call.Ringing, call.Active, call.Idle} {
		a.call(backend.CallInfo{Phase: phase, Conversation: "c"})
		if want := phase == call.Ringing; (a.ringing != "") != want {
			t.Errorf("in the phase %q something rings: %v", phase, !want)
		}
	}
}
