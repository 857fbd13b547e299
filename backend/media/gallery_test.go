package media

import (
	"context"
	"encoding/binary"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// shown writes n frames, the first a keyframe.
func shown(t *testing.T, w Pictures, from, n int) {
	t.Helper()
	for i := from; i < from+n; i++ {
		if err := w.WriteFrame([]byte{byte(i)}, i == 0, time.Duration(i)*time.Millisecond); err != nil && !errors.Is(err, ErrKeyframeNeeded) {
			t.Fatal(err)
		}
	}
}

func TestWhoComesLaterSeesThePictureAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGallery()
		w := g.open("bob", KindCamera)
		shown(t, w, 0, 5)
		var frames [][]byte
		done := make(chan error)
		go func() {
			done <- g.watch(t.Context(), "bob", KindCamera, func(frame []byte) error { frames = append(frames, frame); return nil })
		}()
		synctest.Wait()
		shown(t, w, 5, 2)
		synctest.Wait()
		w.Close()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if len(frames) != 7 {
			t.Fatalf("saw %d of 7 frames", len(frames))
		}
		for i, frame := range frames {
			length, key, at := binary.BigEndian.Uint32(frame), frame[4], binary.BigEndian.Uint64(frame[5:])
			if length != 1 || (key == 1) != (i == 0) || at != uint64(i*1000) || frame[headerSize] != byte(i) {
				t.Errorf("frame %d: % x", i, frame)
			}
		}
	})
}

// TestWhoComesMuchLater is given a new keyframe, not seconds of frames to decode before the picture is of now.
func TestWhoComesMuchLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGallery()
		w := g.open("bob", KindCamera)
		shown(t, w, 0, 2*mostKept)
		late := w.enter()
		if len(late.queue) != 0 {
			t.Errorf("is given %d frames of the past", len(late.queue))
		}
		time.Sleep(2 * askAgain)
		if err := w.WriteFrame([]byte{1}, false, 0); !errors.Is(err, ErrKeyframeNeeded) {
			t.Errorf("no keyframe is asked for: %v", err)
		}
		if err := w.WriteFrame([]byte{2}, true, 0); err != nil || len(late.queue) != 1 {
			t.Errorf("%v, %d frames after a keyframe", err, len(late.queue))
		}
	})
}

func TestAViewerWaitsForPictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGallery()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- g.watch(ctx, "bob", KindScreen, func([]byte) error { return errors.New("seen") }) }()
		synctest.Wait()
		shown(t, g.open("bob", KindScreen), 0, 1)
		if err := <-done; err == nil || err.Error() != "seen" {
			t.Error(err)
		}
		go func() { done <- g.watch(ctx, "carol", KindScreen, nil) }()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// TestASlowViewer falls behind: it is given no frame that it cannot decode, and a keyframe is asked for.
func TestASlowViewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGallery()
		w := g.open("bob", KindCamera)
		shown(t, w, 0, 1)
		slow := w.enter()
		asked := 0
		for i := range 1000 {
			if errors.Is(w.WriteFrame([]byte{1}, false, 0), ErrKeyframeNeeded) {
				asked++
			}
			_ = i
		}
		if asked != 1 {
			t.Errorf("asked for a keyframe %d times at once", asked)
		}
		for len(slow.queue) > 0 {
			<-slow.queue
		}
		if w.WriteFrame([]byte{2}, false, 0); len(slow.queue) != 0 {
			t.Error("a frame without what it stands on")
		}
		time.Sleep(time.Second)
		if err := w.WriteFrame([]byte{2}, false, 0); !errors.Is(err, ErrKeyframeNeeded) {
			t.Error("does not ask again")
		}
		if err := w.WriteFrame([]byte{3}, true, 0); err != nil || len(slow.queue) != 1 {
			t.Errorf("%v, %d frames after a keyframe", err, len(slow.queue))
		}
		if len(w.kept) != 1 {
			t.Errorf("%d frames are kept", len(w.kept))
		}
	})
}
