package hub

import (
	"context"
	"errors"
	"io"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
)

// Serve logs one device in and serves it until its connection ends, which Serve closes. It returns at once when the
// hub is going down.
func (h *Hub) Serve(ctx context.Context, conn Conn) {
	if !h.arrive(conn) {
		conn.Close()
		return
	}
	defer h.children.Done()
	if s := h.admitted(ctx, conn); s != nil {
		s.read(ctx)
		s.end()
	}
}

// admitted is admit on a stack of its own: cryptography makes it deep, and idle sessions are many.
func (h *Hub) admitted(ctx context.Context, conn Conn) *session {
	entered := make(chan *session, 1)
	h.children.Go(func() { entered <- h.admit(ctx, conn) })
	return <-entered
}

// arrive counts a connection in; false when the hub is closing.
func (h *Hub) arrive(conn Conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing.Load() {
		return false
	}
	h.arriving[conn] = true
	h.children.Add(1)
	return true
}

// admit runs the login and returns the session, or closes the connection and returns nil.
func (h *Hub) admit(ctx context.Context, conn Conn) *session {
	l := &login{hub: h, conn: conn, log: h.log.With("device", conn.Device())}
	s, err := l.run(ctx)
	h.mu.Lock()
	delete(h.arriving, conn)
	h.mu.Unlock()
	if err != nil {
		l.refuse(err)
		return nil
	}
	s.writing = true // whatever it is told from now on waits behind the welcome, which knows everything before
	if !h.enter(s) {
		conn.Close()
		return nil
	}
	conn.LoggedIn()
	welcome, refusal := l.open(s)
	if refusal != nil {
		s.cut(refusal, dropQueue)
	}
	h.calls.greet(s)
	s.writeOut(welcome)
	h.counters.logins.Add(1)
	return s
}

// stillAllowed looks at the account once more when the session can be found by whoever takes the device off its user's
// list or bans the user: during its handshake, which a device may draw out, nobody could cut it.
func (h *Hub) stillAllowed(s *session) *wire.Error {
	account, known := h.accounts.ByUser(s.user)
	switch {
	case !known || h.accounts.Belongs(s.user, s.device) != nil:
		return errRevoked
	case account.Banned:
		return errBanned
	}
	return nil
}

// read takes packets until the connection ends. It uses little stack, since idle sessions wait in it.
func (s *session) read(ctx context.Context) {
	for {
		raw, err := wire.ReadFrame(s.conn, nil, wire.MaxFrame)
		if err != nil {
			s.readFailed(err)
			return
		}
		s.takeFrame(ctx, raw)
	}
}

// takeFrame handles one packet, and cuts a device that breaks the protocol. What a session sends after it was cut is
// dropped: it is read only so that the device can read why before the connection closes.
func (s *session) takeFrame(ctx context.Context, raw []byte) {
	if s.isGone() || s.hub.closing.Load() {
		if s.dropped += len(raw); s.dropped > maxDropped {
			s.conn.Close()
		}
		return
	}
	p, err := wire.ParseFrame(raw)
	if err != nil {
		s.hub.log.Debug("malformed packet", "device", s.device, "err", err)
		s.cut(malformed("a packet of this device"), keepQueue)
		return
	}
	if refusal := s.take(ctx, p); refusal != nil {
		s.cut(refusal, keepQueue)
	}
}

// readFailed tells a device whose frame was malformed why it is cut, and drops the rest of what it sends.
func (s *session) readFailed(err error) {
	if !errors.Is(err, wire.ErrMalformed) {
		return
	}
	s.hub.log.Debug("malformed frame", "device", s.device, "err", err)
	s.cut(malformed("a packet of this device"), keepQueue)
	io.Copy(io.Discard, io.LimitReader(s.conn, maxDropped)) // or until the lingering time is over
}

// take handles one packet. A refusal that it returns ends the session.
func (s *session) take(ctx context.Context, p wire.Packet) *wire.Error {
	switch p := p.(type) {
	case *wire.DataPacket:
		return s.takeData(ctx, p)
	case *wire.StreamPacket:
		return s.takeStream(p)
	case *wire.SignalPacket:
		return s.takeSignal(p)
	}
	return malformed("a packet of this device")
}

func (s *session) takeSignal(p *wire.SignalPacket) *wire.Error {
	if p.Kind == wire.KindAck {
		return s.takeAck(p)
	}
	now := time.Now()
	if wait, flood := s.overRate(len(p.Payload), now); flood {
		return errFlood
	} else if wait > 0 {
		s.refusePacket(p.ID, rateRefusal(wait))
		return nil
	}
	switch p.Kind {
	case wire.KindCardRequest:
		return s.takeCardRequest(p, now)
	case wire.KindChannelUpdate:
		return s.takeStatement(p)
	case wire.KindStartCall, wire.KindHangUp, wire.KindCallRoster, wire.KindICEServers:
		return s.takeCall(p, now)
	}
	return malformed("a packet of this device")
}

// refusePacket answers one packet; the session goes on.
func (s *session) refusePacket(re id.MessageID, refusal *wire.Error) {
	s.deliver(refusalFrame(re, refusal))
}
