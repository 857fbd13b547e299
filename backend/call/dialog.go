package call

import (
	"time"

	"gossip/common/content"
)

// dialog orders what two devices negotiate: what comes late or twice is told by its sequence, and an answer by the offer
// that it names.
type dialog struct {
	sent   uint64 // the sequence of the last thing sent
	heard  uint64 // the highest sequence of a description taken
	found  uint64 // and of candidates, which may overtake their description
	first  uint64 // of the outstanding offer, with its repetitions up to last; 0: none is
	last   uint64
	polite bool // gives way where both offer at once
}

// next numbers what is sent. Numbers rise over a restart of the program too, since they begin at the clock.
func (d *dialog) next(n content.Negotiation, now time.Time) content.Negotiation {
	n.Sequence = max(d.sent+1, uint64(max(1, now.UnixMilli())))
	d.sent = n.Sequence
	return n
}

// offer numbers an offer; again says that it repeats the outstanding one.
func (d *dialog) offer(n content.Negotiation, again bool, now time.Time) content.Negotiation {
	n = d.next(n, now)
	if d.first == 0 || !again {
		d.first = n.Sequence
	}
	d.last = n.Sequence
	return n
}

// fresh reports whether an offer or an answer is neither late nor a repeat.
func (d *dialog) fresh(n content.Negotiation) bool { return rises(&d.heard, n.Sequence) }

// freshCandidates reports the same of candidates.
func (d *dialog) freshCandidates(n content.Negotiation) bool { return rises(&d.found, n.Sequence) }

func rises(highest *uint64, sequence uint64) bool {
	if sequence <= *highest {
		return false
	}
	*highest = sequence
	return true
}

// answered reports whether an answer is to the outstanding offer, which it settles.
func (d *dialog) answered(to uint64) bool {
	if d.first == 0 || to < d.first || to > d.last {
		return false
	}
	d.first, d.last = 0, 0
	return true
}

// collides reports whether an offer that comes must be ignored: both have offered, and the other gives way (perfect
// negotiation, RFC 8829 section 4.1.8.2 and the WebRTC specification). Where this side gives way its own offer is void.
func (d *dialog) collides() bool {
	if d.first == 0 {
		return false
	}
	if !d.polite {
		return true
	}
	d.first, d.last = 0, 0
	return false
}
