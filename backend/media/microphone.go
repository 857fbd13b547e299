//go:build cgo

package media

import (
	"context"
	"strings"
	"sync"

	"gossip/backend/media/opus"
)

const (
	speechBitrate = 32000
	leastSpeech   = 12000
	mostSpeech    = 64000
)

// microphone is what this end says: samples of a device, cleaned, as Opus.
type microphone struct {
	*meter
	samples *queue
	device  output
	cleanup func()

	reading sync.Mutex // guards encoder; held while sound is waited for
	encoder *opus.Encoder

	mu      sync.Mutex // guards the following
	bitrate int        // to be set, 0 for as it is
	close   sync.Once
}

// Microphone opens a microphone: DefaultDevice, one of Devices, TestDevice, or FilePrefix and the path of a WAV file, which
// is played once and followed by silence. Errors are sentences for a person.
func (m *Machine) Microphone(device string) (Capture, error) {
	encoder, err := opus.NewEncoder(speechBitrate)
	if err != nil {
		return nil, err
	}
	mic := &microphone{meter: newMeter(), samples: newQueue(), encoder: encoder, cleanup: func() {}}
	if err := mic.open(m, device); err != nil {
		mic.cleanup()
		encoder.Close()
		return nil, err
	}
	return mic, nil
}

func (mic *microphone) open(m *Machine, device string) error {
	path, isFile := strings.CutPrefix(device, FilePrefix)
	switch {
	case device == TestDevice:
		mic.feedFrom(&looped{samples: append(tone(440, 0.3), make([]float32, 48000*7/10)...), forever: true})
		return nil
	case isFile:
		samples, err := ReadWAV(path)
		if err != nil {
			return err
		}
		mic.feedFrom(&looped{samples: samples})
		return nil
	}
	cleaner, err := newCleaning()
	if err != nil {
		return err
	}
	m.addEcho(cleaner)
	mic.cleanup = func() { m.removeEcho(cleaner); cleaner.close() }
	input, err := m.openInput(device, func(block []float32) {
		cleaner.clean(block)
		mic.feed(block)
		mic.samples.put(block)
	}, mic.samples.fail)
	if err != nil {
		return err
	}
	mic.device = input
	return nil
}

// feedFrom takes made sound, which has neither echo nor noise to be taken out.
func (mic *microphone) feedFrom(source *looped) {
	block := make([]float32, blockSize)
	mic.device = startClock(func() {
		source.block(block)
		mic.feed(block)
		mic.samples.put(block)
	}, nil)
}

// Read waits for the next 20 ms. Silence is a packet of one or two bytes, so that sequence numbers and times run on.
func (mic *microphone) Read(ctx context.Context) (Sample, error) {
	mic.reading.Lock()
	defer mic.reading.Unlock()
	var frame [opus.FrameSize]float32
	if err := mic.samples.read(ctx, frame[:]); err != nil {
		return Sample{}, err
	}
	if err := mic.applyBitrate(); err != nil {
		return Sample{}, err
	}
	packet, err := mic.encoder.Encode(frame[:])
	if err != nil {
		return Sample{}, err
	}
	return Sample{Data: packet, Duration: opus.FrameTime}, nil
}

func (mic *microphone) applyBitrate() error {
	mic.mu.Lock()
	bitrate := mic.bitrate
	mic.bitrate = 0
	mic.mu.Unlock()
	if bitrate == 0 {
		return nil
	}
	return mic.encoder.SetBitrate(bitrate)
}

// SetBitrate sets the aim in bits a second, within what speech needs and can use.
func (mic *microphone) SetBitrate(bitsPerSecond int) {
	mic.mu.Lock()
	defer mic.mu.Unlock()
	mic.bitrate = min(max(bitsPerSecond, leastSpeech), mostSpeech)
}

// RequestKeyframe does nothing: every packet of speech can be decoded.
func (mic *microphone) RequestKeyframe() {}

// Close ends the capture and with it Read; it may be called twice.
func (mic *microphone) Close() error {
	var err error
	mic.close.Do(func() {
		err = mic.device.Close()
		mic.cleanup()
		mic.samples.end()
		mic.reading.Lock()
		defer mic.reading.Unlock()
		mic.encoder.Close()
	})
	return err
}
