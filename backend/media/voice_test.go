package media

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtp"
)

// sineDecoder decodes every packet as the next part of a sine, so that what is heard can be judged.
type sineDecoder struct{ at int }

func (d *sineDecoder) Decode(_ []byte, out []float32) error {
	for i := range out {
		out[i] = float32(0.5 * math.Sin(2*math.Pi*300*float64(d.at)/48000))
		d.at++
	}
	return nil
}
func (d *sineDecoder) Recover(next []byte, out []float32) error { return d.Decode(next, out) }
func (d *sineDecoder) Conceal(out []float32) error              { return d.Decode(nil, out) }
func (*sineDecoder) Reset()                                     {}
func (*sineDecoder) Close()                                     {}

func yes([]byte) bool { return true }

// drifting plays a speaker whose clock is off by parts per million for a while, and returns what was heard.
func drifting(t *testing.T, ppm float64, seconds int) (heard []float32, v *voice) {
	synctest.Test(t, func(t *testing.T) {
		mix := newMixer()
		v = newVoice(mix, &sineDecoder{}, yes, yes)
		mix.insert(v)
		var block [blockSize]float32
		begin, sent := time.Now(), 0
		for range seconds * 100 {
			time.Sleep(blockTime)
			for float64(sent)*float64(frameTime)*(1-ppm/1e6) <= float64(time.Since(begin)) {
				packet := &rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(sent), Timestamp: uint32(sent * frameSize), SSRC: 1}, Payload: []byte{1}}
				if err := v.WriteRTP(packet); err != nil {
					t.Fatal(err)
				}
				sent++
			}
			mix.block(&block)
			heard = append(heard, block[:]...)
		}
	})
	return heard, v
}

// TestDrift has a speaker's clock run fast and slow: the delay stays, nothing is left out or made up, nothing clicks.
func TestDrift(t *testing.T) {
	for _, ppm := range []float64{0, 300, -300, 2000, -2000} {
		heard, v := drifting(t, ppm, 60)
		stats := v.Stats()
		steepest := 0.0
		for i := 48000; i < len(heard); i++ {
			steepest = max(steepest, math.Abs(float64(heard[i]-heard[i-1])))
		}
		t.Logf("%+5.0f ppm over 60 s: delay %v, concealed %d of %d samples, steepest step %.4f (a clean sine: 0.0196), %+v",
			ppm, stats.Delay.Round(time.Millisecond), stats.Concealed, stats.Samples, steepest, v.buffer.counts)
		if stats.Delay > 150*time.Millisecond || float64(stats.Concealed) > 0.002*float64(stats.Samples) || v.buffer.counts.jumped > 0 {
			t.Errorf("%v ppm: %+v, %+v", ppm, stats, v.buffer.counts)
		}
		if steepest > 0.04 {
			t.Errorf("%v ppm: a step of %.3f can be heard", ppm, steepest)
		}
	}
}

func TestVolume(t *testing.T) {
	loud := func(volume float64) float64 {
		mix := newMixer()
		v := newVoice(mix, &sineDecoder{}, yes, yes)
		v.SetVolume(volume)
		mix.insert(v)
		for i := range 10 {
			if err := v.WriteRTP(&rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i * frameSize)}, Payload: []byte{1}}); err != nil {
				t.Fatal(err)
			}
		}
		var block [blockSize]float32
		for range 8 {
			mix.block(&block)
		}
		return math.Sqrt(dot(block[:], block[:]) / blockSize)
	}
	whole, half := loud(1), loud(0.5)
	if ratio := half / whole; math.Abs(ratio-0.5) > 0.02 || whole < 0.3 {
		t.Errorf("loudness %.3f, at half volume %.3f", whole, half)
	}
	if off := loud(0); off != 0 {
		t.Errorf("loudness %.3f at no volume", off)
	}
}

func TestClosedVoiceIsNotHeard(t *testing.T) {
	mix := newMixer()
	v := newVoice(mix, &sineDecoder{}, yes, yes)
	mix.insert(v)
	for range 2 {
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(mix.voices) != 0 || v.WriteRTP(&rtp.Packet{Payload: []byte{1}}) == nil {
		t.Error("a closed voice still takes packets")
	}
}

func TestSpeaking(t *testing.T) {
	m := newMeter()
	hiss := make([]float32, blockSize)
	for i := range hiss {
		hiss[i] = float32((i*7919)%100-50) / 50 * 0.002
	}
	for range 300 {
		m.feed(hiss)
	}
	if m.Speaking() {
		t.Error("hiss is taken for speech")
	}
	speech := tone(200, 0.5)
	for i := 0; i+blockSize <= len(speech); i += blockSize {
		m.feed(speech[i : i+blockSize])
	}
	if !m.Speaking() || m.Level() < 0.5 {
		t.Errorf("speech is not seen: level %.2f", m.Level())
	}
	for range 60 {
		m.feed(hiss)
	}
	if m.Speaking() || m.Level() > 0.3 {
		t.Errorf("silence is not seen: level %.2f", m.Level())
	}
}

func TestLimit(t *testing.T) {
	last := float32(-2)
	for x := float32(-4); x < 4; x += 0.01 {
		y := limit(x)
		if y < last || y > 1 || y < -1 {
			t.Fatalf("%v becomes %v after %v", x, y, last)
		}
		last = y
	}
}

// TestCutWithoutAClick cuts the network for 5 s: it falls silent softly, and softly comes back with no more delay than before.
func TestCutWithoutAClick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mix := newMixer()
		v := newVoice(mix, &sineDecoder{}, yes, yes)
		mix.insert(v)
		var block [blockSize]float32
		steepest, last, silent, before := 0.0, float32(0), 0, time.Duration(0)
		for i := range 1500 {
			time.Sleep(blockTime)
			if n := i / 2; i%2 == 0 && (n < 250 || n >= 500) {
				header := rtp.Header{SequenceNumber: uint16(65400 + n), Timestamp: uint32(n * frameSize), SSRC: 1}
				if err := v.WriteRTP(&rtp.Packet{Header: header, Payload: []byte{1}}); err != nil {
					t.Fatal(err)
				}
			}
			if i == 499 {
				before = v.Stats().Delay
			}
			mix.block(&block)
			for _, sample := range block {
				steepest = max(steepest, math.Abs(float64(sample-last)))
				last = sample
			}
			if i > 100 && power(block[:]) < -80 {
				silent++
			}
		}
		stats := v.Stats()
		t.Logf("a cut of 5 s: %.2f s of silence, steepest step %.4f (a clean sine: 0.0196), delay %v before and %v after, concealed %d",
			float64(silent)/100, steepest, before, stats.Delay, stats.Concealed)
		if steepest > 0.025 || silent > 510 || silent < 450 || stats.Delay > before+2*frameTime {
			t.Errorf("silent for %d blocks, steepest %.3f, delay %v after %v", silent, steepest, stats.Delay, before)
		}
	})
}

// TestLeavingWithoutAClick has somebody leave in the middle of a word.
func TestLeavingWithoutAClick(t *testing.T) {
	for _, after := range []int{20, 31} { // with a part of a frame left to be played, and without
		mix := newMixer()
		v := newVoice(mix, &sineDecoder{}, yes, yes)
		mix.insert(v)
		for i := range 40 {
			if err := v.WriteRTP(&rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i * frameSize)}, Payload: []byte{1}}); err != nil {
				t.Fatal(err)
			}
		}
		steepest, last, loudest := 0.0, float32(0), 0.0
		for i := range 2 * after {
			if i == after {
				if err := v.Close(); err != nil {
					t.Fatal(err)
				}
				loudest = 0
			}
			var block [blockSize]float32
			mix.block(&block)
			for _, sample := range block {
				steepest = max(steepest, math.Abs(float64(sample-last)))
				loudest = max(loudest, math.Abs(float64(sample)))
				last = sample
			}
		}
		if steepest > 0.025 || loudest == 0 || last != 0 || len(mix.rest) > 0 {
			t.Errorf("after %d blocks: steepest step %.4f (a clean sine: 0.0196), at most %.2f of it after the end, last %v", after, steepest, loudest, last)
		}
	}
}
