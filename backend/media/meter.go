package media

import (
	"math"
	"sync/atomic"
)

const (
	quietest   = -60.0 // dB that shows as 0
	overNoise  = 9.0   // dB above the noise that speech has
	faintest   = -45.0 // dB below which nothing is speech
	floorRise  = 3.0   // dB a second by which the noise is taken to grow
	speechHold = 400   // ms that speech goes on after its last sound
	speechNeed = 30    // ms of sound that make speech
)

// meter measures how loud sound is and whether somebody speaks. One goroutine feeds it, any may read it.
type meter struct {
	level    atomic.Uint64 // float bits, 0 to 1
	speaking atomic.Bool

	floor float64 // dB of the noise
	loud  float64 // ms of sound above it
	quiet float64 // ms since
}

func newMeter() *meter { return &meter{floor: -50} }

// feed takes the samples of the next moment.
func (m *meter) feed(samples []float32) {
	if len(samples) == 0 {
		return
	}
	ms := float64(len(samples)) / 48
	db := decibels(math.Sqrt(dot(samples, samples) / float64(len(samples))))
	old := math.Float64frombits(m.level.Load())
	now := min(max((db-quietest)/-quietest, 0), 1)
	m.level.Store(math.Float64bits(max(now, old-ms/300))) // falls slowly enough to be seen
	m.floor = max(min(m.floor+floorRise*ms/1000, db), -70)
	if db > max(m.floor+overNoise, faintest) {
		m.loud, m.quiet = m.loud+ms, 0
	} else {
		m.quiet += ms
	}
	switch {
	case m.quiet > speechHold:
		m.loud = 0
		m.speaking.Store(false)
	case m.loud > speechNeed:
		m.speaking.Store(true)
	}
}

// Level is 0 to 1 of the last moment, even to the ear.
func (m *meter) Level() float64 { return math.Float64frombits(m.level.Load()) }

// Speaking reports whether somebody speaks.
func (m *meter) Speaking() bool { return m.speaking.Load() }

func decibels(amplitude float64) float64 { return 20 * math.Log10(max(amplitude, 1e-6)) }
