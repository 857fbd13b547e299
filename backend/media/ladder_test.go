package media

import (
	"image"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLadder(t *testing.T) {
	l := newLadder(cameraRungs, 2_000_000)
	if r := l.choose(2_000_000, 0); r.height != 720 {
		t.Fatalf("begins at %dp", r.height)
	}
	if r := l.choose(300_000, time.Second); r.height != 360 || r.perSecond != 20 {
		t.Errorf("does not step down at once: %+v", r)
	}
	if r := l.choose(2_000_000, 2*time.Second); r.height != 360 {
		t.Errorf("climbs at once: %+v", r)
	}
	if r := l.choose(2_000_000, 4900*time.Millisecond); r.perSecond != 20 {
		t.Errorf("climbs too soon: %+v", r)
	}
	if r := l.choose(2_000_000, 5*time.Second); r.perSecond != 30 || r.height != 360 {
		t.Errorf("does not climb one rung: %+v", r)
	}
}

func TestLadderNeverFlaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLadder(screenRungs, firstBitrateForTest)
		wish := rapid.IntRange(0, 4_000_000).Draw(t, "bitrate")
		changes, last := 0, -1
		for i := range 600 {
			wobble := rapid.IntRange(-5, 5).Draw(t, "percent")
			l.choose(wish+wish*wobble/100, time.Duration(i)*100*time.Millisecond)
			if i > 200 && l.at != last {
				changes++
			}
			last = l.at
		}
		if changes > 2 {
			t.Fatalf("%d changes in 40 s at %d b/s", changes, wish)
		}
	})
}

const firstBitrateForTest = 800_000

func TestSizes(t *testing.T) {
	for _, size := range []struct{ from, to image.Point }{
		{image.Pt(1280, 720), image.Pt(640, 360)},
		{image.Pt(641, 481), image.Pt(478, 360)},
		{image.Pt(320, 240), image.Pt(320, 240)},
		{image.Pt(1080, 1920), image.Pt(202, 360)},
		{image.Pt(1, 1), image.Pt(2, 2)},
	} {
		if w, h := (rung{height: 360}).sized(size.from.X, size.from.Y); image.Pt(w, h) != size.to {
			t.Errorf("%v becomes %d by %d", size.from, w, h)
		}
	}
}

// TestShrinkKeepsColors makes pictures of one color smaller, of every kind that cameras give.
func TestShrinkKeepsColors(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420} {
		from := image.NewYCbCr(image.Rect(0, 0, 1282, 722), ratio)
		for i := range from.Y {
			from.Y[i] = 77
		}
		for i := range from.Cb {
			from.Cb[i], from.Cr[i] = 33, 211
		}
		to, _ := fitted(from, nil, 640, 360)
		for i, y := range to.Y {
			if y != 77 || to.Cb[i/4] != 33 || to.Cr[i/4] != 211 {
				t.Fatalf("%v: pixel %d is %d, %d, %d", ratio, i, y, to.Cb[i/4], to.Cr[i/4])
			}
		}
	}
}

func TestColorsOfAScreen(t *testing.T) {
	for name, c := range map[string]struct {
		bgrx   [4]byte
		ycbcr  [3]byte
		within int
	}{
		"white": {[4]byte{255, 255, 255, 0}, [3]byte{235, 128, 128}, 1},
		"black": {[4]byte{0, 0, 0, 0}, [3]byte{16, 128, 128}, 1},
		"red":   {[4]byte{0, 0, 255, 0}, [3]byte{82, 90, 240}, 1},
		"green": {[4]byte{0, 255, 0, 0}, [3]byte{145, 54, 34}, 1},
		"blue":  {[4]byte{255, 0, 0, 0}, [3]byte{41, 240, 110}, 1},
	} {
		var pixels []byte
		for range 9 {
			pixels = append(pixels, c.bgrx[:]...)
		}
		p := fromRGB(pixels, 12, 3, 3, [3]int{2, 1, 0}, nil)
		got := [3]byte{p.Y[3], p.Cb[0], p.Cr[0]}
		for i := range got {
			if d := int(got[i]) - int(c.ycbcr[i]); d > c.within || d < -c.within {
				t.Errorf("%s is %v, not %v", name, got, c.ycbcr)
			}
		}
	}
}
