//go:build cgo && noaec

package apm

// Available says whether this build cleans sound.
const Available = false

// Processor passes sound unchanged.
type Processor struct{}

// New returns a processor that changes nothing.
func New() (*Processor, error) { return &Processor{}, nil }

// Played is told what the speakers play.
func (*Processor) Played([]float32) {}

// Clean leaves the samples as they are.
func (*Processor) Clean([]float32, int) {}

// Close does nothing.
func (*Processor) Close() {}
