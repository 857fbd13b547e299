//go:build cgo && !noaec

package media

import (
	"math/rand/v2"
	"testing"
	"time"
)

// room is what a microphone hears of the speakers: the direct way and two reflections, -10 dB altogether.
func room(far []float32, delay time.Duration) []float32 {
	out := make([]float32, len(far))
	for _, way := range []struct {
		later time.Duration
		gain  float32
	}{{0, 0.28}, {7 * time.Millisecond, 0.11}, {19 * time.Millisecond, -0.08}} {
		offset := int((delay + way.later) * 48000 / time.Second)
		for i := offset; i < len(out); i++ {
			out[i] += far[i-offset] * way.gain
		}
	}
	return out
}

// clean runs a microphone's sound through the processing while the far end is played.
func clean(t *testing.T, far, captured []float32) []float32 {
	t.Helper()
	c, err := newCleaning()
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	out := append([]float32(nil), captured...)
	for i := 0; i+blockSize <= len(out); i += blockSize {
		c.Played(far[i : i+blockSize])
		c.clean(out[i : i+blockSize])
	}
	return out
}

func TestEchoInARoom(t *testing.T) {
	sentence := say(t, "en", farText)
	far := append(append(append([]float32(nil), sentence...), sentence...), sentence...)
	near := say(t, "en-us+f3", nearText)
	chance := rand.New(rand.NewPCG(5, 6))
	noise := make([]float32, len(far))
	for i := range noise {
		noise[i] = float32(chance.NormFloat64()) * 0.0003
	}
	learnt := len(sentence) // after the first time, the room is known
	for _, delay := range []time.Duration{40, 80, 120, 160, 200} {
		delay *= time.Millisecond
		echo := room(far, delay)
		captured := make([]float32, len(far))
		for i := range captured {
			captured[i] = echo[i] + noise[i]
		}
		cleaned := clean(t, far, captured)
		weaker := power(captured[learnt:]) - power(cleaned[learnt:])

		// Both speak: the near one from the second time of the sentence on.
		begin, end := 2*learnt, min(2*learnt+len(near), len(far))
		both := append([]float32(nil), captured...)
		for i := begin; i < end; i++ {
			both[i] += near[i-begin] * 0.7
		}
		spoken := clean(t, far, both)
		like, _ := alikeEnvelopes(envelope(near[:end-begin]), envelope(spoken[begin:end]))
		kept := power(spoken[begin:end]) - power(near[:end-begin])
		t.Logf("delay %v: echo at %.1f dB of what is played comes back %.1f dB weaker, %.1f dB while the room is learnt; both speaking: near speech correlates %.2f, at %+.1f dB",
			delay, power(captured[learnt:])-power(far[learnt:]), weaker, power(captured[:learnt])-power(cleaned[:learnt]), like, kept)
		if weaker < 20 {
			t.Errorf("delay %v: the echo is %.1f dB weaker", delay, weaker)
		}
		if like < 0.75 || kept < -3 {
			t.Errorf("delay %v: near speech correlates %.2f, at %+.1f dB", delay, like, kept)
		}
	}
}
