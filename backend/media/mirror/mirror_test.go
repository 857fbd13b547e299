package mirror

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtp"

	"gossip/backend/call"
)

const delay = 2 * time.Second

// toc is the head of a hybrid packet of 20 ms.
const toc = 0x78

func packet(n int) *rtp.Packet {
	return &rtp.Packet{
		Header:  rtp.Header{SSRC: 1, SequenceNumber: uint16(n), Timestamp: 0xffffff00 + uint32(n*packetSamples)},
		Payload: fmt.Appendf([]byte{toc}, "packet %d", n),
	}
}

func open(t *testing.T) (*Media, call.Capture, call.Playback) {
	t.Helper()
	m := New(delay)
	capture, err := m.Microphone("")
	if err != nil {
		t.Fatal(err)
	}
	playback, err := m.Play("alice")
	if err != nil {
		t.Fatal(err)
	}
	return m, capture, playback
}

func read(t *testing.T, c call.Capture) call.Sample {
	t.Helper()
	sample, err := c.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sample
}

// given is what came of a packet when, since the beginning.
type given struct {
	data string
	at   time.Duration
}

// listen reads the microphone for a time and keeps what is no silence.
func listen(t *testing.T, c call.Capture, begin time.Time, until time.Duration) (heard []given) {
	t.Helper()
	for time.Since(begin) < until {
		if data := read(t, c).Data; !bytes.Equal(data, silence) {
			heard = append(heard, given{string(data), time.Since(begin)})
		}
	}
	return heard
}

func TestSound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, capture, playback := open(t)
		begin := time.Now()
		go func() {
			for _, n := range []int{0, 2, 1, 3, 3, 5, 6} { // out of order, twice, and 4 is lost
				playback.WriteRTP(packet(n))
				time.Sleep(packetTime)
			}
		}()
		heard := listen(t, capture, begin, 4*time.Second)
		if len(heard) != 7 {
			t.Fatalf("heard %+v", heard)
		}
		for n, one := range heard {
			want := string(packet(n).Payload)
			if n == 4 {
				want = string(rune(toc))
			}
			if due := delay + time.Duration(n)*packetTime; one.data != want || one.at < due || one.at > due+2*packetTime {
				t.Errorf("packet %d: %q after %v", n, one.data, one.at)
			}
		}
		if s := playback.Stats(); s.Samples != 7*packetSamples || s.Concealed != packetSamples {
			t.Errorf("counted %+v", s)
		}
	})
}

func TestSoundAfterPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, capture, playback := open(t)
		begin := time.Now()
		go func() {
			playback.WriteRTP(packet(0))
			time.Sleep(time.Minute) // the clock of what is said has stopped meanwhile
			playback.WriteRTP(packet(1))
			playback.WriteRTP(&rtp.Packet{Header: rtp.Header{SSRC: 1, Timestamp: packet(2).Timestamp}, Payload: []byte{toc | 1, 'x'}}) // two frames
			playback.WriteRTP(&rtp.Packet{Header: rtp.Header{SSRC: 1, Timestamp: packet(2).Timestamp}})
		}()
		heard := listen(t, capture, begin, time.Minute+3*time.Second)
		if len(heard) != 2 || heard[1].data != "\x78packet 1" || heard[1].at < time.Minute+delay || heard[1].at > time.Minute+delay+2*packetTime {
			t.Fatalf("heard %+v", heard)
		}
		playback.Close()
		if playback.WriteRTP(packet(3)) == nil {
			t.Error("speaks after the end")
		}
		capture.Close()
		if _, err := capture.Read(t.Context()); err == nil {
			t.Error("can be read after the end")
		}
	})
}

func TestPictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, _, _ := open(t)
		shown, err := m.Show("alice", call.KindCamera)
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		errs := make(chan error, 100)
		go func() {
			for n := range 30 {
				errs <- shown.WriteFrame(fmt.Appendf(nil, "frame %d", n), n%10 == 0, time.Duration(n)*50*time.Millisecond)
				time.Sleep(50 * time.Millisecond)
			}
			close(errs)
		}()
		camera, err := m.Camera("")
		if err != nil {
			t.Fatal(err)
		}
		for n := range 30 {
			frame := read(t, camera)
			due := delay + time.Duration(n)*50*time.Millisecond
			if string(frame.Data) != fmt.Sprintf("frame %d", n) || frame.Keyframe != (n%10 == 0) || time.Since(begin) != due {
				t.Fatalf("frame %d: %q, keyframe %v, after %v", n, frame.Data, frame.Keyframe, time.Since(begin))
			}
			if n < 29 && frame.Duration != 50*time.Millisecond {
				t.Errorf("frame %d is shown for %v", n, frame.Duration)
			}
		}
		for err := range errs {
			if err != nil {
				t.Errorf("a keyframe was asked for without need: %v", err)
			}
		}
	})
}

// TestKeyframes opens the camera late, asks for a keyframe and gets one.
func TestKeyframes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, _, _ := open(t)
		shown, _ := m.Show("alice", call.KindScreen)
		write := func(n int, key bool) error {
			defer time.Sleep(50 * time.Millisecond)
			return shown.WriteFrame(fmt.Appendf(nil, "frame %d", n), key, time.Duration(n)*50*time.Millisecond)
		}
		if err := write(0, true); err != nil {
			t.Fatal(err)
		}
		for n := range 100 {
			if err := write(1+n, false); err != nil {
				t.Fatal(err)
			}
		}
		screen, _ := m.Screen("")
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if frame, err := screen.Read(ctx); err == nil {
			t.Fatalf("%q can't be decoded", frame.Data)
		}
		if write(161, false) == nil {
			t.Fatal("no keyframe is asked for")
		}
		if err := write(162, true); err != nil {
			t.Fatal(err)
		}
		if frame := read(t, screen); string(frame.Data) != "frame 162" {
			t.Fatalf("%q comes first", frame.Data)
		}
		screen.RequestKeyframe()
		if write(203, false) == nil {
			t.Error("the peer's wish is not passed on")
		}
		if err := write(204, true); err != nil {
			t.Fatal(err)
		}
		screen.RequestKeyframe()
		if err := write(205, false); err != nil {
			t.Error("asked for a keyframe although one is on its way")
		}
		screen.Close()
		if _, err := screen.Read(t.Context()); err != nil {
			return
		}
		if _, err := screen.Read(t.Context()); err == nil {
			t.Error("can be read after the end")
		}
	})
}

func TestBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, _, playback := open(t)
		shown, _ := m.Show("alice", call.KindCamera)
		data := make([]byte, 1<<18)
		for n := range 2000 {
			playback.WriteRTP(packet(n))
			shown.WriteFrame(data, n == 0, time.Duration(n)*packetTime)
			time.Sleep(packetTime)
		}
		if m.camera.bytes > mostKept || len(m.sound.slots) > 200 {
			t.Errorf("keeps %d bytes and %d packets that nobody takes", m.camera.bytes, len(m.sound.slots))
		}
	})
}
