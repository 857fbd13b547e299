//go:build cgo

package media

import (
	"image"
	"strings"
	"testing"
	"time"

	"gossip/backend/media/mediatest"
)

// TestScreenIsShared paints a real screen and sees it in the frames, with and without shared memory.
func TestScreenIsShared(t *testing.T) {
	mediatest.Display(t, "800x600")
	x, err := connect()
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	paint(t, x, image.Rect(100, 100, 500, 300), 0xff0000)

	m := New(Options{})
	defer m.Close()
	devices, err := m.Devices()
	if err != nil || len(devices.Screens) != 1 || !strings.Contains(devices.Screens[0].Name, "800 × 600") {
		t.Fatalf("%+v, %v", devices.Screens, err)
	}
	for _, shared := range []bool{true, false} {
		source, err := openScreen(devices.Screens[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if source.shared == nil {
			t.Error("the server shares no memory")
		}
		if !shared {
			source.shared = nil
		}
		capture := newVideo(source, m.gallery.open(Self, KindScreen), true)
		got := view(t, capture, newDecoder(t), time.Second)
		if err := capture.Close(); err != nil {
			t.Error(err)
		}
		p := got.last
		red, black := p.YCbCrAt(300, 200), p.YCbCrAt(700, 500)
		t.Logf("shared memory %v: %d frames in 1 s of %v, %d bytes; the painted part is %v, the rest %v", shared, got.frames, p.Rect.Size(), got.bytes, red, black)
		if p.Rect.Size() != image.Pt(800, 600) || red.Cr < 200 || red.Y < 60 || red.Y > 100 || black.Y > 40 {
			t.Errorf("%v: painted %v, rest %v", p.Rect, red, black)
		}
	}
}

func TestPointerIsDrawn(t *testing.T) {
	mediatest.Display(t, "800x600")
	s, err := openScreen(DefaultDevice)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if !s.pointer {
		t.Fatal("the server does not tell how the pointer looks")
	}
	picture, err := s.grab(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	bright := 0
	for y := 280; y < 320; y++ { // the pointer of a new server stands in the middle
		for x := 380; x < 420; x++ {
			if picture.YCbCrAt(x, y).Y > 100 {
				bright++
			}
		}
	}
	if bright == 0 {
		t.Error("no pointer in the middle of an empty screen")
	}
}
