package hub

import (
	"time"

	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
)

// cardsBytes is how many bytes of cards go into one packet: with the seal around them it fits into a frame.
const cardsBytes = 160 << 10

// takeCardRequest answers gmk: the cards and the part of a log that are asked for, then eok.
func (s *session) takeCardRequest(p *wire.SignalPacket, now time.Time) *wire.Error {
	var request wire.CardRequest
	if err := wire.Unmarshal(p.Payload, &request); err != nil {
		return malformed("a request for cards")
	}
	answer := &cardAnswer{session: s, re: p.ID, now: now}
	for _, wanted := range s.hub.wantedUsers(&request, &answer.end) {
		if err := answer.add(wanted); err != nil {
			s.refusePacket(p.ID, s.refusalOf("seal cards", err))
			return nil
		}
	}
	if err := answer.flush(); err != nil {
		s.refusePacket(p.ID, s.refusalOf("seal cards", err))
		return nil
	}
	answer.addLog(request.Channel, request.LogFrom)
	s.deliver(signal(wire.KindEndOfCards, p.ID, &answer.end))
	s.charge(answer.packets, now)
	return nil
}

// longestName is what is looked up of the names in a request, in bytes: none is longer, and comparing takes time.
const longestName = 4 * id.MaxNameLength

// wantedUsers turns names and devices into users, each once, and counts what is not known.
func (h *Hub) wantedUsers(request *wire.CardRequest, end *wire.EndOfCards) []wire.WantedCard {
	var wanted []wire.WantedCard
	have := make(map[id.UserID]bool, len(request.Users))
	for _, w := range request.Users {
		if !have[w.User] {
			have[w.User] = true
			wanted = append(wanted, w)
		}
	}
	add := func(user id.UserID, known bool) {
		switch {
		case !known:
			end.Missing++
		case !have[user]:
			have[user] = true
			wanted = append(wanted, wire.WantedCard{User: user})
		}
	}
	for _, name := range request.Names {
		if len(name) > longestName {
			end.Missing++
			continue
		}
		account, known := h.accounts.ByName(name)
		add(account.User, known)
	}
	for _, device := range request.Devices {
		add(h.accounts.ByDevice(device))
	}
	return wanted
}

// cardAnswer gathers cards into as few packets as they fit.
type cardAnswer struct {
	session *session
	re      id.MessageID
	now     time.Time
	to      *identity.Device // parsed when the first packet is sealed
	cards   [][]byte
	size    int
	packets int // sent so far
	end     wire.EndOfCards
}

// add takes one user's card, unless the device has it.
func (a *cardAnswer) add(wanted wire.WantedCard) error {
	h := a.session.hub
	account, known := h.accounts.ByUser(wanted.User)
	if !known {
		a.end.Missing++
		return nil
	}
	if h.isOnline(wanted.User) {
		a.end.Online = append(a.end.Online, wanted.User)
	}
	if account.CardHash == wanted.Known {
		return nil
	}
	card, _, ok := h.accounts.Card(wanted.User)
	if !ok {
		a.end.Missing++
		return nil
	}
	if a.size+len(card) > cardsBytes {
		if err := a.flush(); err != nil {
			return err
		}
	}
	a.cards = append(a.cards, card)
	a.size += len(card)
	return nil
}

// flush seals and sends the cards gathered so far.
func (a *cardAnswer) flush() (err error) {
	if len(a.cards) == 0 {
		return nil
	}
	if a.to == nil {
		if a.to, err = a.session.ownDevice(a.now); err != nil {
			return err
		}
	}
	encoded, err := wire.Marshal(&wire.Cards{Cards: a.cards})
	if err != nil {
		return err
	}
	sealed, err := a.session.hub.key.Seal(encoded, a.to, a.now)
	if err != nil {
		return err
	}
	a.session.send(frame(&wire.SignalPacket{Kind: wire.KindCards, Re: a.re, Payload: sealed}))
	a.cards, a.size, a.packets = nil, 0, a.packets+1
	return nil
}

// ownDevice is the session's device as its user's newest card has it. It is looked up when it is needed, since most
// sessions are idle and certificates are large.
func (s *session) ownDevice(now time.Time) (*identity.Device, error) {
	account, _ := s.hub.accounts.ByUser(s.user)
	_, certificate, known := s.hub.accounts.Known(account.CardHash, s.device)
	if !known {
		return nil, errRevoked
	}
	return identity.ParseDevice(certificate, now)
}

// addLog sends a channel's log from an index on, if the user may see it.
func (a *cardAnswer) addLog(channel id.ChannelID, from uint64) {
	if channel == id.NoChannel {
		return
	}
	s := a.session
	if !s.hub.channels.Visible(channel, s.user) {
		a.end.Missing++
		return
	}
	for !s.isGone() {
		part := s.hub.channels.Log(channel, from, wire.MaxStatements)
		if len(part) == 0 {
			return
		}
		s.send(signal(wire.KindChannelUpdate, a.re, &wire.ChannelUpdate{Channel: channel, From: from, Statements: part}))
		from += uint64(len(part))
		a.packets++
	}
}

func removedFrame(user id.UserID, device id.DeviceID) []byte {
	return signal(wire.KindRemoved, id.NoMessage, &wire.Removed{User: user, Device: device})
}
