package media

import (
	"bytes"
	"math"
	"path/filepath"
	"testing"
)

func TestWAVRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tone.wav")
	want := tone(1000, 0.5)
	if err := WriteWAV(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadWAV(path)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d samples of %d, %v", len(got), len(want), err)
	}
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-4 {
			t.Fatalf("sample %d: %v, not %v", i, got[i], want[i])
		}
	}
}

func TestResample(t *testing.T) {
	in := make([]float32, 22050)
	for i := range in {
		in[i] = float32(math.Sin(2 * math.Pi * 1000 * float64(i) / 22050))
	}
	out := resample(in, 22050, 48000)
	if len(out) != 48000 {
		t.Fatalf("%d samples", len(out))
	}
	for i := 1000; i < 47000; i++ {
		if want := math.Sin(2 * math.Pi * 1000 * float64(i) / 48000); math.Abs(float64(out[i])-want) > 0.01 {
			t.Fatalf("sample %d: %v, not %v", i, out[i], want)
		}
	}
}

func FuzzWAV(f *testing.F) {
	var good bytes.Buffer
	good.WriteString("RIFF\x28\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\xbb\x00\x00\x00\x77\x01\x00\x02\x00\x10\x00data\x04\x00\x00\x00\x01\x00\x02\x00")
	f.Add(good.Bytes())
	f.Fuzz(func(t *testing.T, file []byte) {
		samples, err := decodeWAV(bytes.NewReader(file))
		if err == nil && len(samples) > 6*len(file)+6 {
			t.Fatalf("%d samples of %d bytes", len(samples), len(file))
		}
	})
}
