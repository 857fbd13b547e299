package media

import (
	"sync"
	"time"

	"github.com/pion/rtp"
)

// speechDecoder is what a voice needs of Opus.
type speechDecoder interface {
	Decode(packet []byte, out []float32) error
	Recover(next []byte, out []float32) error
	Conceal(out []float32) error
	Reset()
	Close()
}

// joint is the samples over which two sounds that do not fit are faded into each other: 5 ms.
const joint = 240

// voice is what one participant says, from packets to samples.
type voice struct {
	*meter
	mix *mixer

	mu      sync.Mutex // guards the following
	ssrc    uint32
	buffer  *jitterBuffer
	decoder speechDecoder
	carries func(packet []byte) bool // whether it has a copy of the one before
	fits    func(packet []byte) bool
	ready   []float32 // decoded, yet to be played
	heard   bool      // the last frame was sound
	volume  float64
	gain    float64 // goes to volume within a frame, so that nothing clicks
	stats   PlaybackStats
	closed  bool
}

func newVoice(mix *mixer, decoder speechDecoder, carries, fits func([]byte) bool) *voice {
	return &voice{meter: newMeter(), mix: mix, buffer: newJitterBuffer(), decoder: decoder,
		carries: carries, fits: fits, volume: 1, gain: 1}
}

// WriteRTP takes a packet in any order; what cannot be played is left out.
func (v *voice) WriteRTP(packet *rtp.Packet) error {
	if !v.fits(packet.Payload) {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return errClosed
	}
	if packet.SSRC != v.ssrc {
		v.ssrc = packet.SSRC
		v.buffer.reset()
	}
	payload := append([]byte(nil), packet.Payload...)
	v.buffer.put(packet.SequenceNumber, packet.Timestamp, payload, time.Now())
	return nil
}

// SetVolume sets how loud the participant is played; 1 is as it came, 0 is silence, 2 is the most.
func (v *voice) SetVolume(volume float64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.volume = min(max(volume, 0), 2)
}

// Stats counts what was played.
func (v *voice) Stats() PlaybackStats {
	v.mu.Lock()
	defer v.mu.Unlock()
	s := v.stats
	s.Delay = time.Duration(v.buffer.level*float64(frameTime)) + time.Duration(len(v.ready))*time.Second/48000
	return s
}

// Close takes the participant out of what is heard; it may be called twice.
func (v *voice) Close() error {
	v.mix.remove(v)
	return nil
}

// end closes the voice and returns what is still to be heard of it, so that it does not end with a click.
func (v *voice) end() []float32 {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return nil
	}
	v.closed = true
	defer v.decoder.Close()
	if !v.heard {
		return nil
	}
	for len(v.ready) < joint {
		v.ready = append(v.ready, v.frame()...)
	}
	rest := v.ready[:joint]
	fade(rest, nil)
	for i := range rest {
		rest[i] *= float32(v.gain)
	}
	return rest
}

// add mixes the voice's next samples into out.
func (v *voice) add(out, scratch []float32) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return
	}
	for len(v.ready) < len(out) {
		v.ready = append(v.ready, v.frame()...)
	}
	samples := scratch[:len(out)]
	copy(samples, v.ready)
	v.ready = append(v.ready[:0], v.ready[len(out):]...)
	v.feed(samples)
	step := (v.volume - v.gain) / float64(len(out))
	for i, sample := range samples {
		v.gain += step
		out[i] += sample * float32(v.gain)
	}
	v.gain = v.volume
}

// frame makes the next 20 ms, or a little more or less of them where the delay is to change.
func (v *voice) frame() []float32 {
	next := v.buffer.take()
	out := make([]float32, frameSize)
	if next.kind == dueSilence {
		if v.heard {
			v.decode(due{kind: dueConceal}, out)
			fade(out, nil)
			v.heard = false
		}
		return out
	}
	v.stats.Samples += frameSize
	if next.jumped {
		v.join(next, out)
	} else {
		v.decode(next, out)
	}
	v.heard = true
	if next.kind != duePacket {
		return out
	}
	return v.paced(out)
}

func (v *voice) paced(frame []float32) []float32 {
	out := frame
	switch v.buffer.pace() {
	case 1:
		out = shorten(frame)
	case -1:
		out = lengthen(frame)
	}
	v.buffer.stretched(len(frame) - len(out))
	return out
}

// join plays what does not continue what was played without a click.
func (v *voice) join(next due, out []float32) {
	before := make([]float32, frameSize)
	if v.heard {
		v.decode(due{kind: dueConceal}, before)
	}
	v.decode(next, out)
	fade(before, out)
}

// fade lets from go over into to within a joint, and keeps the result in to; nil is silence.
func fade(from, to []float32) {
	if to == nil {
		for i := range from {
			from[i] *= max(1-float32(i)/joint, 0)
		}
		return
	}
	for i := range joint {
		weight := float32(i) / joint
		to[i] = from[i]*(1-weight) + to[i]*weight
	}
}

func (v *voice) decode(next due, out []float32) {
	var err error
	switch {
	case next.kind == duePacket:
		err = v.decoder.Decode(next.packet, out)
	case next.kind == dueRecover && v.carries(next.packet):
		err = v.decoder.Recover(next.packet, out)
	default:
		v.stats.Concealed += frameSize
		err = v.decoder.Conceal(out)
	}
	if err != nil {
		clear(out) // a packet that is no Opus is silence
	}
}
