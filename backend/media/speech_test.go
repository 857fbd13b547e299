package media

import (
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// Two people's sentences, for espeak-ng.
const (
	farText  = "The quick brown fox jumps over the lazy dog, while seven wizards quietly make jam for the big party tonight. Please call me back before nine, or send the minutes of the meeting by mail."
	nearText = "Yes, I can hear you well. The train leaves the station at half past four, and my sister brings the tickets. Could you say the second number again?"
)

// say returns a sentence spoken by espeak-ng.
func say(t testing.TB, voice, text string) []float32 {
	t.Helper()
	program, err := exec.LookPath("espeak-ng")
	if err != nil {
		t.Skip("espeak-ng is missing: build/setup sound")
	}
	path := filepath.Join(t.TempDir(), "speech.wav")
	if out, err := exec.Command(program, "-v", voice, "-w", path, text).CombinedOutput(); err != nil {
		t.Fatalf("espeak-ng: %v\n%s", err, out)
	}
	samples, err := ReadWAV(path)
	if err != nil {
		t.Fatal(err)
	}
	return samples
}

// power is the mean square in dB.
func power(samples []float32) float64 {
	sum := 0.0
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(sum/float64(max(len(samples), 1))+1e-12)
}

// envelope is how loud each 10 ms are, in dB; what is softer than -45 dB is silence.
func envelope(samples []float32) []float64 {
	out := make([]float64, len(samples)/blockSize)
	for i := range out {
		out[i] = max(power(samples[i*blockSize:(i+1)*blockSize]), -45)
	}
	return out
}

// alikeEnvelopes is the best correlation of two envelopes within half a second, and the delay in ms of b at which it is.
func alikeEnvelopes(a, b []float64) (best float64, delay int) {
	best = -1
	for lag := range 50 {
		if lag >= len(b) {
			break
		}
		if c := correlateShorter(a, b[lag:]); c > best {
			best, delay = c, lag*10
		}
	}
	return best, delay
}

func correlateShorter(a, b []float64) float64 {
	n := min(len(a), len(b))
	return correlate(a[:n], b[:n])
}

// alikeInPieces aligns each 2 s by themselves, since the delay changes while the buffer learns: the mean correlation, and
// the middle delay in ms.
func alikeInPieces(a, b []float64) (like float64, delay int) {
	const piece = 200
	var delays []int
	for i := 0; i+piece <= min(len(a), len(b)); i += piece {
		best, at := alikeEnvelopes(a[i:i+piece], b[i:])
		like, delays = like+best, append(delays, at)
	}
	if len(delays) == 0 {
		return 0, 0
	}
	slices.Sort(delays)
	return like / float64(len(delays)), delays[len(delays)/2]
}
