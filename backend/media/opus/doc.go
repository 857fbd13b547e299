// Package opus encodes and decodes speech with libopus: 48 kHz, mono, 20 ms a packet (RFC 6716). Without cgo it is empty.
package opus

import "time"

// Shape of all sound here.
const (
	Rate      = 48000
	FrameTime = 20 * time.Millisecond
	// FrameSize is the samples of one packet.
	FrameSize = 960
	// MaxPacket is the most bytes that a packet may take (RFC 6716, section 3.4).
	MaxPacket = 1275
)
