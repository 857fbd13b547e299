package call

import (
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// Statistics are the figures of one connection. Rates are of the last seconds.
type Statistics struct {
	RoundTrip     float64 `json:"round_trip"`     // milliseconds
	Jitter        float64 `json:"jitter"`         // milliseconds, of the sound
	Loss          float64 `json:"loss"`           // share of the packets of the last seconds that did not come, 0 to 1
	BitrateIn     int     `json:"bitrate_in"`     // bits a second
	BitrateOut    int     `json:"bitrate_out"`    // what the connection is believed to carry
	Packets       uint64  `json:"packets"`        // of sound, that came
	PacketsLost   int64   `json:"packets_lost"`   // of sound
	Frames        uint64  `json:"frames"`         // of pictures, whole
	Keyframes     uint64  `json:"keyframes"`      // of them
	FramesDropped uint64  `json:"frames_dropped"` // that could not be shown
	Concealed     uint64  `json:"concealed"`      // samples of sound made up
	Samples       uint64  `json:"samples"`        // of sound played
	Delay         float64 `json:"delay"`          // milliseconds that sound waits before it is played
	Path          string  `json:"path"`           // "direct", "relay", or "" before there is one
	Restarts      int     `json:"restarts"`       // of the path
}

// count counts what one track brings.
type count struct {
	mu                        sync.Mutex // guards the following
	bytes                     uint64
	frames, keyframes, missed uint64
	at                        time.Time // of the last packet
}

func (c *count) packet(p *rtp.Packet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes += uint64(p.MarshalSize())
	c.at = time.Now()
}

func (c *count) frame(key bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frames++
	if key {
		c.keyframes++
	}
}

func (c *count) lost() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.missed++
}

// measureEvery is how often a connection's figures are read.
const measureEvery = time.Second

// measured is what the figures were a moment ago.
type measured struct {
	at       time.Time
	bytes    uint64
	received uint64
	lost     int64
}

// measure reads a connection's figures.
func (p *Phone) measure(q *peer, now time.Time) {
	if q.link == nil || now.Sub(q.last.at) < measureEvery {
		return
	}
	f := &q.figures
	before := q.last
	q.last = measured{at: now}
	f.Frames, f.Keyframes, f.FramesDropped = 0, 0, 0
	for _, c := range q.receiving.counts {
		c.mu.Lock()
		q.last.bytes += c.bytes
		f.Frames, f.Keyframes, f.FramesDropped = f.Frames+c.frames, f.Keyframes+c.keyframes, f.FramesDropped+c.missed
		c.mu.Unlock()
	}
	p.measureStreams(q)
	if seconds := now.Sub(before.at).Seconds(); !before.at.IsZero() && seconds > 0 && q.last.bytes >= before.bytes {
		f.BitrateIn = int(float64(q.last.bytes-before.bytes) * 8 / seconds)
		f.Loss = share(q.last.lost-before.lost, int64(q.last.received)-int64(before.received))
	}
	if q.link.estimator != nil {
		f.BitrateOut = q.link.estimator.GetTargetBitrate()
	}
	if played := q.receiving.playback; played != nil {
		s := played.Stats()
		f.Concealed, f.Samples, f.Delay = s.Concealed, s.Samples, float64(s.Delay.Microseconds())/1000
	}
	q.measurePath()
}

// share is how many of all were lost.
func share(lost, received int64) float64 {
	if lost <= 0 || lost+received <= 0 {
		return 0
	}
	return float64(lost) / float64(lost+max(received, 0))
}

// measureStreams reads what the counters of the streams say: loss of everything, jitter of the sound.
func (p *Phone) measureStreams(q *peer) {
	if q.link.stats == nil {
		return
	}
	for kind, ssrc := range q.receiving.ssrcs {
		s := q.link.stats.Get(ssrc)
		if s == nil {
			continue
		}
		in := s.InboundRTPStreamStats
		q.last.received, q.last.lost = q.last.received+in.PacketsReceived, q.last.lost+in.PacketsLost
		if kind == kindMicrophone {
			q.figures.Packets, q.figures.PacketsLost = in.PacketsReceived, in.PacketsLost
			q.figures.Jitter = in.Jitter * 1000
		}
	}
}

// measurePath says which way packets go and how long they take. Before the connection is there WebRTC still sets up what is
// read here.
func (q *peer) measurePath() {
	q.figures.Path = ""
	if !q.connected {
		return
	}
	transport := q.link.pc.SCTP().Transport().ICETransport()
	pair, err := transport.GetSelectedCandidatePair()
	if err != nil || pair == nil {
		return
	}
	q.figures.Path = "direct"
	if pair.Local.Typ == webrtc.ICECandidateTypeRelay || pair.Remote.Typ == webrtc.ICECandidateTypeRelay {
		q.figures.Path = "relay"
	}
	if s, ok := transport.GetSelectedCandidatePairStats(); ok {
		q.figures.RoundTrip = s.CurrentRoundTripTime * 1000
	}
}
