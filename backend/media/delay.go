package media

import (
	"math"
	"sync"
)

const (
	firstGuess   = 60  // ms: what speakers and microphones hold together at the least
	longestEcho  = 45  // blocks of 10 ms
	guessWindow  = 128 // blocks that are compared
	guessEvery   = 25  // blocks
	guessSure    = 0.6 // correlation from which a guess is taken
	guessSteady  = 30  // ms by which a new guess must differ, since each change costs the canceller some learning
	heardAtLeast = -55 // dB that must have been played within the window
)

// delayGuess finds how long a sound takes from the mixer to the microphone, by where the loudness of one follows that of
// the other. The canceller finds that by itself, too, but needs up to 20 s for long delays.
type delayGuess struct {
	mu       sync.Mutex // guards the following
	played   [guessWindow + 2*longestEcho]float64
	blocks   int // played so far
	captured [guessWindow]capturedBlock
	cleaned  int // captured so far
	guess    int // ms
}

// capturedBlock is how loud a captured block was, and how many had been played before it.
type capturedBlock struct {
	loudness float64
	blocks   int
}

func newDelayGuess() *delayGuess { return &delayGuess{guess: firstGuess} }

func loudness(samples []float32) float64 {
	return max(decibels(math.Sqrt(dot(samples, samples)/float64(len(samples)))), -70)
}

func (g *delayGuess) play(samples []float32) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.played[g.blocks%len(g.played)] = loudness(samples)
	g.blocks++
}

// capture takes what the microphone hears and returns the guess in ms.
func (g *delayGuess) capture(samples []float32) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.captured[g.cleaned%guessWindow] = capturedBlock{loudness(samples), g.blocks}
	g.cleaned++
	if g.cleaned >= guessWindow && g.cleaned%guessEvery == 0 {
		g.look()
	}
	return g.guess
}

func (g *delayGuess) look() {
	best, at := guessSure, -1
	for lag := range longestEcho {
		if like := g.likeness(lag); like > best {
			best, at = like, lag
		}
	}
	if ms := at * 10; at >= 0 && max(ms-g.guess, g.guess-ms) > guessSteady {
		g.guess = ms
	}
}

// likeness correlates what was captured with what was played some blocks before.
func (g *delayGuess) likeness(lag int) float64 {
	a, b := make([]float64, 0, guessWindow), make([]float64, 0, guessWindow)
	loudest := -100.0
	for i := g.cleaned - guessWindow; i < g.cleaned; i++ {
		c := g.captured[i%guessWindow]
		at := c.blocks - 1 - lag
		if at < 0 || at < g.blocks-len(g.played) {
			continue
		}
		loud := g.played[at%len(g.played)]
		loudest = max(loudest, loud)
		a, b = append(a, c.loudness), append(b, loud)
	}
	if len(a) < guessWindow/2 || loudest < heardAtLeast {
		return 0
	}
	return correlate(a, b)
}

// correlate is Pearson's, of two rows of one length.
func correlate(a, b []float64) float64 {
	var ma, mb, ab, aa, bb float64
	for i := range a {
		ma, mb = ma+a[i]/float64(len(a)), mb+b[i]/float64(len(b))
	}
	for i := range a {
		x, y := a[i]-ma, b[i]-mb
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	return ab / math.Sqrt(aa*bb+1e-12)
}
