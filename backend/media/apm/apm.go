//go:build cgo && !noaec

package apm

// #cgo pkg-config: webrtc-audio-processing
// #cgo CXXFLAGS: -std=c++11 -Wno-unused-parameter
// #include "shim.h"
import "C"

import (
	"errors"
	"runtime"
	"sync"
)

// Available says whether this build cleans sound.
const Available = true

// Processor cleans one microphone. Its methods may be called by several goroutines.
type Processor struct {
	mu    sync.Mutex // guards state against Close
	state *C.apm
}

// New returns a processor that has yet to learn the room.
func New() (*Processor, error) {
	state := C.apm_new()
	if state == nil {
		return nil, errors.New("apm: the sound processing cannot start")
	}
	p := &Processor{state: state}
	runtime.SetFinalizer(p, (*Processor).Close)
	return p, nil
}

// Played is told each FrameSize samples that the speakers play, in step with Clean.
func (p *Processor) Played(samples []float32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != nil && len(samples) == FrameSize {
		C.apm_played(p.state, (*C.float)(&samples[0]))
	}
}

// Clean changes FrameSize captured samples in place. The delay in milliseconds is a guess of how long a sound takes from
// Played to here; the processor finds the rest by itself.
func (p *Processor) Clean(samples []float32, delay int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != nil && len(samples) == FrameSize {
		C.apm_clean(p.state, (*C.float)(&samples[0]), C.int(delay))
	}
}

// Close frees the processor; it may be called twice.
func (p *Processor) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != nil {
		C.apm_free(p.state)
		p.state = nil
	}
}
