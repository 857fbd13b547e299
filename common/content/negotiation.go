package content

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"gossip/common/id"
)

// Limits of what two devices negotiate a call with.
const (
	MaxSDP           = 64 << 10 // bytes of a session description
	MaxCandidates    = 64       // in one ICE
	MaxCandidateText = 512      // bytes of a candidate's line
	MaxCandidateName = 256      // bytes of its media id and of its user fragment (RFC 8839 section 5.4)
)

// Negotiation says to which call an offer, an answer or a candidate belongs, and when it was made: what goes through the
// hub's stream packets may come late, twice, or not at all, and the seal on it can't tell a repeat.
type Negotiation struct {
	Call id.CallID
	// Sequence rises with everything that the device sends to the other device for this call, whatever its type. It begins
	// at the clock in milliseconds, so that it rises over a restart of the program too.
	// A receiver drops what does not rise, and what belongs to a call that it is not in.
	Sequence uint64
}

// Offer is a WebRTC offer (RFC 8829, JSEP). Its SDP holds the DTLS fingerprint (RFC 8122), so the end-to-end encryption
// around it is what proves who is at the other end of the media.
type Offer struct {
	Negotiation
	SDP string
}

// Answer answers the offer that bore the sequence To.
type Answer struct {
	Negotiation
	To  uint64
	SDP string
}

// ICE carries candidates as they are found (trickle ICE, RFC 8838).
type ICE struct {
	Negotiation
	Candidates []Candidate
	End        bool // no more will come for this user fragment
}

// Candidate is the RTCIceCandidateInit of WebRTC.
type Candidate struct {
	Text     string `cbor:"1,keyasint"` // "candidate:..." (RFC 8839 section 5.1)
	Media    string `cbor:"2,keyasint,omitempty"`
	Line     uint16 `cbor:"3,keyasint,omitempty"`
	Fragment string `cbor:"4,keyasint,omitempty"` // of the ICE generation that it belongs to
}

type offerWire struct {
	Call     id.CallID `cbor:"1,keyasint"`
	Sequence uint64    `cbor:"2,keyasint"`
	SDP      string    `cbor:"3,keyasint"`
}

type answerWire struct {
	Call     id.CallID `cbor:"1,keyasint"`
	Sequence uint64    `cbor:"2,keyasint"`
	SDP      string    `cbor:"3,keyasint"`
	To       uint64    `cbor:"4,keyasint"`
}

type iceWire struct {
	Call       id.CallID   `cbor:"1,keyasint"`
	Sequence   uint64      `cbor:"2,keyasint"`
	Candidates []Candidate `cbor:"3,keyasint,omitempty"`
	End        bool        `cbor:"4,keyasint,omitempty"`
}

func (Offer) Type() Type  { return TypeOffer }
func (Answer) Type() Type { return TypeAnswer }
func (ICE) Type() Type    { return TypeICE }

func (o Offer) encode() ([]byte, error) { return encoder.Marshal(offerWire{o.Call, o.Sequence, o.SDP}) }
func (a Answer) encode() ([]byte, error) {
	return encoder.Marshal(answerWire{a.Call, a.Sequence, a.SDP, a.To})
}
func (i ICE) encode() ([]byte, error) {
	return encoder.Marshal(iceWire{i.Call, i.Sequence, i.Candidates, i.End})
}

func (w offerWire) body() Body  { return Offer{Negotiation{w.Call, w.Sequence}, w.SDP} }
func (w answerWire) body() Body { return Answer{Negotiation{w.Call, w.Sequence}, w.To, w.SDP} }
func (w iceWire) body() Body    { return ICE{Negotiation{w.Call, w.Sequence}, w.Candidates, w.End} }

func (n Negotiation) check() error {
	if n.Call == id.NoCall || n.Sequence == 0 {
		return errors.New("it belongs to no call, or has no sequence")
	}
	return nil
}

func (o Offer) check() error { return errors.Join(o.Negotiation.check(), checkSDP(o.SDP)) }

func (a Answer) check() error {
	if a.To == 0 {
		return errors.New("it answers no offer")
	}
	return errors.Join(a.Negotiation.check(), checkSDP(a.SDP))
}

func (i ICE) check() error {
	switch {
	case len(i.Candidates) > MaxCandidates:
		return fmt.Errorf("%d candidates, at most %d", len(i.Candidates), MaxCandidates)
	case len(i.Candidates) == 0 && !i.End:
		return errors.New("it has no candidates, and is not their end")
	}
	for _, c := range i.Candidates {
		if !within(c.Text, MaxCandidateText) || !within(c.Media, MaxCandidateName) || !within(c.Fragment, MaxCandidateName) || c.Text == "" {
			return errors.New("a candidate is empty, too long, or not UTF-8")
		}
	}
	return i.Negotiation.check()
}

func checkSDP(sdp string) error {
	if sdp == "" || !within(sdp, MaxSDP) {
		return fmt.Errorf("a session description has 1 to %d bytes of UTF-8", MaxSDP)
	}
	return nil
}

func within(text string, limit int) bool { return len(text) <= limit && utf8.ValidString(text) }
