// Package media is the machine's sound and picture: it captures, cleans and encodes what this end says and shows, and
// plays and keeps what the others send. What needs a C library stands in files with the build tag cgo; without it Machine
// answers every request with ErrNoMedia.
package media

import (
	"context"
	"errors"
	"time"

	"github.com/pion/rtp"
)

// ErrNoMedia is what a build without cgo says.
var ErrNoMedia = errors.New("this build has no sound and picture: install the one with calls, or build it with a C compiler")

// ErrKeyframeNeeded asks the sender of pictures for one that stands for itself.
var ErrKeyframeNeeded = errors.New("a keyframe is needed")

var errClosed = errors.New("the source was closed")

// Sample is one Opus packet of 20 ms, or one VP8 frame.
type Sample struct {
	Data     []byte
	Duration time.Duration
	Keyframe bool
}

// Capture is one source: microphone, camera or screen; encoded once, shared by all peers.
type Capture interface {
	Read(ctx context.Context) (Sample, error)
	SetBitrate(bitsPerSecond int)
	RequestKeyframe()
	Close() error
}

// PlaybackStats counts what was played of one participant, in samples of 48 kHz.
type PlaybackStats struct {
	Samples   uint64 // played
	Concealed uint64 // of them made up, because the packet was missing
	Delay     time.Duration
}

// Playback takes what one participant says: RTP packets in any order, with losses.
type Playback interface {
	WriteRTP(*rtp.Packet) error
	SetVolume(float64)
	Level() float64
	Stats() PlaybackStats
	Close() error
}

// Pictures takes VP8 frames of one participant's camera or screen, whole and in order.
type Pictures interface {
	WriteFrame(data []byte, keyframe bool, timestamp time.Duration) error
	Close() error
}

// Meter is what the microphone and every Playback also have.
type Meter interface {
	Level() float64 // 0 to 1, of the last moment
	Speaking() bool
}

// The kinds of pictures, as Show names them.
const (
	KindCamera = "camera"
	KindScreen = "screen"
)

// Self is the participant under which the own camera and screen can be watched.
const Self = ""

// Names of devices that every machine has.
const (
	DefaultDevice = ""
	TestDevice    = "test"  // a tone, or a picture that moves
	FilePrefix    = "file:" // a WAV file: a microphone reads it, a speaker writes it
	NoDevice      = "none"  // a speaker that nobody hears
)
