// Package apm cleans a microphone's sound: it takes out the echo of what the speakers play, suppresses noise and evens out
// loudness, with WebRTC's audio processing as Debian ships it (webrtc-audio-processing 0.3). The build tag noaec leaves it
// out: sound then passes unchanged. Without cgo the package is empty.
package apm

// FrameSize is the samples of one call: 10 ms at 48 kHz, mono.
const FrameSize = 480
