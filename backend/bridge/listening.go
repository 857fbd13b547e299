package bridge

import (
	"context"
	"errors"
	"sync"
	"time"

	"gossip/backend/call"
	"gossip/backend/media"
)

// How long a microphone is listened to at most: for its loudest level, and for its meter.
const (
	longestTest   = 2 * time.Second
	longestListen = 2 * time.Minute
)

// levelEvery is how often the level of a microphone is told.
const levelEvery = 100 * time.Millisecond

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

// TestMicrophone listens for so long and returns the loudest level, 0 to 1.
func (c *Calls) TestMicrophone(device string, milliseconds int) (loudest float64, err error) {
	microphone, err := c.session.microphone(device)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, microphone.Close()) }()
	ctx, cancel := context.WithTimeout(c.session.ctx, min(time.Duration(milliseconds)*time.Millisecond, longestTest))
	defer cancel()
	return loudestOf(ctx, microphone)
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
