package identity

import (
	"bytes"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// encoding and decoding are the one CBOR of this package: core deterministic (RFC 8949 section 4.2.1), integer keys,
// no tags, no indefinite lengths, small limits. They hold no state.
var encoding, decoding = modes()

func modes() (cbor.EncMode, cbor.DecMode) {
	enc, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err) // constant options: can't happen
	}
	dec, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		MaxNestedLevels:   4, MaxArrayElements: 2 * MaxDevices, MaxMapPairs: 16,
	}.DecMode()
	if err != nil {
		panic(err) // constant options: can't happen
	}
	return enc, dec
}

// encode returns the canonical CBOR of a wire struct.
func encode(v any) ([]byte, error) {
	b, err := encoding.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return b, nil
}

// decode reads b into v and refuses every encoding but the one that encode gives.
func decode(what string, b []byte, v any) error {
	if err := decoding.Unmarshal(b, v); err != nil {
		return malformed(what, err.Error())
	}
	again, err := encode(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(b, again) {
		return malformed(what, "not in its one encoding")
	}
	return nil
}
