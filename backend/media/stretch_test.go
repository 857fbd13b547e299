package media

import (
	"math"
	"testing"
)

// TestStretch changes the length of a tone that dies away: by whole periods, and without a step at the joint.
func TestStretch(t *testing.T) {
	frame := make([]float32, frameSize)
	for i := range frame {
		frame[i] = float32((0.9 - 0.6*float64(i)/frameSize) * math.Cos(2*math.Pi*200*float64(i)/48000))
	}
	for name, out := range map[string][]float32{"shorter": shorten(frame), "longer": lengthen(frame)} {
		changed := len(out) - len(frame)
		if name == "shorter" && changed >= 0 || name == "longer" && changed <= 0 || changed%240 != 0 {
			t.Errorf("%s: by %d samples", name, changed)
		}
		for i := 1; i < len(out); i++ {
			if step := math.Abs(float64(out[i] - out[i-1])); step > 0.03 {
				t.Errorf("%s: a step of %.2f at %d", name, step, i)
			}
		}
	}
}

// TestStretchLeavesNoiseAlone has nothing that could be left out unheard.
func TestStretchLeavesNoiseAlone(t *testing.T) {
	noise, seed := make([]float32, frameSize), uint32(1)
	for i := range noise {
		seed = seed*1664525 + 1013904223
		noise[i] = float32(int32(seed)) / (1 << 31)
	}
	if len(shorten(noise)) != frameSize || len(lengthen(noise)) != frameSize {
		t.Error("noise was stretched")
	}
}
