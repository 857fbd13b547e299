package media

import "time"

// rung is a size and speed of pictures, and the bits a second below which it looks worse than the next one.
type rung struct {
	height    int
	perSecond int
	least     int
}

// cameraRungs give up size before speed, since faces move; screenRungs speed before size, since text must be read.
var (
	cameraRungs = []rung{
		{720, 30, 1_200_000},
		{540, 30, 750_000},
		{360, 30, 400_000},
		{360, 20, 250_000},
		{360, 15, 150_000},
		{270, 15, 90_000},
		{180, 10, 0},
	}
	screenRungs = []rung{
		{1080, 15, 1_000_000},
		{1080, 10, 600_000},
		{1080, 5, 300_000},
		{720, 5, 150_000},
		{720, 2, 0},
	}
)

const (
	roomToClimb = 1.15 // of a rung's least before it is climbed again
	timeToClimb = 3 * time.Second
)

// ladder chooses the rung for a bitrate: down at once, up only after it would have sufficed for a while. It is pure.
type ladder struct {
	rungs []rung
	at    int
	since time.Duration // from when on the bitrate would do for more; below zero: it would not
}

func newLadder(rungs []rung, bitsPerSecond int) *ladder {
	l := &ladder{rungs: rungs, since: -1}
	l.at = l.fitting(bitsPerSecond, 1)
	return l
}

func (l *ladder) fitting(bitsPerSecond int, room float64) int {
	for i, r := range l.rungs {
		if float64(bitsPerSecond) >= float64(r.least)*room {
			return i
		}
	}
	return len(l.rungs) - 1
}

// choose returns the rung for the bitrate at a time since the start.
func (l *ladder) choose(bitsPerSecond int, now time.Duration) rung {
	if down := l.fitting(bitsPerSecond, 1); down > l.at {
		l.at, l.since = down, -1
	}
	up := l.fitting(bitsPerSecond, roomToClimb)
	switch {
	case up >= l.at:
		l.since = -1
	case l.since < 0:
		l.since = now
	case now-l.since >= timeToClimb:
		l.at, l.since = l.at-1, now
	}
	return l.rungs[l.at]
}

// sized returns the even width and height of a picture that is no higher than the rung.
func (r rung) sized(width, height int) (int, int) {
	if height > r.height {
		width, height = width*r.height/height, r.height
	}
	return max(width&^1, 2), max(height&^1, 2)
}

// interval is the time between two pictures.
func (r rung) interval() time.Duration { return time.Second / time.Duration(r.perSecond) }
