package link

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
)

// call is a Request or Post that waits for its answer.
type call struct {
	take func(p *wire.SignalPacket) (done bool, err error)
	done chan error // buffered; gets one value
}

// Request asks the hub for cards and logs and gathers the answer. Errors: *wire.Error, ErrClosed, ErrFull, ctx's.
func (s *Session) Request(ctx context.Context, want wire.CardRequest) (Answer, error) {
	payload, err := wire.Marshal(&want)
	if err != nil {
		return Answer{}, err
	}
	var answer Answer
	err = s.call(ctx, &wire.SignalPacket{Kind: wire.KindCardRequest, Payload: payload}, func(p *wire.SignalPacket) (bool, error) {
		return s.gatherAnswer(&answer, p)
	})
	if err != nil {
		return Answer{}, err
	}
	return answer, nil
}

// Answer is everything that came for a Request.
type Answer struct {
	Cards [][]byte // not verified
	Logs  []wire.ChannelUpdate
	End   wire.EndOfCards
	bytes int // of all payloads so far
}

// maxAnswer bounds what a hub may send for one request, in bytes: a log of the longest channel fits.
const maxAnswer = 64 << 20

// memoryOf is about what an empty entry of an answer takes here, in bytes, although it takes one on the way.
const memoryOf = 64

func (s *Session) gatherAnswer(answer *Answer, p *wire.SignalPacket) (done bool, err error) {
	if answer.bytes += len(p.Payload) + 1; answer.bytes > maxAnswer {
		return false, errors.New("the hub sends more than was asked for")
	}
	switch p.Kind {
	case wire.KindCards:
		opened, err := s.config.Device.Open(p.Payload, s.hub, time.Now())
		if err != nil {
			return false, fmt.Errorf("the hub's cards: %w", err)
		}
		var cards wire.Cards
		if err := wire.Unmarshal(opened, &cards); err != nil {
			return false, err
		}
		answer.Cards = append(answer.Cards, cards.Cards...)
		answer.bytes += memoryOf * len(cards.Cards)
	case wire.KindChannelUpdate:
		var update wire.ChannelUpdate
		if err := wire.Unmarshal(p.Payload, &update); err != nil {
			return false, err
		}
		answer.Logs = append(answer.Logs, update)
		answer.bytes += memoryOf * (1 + len(update.Statements) + len(update.Summaries))
	case wire.KindEndOfCards:
		return true, wire.Unmarshal(p.Payload, &answer.End)
	}
	return false, nil
}

// Post sends one signed statement to a channel's log and returns its place there. Errors: *wire.Error (CodeConflict:
// fetch the log and sign again), ErrClosed, ErrFull, ctx's.
func (s *Session) Post(ctx context.Context, statement []byte) (index uint64, err error) {
	var ack wire.Ack
	err = s.call(ctx, &wire.SignalPacket{Kind: wire.KindChannelUpdate, Payload: statement}, func(p *wire.SignalPacket) (bool, error) {
		return true, wire.Unmarshal(p.Payload, &ack)
	})
	return ack.Seq, err
}

// call sends a packet and waits until take says that its answer is whole.
func (s *Session) call(ctx context.Context, p *wire.SignalPacket, take func(p *wire.SignalPacket) (bool, error)) error {
	p.ID = id.NewMessageID()
	c := &call{take: take, done: make(chan error, 1)}
	s.mu.Lock()
	if s.ended != nil {
		s.mu.Unlock()
		return ErrClosed
	}
	s.pending[p.ID] = c
	s.mu.Unlock()
	if err := s.Send(p); err != nil {
		s.finish(p.ID, err)
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		s.finish(p.ID, ctx.Err())
		return ctx.Err()
	}
}

// answer reports whether a call took the packet.
func (s *Session) answer(p *wire.SignalPacket) bool {
	s.mu.Lock()
	c := s.pending[p.Re]
	s.mu.Unlock()
	if c == nil {
		return false
	}
	var done bool
	var err error
	if p.Kind == wire.KindError {
		var refusal wire.Error
		if err = wire.Unmarshal(p.Payload, &refusal); err == nil {
			err = &refusal
		}
	} else {
		done, err = c.take(p)
	}
	if done || err != nil {
		s.finish(p.Re, err)
	}
	return true
}

func (s *Session) finish(re id.MessageID, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.pending[re]; c != nil {
		delete(s.pending, re)
		c.done <- err
	}
}
