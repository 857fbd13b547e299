//go:build cgo

package media

import (
	"encoding/binary"
	"errors"
	"image"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"gossip/backend/media/apm"
	"gossip/backend/media/opus"
	"gossip/backend/media/vpx"
)

// keyframe is the head of one of a size.
func keyframe(width, height uint16) []byte {
	frame := []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a}
	return binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(frame, width), height)
}

func TestPicturesOfPeersAreJudged(t *testing.T) {
	for _, c := range []struct {
		what  string
		frame []byte
		key   bool
		want  bool
	}{
		{"a camera's", keyframe(1280, 720), true, true},
		{"scaled by its decoder", keyframe(1280|0x4000, 720|0x8000), true, true},
		{"a wide screen's", keyframe(7680, 2160), true, true},
		{"too many pixels", keyframe(7680, 4320), true, false},
		{"the most that a head can say", keyframe(16383, 16383), true, false},
		{"too long a side", keyframe(8192, 16), true, false},
		{"no pixels", keyframe(0, 720), true, false},
		{"no start code", make([]byte, 10), true, false},
		{"cut off", keyframe(1280, 720)[:9], true, false},
		{"a keyframe that says it is none", keyframe(1280, 720), false, false},
		{"none that says it is one", []byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, true, false},
		{"one that goes on", []byte{1, 0, 0}, false, true},
		{"nothing", nil, false, false},
		{"a flood", append(keyframe(1280, 720), make([]byte, mostFrame)...), true, false},
	} {
		if got := plausible(c.frame, c.key); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

// TestNothingIsShownAfterABadPicture waits for the next keyframe.
func TestNothingIsShownAfterABadPicture(t *testing.T) {
	m := New(Options{})
	defer m.Close()
	shown, err := m.Show("mallory", KindCamera)
	if err != nil {
		t.Fatal(err)
	}
	next := []byte{1, 0, 0, 0}
	for i, c := range []struct {
		frame []byte
		key   bool
		want  error
	}{
		{keyframe(320, 180), true, nil}, {next, false, nil},
		{keyframe(16000, 16000), true, ErrKeyframeNeeded}, {next, false, ErrKeyframeNeeded},
		{keyframe(320, 180), true, nil}, {next, false, nil},
	} {
		if err := shown.WriteFrame(c.frame, c.key, time.Duration(i)); !errors.Is(err, c.want) {
			t.Errorf("frame %d: %v", i, err)
		}
	}
	if kept := len(m.gallery.walls[wallName{"mallory", KindCamera}].kept); kept != 2 {
		t.Errorf("%d frames are kept for who comes to watch", kept)
	}
}

// FuzzPictures has no frame that is let through make a decoder take more room than the largest picture needs.
func FuzzPictures(f *testing.F) {
	f.Add(keyframe(320, 180), true)
	f.Add([]byte{1, 0, 0, 0}, false)
	f.Fuzz(func(t *testing.T, frame []byte, key bool) {
		if !plausible(frame, key) {
			return
		}
		decoder, err := vpx.NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		defer decoder.Close()
		picture, err := decoder.Decode(frame)
		if err == nil && picture != nil && picture.Rect.Dx()*picture.Rect.Dy() > mostPixels {
			t.Errorf("a picture of %v", picture.Rect)
		}
	})
}

// FuzzSpeech has a participant send anything in any order: three bytes say sequence, time and length of each packet.
func FuzzSpeech(f *testing.F) {
	f.Add([]byte("\x01\x01\x03\xf8\xff\xfe\x02\x02\x03\xf8\xff\xfe\xff\xff\x01\x08"))
	f.Fuzz(func(t *testing.T, script []byte) {
		m := New(Options{Speaker: NoDevice})
		v, err := m.voice()
		if err != nil {
			t.Fatal(err)
		}
		m.mixer.insert(v)
		var block [blockSize]float32
		for len(script) > 3 {
			n := min(int(script[2]), len(script)-3)
			header := rtp.Header{SequenceNumber: uint16(int8(script[0])) * 31, Timestamp: uint32(int8(script[1])) * 50_000_000}
			if err := v.WriteRTP(&rtp.Packet{Header: header, Payload: script[3 : 3+n]}); err != nil {
				t.Fatal(err)
			}
			script = script[3+n:]
			m.mixer.block(&block)
			for i, sample := range block {
				if !(sample >= -1 && sample <= 1) {
					t.Fatalf("sample %d is %v", i, sample)
				}
			}
		}
		if len(v.buffer.packets) > farAway || len(v.ready) > 4*frameSize {
			t.Errorf("%d packets and %d samples are kept", len(v.buffer.packets), len(v.ready))
		}
		for range 2 {
			if err := v.Close(); err != nil {
				t.Error(err)
			}
		}
		if v.WriteRTP(&rtp.Packet{Payload: []byte{0xf8, 0xff, 0xfe}}) == nil {
			t.Error("the voice does not end")
		}
	})
}

// TestUseAfterClose uses everything that holds memory of a C library after its end.
func TestUseAfterClose(t *testing.T) {
	encoder, err := opus.NewEncoder(32000)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := opus.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	pictures, err := vpx.NewEncoder(vpx.Settings{Width: 32, Height: 32, BitsPerSecond: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	shower := newDecoder(t)
	cleaner, err := apm.New()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		encoder.Close()
		decoder.Close()
		pictures.Close()
		shower.Close()
		cleaner.Close()
	}
	samples := make([]float32, opus.FrameSize)
	_, a := encoder.Encode(samples)
	b := encoder.SetBitrate(20000)
	c := decoder.Decode([]byte{0xf8, 0xff, 0xfe}, samples)
	d := decoder.Conceal(samples)
	_, _, e := pictures.Encode(image.NewYCbCr(image.Rect(0, 0, 32, 32), image.YCbCrSubsampleRatio420), 0, false)
	g := pictures.SetBitrate(50_000)
	_, h := shower.Decode(keyframe(32, 32))
	for i, err := range []error{a, b, c, d, e, g, h} {
		if err == nil {
			t.Errorf("use %d after the end is no error", i)
		}
	}
	decoder.Reset()
	cleaner.Clean(samples[:apm.FrameSize], 40)
	cleaner.Played(samples[:apm.FrameSize])
}

// TestClosingAtOnce closes sources and voices from several sides while they are used; the race detector looks on.
func TestClosingAtOnce(t *testing.T) {
	for range 10 {
		m := New(Options{Speaker: NoDevice})
		mic, err := m.Microphone(TestDevice)
		if err != nil {
			t.Fatal(err)
		}
		camera, err := m.Camera(TestSize(64, 64))
		if err != nil {
			t.Fatal(err)
		}
		play, err := m.Play("bob")
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		all.Go(func() { _ = carry(t.Context(), mic, play) })
		all.Go(func() {
			for err := error(nil); err == nil; _, err = camera.Read(t.Context()) {
				camera.SetBitrate(100_000)
				camera.RequestKeyframe()
			}
		})
		all.Go(func() {
			_ = m.Preview(t.Context(), func() string { return TestSize(32, 32) }, func([]byte) error { return errClosed })
		})
		time.Sleep(30 * time.Millisecond)
		for range 2 {
			for _, closer := range []interface{ Close() error }{mic, camera, play, m} {
				all.Go(func() {
					if err := closer.Close(); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
	}
}
