// Package media is the machine's sound and picture: it captures, cleans and encodes what this end says and shows, and
// plays and keeps what the others send. What needs a C library stands in files with the build tag cgo; without it Machine
// answers every request with ErrNoMedia.
package media

import (
	"errors"
	"fmt"

	"gossip/backend/call"
)

// ErrNoMedia is what a build without cgo says.
var ErrNoMedia = errors.New("this build has no sound and picture: install the one with calls, or build it with a C compiler")

// ErrKeyframeNeeded asks the sender of pictures for one that stands for itself.
var ErrKeyframeNeeded = errors.New("a keyframe is needed")

var errClosed = errors.New("the source was closed")

// What calls ask of a machine; see package call.
type (
	Sample        = call.Sample
	Capture       = call.Capture
	PlaybackStats = call.PlaybackStats
	Playback      = call.Playback
	Pictures      = call.Pictures
)

var _ call.Media = (*Machine)(nil)

// Meter is what the microphone and every Playback also have.
type Meter interface {
	Level() float64 // 0 to 1, of the last moment
	Speaking() bool
}

// The kinds of pictures, as Show names them.
const (
	KindCamera = call.KindCamera
	KindScreen = call.KindScreen
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

// TestSize is a TestDevice whose pictures have so many pixels.
func TestSize(width, height int) string { return fmt.Sprintf("%s:%dx%d", TestDevice, width, height) }

// IsTest reports whether a camera is a TestDevice or a TestSize.
func IsTest(camera string) bool {
	_, _, ok := testSize(camera)
	return ok
}

// testSize is the size of the pictures of a camera that is a TestDevice or a TestSize.
func testSize(device string) (width, height int, ok bool) {
	if device == TestDevice {
		return 1280, 720, true
	}
	_, err := fmt.Sscanf(device, TestDevice+":%dx%d", &width, &height)
	ok = err == nil && device == TestSize(width, height) && min(width, height) >= 16 && max(width, height) <= 4096
	return width &^ 1, height &^ 1, ok
}
