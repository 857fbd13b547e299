package ratchet

import (
	"bytes"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// stateVersion is the second byte of every stored state and distribution: the first element of its array.
const stateVersion = 1

// maxState is more than any state takes, in bytes: the skipped keys are nearly all of it.
const maxState = MaxSkippedSession*skippedKeySize + 4096

var (
	encoder = must(cbor.EncOptions{
		Sort:          cbor.SortCoreDeterministic,
		IndefLength:   cbor.IndefLengthForbidden,
		TagsMd:        cbor.TagsForbidden,
		NilContainers: cbor.NilContainerAsEmpty,
	}.EncMode())
	decoder = must(cbor.DecOptions{
		IndefLength:     cbor.IndefLengthForbidden,
		TagsMd:          cbor.TagsForbidden,
		MaxNestedLevels: 4,
	}.DecMode())
)

// must turns a wrong constant option into a panic at start.
func must[T any](mode T, err error) T {
	if err != nil {
		panic(err)
	}
	return mode
}

// unmarshal fills record, a pointer to a struct that is stored as an array, and accepts nothing but the
// bytes that marshalling record again gives.
func unmarshal(data []byte, record any) error {
	if len(data) < 2 || len(data) > maxState {
		return fmt.Errorf("%w: state of %d bytes", ErrMalformed, len(data))
	}
	if data[1] != stateVersion {
		return fmt.Errorf("%w: state of version %d, this program knows version %d", ErrMalformed, data[1], stateVersion)
	}
	if err := decoder.Unmarshal(data, record); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	again, err := encoder.Marshal(record)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	defer clear(again)
	if !bytes.Equal(again, data) {
		return fmt.Errorf("%w: state not in canonical form", ErrMalformed)
	}
	return nil
}

// field is a fixed-size part of a record and where it goes.
type field struct {
	from []byte
	to   []byte
}

// copyFields fills each field and refuses one of the wrong length.
func copyFields(fields ...field) error {
	for i, f := range fields {
		if len(f.from) != len(f.to) {
			return fmt.Errorf("%w: part %d of a state has %d bytes, not %d", ErrMalformed, i, len(f.from), len(f.to))
		}
		copy(f.to, f.from)
	}
	return nil
}
