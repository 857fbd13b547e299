package call

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
)

// Bitrates, in bits a second.
const (
	startBitrate = 800_000
	leastBitrate = 60_000
	mostBitrate  = 4_000_000
	audioBitrate = 32_000
	audioCost    = 60_000 // of sound with its headers
	leastVideo   = 80_000
	mostVideo    = 2_500_000
)

// Kinds beside those that Media.Show names.
const (
	kindMicrophone = "microphone"
	kindSpeaker    = "speaker" // or whatever else plays or shows what others send
)

// The codecs: Opus with in-band FEC (RFC 7587) and VP8 (RFC 7741).
var (
	audioCodec = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=20;useinbandfec=1;usedtx=1"}
	videoCodec = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: []webrtc.RTCPFeedback{
		{Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"},
	}}
)

// kinds are the sources in the order of their transceivers.
var kinds = []string{kindMicrophone, KindCamera, KindScreen}

// quiet is an Opus packet of 20 ms of silence: it is sent while the microphone is muted, so that the times of what is said
// later go on.
var quiet = []byte{0xf8, 0xff, 0xfe}

// sending is what this device gives to the call: a track a source, whatever the number of peers.
type sending struct {
	tracks  map[string]*webrtc.TrackLocalStaticSample
	sources map[string]*source
	wanted  map[string]bool // kinds that are on, or being turned on
	muted   atomic.Bool     // the microphone gives silence
}

// source is a capture that is on.
type source struct {
	capture   Capture
	end       context.CancelFunc
	bitrate   int
	keyframes time.Time // when one was last asked for
}

// openSending makes the tracks and turns the microphone on; with video the camera too.
func (p *Phone) openSending(video bool) {
	s := &sending{tracks: map[string]*webrtc.TrackLocalStaticSample{}, sources: map[string]*source{}, wanted: map[string]bool{}}
	p.sending, p.muted, p.deafened = s, p.StartMuted(), false
	clear(p.troubles)
	s.muted.Store(p.muted)
	for _, kind := range kinds {
		codec := videoCodec
		if kind == kindMicrophone {
			codec = audioCodec
		}
		track, err := webrtc.NewTrackLocalStaticSample(codec, kind, "gossip")
		if err != nil {
			p.warn("prepare a track", err)
			continue
		}
		s.tracks[kind] = track
	}
	if p.Media == nil {
		p.troubles[kindMicrophone] = "This build of Gossip has neither sound nor picture."
		return
	}
	p.turnOn(kindMicrophone)
	if video {
		p.turnOn(KindCamera)
	}
}

// closeSending turns everything off.
func (p *Phone) closeSending() {
	if p.sending == nil {
		return
	}
	for kind := range p.sending.sources {
		p.turnOff(kind)
	}
	clear(p.sending.wanted)
	p.sending = nil
}

// attach gives the tracks to a connection: three transceivers, negotiated once.
func (p *Phone) attach(link *connection) error {
	for _, kind := range kinds {
		transceiver, err := link.pc.AddTransceiverFromTrack(p.sending.tracks[kind], webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendrecv})
		if err != nil {
			return err
		}
		sender := transceiver.Sender()
		link.senders = append(link.senders, sender)
		p.workers.Go(func() { p.readFeedback(kind, sender) })
	}
	return nil
}

// turnOn opens a source in the background: a device may take its time.
func (p *Phone) turnOn(kind string) {
	s, device := p.sending, p.devices[kind]
	if s.wanted[kind] {
		return
	}
	s.wanted[kind] = true
	delete(p.troubles, kind)
	p.workers.Go(func() {
		capture, err := p.capture(kind, device)
		p.box.post(func() { p.turnedOn(s, kind, capture, err) })
	})
}

func (p *Phone) capture(kind, device string) (Capture, error) {
	switch kind {
	case KindCamera:
		return p.Media.Camera(device)
	case KindScreen:
		return p.Media.Screen(device)
	}
	return p.Media.Microphone(device)
}

func (p *Phone) turnedOn(s *sending, kind string, capture Capture, err error) {
	switch {
	case err != nil:
		delete(s.wanted, kind)
		if p.sending == s {
			p.troubles[kind] = err.Error()
		}
		return
	case p.sending != s || !s.wanted[kind] || s.sources[kind] != nil:
		capture.Close()
		return
	}
	ctx, cancel := context.WithCancel(p.ctx)
	on := &source{capture: capture, end: cancel}
	s.sources[kind] = on
	if kind == kindMicrophone {
		capture.SetBitrate(audioBitrate)
	}
	p.workers.Go(func() { p.pump(ctx, s, kind, on) })
	p.adapt(time.Now())
	p.sendStates()
}

// pump brings samples from a source to its track until the source ends.
func (p *Phone) pump(ctx context.Context, s *sending, kind string, on *source) {
	defer on.capture.Close()
	for {
		sample, err := on.capture.Read(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			p.box.post(func() { p.sourceEnded(s, kind, on, err) })
			return
		}
		data := sample.Data
		if kind == kindMicrophone && s.muted.Load() {
			data = quiet
		}
		s.tracks[kind].WriteSample(media.Sample{Data: data, Duration: sample.Duration}) // a peer that is gone is told of otherwise
	}
}

// sourceEnded says that a device has gone, a window was closed, and so on.
func (p *Phone) sourceEnded(s *sending, kind string, on *source, cause error) {
	if p.sending != s || s.sources[kind] != on {
		return
	}
	p.turnOff(kind)
	p.troubles[kind] = cause.Error()
}

func (p *Phone) turnOff(kind string) {
	s := p.sending
	delete(s.wanted, kind)
	delete(p.troubles, kind)
	if on := s.sources[kind]; on != nil {
		on.end()
		delete(s.sources, kind)
	}
	p.sendStates()
}
