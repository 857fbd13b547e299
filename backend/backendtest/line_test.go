package backendtest

import (
	"context"
	"net"
	"sync"
	"syscall"
	"time"

	"gossip/signaling/hubtest"
)

// line is a device's way to the hub, with its weather.
type line struct {
	dialHub func(context.Context, string) (net.Conn, error)

	mu     sync.Mutex // guards the following
	dead   bool       // nothing gets out any more: the device was killed, or is about to be
	down   bool       // no network
	delay  time.Duration
	conns  []*hubtest.Conn
	writes int // left until the line goes dead by itself; 0: it does not
	reads  int // left until the connection breaks by itself; 0: it does not
	breaks func(*hubtest.Conn)
}

// dial fits backend.Options.Dial.
func (l *line) dial(ctx context.Context, address string) (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead || l.down {
		return nil, syscall.ENETUNREACH
	}
	c, err := l.dialHub(ctx, address)
	if err != nil {
		return nil, err
	}
	conn, ok := c.(*hubtest.Conn)
	if !ok {
		return c, nil
	}
	conn.Delay(l.delay)
	l.conns = append(l.conns[:0], conn)
	return &tap{conn, l}, nil
}

// each changes the weather of the connection that is open.
func (l *line) each(change func(*hubtest.Conn)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		change(c)
	}
}

// setDown cuts the network or brings it back.
func (l *line) setDown(down bool) {
	l.mu.Lock()
	l.down = down
	l.mu.Unlock()
	if down {
		l.each((*hubtest.Conn).Cut)
	}
}

// slow delays everything, also on the next connections.
func (l *line) slow(d time.Duration) {
	l.mu.Lock()
	l.delay = d
	l.mu.Unlock()
	l.each(func(c *hubtest.Conn) { c.Delay(d) })
}

// die lets nothing out any more.
func (l *line) die() {
	l.mu.Lock()
	l.dead = true
	l.mu.Unlock()
	l.each((*hubtest.Conn).Cut)
}

// dieAfter lets a number of writes out and dies then.
func (l *line) dieAfter(writes int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writes = writes
}

// breakAfter lets a number of reads through and changes the weather of the connection then.
func (l *line) breakAfter(reads int, breaks func(*hubtest.Conn)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads, l.breaks = reads, breaks
}

func (l *line) isDead() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

// tap counts what a connection writes and reads.
type tap struct {
	*hubtest.Conn
	line *line
}

func (t *tap) Write(b []byte) (int, error) {
	if t.line.last() {
		t.line.die()
		return 0, syscall.ECONNRESET
	}
	return t.Conn.Write(b)
}

func (t *tap) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	t.line.hasRead(t.Conn)
	return n, err
}

// hasRead counts a read down.
func (l *line) hasRead(c *hubtest.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reads == 0 {
		return
	}
	if l.reads--; l.reads == 0 {
		l.breaks(c)
	}
}

// last counts a write down and reports whether it is the one that does not get out.
func (l *line) last() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.writes == 0 {
		return false
	}
	l.writes--
	return l.writes == 0
}
