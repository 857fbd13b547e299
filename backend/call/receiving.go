package call

import (
	"errors"
	"io"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"gossip/common/id"
)

// receiving is what comes from a peer.
type receiving struct {
	playback Playback
	pictures map[string]Pictures
	ssrcs    map[string]uint32 // kind -> of its stream
	counts   map[string]*count
}

func newReceiving() receiving {
	return receiving{pictures: map[string]Pictures{}, ssrcs: map[string]uint32{}, counts: map[string]*count{}}
}

func (r *receiving) close() {
	if r.playback != nil {
		r.playback.Close()
	}
	for _, p := range r.pictures {
		p.Close()
	}
	r.playback = nil
	clear(r.pictures)
}

// kindOf tells a source by the place of its transceiver.
func (c *connection) kindOf(receiver *webrtc.RTPReceiver) (string, bool) {
	for i, transceiver := range c.pc.GetTransceivers() {
		if transceiver.Receiver() == receiver && i < len(kinds) {
			return kinds[i], true
		}
	}
	return "", false
}

// receive begins to take a peer's track.
func (p *Phone) receive(q *peer, link *connection, kind string, track *webrtc.TrackRemote) {
	counted := &count{}
	q.receiving.ssrcs[kind], q.receiving.counts[kind] = uint32(track.SSRC()), counted
	if p.Media == nil {
		p.workers.Go(func() { read(track, counted, func(*rtp.Packet) {}) })
		return
	}
	if kind == kindMicrophone {
		p.hear(q, track, counted)
		return
	}
	p.watch(q, link, kind, track, counted)
}

// hear plays what a peer says.
func (p *Phone) hear(q *peer, track *webrtc.TrackRemote, counted *count) {
	if q.receiving.playback == nil {
		playback, err := p.Media.Play(q.device.String())
		if err != nil {
			p.troubles[kindSpeaker] = err.Error()
			p.workers.Go(func() { read(track, counted, func(*rtp.Packet) {}) })
			return
		}
		q.receiving.playback = playback
		playback.SetVolume(p.volume(q.user))
	}
	playback := q.receiving.playback
	p.workers.Go(func() {
		read(track, counted, func(packet *rtp.Packet) { playback.WriteRTP(packet) }) // what can't be played is concealed
	})
}

// read hands the packets of a track over until it ends.
func read(track *webrtc.TrackRemote, counted *count, take func(*rtp.Packet)) {
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		counted.packet(packet)
		take(packet)
	}
}

const (
	askAgain    = 500 * time.Millisecond // until another whole picture is asked for
	videoClock  = 90000                  // RFC 7741 section 4.1
	longestStep = 10 * time.Second       // from one picture to the next, as their times say
)

// watch shows what a peer's camera or screen gives.
func (p *Phone) watch(q *peer, link *connection, kind string, track *webrtc.TrackRemote, counted *count) {
	if q.receiving.pictures[kind] == nil {
		pictures, err := p.Media.Show(q.device.String(), kind)
		if err != nil {
			p.troubles[kindSpeaker] = err.Error()
			p.workers.Go(func() { read(track, counted, func(*rtp.Packet) {}) })
			return
		}
		q.receiving.pictures[kind] = pictures
	}
	f := &frames{
		pictures: q.receiving.pictures[kind], counted: counted,
		ask: func() {
			link.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(track.SSRC())}}) // asked again while none comes
		},
	}
	p.workers.Go(func() { read(track, counted, f.take) })
}

// frames hands over the frames that can be decoded: after a loss it waits for one that stands for itself, and asks for it.
type frames struct {
	assembler
	pictures Pictures
	counted  *count
	ask      func()
	asked    time.Time
	whole    bool // everything since the last keyframe was there
	last     uint32
	at       time.Duration // of last, since the first one; zero before it
	shown    bool
}

func (f *frames) take(packet *rtp.Packet) {
	now := time.Now()
	f.push(packet)
	for one := f.pop(now); one != nil; one = f.pop(now) {
		f.show(one)
	}
	if !f.whole && now.Sub(f.asked) >= askAgain {
		f.asked = now
		f.ask()
	}
}

func (f *frames) show(one *frame) {
	key := one.data[0]&1 == 0 // RFC 6386 section 9.1
	f.whole = key || f.whole && !one.torn
	if !f.whole {
		f.counted.lost()
		return
	}
	if err := f.pictures.WriteFrame(one.data, key, f.time(one.timestamp)); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		f.whole = false
		return
	}
	f.counted.frame(key)
}

// time is when a frame belongs, from the first one on: it goes on where the peer's clock wraps, and never back.
func (f *frames) time(timestamp uint32) time.Duration {
	if f.shown {
		step := time.Duration(int32(timestamp-f.last)) * time.Second / videoClock
		f.at += min(max(step, 0), longestStep)
	}
	f.shown, f.last = true, timestamp
	return f.at
}

// volume is how loud a user is played.
func (p *Phone) volume(user id.UserID) float64 {
	if p.deafened {
		return 0
	}
	if v, set := p.volumes[user]; set {
		return v
	}
	return 1
}

func (p *Phone) applyVolumes() {
	for _, q := range p.peers {
		if q.receiving.playback != nil {
			q.receiving.playback.SetVolume(p.volume(q.user))
		}
	}
}

// maxVolume is how much louder than they are somebody can be made.
const maxVolume = 2

// SetVolume sets how loud a user is played: 0 to 2, 1 is as it comes.
func (p *Phone) SetVolume(user id.UserID, volume float64) error {
	if !(volume >= 0 && volume <= maxVolume) {
		return sentence("The volume goes from 0 to 200 percent.")
	}
	return p.command(func() error {
		p.volumes[user] = volume
		p.applyVolumes()
		return nil
	})
}
