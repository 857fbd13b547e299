package link

import (
	"bufio"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/time/rate"

	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
)

// Bounds of what a connection holds.
const (
	maxWaiting  = 1024    // packets that wait to be written
	readBuffer  = 8 << 10 // bytes
	largestSend = 32 << 10
	paceShare   = 0.9 // of the hub's rate: its clock and ours may disagree
)

// Session is one connection to the hub, from the welcome to its end. Its methods may be called from any goroutine.
type Session struct {
	Hub      id.HubID         // who answered
	Greeting wire.HubGreeting // name, message of the day
	Welcome  wire.Welcome     // account, channels, limits
	config   Config           // read only
	hub      *identity.Device // the hub's certificate
	conn     ssh.Conn         //
	channel  ssh.Channel      // read by serve, written by the writer
	children children         // goroutines of the connection
	pace     *rate.Limiter    // the hub's limit of packets
	outgoing chan []byte      // frames; closed by nobody
	gone     chan struct{}    // closed when the connection has ended
	mu       sync.Mutex       // guards the following
	pending  map[id.MessageID]*call
	ended    error // why the connection ended; nil while it lives
}

func newSession(config Config) *Session {
	return &Session{
		config: config, outgoing: make(chan []byte, maxWaiting), gone: make(chan struct{}),
		pending: map[id.MessageID]*call{},
	}
}

// serve runs the connection after the welcome and returns why it ended.
func (s *Session) serve() error {
	limits := s.Welcome.Limits
	s.pace = rate.NewLimiter(rate.Limit(float64(max(limits.PacketsPerSecond, 1))*paceShare), int(max(limits.PacketBurst, 2)/2))
	s.children.Go(s.write)
	s.children.Go(s.heartbeat)
	s.config.Handler.Connected(s)
	s.end(s.read())
	s.children.Wait()
	return s.cause()
}

// end remembers the first cause, closes the connection and answers everything that waits.
func (s *Session) end(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended != nil {
		return
	}
	s.ended = cause
	close(s.gone)
	s.conn.Close()
	for _, c := range s.pending {
		c.done <- ErrClosed
	}
	clear(s.pending)
}

func (s *Session) cause() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// Close ends the connection; the link dials again by its backoff.
func (s *Session) Close() { s.end(ErrClosed) }

// Closed is closed when the connection has ended.
func (s *Session) Closed() <-chan struct{} { return s.gone }

// read is the reading loop.
func (s *Session) read() error {
	in := bufio.NewReaderSize(s.channel, readBuffer)
	var buffer []byte
	for {
		frame, err := wire.ReadFrame(in, buffer, wire.MaxFrame)
		if err != nil {
			return unexpectedEnd(err)
		}
		if cap(frame) <= largestSend {
			buffer = frame
		}
		packet, err := wire.ParseFrame(frame)
		if err != nil {
			return fmt.Errorf("the hub broke the protocol: %w", err)
		}
		if err := s.dispatch(packet); err != nil {
			return err
		}
	}
}

// dispatch gives the packet to the call that waits for it, or to the handler.
func (s *Session) dispatch(packet wire.Packet) error {
	if signal, ok := packet.(*wire.SignalPacket); ok {
		if signal.Re != id.NoMessage && s.answer(signal) {
			return nil
		}
		if signal.Kind == wire.KindError && signal.Re == id.NoMessage {
			if err := s.fatal(signal); err != nil {
				return err
			}
		}
	}
	s.config.Handler.Packet(s, packet)
	return nil
}

// fatal returns the error of a refusal after which the hub closes the connection, so that it is known as the cause.
func (s *Session) fatal(p *wire.SignalPacket) error {
	err := s.refusal(p)
	refusal := (*wire.Error)(nil)
	if errors.As(err, &refusal) {
		switch refusal.Code {
		case wire.CodeMalformed, wire.CodeReplaced, wire.CodeSlow, wire.CodeShutdown, wire.CodeFlood, wire.CodeTimeout:
			return err
		}
		return nil
	}
	return err
}

// Send queues a packet. It does not wait; ErrFull when too much waits already, ErrClosed when the connection is gone.
// A packet that was sent may still be lost with the connection: what matters is acknowledged by the hub.
func (s *Session) Send(p wire.Packet) error {
	frame, err := wire.AppendFrame(nil, p)
	if err != nil {
		return err
	}
	select {
	case <-s.gone:
		return ErrClosed
	default:
	}
	select {
	case s.outgoing <- frame:
		return nil
	default:
		return ErrFull
	}
}

// write sends what waits, several packets at once when they are there, at the pace that the hub allows.
func (s *Session) write() {
	var batch []byte
	for {
		select {
		case <-s.gone:
			return
		case frame := <-s.outgoing:
			batch = append(batch[:0], frame...)
		}
		if !s.paced() {
			return
		}
		batch = s.gather(batch)
		if _, err := s.channel.Write(batch); err != nil {
			s.end(fmt.Errorf("write to the hub: %w", err))
			return
		}
		if cap(batch) > 2*largestSend {
			batch = nil
		}
	}
}

// paced waits for one packet's share of the pace, and reports false when the connection is gone.
func (s *Session) paced() bool {
	reservation := s.pace.Reserve()
	timer := time.NewTimer(reservation.Delay())
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.gone:
		return false
	}
}

// gather adds packets that wait and that the pace allows now.
func (s *Session) gather(batch []byte) []byte {
	for len(batch) < largestSend && len(s.outgoing) > 0 && s.pace.Allow() {
		batch = append(batch, <-s.outgoing...)
	}
	return batch
}

// heartbeat asks the hub now and then whether it is there: a half-open connection ends within the limit.
func (s *Session) heartbeat() {
	ticker := time.NewTicker(heartbeatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.gone:
			return
		case <-ticker.C:
		}
		late := time.AfterFunc(heartbeatLimit, func() {
			s.end(fmt.Errorf("the hub at %s has not answered for %v", s.config.Address, heartbeatLimit))
		})
		_, _, err := s.conn.SendRequest("keepalive@gossip", true, nil)
		late.Stop()
		if err != nil {
			s.end(fmt.Errorf("ask the hub whether it is there: %w", unexpectedEnd(err)))
			return
		}
	}
}
