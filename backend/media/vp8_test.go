//go:build cgo

package media

import (
	"errors"
	"image"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"gossip/backend/media/vpx"
)

// likeness is the peak signal-to-noise ratio of the brightness of two pictures, in dB.
func likeness(a, b *image.YCbCr) float64 {
	sum := 0.0
	width, height := a.Rect.Dx(), a.Rect.Dy()
	for y := range height {
		for x := range width {
			d := float64(a.Y[y*a.YStride+x]) - float64(b.Y[y*b.YStride+x])
			sum += d * d
		}
	}
	return 10 * math.Log10(255*255/(sum/float64(width*height)+1e-9))
}

// watched is what a viewer of a capture got.
type watched struct {
	frames, keyframes, bytes int
	sizes                    map[image.Point]int // frames of a size
	last                     *image.YCbCr
}

// view reads and decodes a capture for a time.
func view(t *testing.T, capture Capture, decoder *vpx.Decoder, during time.Duration) watched {
	t.Helper()
	got := watched{sizes: make(map[image.Point]int)}
	for begin := time.Now(); time.Since(begin) < during; {
		sample, err := capture.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		picture, err := decoder.Decode(sample.Data)
		if err != nil || picture == nil {
			t.Fatalf("frame %d does not decode: %v", got.frames, err)
		}
		got.frames++
		got.bytes += len(sample.Data)
		if sample.Keyframe {
			got.keyframes++
		}
		got.sizes[picture.Rect.Size()]++
		got.last = picture
	}
	return got
}

func newDecoder(t *testing.T) *vpx.Decoder {
	t.Helper()
	decoder, err := vpx.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(decoder.Close)
	return decoder
}

func TestCameraStepsDownAndUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(Options{})
		defer m.Close()
		capture, err := m.Camera(TestDevice)
		if err != nil {
			t.Fatal(err)
		}
		defer capture.Close()
		decoder := newDecoder(t)
		for _, step := range []struct {
			bitrate   int
			after     time.Duration // climbs one rung in 3 s
			size      image.Point
			perSecond int
		}{
			{2_000_000, 4 * time.Second, image.Pt(1280, 720), 30},
			{500_000, time.Second, image.Pt(640, 360), 30},
			{160_000, time.Second, image.Pt(640, 360), 15},
			{50_000, time.Second, image.Pt(320, 180), 10},
			{600_000, 13 * time.Second, image.Pt(640, 360), 30},
		} {
			capture.SetBitrate(step.bitrate)
			view(t, capture, decoder, step.after)
			got := view(t, capture, decoder, 2*time.Second)
			rate := float64(got.bytes) * 8 / 2
			t.Logf("%4d kb/s allowed: %d frames in 2 s of %v, %.0f kb/s", step.bitrate/1000, got.frames, got.last.Rect.Size(), rate/1000)
			if len(got.sizes) != 1 || got.sizes[step.size] == 0 || got.frames < step.perSecond*2*8/10 || got.frames > step.perSecond*2+1 {
				t.Errorf("at %d b/s: sizes %v, %d frames in 2 s", step.bitrate, got.sizes, got.frames)
			}
			if rate > 1.3*float64(step.bitrate) {
				t.Errorf("%.0f b/s of %d", rate, step.bitrate)
			}
		}
	})
}

func TestPatternSurvivesVP8(t *testing.T) {
	encoder, err := vpx.NewEncoder(vpx.Settings{Width: 640, Height: 360, BitsPerSecond: 600_000})
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	decoder, p := newDecoder(t), newPattern(640, 360)
	worst, begin := 100.0, time.Now()
	for i := range 90 {
		at := time.Duration(i) * time.Second / 30
		p.draw(at)
		frame, key, err := encoder.Encode(p.picture, at, i == 45)
		if err != nil || frame == nil {
			t.Fatalf("frame %d: %v", i, err)
		}
		if key != (i == 0 || i == 45) {
			t.Errorf("frame %d: keyframe %v", i, key)
		}
		picture, err := decoder.Decode(frame)
		if err != nil || picture == nil {
			t.Fatalf("frame %d: %v", i, err)
		}
		worst = min(worst, likeness(picture, p.picture))
	}
	t.Logf("90 frames of 360p: %.1f ms each to draw, encode and decode; the worst has a PSNR of %.1f dB", float64(time.Since(begin).Microseconds())/90/1000, worst)
	if worst < 30 {
		t.Errorf("a PSNR of %.1f dB", worst)
	}
}

func TestKeyframeOnRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(Options{})
		defer m.Close()
		capture, err := m.Screen(TestDevice)
		if err != nil {
			t.Fatal(err)
		}
		defer capture.Close()
		for i := range 10 {
			sample, err := capture.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if want := i == 0 || i == 6; sample.Keyframe != want {
				t.Errorf("frame %d: keyframe %v", i, sample.Keyframe)
			}
			if i == 5 {
				capture.RequestKeyframe()
			}
		}
	})
}

// TestOneEncoderASource has eight viewers of one camera, and its own picture.
func TestOneEncoderASource(t *testing.T) {
	before := vpx.Started()
	synctest.Test(t, func(t *testing.T) {
		m := New(Options{})
		capture, err := m.Camera(TestDevice)
		if err != nil {
			t.Fatal(err)
		}
		capture.SetBitrate(500_000)
		seen := make(chan int, 8)
		for range 8 {
			go func() {
				frames := 0
				err := m.Watch(t.Context(), Self, KindCamera, func([]byte) error { frames++; return nil })
				if err != nil {
					t.Error(err)
				}
				seen <- frames
			}()
		}
		for range 30 {
			if _, err := capture.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		capture.Close()
		for range 8 {
			if frames := <-seen; frames < 30 {
				t.Errorf("a viewer saw %d of 30 frames", frames)
			}
		}
		if _, err := capture.Read(t.Context()); !errors.Is(err, errClosed) {
			t.Errorf("a closed camera says %v", err)
		}
		m.Close()
	})
	if encoders := vpx.Started() - before; encoders != 1 {
		t.Errorf("%d encoders for one source", encoders)
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, height := range []int{360, 720} {
		b.Run(map[int]string{360: "360p", 720: "720p"}[height], func(b *testing.B) {
			width := height * 16 / 9
			encoder, err := vpx.NewEncoder(vpx.Settings{Width: width, Height: height, BitsPerSecond: height * 2000})
			if err != nil {
				b.Fatal(err)
			}
			defer encoder.Close()
			p := newPattern(width, height)
			for i := 0; b.Loop(); i++ {
				at := time.Duration(i) * time.Second / 30
				p.draw(at)
				if _, _, err := encoder.Encode(p.picture, at, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
