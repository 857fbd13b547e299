//go:build cgo

package media

import (
	"sync"

	"gossip/backend/media/apm"
)

const (
	// easyDelay is the ms of delay that the canceller learns at once.
	easyDelay = 40
	// mostShift is the blocks of 10 ms by which what was played can be held back.
	mostShift = longestEcho
)

// cleaning takes echo and noise out of one microphone and evens its loudness out. It holds back what it tells the
// canceller of the speakers by about as long as the room takes, which leaves the canceller a short delay to learn.
type cleaning struct {
	processor *apm.Processor
	delay     *delayGuess

	mu     sync.Mutex // guards the following
	shift  int        // blocks
	blocks int
	held   [mostShift + 1][blockSize]float32
}

func newCleaning() (*cleaning, error) {
	processor, err := apm.New()
	if err != nil {
		return nil, err
	}
	return &cleaning{processor: processor, delay: newDelayGuess()}, nil
}

// Played is told the blocks that will be heard.
func (c *cleaning) Played(block []float32) {
	c.delay.play(block)
	c.mu.Lock()
	defer c.mu.Unlock()
	copy(c.held[c.blocks%len(c.held)][:], block)
	c.processor.Played(c.held[(c.blocks+len(c.held)-c.shift)%len(c.held)][:])
	c.blocks++
}

// clean changes a captured block in place.
func (c *cleaning) clean(block []float32) {
	shift := min(max(c.delay.capture(block)-easyDelay, 0)/10, mostShift)
	c.mu.Lock()
	c.shift = shift
	c.mu.Unlock()
	c.processor.Clean(block, easyDelay)
}

func (c *cleaning) close() { c.processor.Close() }
