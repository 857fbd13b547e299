package call

import (
	"errors"
	"strings"
	"time"

	"github.com/pion/webrtc/v4"

	"gossip/common/content"
)

// negotiation names the call that a packet to the other device belongs to.
func (p *Phone) negotiation() content.Negotiation {
	return content.Negotiation{Call: p.machine.call}
}

// sendOffer makes an offer; restart looks for a path anew, with what the hub's servers ask for now.
func (p *Phone) sendOffer(q *peer, restart bool) error {
	if restart {
		q.searches++
	}
	if restart && p.exposed(q) {
		if err := p.open(q); err != nil {
			return err
		}
		restart = false
	}
	if err := q.link.pc.SetConfiguration(p.configuration(q)); err != nil {
		return err
	}
	offer, err := q.link.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: restart})
	if err != nil {
		return err
	}
	if err := q.link.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	return p.repeatOffer(q, false)
}

// repeatOffer sends the offer, with the candidates found so far.
func (p *Phone) repeatOffer(q *peer, again bool) error {
	q.lastOffer = time.Now()
	n := q.dialog.offer(p.negotiation(), again, q.lastOffer)
	return p.Signals.Negotiate(p.machine.room, q.device, content.Offer{Negotiation: n, SDP: withoutBase(q.link.pc.LocalDescription().SDP)})
}

// takeOffer answers an offer, unless it is old or the other side gives way.
func (p *Phone) takeOffer(q *peer, offer content.Offer) error {
	if offer.Call != p.machine.call || !q.dialog.fresh(offer.Negotiation) {
		return nil
	}
	if !q.offered.Allow() {
		return errors.New("it offers too often")
	}
	fingerprint, err := checkDescription(offer.SDP)
	if err != nil {
		return err
	}
	gaveWay := q.dialog.first != 0
	if q.dialog.collides() {
		return nil
	}
	if q.link == nil || gaveWay || q.fingerprint != "" && q.fingerprint != fingerprint || p.exposed(q) {
		early := q.early
		if err := p.open(q); err != nil {
			return err
		}
		q.early = early
		q.offers = false
	}
	if err := q.link.pc.SetConfiguration(p.configuration(q)); err != nil {
		return err
	}
	if err := p.describe(q, webrtc.SDPTypeOffer, offer.SDP, fingerprint); err != nil {
		return err
	}
	answer, err := q.link.pc.CreateAnswer(nil)
	if err != nil {
		return err
	}
	if err := q.link.pc.SetLocalDescription(answer); err != nil {
		return err
	}
	n := q.dialog.next(p.negotiation(), time.Now())
	return p.Signals.Negotiate(p.machine.room, q.device, content.Answer{Negotiation: n, To: offer.Sequence, SDP: withoutBase(q.link.pc.LocalDescription().SDP)})
}

// takeAnswer takes the answer to the outstanding offer.
func (p *Phone) takeAnswer(q *peer, answer content.Answer) error {
	if answer.Call != p.machine.call || q.link == nil || !q.dialog.fresh(answer.Negotiation) {
		return nil
	}
	fingerprint, err := checkDescription(answer.SDP)
	if err != nil {
		return err
	}
	if !q.dialog.answered(answer.To) {
		return nil
	}
	if q.fingerprint != "" && q.fingerprint != fingerprint { // it has begun anew
		if err := p.open(q); err != nil {
			return err
		}
		return p.sendOffer(q, false)
	}
	return p.describe(q, webrtc.SDPTypeAnswer, answer.SDP, fingerprint)
}

// describe gives the other's description to the connection, and the candidates that came before it.
func (p *Phone) describe(q *peer, kind webrtc.SDPType, text, fingerprint string) error {
	if err := q.link.pc.SetRemoteDescription(webrtc.SessionDescription{Type: kind, SDP: text}); err != nil {
		return err
	}
	q.fingerprint, q.candidates = fingerprint, 0
	early := q.early
	q.early = nil
	for _, c := range early {
		if !knowsFragment(text, c.Fragment) {
			continue // of a generation that is over
		}
		if err := q.addCandidate(c); err != nil {
			p.Log.Debug("a candidate was refused", "device", q.device, "cause", err)
		}
	}
	return nil
}

// takeCandidates takes candidates; those of a description that has not come yet wait for it.
func (p *Phone) takeCandidates(q *peer, in content.ICE) error {
	if in.Call != p.machine.call || !q.dialog.freshCandidates(in.Negotiation) {
		return nil
	}
	for _, c := range in.Candidates {
		if err := checkCandidate(c.Text); err != nil {
			return err
		}
		if q.link == nil || q.link.pc.RemoteDescription() == nil || !knowsFragment(q.link.pc.RemoteDescription().SDP, c.Fragment) {
			if len(q.early) < content.MaxCandidates {
				q.early = append(q.early, c)
			}
			continue
		}
		if err := q.addCandidate(c); err != nil {
			return err
		}
	}
	return nil
}

// knowsFragment reports whether a candidate belongs to a description's ICE generation.
func knowsFragment(description, fragment string) bool {
	return fragment == "" || strings.Contains(description, "a=ice-ufrag:"+fragment+"\r\n")
}

// addCandidate gives a candidate to the connection, which tries every one with each of its own.
func (q *peer) addCandidate(c content.Candidate) error {
	if q.candidates++; q.candidates > content.MaxCandidates {
		return errors.New("it has too many candidates")
	}
	candidate := webrtc.ICECandidateInit{Candidate: c.Text, SDPMid: &c.Media, SDPMLineIndex: &c.Line}
	if c.Fragment != "" {
		candidate.UsernameFragment = &c.Fragment
	}
	return q.link.pc.AddICECandidate(candidate)
}

// found collects the candidates of a moment and sends them together.
func (p *Phone) found(q *peer, link *connection, c webrtc.ICECandidateInit) {
	candidate := content.Candidate{Text: withoutBase(c.Candidate)}
	if c.SDPMid != nil {
		candidate.Media = *c.SDPMid
	}
	if c.SDPMLineIndex != nil {
		candidate.Line = *c.SDPMLineIndex
	}
	if c.UsernameFragment != nil {
		candidate.Fragment = *c.UsernameFragment
	}
	link.local = append(link.local, candidate)
	if link.flushing {
		return
	}
	link.flushing = true
	time.AfterFunc(trickleWait, func() { p.postFor(q, link, func() { p.sendFound(q, link) }) })
}

func (p *Phone) sendFound(q *peer, link *connection) {
	link.flushing = false
	for len(link.local) > 0 {
		part := link.local[:min(len(link.local), content.MaxCandidates)]
		link.local = link.local[len(part):]
		n := q.dialog.next(p.negotiation(), time.Now())
		p.warn("send a candidate", p.Signals.Negotiate(p.machine.room, q.device, content.ICE{Negotiation: n, Candidates: part}))
	}
}
