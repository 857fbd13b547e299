//go:build cgo

package media

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gossip/backend/media/mediatest"
)

func named(t *testing.T, devices []Device, name string) string {
	t.Helper()
	i := slices.IndexFunc(devices, func(d Device) bool { return strings.Contains(d.Name, name) })
	if i < 0 {
		t.Fatalf("no %q among %+v", name, devices)
	}
	return devices[i].ID
}

// tape records a device.
type tape struct {
	mu      sync.Mutex // guards the following
	samples []float32
	begin   time.Time // of the first sample
	last    time.Time // of the last one
	stall   time.Duration
}

func record(t *testing.T, m *Machine, id string) *tape {
	t.Helper()
	r := &tape{}
	input, err := m.openInput(id, func(block []float32) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.samples == nil {
			r.samples = make([]float32, 0, 48000*60)
			r.begin = time.Now().Add(-blockTime)
			r.last = time.Now()
		}
		r.stall, r.last = max(r.stall, time.Since(r.last)), time.Now()
		r.samples = append(r.samples, block...)
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { input.Close() })
	await(t, "the device gives sound", func() bool { return len(r.since(time.Time{})) > 0 })
	return r
}

func (r *tape) forgetStalls() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stall = 0
}

// rewind forgets everything; the next sample is the first.
func (r *tape) rewind() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.samples = nil
}

// longestStall is the longest time between two blocks of 10 ms.
func (r *tape) longestStall() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stall
}

func (r *tape) since(begin time.Time) []float32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	skip := int(begin.Sub(r.begin).Seconds() * 48000)
	return slices.Clone(r.samples[min(max(skip, 0), len(r.samples)):])
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for begin := time.Now(); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > 20*time.Second {
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}

// TestSoundServer goes through a real sound server: speech into a microphone, out of the speakers; then devices come and go.
func TestSoundServer(t *testing.T) {
	if testing.Short() {
		t.Skip("takes the time that speech takes")
	}
	speech := say(t, "en", nearText)
	server := mediatest.Start(t, "mouth", "ear")
	file := filepath.Join(t.TempDir(), "speech.wav")
	if err := WriteWAV(file, speech); err != nil {
		t.Fatal(err)
	}
	m := New(Options{})
	defer m.Close()
	devices, err := m.Devices()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", devices)
	ear := named(t, devices.Speakers, "ear")
	if err := m.SetSpeaker(ear); err != nil {
		t.Fatal(err)
	}
	t.Run("speech", func(t *testing.T) { throughServer(t, m, devices, file) })
	t.Run("plug", func(t *testing.T) { plugged(t, m, server) })
	t.Run("restart", func(t *testing.T) { restarted(t, m, server) })
}

func throughServer(t *testing.T, m *Machine, devices Devices, file string) {
	mic, err := m.Microphone(named(t, devices.Microphones, "mouth"))
	if err != nil {
		t.Fatal(err)
	}
	defer mic.Close()
	play, err := m.Play("bob")
	if err != nil {
		t.Fatal(err)
	}
	defer play.Close()
	said, heard := record(t, m, named(t, devices.Microphones, "mouth")), record(t, m, named(t, devices.Microphones, "ear"))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- carry(ctx, mic, play) }()
	begin := time.Now()
	said.forgetStalls()
	heard.forgetStalls()
	if out, err := exec.Command("paplay", "--device=mouth", file).CombinedOutput(); err != nil {
		t.Fatalf("paplay: %v\n%s", err, out)
	}
	time.Sleep(500 * time.Millisecond)
	cancel()
	<-ended
	like, delay := alikeInPieces(envelope(said.since(begin)), envelope(heard.since(begin)))
	if err := play.Close(); err != nil || m.output != nil {
		t.Errorf("the speaker stays open after the call: %v", err)
	}
	stall := max(said.longestStall(), heard.longestStall())
	t.Logf("speech through a sound server, cleaned and encoded: envelope correlation %.3f, mouth to ear %d ms, longest stall of the machine %v, %+v",
		like, delay, stall.Round(time.Millisecond), play.Stats())
	if stall > 60*time.Millisecond {
		t.Skipf("this machine is too busy to judge sound in real time: it stood still for %v", stall.Round(time.Millisecond))
	}
	if like < 0.8 || delay > 200 {
		t.Errorf("correlation %.3f, mouth to ear %d ms", like, delay)
	}
}

// plugs follows the devices that come and go, from what there is at its call on.
func plugs(t *testing.T, m *Machine) <-chan [2]Devices {
	ctx, cancel := context.WithCancel(t.Context())
	changes, ended := make(chan [2]Devices, 10), make(chan struct{})
	go func() {
		defer close(ended)
		m.WatchDevices(ctx, func() bool { return true }, func(before, now Devices) { changes <- [2]Devices{before, now} })
	}()
	t.Cleanup(func() { cancel(); <-ended })
	<-changes
	return changes
}

// plugged plugs a speaker in, plays on it, and unplugs it: the list follows, and the sound goes on with the default one.
func plugged(t *testing.T, m *Machine, server *mediatest.Server) {
	changes := plugs(t, m)
	has := func(d Devices) bool {
		return slices.ContainsFunc(d.Speakers, func(s Device) bool { return strings.Contains(s.Name, "headset") })
	}
	unplug := server.Plug("headset")
	change := <-changes
	plugged := change[1]
	if has(change[0]) || !has(plugged) {
		t.Fatalf("no new headset in %+v", plugged.Speakers)
	}
	if err := m.SetSpeaker(named(t, plugged.Speakers, "headset")); err != nil {
		t.Fatal(err)
	}
	if err := m.TestSpeaker(); err != nil {
		t.Fatal(err)
	}
	server.Pactl("set-default-sink", "ear")
	unplug()
	for has((<-changes)[1]) { // that the default is another one is told, too
	}
	heard := record(t, m, named(t, plugged.Microphones, "ear"))
	goesOn(t, m, heard)
}

// goesOn has the speaker heard.
func goesOn(t *testing.T, m *Machine, heard *tape) {
	t.Helper()
	await(t, "the sound goes on", func() bool {
		if err := m.TestSpeaker(); err != nil {
			t.Fatal(err)
		}
		return power(heard.since(time.Now().Add(-500*time.Millisecond))) > -40
	})
}

// restarted stops the sound server in the middle of a call and starts it again: what is played and recorded goes on, and
// the devices are listed again.
func restarted(t *testing.T, m *Machine, server *mediatest.Server) {
	devices, err := m.Devices()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.SetSpeaker(named(t, devices.Speakers, "ear")); err != nil {
		t.Fatal(err)
	}
	play, err := m.Play("bob")
	if err != nil {
		t.Fatal(err)
	}
	defer play.Close()
	heard := record(t, m, named(t, devices.Microphones, "ear"))
	goesOn(t, m, heard)
	server.Stop()
	if left, err := m.Devices(); err != nil || len(left.Speakers) > 0 {
		t.Errorf("without a server there are %+v, %v", left.Speakers, err)
	}
	if _, err := m.Microphone(DefaultDevice); !errors.Is(err, errNoSound) {
		t.Errorf("without a server: %v", err)
	}
	heard.rewind()
	server.Start()
	begin := time.Now()
	goesOn(t, m, heard)
	t.Logf("sound is back %v after the server", time.Since(begin).Round(100*time.Millisecond))
	if again, err := m.Devices(); err != nil || len(again.Speakers) != len(devices.Speakers) {
		t.Errorf("before the restart %+v, after it %+v, %v", devices, again, err)
	}
}
