//go:build cgo

package opus

// #cgo pkg-config: opus
// #include <opus.h>
//
// // The control calls take variable arguments, which cgo cannot pass.
// static int encoder_set(OpusEncoder *e, int request, opus_int32 value) { return opus_encoder_ctl(e, request, value); }
// static int decoder_reset(OpusDecoder *d) { return opus_decoder_ctl(d, OPUS_RESET_STATE); }
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
)

var errClosed = errors.New("opus: closed")

var running, most atomic.Int64

// MostAtOnce returns how many encoders this process has had at a time.
func MostAtOnce() int64 { return most.Load() }

func began() {
	for now := running.Add(1); ; {
		if known := most.Load(); now <= known || most.CompareAndSwap(known, now) {
			return
		}
	}
}

func failed(code C.int) error {
	return fmt.Errorf("opus: %s", C.GoString(C.opus_strerror(code)))
}

// Encoder makes packets of speech. It belongs to one goroutine.
type Encoder struct {
	state *C.OpusEncoder
	out   [MaxPacket]byte
}

// NewEncoder returns an encoder with in-band error correction for 10 % of loss and with silence left out.
func NewEncoder(bitsPerSecond int) (*Encoder, error) {
	var code C.int
	state := C.opus_encoder_create(Rate, 1, C.OPUS_APPLICATION_VOIP, &code)
	if code != C.OPUS_OK {
		return nil, failed(code)
	}
	e := &Encoder{state: state}
	began()
	runtime.SetFinalizer(e, (*Encoder).Close)
	for _, set := range []struct{ request, value int }{
		{C.OPUS_SET_BITRATE_REQUEST, bitsPerSecond},
		{C.OPUS_SET_INBAND_FEC_REQUEST, 1},
		{C.OPUS_SET_PACKET_LOSS_PERC_REQUEST, 10},
		{C.OPUS_SET_DTX_REQUEST, 1},
		{C.OPUS_SET_SIGNAL_REQUEST, C.OPUS_SIGNAL_VOICE},
		{C.OPUS_SET_COMPLEXITY_REQUEST, 7},
	} {
		if err := e.set(set.request, set.value); err != nil {
			e.Close()
			return nil, err
		}
	}
	return e, nil
}

func (e *Encoder) set(request, value int) error {
	if e.state == nil {
		return errClosed
	}
	if code := C.encoder_set(e.state, C.int(request), C.opus_int32(value)); code != C.OPUS_OK {
		return failed(code)
	}
	return nil
}

// SetBitrate sets the aim in bits a second.
func (e *Encoder) SetBitrate(bitsPerSecond int) error {
	return e.set(C.OPUS_SET_BITRATE_REQUEST, bitsPerSecond)
}

// Encode returns the packet of FrameSize samples, in memory of the caller's own. One or two bytes stand for silence.
func (e *Encoder) Encode(samples []float32) ([]byte, error) {
	if len(samples) != FrameSize {
		return nil, fmt.Errorf("opus: %d samples instead of %d", len(samples), FrameSize)
	}
	if e.state == nil {
		return nil, errClosed
	}
	n := C.opus_encode_float(e.state, (*C.float)(&samples[0]), FrameSize, (*C.uchar)(&e.out[0]), MaxPacket)
	if n < 0 {
		return nil, failed(C.int(n))
	}
	return append([]byte(nil), e.out[:n]...), nil
}

// Close frees the encoder; it may be called twice.
func (e *Encoder) Close() {
	if e.state != nil {
		C.opus_encoder_destroy(e.state)
		e.state = nil
		running.Add(-1)
	}
}

// Decoder turns the packets of one speaker into samples. It belongs to one goroutine.
type Decoder struct {
	state *C.OpusDecoder
}

// NewDecoder returns a decoder at its start.
func NewDecoder() (*Decoder, error) {
	var code C.int
	state := C.opus_decoder_create(Rate, 1, &code)
	if code != C.OPUS_OK {
		return nil, failed(code)
	}
	d := &Decoder{state: state}
	runtime.SetFinalizer(d, (*Decoder).Close)
	return d, nil
}

// Decode fills FrameSize samples from a packet.
func (d *Decoder) Decode(packet []byte, out []float32) error { return d.decode(packet, out, 0) }

// Recover fills the samples of a lost packet from the copy that the packet after it carries, where it carries one.
func (d *Decoder) Recover(next []byte, out []float32) error { return d.decode(next, out, 1) }

// Conceal makes samples up for a lost packet. They fade out when many are lost in a row.
func (d *Decoder) Conceal(out []float32) error { return d.decode(nil, out, 0) }

func (d *Decoder) decode(packet []byte, out []float32, fec C.int) error {
	if len(out) != FrameSize {
		return fmt.Errorf("opus: room for %d samples instead of %d", len(out), FrameSize)
	}
	if d.state == nil {
		return errClosed
	}
	var data *C.uchar
	if len(packet) > 0 {
		data = (*C.uchar)(&packet[0])
	}
	n := C.opus_decode_float(d.state, data, C.opus_int32(len(packet)), (*C.float)(&out[0]), FrameSize, fec)
	runtime.KeepAlive(d)
	if n < 0 {
		return failed(C.int(n))
	}
	clear(out[n:])
	return nil
}

// Reset forgets what was heard, as before a new stream.
func (d *Decoder) Reset() {
	if d.state != nil {
		C.decoder_reset(d.state)
	}
}

// Close frees the decoder; it may be called twice.
func (d *Decoder) Close() {
	if d.state != nil {
		C.opus_decoder_destroy(d.state)
		d.state = nil
	}
}

// Frame reports whether a packet is one whole frame of 20 ms, which is all that is played here.
func Frame(packet []byte) bool {
	if len(packet) == 0 || len(packet) > MaxPacket {
		return false
	}
	return C.opus_packet_get_nb_samples((*C.uchar)(&packet[0]), C.opus_int32(len(packet)), Rate) == FrameSize
}

// Carries reports whether the packet has a copy of the one before it: a SILK or hybrid frame with its LBRR flag set
// (RFC 6716, section 4.2.4). It says nothing of stereo packets.
func Carries(packet []byte) bool {
	if len(packet) < 2 || packet[0]&0x80 != 0 || packet[0]&0x07 != 0 {
		return false
	}
	// After the TOC byte stand the flags of voice activity, one for 20 ms of mono, and then the flag of LBRR.
	return packet[1]&0x40 != 0
}
