package bridge

import (
	"context"
	"sync"
	"time"

	"gossip/backend/call"
	"gossip/backend/media"
)

const (
	longestListen = 2 * time.Minute        // a microphone is listened to, unless it is asked for again
	levelEvery    = 100 * time.Millisecond // its level is told
)

// ear listens to a microphone beside calls, for the meter that a person sees. It listens to one at a time.
type ear struct {
	mu   sync.Mutex // guards the following
	stop func()     // and waits; nil: nothing is listened to
}

// ListenMicrophone opens a microphone; from then on changes of type "level" tell ten times a second how loud it is, until
// StopListening, another ListenMicrophone, or two minutes have gone.
func (c *Calls) ListenMicrophone(device string) error {
	s := c.session
	s.ear.mu.Lock()
	defer s.ear.mu.Unlock()
	s.ear.end()
	microphone, err := s.microphone(device)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(s.ctx, longestListen)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		s.tellLevels(ctx, microphone)
	}()
	s.ear.stop = func() { cancel(); <-done }
	return nil
}

// StopListening closes the microphone.
func (c *Calls) StopListening() { c.session.ear.close() }

func (e *ear) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.end()
}

// end stops listening; the caller holds mu.
func (e *ear) end() {
	if e.stop != nil {
		e.stop()
		e.stop = nil
	}
}

// tellLevels tells how loud a microphone is until ctx ends or the microphone does, and closes it.
func (s *Session) tellLevels(ctx context.Context, microphone call.Capture) {
	defer microphone.Close()
	for ctx.Err() == nil {
		moment, cancel := context.WithTimeout(ctx, levelEvery)
		loudest, err := loudestOf(moment, microphone)
		cancel()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.emit(eventLevel, Change{Level: new(float64), Sentence: err.Error()})
			return
		}
		s.emit(eventLevel, Change{Level: &loudest})
	}
}

// microphone opens one beside calls.
func (s *Session) microphone(device string) (call.Capture, error) {
	if s.options.Machine == nil {
		return nil, errNoMachine
	}
	if only := s.onlyDevice(); only != "" {
		device = only
	}
	return s.options.Machine.Microphone(device)
}

// loudestOf listens until ctx ends.
func loudestOf(ctx context.Context, microphone call.Capture) (loudest float64, err error) {
	meter, _ := microphone.(media.Meter)
	for {
		_, err := microphone.Read(ctx)
		if ctx.Err() != nil {
			return loudest, nil
		}
		if err != nil {
			return loudest, err
		}
		if meter != nil {
			loudest = max(loudest, meter.Level())
		}
	}
}
