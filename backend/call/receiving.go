package call

import (
	"errors"
	"io"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media/samplebuilder"

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
			p.trouble = err.Error()
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

// Bounds of how pictures are put together.
const (
	maxPacketsLate = 512
	maxFrameDelay  = 500 * time.Millisecond
	askAgain       = 500 * time.Millisecond // until another whole picture is asked for
	videoClock     = 90000
)

// watch shows what a peer's camera or screen gives.
func (p *Phone) watch(q *peer, link *connection, kind string, track *webrtc.TrackRemote, counted *count) {
	if q.receiving.pictures[kind] == nil {
		pictures, err := p.Media.Show(q.device.String(), kind)
		if err != nil {
			p.trouble = err.Error()
			p.workers.Go(func() { read(track, counted, func(*rtp.Packet) {}) })
			return
		}
		q.receiving.pictures[kind] = pictures
	}
	f := &frames{
		pictures: q.receiving.pictures[kind], counted: counted,
		builder: samplebuilder.New(maxPacketsLate, &codecs.VP8Packet{}, videoClock, samplebuilder.WithMaxTimeDelay(maxFrameDelay), samplebuilder.WithRTPHeaders(true)),
		ask: func() {
			link.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(track.SSRC())}}) // asked again while none comes
		},
	}
	p.workers.Go(func() { read(track, counted, f.take) })
}

// frames puts VP8 frames together and hands over those that can be decoded: after a loss it waits for one that stands
// for itself, and asks for it.
type frames struct {
	builder  *samplebuilder.SampleBuilder
	pictures Pictures
	counted  *count
	ask      func()
	asked    time.Time
	whole    bool // everything since the last keyframe was there
	first    uint32
	begun    bool
}

func (f *frames) take(packet *rtp.Packet) {
	f.builder.Push(packet)
	for sample := f.builder.Pop(); sample != nil; sample = f.builder.Pop() {
		if len(sample.Data) == 0 {
			continue
		}
		key := sample.Data[0]&1 == 0 // RFC 6386 section 9.1
		f.whole = key || f.whole && sample.PrevDroppedPackets == 0
		if !f.whole {
			f.counted.lost()
			continue
		}
		if !f.begun {
			f.first, f.begun = sample.PacketTimestamp, true
		}
		at := time.Duration(sample.PacketTimestamp-f.first) * time.Second / videoClock
		if err := f.pictures.WriteFrame(sample.Data, key, at); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			f.whole = false
			continue
		}
		f.counted.frame(key)
	}
	if now := time.Now(); !f.whole && now.Sub(f.asked) >= askAgain {
		f.asked = now
		f.ask()
	}
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
