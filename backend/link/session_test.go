package link

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"golang.org/x/time/rate"

	"gossip/common/id"
	"gossip/common/wire"
)

// quietSession is one whose writer does not run.
func quietSession() *Session {
	s := newSession(Config{})
	s.pace = rate.NewLimiter(1, 3)
	return s
}

func TestSendIsBounded(t *testing.T) {
	s := quietSession()
	p := &wire.SignalPacket{Kind: wire.KindAck}
	for i := range maxWaiting {
		if err := s.Send(p); err != nil {
			t.Fatalf("packet %d: %v", i, err)
		}
	}
	if err := s.Send(p); !errors.Is(err, ErrFull) {
		t.Errorf("one too many: %v", err)
	}
	if err := s.Send(&wire.SignalPacket{Kind: "nonsense"}); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("a packet that is none: %v", err)
	}
	close(s.gone)
	if err := s.Send(p); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestWaitingPacketsShareAWriteAtTheHubsPace(t *testing.T) {
	s := quietSession() // three at once, then one a second
	for range 10 {
		if err := s.Send(&wire.SignalPacket{Kind: wire.KindAck}); err != nil {
			t.Fatal(err)
		}
	}
	first := <-s.outgoing
	s.pace.Allow() // for the first
	if batch := s.gather(append([]byte{}, first...)); len(batch) != 3*len(first) {
		t.Errorf("%d bytes in the first write, want three packets of %d", len(batch), len(first))
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := quietSession()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Request(ctx, wire.CardRequest{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if len(s.pending) != 0 {
			t.Error("the call is still waited for")
		}
	})
}

func TestAnAnswerThatNeverEndsIsRefused(t *testing.T) {
	s := quietSession()
	statement := make([]byte, wire.MaxStatement)
	payload, err := wire.Marshal(&wire.ChannelUpdate{Channel: id.ChannelID{1}, Statements: [][]byte{statement, statement, statement, statement}})
	if err != nil {
		t.Fatal(err)
	}
	var answer Answer
	p := &wire.SignalPacket{Kind: wire.KindChannelUpdate, Payload: payload}
	for range 2 * maxAnswer / len(payload) {
		if _, err = s.gatherAnswer(&answer, p); err != nil {
			return
		}
	}
	t.Errorf("%d parts were gathered", len(answer.Logs))
}
