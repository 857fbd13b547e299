package media

import (
	"context"
	"sync"
)

// preview is the camera while no call has it: one opening, whoever watches.
type preview struct {
	mu      sync.Mutex // guards the following; held while a camera is opened or closed, since most serve one alone
	showing *showing   // nil: nobody watches
	claimed int        // by calls
}

// showing is one opening of the camera for its preview.
type showing struct {
	capture  Capture
	watchers int
	alive    context.Context // ends with the pictures
	end      context.CancelFunc
	done     chan struct{} // closed when the camera is free again
}

// Preview writes the pictures of a camera as Watch does, without a call, until ctx ends or the writer fails. It asks which
// camera whenever one has to be opened: at first, after EndPreview, and when one stops. While a call has the camera it
// writes the call's pictures, and ends with them. That a camera cannot be opened is a sentence for a person.
func (m *Machine) Preview(ctx context.Context, device func() string, write func(frame []byte) error) error {
	for ctx.Err() == nil {
		s, err := m.preview.join(func() (Capture, error) { return m.openCamera(device()) })
		if err != nil {
			return err
		}
		if s == nil {
			return m.Watch(ctx, Self, KindCamera, write)
		}
		err = m.watchShown(ctx, s, write)
		m.preview.leave(s)
		if err != nil && s.alive.Err() == nil {
			return err
		}
	}
	return ctx.Err()
}

func (m *Machine) watchShown(ctx context.Context, s *showing, write func([]byte) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.alive, cancel)()
	return m.Watch(ctx, Self, KindCamera, write)
}

// EndPreview closes the camera of a preview; those who watch open it anew.
func (m *Machine) EndPreview() {
	m.preview.mu.Lock()
	defer m.preview.mu.Unlock()
	m.preview.stop()
}

// join returns the opening that is to be watched; nil where a call has the camera.
func (p *preview) join(open func() (Capture, error)) (*showing, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.claimed > 0 {
		return nil, nil
	}
	if p.showing == nil || p.showing.alive.Err() != nil {
		capture, err := open()
		if err != nil {
			return nil, err
		}
		p.showing = show(capture)
	}
	p.showing.watchers++
	return p.showing, nil
}

// show has a camera take pictures, which it shows by itself.
func show(capture Capture) *showing {
	s := &showing{capture: capture, done: make(chan struct{})}
	s.alive, s.end = context.WithCancel(context.Background())
	go func() {
		defer close(s.done)
		defer s.end()
		defer capture.Close()
		for {
			if _, err := capture.Read(s.alive); err != nil {
				return
			}
		}
	}()
	return s
}

// leave closes the camera after the last who watched.
func (p *preview) leave(s *showing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.watchers--; s.watchers == 0 && p.showing == s {
		p.stop()
	}
}

// stop closes the camera; the caller holds mu.
func (p *preview) stop() {
	if p.showing != nil {
		p.showing.end()
		<-p.showing.done
		p.showing = nil
	}
}

// claim closes the camera for a call, until free is called.
func (p *preview) claim() (free func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stop()
	p.claimed++
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.claimed--
	})
}

// shared reports whether calls have claimed the camera twice: one of them is letting go of it.
func (p *preview) shared() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.claimed > 1
}
