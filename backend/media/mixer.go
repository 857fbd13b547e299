package media

import (
	"math"
	"sync"
)

// blockSize is the samples that are mixed at once: 10 ms.
const blockSize = 480

// mixer adds all voices up to what is heard.
type mixer struct {
	mu      sync.Mutex // guards the following
	voices  map[*voice]struct{}
	chime   []float32 // what else is to be heard
	rest    []float32 // of voices that have ended
	scratch [blockSize]float32
}

func newMixer() *mixer { return &mixer{voices: make(map[*voice]struct{})} }

func (m *mixer) insert(v *voice) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.voices[v] = struct{}{}
}

// remove ends a voice.
func (m *mixer) remove(v *voice) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.voices, v)
	rest := v.end()
	if len(rest) > len(m.rest) {
		rest, m.rest = m.rest, rest
	}
	for i, sample := range rest {
		m.rest[i] += sample
	}
}

// empty reports whether there is nothing to be heard.
func (m *mixer) empty() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.voices) == 0 && len(m.chime) == 0
}

// play has samples heard beside the voices.
func (m *mixer) play(samples []float32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.chime = samples
}

// block fills the next 10 ms. The speaker's clock calls it: voices keep up by playing a little faster or slower.
func (m *mixer) block(out *[blockSize]float32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(out[:])
	for v := range m.voices {
		v.add(out[:], m.scratch[:])
	}
	m.chime, m.rest = added(out, m.chime), added(out, m.rest)
	for i, sample := range out {
		out[i] = limit(sample)
	}
}

// added mixes samples into out and returns those that are left.
func added(out *[blockSize]float32, samples []float32) []float32 {
	n := min(len(samples), blockSize)
	for i := range n {
		out[i] += samples[i]
	}
	return samples[n:]
}

// limit bends what is too loud instead of cutting it off.
func limit(sample float32) float32 {
	const knee = 0.8
	size := float64(max(sample, -sample))
	if size <= knee {
		return sample
	}
	bent := knee + (1-knee)*math.Tanh((size-knee)/(1-knee))
	return float32(math.Copysign(bent, float64(sample)))
}
