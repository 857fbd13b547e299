package main

import (
	"math"
	"math/rand/v2"
	"testing"
)

const hertz = 48000 // samples a second

// vowels are the first three formants of each, in Hz (Peterson and Barney 1952, rounded).
var vowels = [][3]float64{{730, 1090, 2440}, {270, 2290, 3010}, {300, 870, 2240}, {530, 1840, 2480}, {570, 840, 2410}}

// speech is something like it: syllables of voiced sound with pauses in between, other ones for every seed.
func speech(seed uint64, seconds float64) []float32 {
	random := rand.New(rand.NewPCG(seed, 5))
	out := make([]float32, int(seconds*hertz))
	for at := hertz / 2; at < len(out); {
		length := hertz * (12 + random.IntN(20)) / 100
		syllable(out[at:min(at+length, len(out))], vowels[random.IntN(len(vowels))], 95+60*random.Float64(), 40*random.Float64()-20)
		at += length + hertz*(2+random.IntN(14))/100
	}
	return out
}

// syllable adds the harmonics of a voice, each as loud as the formants make it, rising or falling by glide in Hz.
func syllable(out []float32, formants [3]float64, pitch, glide float64) {
	for harmonic := 1.0; harmonic*pitch < 4000; harmonic++ {
		loud := 0.0
		for i, formant := range formants {
			off := (harmonic*pitch - formant) / 120
			loud += math.Pow(0.5, float64(i)) / (1 + off*off)
		}
		phase := 0.0
		for i := range out {
			part := float64(i) / float64(len(out))
			phase += 2 * math.Pi * harmonic * (pitch + glide*part) / hertz
			out[i] += float32(0.25 * loud * math.Sin(math.Pi*part) * math.Sin(phase))
		}
	}
}

const (
	thinned  = 4         // the likeness is looked for at 12 kHz, which holds all of speech
	window   = hertz / 4 // over which two sounds are compared
	wandered = hertz / 5 // by which a window may lie elsewhere than the whole: players wait longer on uneven networks
	faint    = 1e-5      // power below which nothing is said
)

// alike tells how much the sound in heard is what was said, and how much later it is, in samples: the windows in which
// something is said are each laid over the best place, and the mean of their correlations counts, by their power.
func alike(said, heard []float32) (correlation float64, later int) {
	later = delayOf(loudness(said), loudness(heard)) * hertz / 100
	said, heard = thin(said), thin(heard)
	sum, weights := 0.0, 0.0
	for at := 0; at+window/thinned <= len(said); at += window / thinned {
		part := said[at : at+window/thinned]
		power := dot(part, part) / float64(len(part))
		if power < faint {
			continue
		}
		best := 0.0
		for off := -wandered / thinned; off <= wandered/thinned; off++ {
			from := at + later/thinned + off
			if from >= 0 && from+len(part) <= len(heard) {
				best = max(best, cosine(part, heard[from:from+len(part)]))
			}
		}
		sum, weights = sum+power*best, weights+power
	}
	return sum / max(weights, 1e-12), later
}

// delayOf is by how many steps b comes later than a.
func delayOf(a, b []float32) (delay int) {
	best := 0.0
	for lag := range max(len(b)-len(a)/2, 1) {
		n := min(len(a), len(b)-lag)
		if c := dot(a[:n], b[lag:lag+n]); c > best {
			best, delay = c, lag
		}
	}
	return delay
}

// loudness is the amplitude of each 10 ms, around its mean.
func loudness(samples []float32) []float32 {
	out := make([]float32, len(samples)*100/hertz)
	mean := float32(0)
	for i := range out {
		block := samples[i*hertz/100 : (i+1)*hertz/100]
		out[i] = float32(math.Sqrt(dot(block, block) / float64(len(block))))
		mean += out[i] / float32(len(out))
	}
	for i := range out {
		out[i] -= mean
	}
	return out
}

func thin(samples []float32) []float32 {
	out := make([]float32, len(samples)/thinned)
	for i := range out {
		for _, sample := range samples[i*thinned : (i+1)*thinned] {
			out[i] += sample / thinned
		}
	}
	return out
}

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func cosine(a, b []float32) float64 {
	return dot(a, b) / math.Sqrt(max(dot(a, a)*dot(b, b), 1e-12))
}

func TestAlike(t *testing.T) {
	said := speech(1, 3)
	random := rand.New(rand.NewPCG(2, 2))
	late := func(samples []float32) []float32 {
		out := append(make([]float32, 2*hertz), samples...)
		for i := range out {
			out[i] = out[i]*0.6 + 0.005*float32(random.NormFloat64())
		}
		return append(out, make([]float32, hertz/2)...)
	}
	if c, later := alike(said, late(said)); c < 0.95 || later < 2*hertz-hertz/50 || later > 2*hertz+hertz/50 {
		t.Errorf("the same 2 s later: %.3f at %.3f s", c, float64(later)/hertz)
	}
	for seed := range uint64(2) {
		if c, _ := alike(said, late(speech(9+seed, 3))); c > 0.4 {
			t.Errorf("something else: %.3f", c)
		}
	}
	if c, _ := alike(said, make([]float32, 4*hertz)); c > 0.1 {
		t.Errorf("silence: %.3f", c)
	}
}
