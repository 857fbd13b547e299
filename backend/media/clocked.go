package media

import (
	"math"
	"sync"
	"time"
)

const blockTime = 10 * time.Millisecond

// clocked calls for a block every 10 ms, as a sound device would, until it is closed. A late tick is made up for.
type clocked struct {
	stop func()
	end  func() error
}

func startClock(block func(), end func() error) *clocked {
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(blockTime)
		defer tick.Stop()
		begin, blocks := time.Now(), 0
		for {
			select {
			case <-tick.C:
			case <-done:
				return
			}
			for ; blocks < int(time.Since(begin)/blockTime); blocks++ {
				block()
			}
		}
	}()
	return &clocked{stop: sync.OnceFunc(func() { close(done); <-stopped }), end: end}
}

// Close waits for the last block.
func (c *clocked) Close() error {
	c.stop()
	if c.end == nil {
		return nil
	}
	return c.end()
}

// tone is a sine that begins and ends softly.
func tone(hertz, seconds float64) []float32 {
	const soft = 480
	out := make([]float32, int(seconds*48000))
	for i := range out {
		edge := min(float64(min(i, len(out)-i))/soft, 1)
		out[i] = float32(0.3 * edge * math.Sin(2*math.Pi*hertz*float64(i)/48000))
	}
	return out
}

// looped gives blocks of samples, once or for ever, and silence after.
type looped struct {
	samples []float32
	at      int
	forever bool
}

func (l *looped) block(out []float32) {
	clear(out)
	n := copy(out, l.samples[min(l.at, len(l.samples)):])
	l.at += n
	if l.at >= len(l.samples) && l.forever {
		l.at = 0
	}
}
