package mirror

import (
	"context"
	"errors"
	"sync"
	"time"

	"gossip/backend/call"
)

// Bounds of the pictures that are kept.
const (
	mostKept     = 16 << 20               // bytes
	usualPicture = 33 * time.Millisecond  // where it is not known how long one is shown
	longestShown = 2 * time.Second        // however long the next one takes
	patience     = 200 * time.Millisecond // between looks for a picture, where none wakes the reader
)

// errKeyframe asks the sender for a picture that stands for itself.
var errKeyframe = errors.New("a keyframe is needed")

// pictures keeps VP8 frames until it is their time.
type pictures struct {
	delay time.Duration
	more  chan struct{} // has one entry when a frame has come

	mu       sync.Mutex // guards the following
	watching *watching  // who fills it; nil for nobody
	frames   []frame
	bytes    int
	origin   time.Time // when a frame of time 0 is due
	begun    bool
	broken   bool // frames were left out: nothing can be shown before the next keyframe
	wanted   bool // somebody asks for a keyframe
}

type frame struct {
	data     []byte
	keyframe bool
	at       time.Duration // as the sender says
	due      time.Time
}

func newPictures(delay time.Duration) *pictures {
	return &pictures{delay: delay, more: make(chan struct{}, 1)}
}

// watch begins to see somebody.
func (p *pictures) watch() *watching {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watching, p.begun = &watching{p}, false
	p.drop()
	return p.watching
}

// drop forgets all frames; the caller holds mu.
func (p *pictures) drop() { p.frames, p.bytes, p.broken = nil, 0, true }

// put keeps a frame for its time; the caller holds mu. A source that was turned off and on again begins anew.
func (p *pictures) put(f frame, now time.Time) {
	f.due = p.origin.Add(f.at)
	if ahead := f.due.Sub(now); !p.begun || ahead < p.delay/2 || ahead > p.delay*3/2 {
		p.begun, f.due = true, now.Add(p.delay)
		p.origin = f.due.Add(-f.at)
	}
	for len(p.frames) > 0 && now.Sub(p.frames[0].due) > p.delay { // nobody takes them
		p.first()
		p.broken = true
	}
	if p.bytes+len(f.data) > mostKept {
		p.drop()
	}
	p.frames, p.bytes = append(p.frames, f), p.bytes+len(f.data)
	select {
	case p.more <- struct{}{}:
	default:
	}
}

// first takes the oldest frame out; the caller holds mu.
func (p *pictures) first() frame {
	f := p.frames[0]
	p.frames, p.bytes = p.frames[1:], p.bytes-len(f.data)
	return f
}

// take returns the frame that is due, or how long to wait.
func (p *pictures) take(now time.Time) (sample call.Sample, pause time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.frames) > 0 {
		if pause = p.frames[0].due.Sub(now); pause > 0 {
			return sample, min(pause, patience), false
		}
		f := p.first()
		if p.broken && !f.keyframe {
			p.wanted = true
			continue
		}
		p.broken = false
		return call.Sample{Data: f.data, Keyframe: f.keyframe, Duration: p.length(f)}, 0, true
	}
	return sample, patience, false
}

// length is how long a frame is shown; the caller holds mu.
func (p *pictures) length(f frame) time.Duration {
	if len(p.frames) == 0 {
		return usualPicture
	}
	if d := p.frames[0].due.Sub(f.due); d > 0 {
		return min(d, longestShown)
	}
	return usualPicture
}

// want notes that a keyframe is needed, unless one is on its way.
func (p *pictures) want() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.frames {
		if f.keyframe {
			return
		}
	}
	p.wanted = true
}

// watching is what one other shows.
type watching struct{ pictures *pictures }

// WriteFrame takes a frame; its error asks for a keyframe.
func (w *watching) WriteFrame(data []byte, keyframe bool, timestamp time.Duration) error {
	p := w.pictures
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.watching != w {
		return errClosed
	}
	p.put(frame{data: append([]byte(nil), data...), keyframe: keyframe, at: timestamp}, time.Now())
	p.wanted = p.wanted && !keyframe
	if p.wanted {
		return errKeyframe
	}
	return nil
}

// Close ends it; it may be called twice.
func (w *watching) Close() error {
	p := w.pictures
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.watching == w {
		p.watching, p.begun = nil, false
		p.drop()
	}
	return nil
}

// open returns a camera or a screen.
func (p *pictures) open() call.Capture {
	p.mu.Lock()
	p.broken = true
	p.mu.Unlock()
	ended := make(chan struct{})
	return &camera{pictures: p, ended: ended, end: sync.OnceFunc(func() { close(ended) })}
}

// camera gives frames when it is their time, beginning with a keyframe.
type camera struct {
	pictures *pictures
	ended    chan struct{}
	end      func()
}

// Read waits for the next frame.
func (c *camera) Read(ctx context.Context) (call.Sample, error) {
	for {
		sample, pause, ok := c.pictures.take(time.Now())
		if ok {
			return sample, nil
		}
		if err := wait(ctx, c.ended, c.pictures.more, pause); err != nil {
			return call.Sample{}, err
		}
	}
}

// SetBitrate does nothing: what was encoded stays as it is.
func (*camera) SetBitrate(int) {}

// RequestKeyframe asks the sender for one, unless one is on its way.
func (c *camera) RequestKeyframe() { c.pictures.want() }

// Close ends Read; it may be called twice.
func (c *camera) Close() error {
	c.end()
	return nil
}
