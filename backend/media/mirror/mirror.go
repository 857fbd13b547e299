// Package mirror is the sound and picture of a contact that gives back what it gets: what the other says and shows comes
// out of its microphone, camera and screen a while later, as it came. Nothing is decoded, so it needs neither a device nor a
// C library, and costs next to nothing.
package mirror

import (
	"io"
	"time"

	"gossip/backend/call"
)

// Media gives back what one other says and shows. Where several do, it is the one who came last.
type Media struct {
	sound  *sound
	camera *pictures
	screen *pictures
}

// New returns a Media that gives everything back after a delay.
func New(delay time.Duration) *Media {
	return &Media{sound: newSound(delay), camera: newPictures(delay), screen: newPictures(delay)}
}

// Microphone gives back what was said.
func (m *Media) Microphone(string) (call.Capture, error) { return m.sound.open(), nil }

// Camera gives back what the other's camera showed.
func (m *Media) Camera(string) (call.Capture, error) { return m.camera.open(), nil }

// Screen gives back what the other's screen showed.
func (m *Media) Screen(string) (call.Capture, error) { return m.screen.open(), nil }

// Play takes what the other says.
func (m *Media) Play(string) (call.Playback, error) { return m.sound.listen(), nil }

// Show takes what the other shows.
func (m *Media) Show(_, kind string) (call.Pictures, error) {
	if kind == call.KindScreen {
		return m.screen.watch(), nil
	}
	return m.camera.watch(), nil
}

// errClosed ends the reading of what was closed.
var errClosed = io.ErrClosedPipe
