package backend

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"gossip/backend/chat"
	"gossip/backend/link"
	"gossip/common/identity"
	"gossip/common/wire"
)

// Connected takes a new connection over: link.Handler.
func (h *hub) Connected(s *link.Session) {
	conversations, err := h.admit(s)
	if err != nil {
		h.client.log.Error("a hub could not be taken in", "hub", s.Hub, "cause", err)
		h.decide(err)
		s.Close()
		return
	}
	conversations.Connected(connection{s}, s.Welcome)
	h.decide(nil)
}

// admit stores what the hub says of itself and, the first time, opens its conversations.
func (h *hub) admit(s *link.Session) (*chat.Hub, error) {
	device, err := identity.ParseDevice(s.Greeting.Certificate, time.Now())
	if err != nil {
		return nil, err
	}
	card, err := h.client.cardBytes()
	if err != nil {
		return nil, err
	}
	conversations, err := h.client.admit(h, s, device.ID())
	if err != nil {
		return nil, err
	}
	people := h.client.people()
	if people.Hash(s.Hub, people.Self()) != sha256.Sum256(card) {
		if _, err := people.Accept(s.Hub, [][]byte{card}, time.Now()); err != nil {
			return nil, err
		}
	}
	h.mu.Lock()
	h.session = s
	h.show(func(info *Hub) {
		info.ID, info.Name, info.Motd, info.Account = h.id.String(), h.row.Name, h.row.Motd, h.row.Account
		info.Address, info.Link = h.row.Address, inviteLink(h.id, h.row.Address, h.row.Token)
		info.State, info.Detail, info.RetryAt = HubOnline, "", ""
	})
	h.mu.Unlock()
	return conversations, nil
}

// Packet passes a packet on: link.Handler. What a connection that was not taken in still brings is dropped.
func (h *hub) Packet(s *link.Session, p wire.Packet) {
	h.mu.Lock()
	conversations, admitted := h.chat, h.session == s
	h.mu.Unlock()
	if admitted {
		conversations.Packet(p)
	}
}

// Disconnected shows that the connection is gone: link.Handler.
func (h *hub) Disconnected(err error, retryIn time.Duration) {
	h.lost(HubConnecting, sentenceOf(err))
	h.mu.Lock()
	if h.chat == nil {
		h.decide(unreachable(sentenceOf(err))) // who joins a hub for the first time may have mistyped its address
	}
	h.show(func(info *Hub) { info.RetryAt = timestamp(time.Now().Add(retryIn)) })
	h.mu.Unlock()
}

// unreachable is the sentence that says why a hub could not be reached; it is an ErrOffline.
type unreachable string

func (u unreachable) Error() string { return string(u) }

// Is makes it an ErrOffline.
func (u unreachable) Is(target error) bool { return target == ErrOffline }

// sentenceOf is what of an error a person wants to read: without the cause in parentheses at its end.
func sentenceOf(err error) string {
	text := err.Error()
	if at := strings.LastIndex(text, " ("); at > 0 && strings.HasSuffix(text, ")") {
		text = text[:at]
	}
	return text
}

// connection is a link's session as package chat sees it.
type connection struct{ *link.Session }

// Request gives the answer in chat's words.
func (c connection) Request(ctx context.Context, want wire.CardRequest) (chat.Answer, error) {
	answer, err := c.Session.Request(ctx, want)
	if err != nil {
		return chat.Answer{}, fmt.Errorf("ask the hub: %w", err)
	}
	return chat.Answer{Cards: answer.Cards, Logs: answer.Logs, End: answer.End}, nil
}
