//go:build cgo

package media

import (
	"context"
	"errors"
	"image"
	"testing"
	"testing/synctest"
	"time"
)

// watcher looks at the own camera without a call.
type watcher struct {
	sizes []image.Point // of the keyframes
	seen  int
	leave context.CancelFunc
	ended chan error
}

func watchSelf(t *testing.T, m *Machine, device func() string) *watcher {
	ctx, cancel := context.WithCancel(t.Context())
	w := &watcher{leave: cancel, ended: make(chan error, 1)}
	go func() {
		w.ended <- m.Preview(ctx, device, func(frame []byte) error {
			if w.seen++; frame[4] == 1 { // RFC 6386, section 9.1
				at := frame[headerSize+6:]
				w.sizes = append(w.sizes, image.Pt(int(at[0])|int(at[1])<<8, int(at[2])|int(at[3])<<8))
			}
			return nil
		})
	}()
	return w
}

// TestPreview has two people's worth of windows look at a camera that is exchanged, taken by a call, and let go of.
func TestPreview(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, device := New(Options{}), TestSize(320, 180)
		chosen := func() string { return device }
		first, second := watchSelf(t, m, chosen), watchSelf(t, m, chosen)
		time.Sleep(time.Second)
		second.leave()
		if err := <-second.ended; !errors.Is(err, context.Canceled) || second.seen < 20 {
			t.Errorf("the second saw %d frames, then %v", second.seen, err)
		}
		device = TestSize(160, 90)
		m.EndPreview()
		time.Sleep(time.Second)
		synctest.Wait()
		if n := len(first.sizes); n < 2 || first.sizes[0] != image.Pt(320, 180) || first.sizes[n-1] != image.Pt(160, 90) {
			t.Errorf("after another camera was chosen: %v", first.sizes)
		}

		capture, err := m.Camera(TestSize(640, 360))
		if err != nil {
			t.Fatal(err)
		}
		if m.preview.showing != nil {
			t.Error("the camera is not let go of for the call")
		}
		before := first.seen
		for range 30 {
			if _, err := capture.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if first.seen-before < 20 {
			t.Errorf("%d of the call's 30 frames are seen", first.seen-before)
		}
		capture.Close()
		if err := <-first.ended; err != nil {
			t.Errorf("after the call: %v", err)
		}
		if m.preview.showing != nil || m.preview.claimed != 0 {
			t.Error("the camera is open after all have left")
		}
		m.Close()
	})
}

func TestPreviewWithoutACamera(t *testing.T) {
	m := New(Options{})
	defer m.Close()
	err := m.Preview(t.Context(), func() string { return "none such" }, func([]byte) error { return nil })
	if !errors.Is(err, errNoCamera) {
		t.Errorf("%v", err)
	}
	if _, err := m.Camera("none such"); !errors.Is(err, errNoCamera) || m.preview.claimed != 0 {
		t.Errorf("%v, claimed %d", err, m.preview.claimed)
	}
}
