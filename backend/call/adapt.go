package call

import (
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// readFeedback reads what the peer asks for until the connection ends. However often it asks, one word of it waits.
func (p *Phone) readFeedback(kind string, sender *webrtc.RTPSender) {
	var asked atomic.Bool
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, packet := range packets {
			switch packet.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				if !asked.Swap(true) {
					p.box.post(func() { asked.Store(false); p.wantKeyframe(kind) })
				}
			}
		}
	}
}

// keyframePause bounds how often pictures that stand for themselves are made, whoever asks.
const keyframePause = 500 * time.Millisecond

func (p *Phone) wantKeyframe(kind string) {
	if p.sending == nil {
		return
	}
	if s := p.sending.sources[kind]; s != nil && time.Since(s.keyframes) >= keyframePause {
		s.keyframes = time.Now()
		s.capture.RequestKeyframe()
	}
}

// refreshPictures gives somebody who is new something to begin with.
func (p *Phone) refreshPictures() {
	p.wantKeyframe(KindCamera)
	p.wantKeyframe(KindScreen)
}

// adapt sets what the pictures may take: the peer with the slowest connection counts, and sound goes first.
func (p *Phone) adapt(now time.Time) {
	if p.sending == nil {
		return
	}
	least, videos := p.slowest(now), 0
	for _, kind := range []string{KindCamera, KindScreen} {
		if p.sending.sources[kind] != nil {
			videos++
		}
	}
	if videos == 0 {
		return
	}
	share := min(max((least-audioCost)/videos, leastVideo), mostVideo)
	for _, kind := range []string{KindCamera, KindScreen} {
		if on := p.sending.sources[kind]; on != nil && on.differs(share) {
			on.bitrate = share
			on.capture.SetBitrate(share)
		}
	}
}

// A peer whose connection carries less than spareBelow, and much less than another's, gets no pictures for a while: it would
// have everybody's spoiled, and what it has is needed for the sound.
const (
	spareBelow = 150_000
	spareRatio = 4
	spareAfter = 3 * time.Second // of being so slow
	spareFor   = 20 * time.Second
)

// slowest is what the slowest connection carries that pictures go to.
func (p *Phone) slowest(now time.Time) int {
	best, least := 0, mostBitrate
	for _, q := range p.peers {
		best = max(best, q.estimate())
	}
	for _, q := range p.peers {
		if e := q.estimate(); e > 0 {
			p.spare(q, e < spareBelow && best >= spareRatio*e, now)
			if !q.link.spared {
				least = min(least, e)
			}
		}
	}
	return least
}

// estimate is what the connection is believed to carry, in bits a second; 0 while there is none.
func (q *peer) estimate() int {
	if !q.connected || q.link == nil || q.link.estimator == nil {
		return 0
	}
	return q.link.estimator.GetTargetBitrate()
}

// spare takes the pictures from a peer that has been slow for long enough, and tries again later.
func (p *Phone) spare(q *peer, slow bool, now time.Time) {
	link := q.link
	switch {
	case link.spared && now.Sub(link.slowSince) >= spareFor:
		link.slowSince = time.Time{}
		p.sendPictures(link, true)
	case link.spared:
	case !slow:
		link.slowSince = time.Time{}
	case link.slowSince.IsZero():
		link.slowSince = now
	case now.Sub(link.slowSince) >= spareAfter:
		link.slowSince = now
		p.sendPictures(link, false)
	}
}

func (p *Phone) sendPictures(link *connection, on bool) {
	link.spared = !on
	for i, kind := range kinds {
		if kind == kindMicrophone {
			continue
		}
		var track webrtc.TrackLocal
		if on {
			track = p.sending.tracks[kind]
		}
		p.warn("change what a peer gets", link.senders[i].ReplaceTrack(track))
	}
	if on {
		p.refreshPictures()
	}
}

// differs reports whether a bitrate is other enough to set: 5 %.
func (s *source) differs(bitrate int) bool {
	return s.bitrate == 0 || max(bitrate-s.bitrate, s.bitrate-bitrate)*20 >= s.bitrate
}
