package media

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"time"
)

const (
	mostKept      = 15      // frames since the last keyframe that are kept for who comes to watch; with more, a new one is sooner there than they are decoded
	mostKeptBytes = 4 << 20 // of memory for them
	mostQueued    = 30      // frames that a viewer may be behind
	askAgain      = 500 * time.Millisecond
	headerSize    = 4 + 1 + 8
	largestFrame  = 4 << 20
)

// gallery holds the pictures of all participants for those who watch.
type gallery struct {
	mu     sync.Mutex // guards the following
	walls  map[wallName]*wall
	hung   chan struct{} // closed and made anew when a wall is added
	closed bool
}

type wallName struct{ participant, kind string }

func newGallery() *gallery {
	return &gallery{walls: make(map[wallName]*wall), hung: make(chan struct{})}
}

// open begins new pictures under a name and ends those that stood there.
func (g *gallery) open(participant, kind string) *wall {
	name := wallName{participant, kind}
	w := &wall{viewers: make(map[*viewer]struct{}), ended: make(chan struct{})}
	w.leave = func() { g.remove(name, w) }
	g.mu.Lock()
	old := g.walls[name]
	g.walls[name] = w
	close(g.hung)
	g.hung = make(chan struct{})
	g.mu.Unlock()
	if old != nil {
		old.end()
	}
	return w
}

func (g *gallery) remove(name wallName, w *wall) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.walls[name] == w {
		delete(g.walls, name)
	}
}

func (g *gallery) close() {
	g.mu.Lock()
	walls := g.walls
	g.walls, g.closed = make(map[wallName]*wall), true
	g.mu.Unlock()
	for _, w := range walls {
		w.end()
	}
}

// find waits until there are pictures under a name.
func (g *gallery) find(ctx context.Context, name wallName) (*wall, error) {
	for {
		g.mu.Lock()
		w, hung, closed := g.walls[name], g.hung, g.closed
		g.mu.Unlock()
		if w != nil {
			return w, nil
		}
		if closed {
			return nil, errClosed
		}
		select {
		case <-hung:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (g *gallery) watch(ctx context.Context, participant, kind string, write func([]byte) error) error {
	w, err := g.find(ctx, wallName{participant, kind})
	if err != nil {
		return err
	}
	v := w.enter()
	defer w.forget(v)
	for {
		select {
		case frame := <-v.queue:
			if err := write(frame); err != nil {
				return err
			}
		case <-w.ended:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// wall shows the pictures of one source. It keeps the frames since the last keyframe, so that who comes later sees the
// picture at once.
type wall struct {
	leave func()
	ended chan struct{}

	mu      sync.Mutex // guards the following
	kept    [][]byte   // from a keyframe on; nothing where they became too many
	bytes   int
	viewers map[*viewer]struct{}
	asked   time.Time // for a keyframe, last
	done    bool
}

// viewer is one who watches; queue is written under the wall's lock alone.
type viewer struct {
	queue chan []byte
	lost  bool // waits for a keyframe
}

// WriteFrame shows a frame. ErrKeyframeNeeded says that someone cannot go on without a keyframe; the frame was taken all
// the same.
func (w *wall) WriteFrame(data []byte, keyframe bool, timestamp time.Duration) error {
	if len(data) == 0 || len(data) > largestFrame {
		return nil
	}
	frame := framed(data, keyframe, timestamp)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done {
		return errClosed
	}
	w.keep(frame, keyframe)
	needed := w.kept == nil && len(w.viewers) == 0 && w.asked.IsZero()
	for v := range w.viewers {
		needed = !v.offer(frame, keyframe) || needed
	}
	if needed && time.Since(w.asked) > askAgain {
		w.asked = time.Now()
		return ErrKeyframeNeeded
	}
	return nil
}

func framed(data []byte, keyframe bool, timestamp time.Duration) []byte {
	frame := make([]byte, headerSize, headerSize+len(data))
	binary.BigEndian.PutUint32(frame, uint32(len(data)))
	if keyframe {
		frame[4] = 1
	}
	binary.BigEndian.PutUint64(frame[5:], uint64(timestamp.Microseconds()))
	return append(frame, data...)
}

func (w *wall) keep(frame []byte, keyframe bool) {
	switch {
	case keyframe:
		w.kept, w.bytes = [][]byte{frame}, len(frame)
	case w.kept == nil:
	case len(w.kept) >= mostKept || w.bytes+len(frame) > mostKeptBytes:
		w.kept, w.bytes = nil, 0
	default:
		w.kept, w.bytes = append(w.kept, frame), w.bytes+len(frame)
	}
}

// offer reports whether the viewer has all it needs to show the frame.
func (v *viewer) offer(frame []byte, keyframe bool) bool {
	if v.lost && !keyframe {
		return false
	}
	select {
	case v.queue <- frame:
		v.lost = false
		return true
	default:
		v.lost = true
		return false
	}
}

func (w *wall) enter() *viewer {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := &viewer{queue: make(chan []byte, mostQueued+mostKept), lost: w.kept == nil}
	for _, frame := range slices.Clone(w.kept) {
		v.queue <- frame
	}
	w.viewers[v] = struct{}{}
	return v
}

func (w *wall) forget(v *viewer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.viewers, v)
}

func (w *wall) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.done {
		w.done = true
		close(w.ended)
	}
}

// Close ends the pictures for all who watch; it may be called twice.
func (w *wall) Close() error {
	w.leave()
	w.end()
	return nil
}
