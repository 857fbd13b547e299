package media

import (
	"math/rand/v2"
	"testing"
)

// TestDelayGuess plays sound of uneven loudness, and captures it later and softer, with noise.
func TestDelayGuess(t *testing.T) {
	for _, blocks := range []int{0, 3, 6, 12, 20, 40} {
		chance := rand.New(rand.NewPCG(1, uint64(blocks)))
		g, played := newDelayGuess(), make([][]float32, 400)
		for i := range played {
			played[i] = make([]float32, blockSize)
			gain := chance.Float32() * 0.3
			for s := range played[i] {
				played[i][s] = gain * (chance.Float32() - 0.5)
			}
			g.play(played[i])
			captured := make([]float32, blockSize)
			for s := range captured {
				captured[s] = 0.0003 * (chance.Float32() - 0.5)
				if i >= blocks {
					captured[s] += 0.3 * played[i-blocks][s]
				}
			}
			g.capture(captured)
		}
		if off := g.guess - blocks*10; off > guessSteady || off < -guessSteady {
			t.Errorf("a delay of %d ms is taken for %d", blocks*10, g.guess)
		}
	}
}

// TestDelayGuessStaysInSilence has nothing played while somebody speaks.
func TestDelayGuessStaysInSilence(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	g, block := newDelayGuess(), make([]float32, blockSize)
	for range 1000 {
		g.play(make([]float32, blockSize))
		for s := range block {
			block[s] = chance.Float32() - 0.5
		}
		g.capture(block)
	}
	if g.guess != firstGuess {
		t.Errorf("silence is taken for an echo after %d ms", g.guess)
	}
}
