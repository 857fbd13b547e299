package hubtest

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// window is how many bytes are under way in one direction before a writer waits, as in a socket's buffers.
const window = 256 << 10

// Conn is one end of an in-memory connection. Its weather methods change both directions; they may be called from any
// goroutine, on either end.
type Conn struct {
	reads, writes *stream
	local, remote net.Addr
}

// Pipe makes a buffered connection in memory. Unlike net.Pipe, a writer goes on until the window is full, so that both
// ends may write first, as SSH does. It works in testing/synctest bubbles.
func Pipe(near, far net.Addr) (*Conn, *Conn) {
	there, back := newStream(), newStream()
	return &Conn{reads: back, writes: there, local: near, remote: far}, &Conn{reads: there, writes: back, local: far, remote: near}
}

// Cut ends the connection as a cable that is pulled out and noticed: both ends get an error, what is under way is lost.
func (c *Conn) Cut() {
	c.reads.fail(syscall.ECONNRESET)
	c.writes.fail(syscall.ECONNRESET)
}

// HalfOpen makes everything that either end writes from now on vanish, without anyone being told.
func (c *Conn) HalfOpen() {
	c.reads.change(func(s *stream) { s.vanishes = true })
	c.writes.change(func(s *stream) { s.vanishes = true })
}

// Delay makes everything written from now on arrive so much later.
func (c *Conn) Delay(d time.Duration) {
	c.reads.change(func(s *stream) { s.delay = d })
	c.writes.change(func(s *stream) { s.delay = d })
}

// Limit makes each direction carry at most so many bytes a second; 0 lifts the limit.
func (c *Conn) Limit(bytesPerSecond int) {
	c.reads.change(func(s *stream) { s.bandwidth = bytesPerSecond })
	c.writes.change(func(s *stream) { s.bandwidth = bytesPerSecond })
}

// Read is that of net.Conn, as the following are.
func (c *Conn) Read(b []byte) (int, error) { return c.reads.read(b) }

// Write returns when everything is under way.
func (c *Conn) Write(b []byte) (int, error) { return c.writes.write(b) }

// Close lets the other end read what is under way, then io.EOF.
func (c *Conn) Close() error {
	c.reads.fail(net.ErrClosed)
	c.writes.change(func(s *stream) { s.closed = true })
	return nil
}

// LocalAddr is this end's.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr is the other end's.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline sets both deadlines.
func (c *Conn) SetDeadline(t time.Time) error {
	c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// SetReadDeadline bounds this end's reads.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.reads.setDeadline(&c.reads.reader, t)
	return nil
}

// SetWriteDeadline bounds this end's writes.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.writes.setDeadline(&c.writes.writer, t)
	return nil
}

// stream is one direction.
type stream struct {
	mu        sync.Mutex // guards the following
	changed   sync.Cond
	chunks    []chunk
	size      int // bytes of chunks
	closed    bool
	err       error // of both ends, at once
	vanishes  bool
	delay     time.Duration
	bandwidth int       // bytes a second; 0: no limit
	free      time.Time // when the line has carried everything written so far
	reader    deadline
	writer    deadline
}

// chunk is what one write made, and when it arrives.
type chunk struct {
	data    []byte
	arrives time.Time
}

type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func newStream() *stream {
	s := &stream{}
	s.changed.L = &s.mu
	return s
}

func (s *stream) change(how func(*stream)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	how(s)
	s.changed.Broadcast()
}

func (s *stream) fail(err error) {
	s.change(func(s *stream) {
		if s.err == nil {
			s.err, s.chunks, s.size = err, nil, 0
		}
	})
}

func (s *stream) setDeadline(d *deadline, t time.Time) {
	s.change(func(s *stream) {
		if d.timer != nil {
			d.timer.Stop()
		}
		*d = deadline{at: t}
		if !t.IsZero() {
			d.timer = s.wakeAt(t)
		}
	})
}

func (s *stream) wakeAt(t time.Time) *time.Timer {
	return time.AfterFunc(time.Until(t), func() { s.change(func(*stream) {}) })
}

func (s *stream) write(b []byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n < len(b) {
		switch {
		case s.err != nil:
			return n, s.err
		case s.closed:
			return n, net.ErrClosed
		case s.writer.passed():
			return n, os.ErrDeadlineExceeded
		case s.vanishes:
			return len(b), nil
		case s.size >= window:
			s.changed.Wait()
			continue
		}
		part := b[n:min(len(b), n+window-s.size)]
		s.chunks = append(s.chunks, chunk{append([]byte(nil), part...), s.arrival(len(part))})
		s.size += len(part)
		n += len(part)
		s.changed.Broadcast()
	}
	return n, nil
}

// arrival is when so many bytes, written now, are there. mu is held.
func (s *stream) arrival(size int) time.Time {
	now := time.Now()
	if s.bandwidth == 0 {
		return now.Add(s.delay)
	}
	if s.free.Before(now) {
		s.free = now
	}
	s.free = s.free.Add(time.Duration(size) * time.Second / time.Duration(s.bandwidth))
	return s.free.Add(s.delay)
}

func (s *stream) read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.err != nil:
			return 0, s.err
		case s.reader.passed():
			return 0, os.ErrDeadlineExceeded
		case len(s.chunks) > 0 && !s.vanishes:
			if wait := time.Until(s.chunks[0].arrives); wait <= 0 {
				return s.take(b), nil
			}
			timer := s.wakeAt(s.chunks[0].arrives)
			s.changed.Wait()
			timer.Stop()
			continue
		case s.closed && !s.vanishes:
			return 0, io.EOF
		}
		s.changed.Wait()
	}
}

// take copies from the first chunk. mu is held.
func (s *stream) take(b []byte) int {
	first := &s.chunks[0]
	n := copy(b, first.data)
	if first.data = first.data[n:]; len(first.data) == 0 {
		s.chunks = s.chunks[1:]
	}
	s.size -= n
	s.changed.Broadcast()
	return n
}

// errDown is what dialing a hub that does not run gives.
var errDown = errors.New("connection refused: the hub does not run")
