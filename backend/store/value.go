package store

import (
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// The encoding of values: core deterministic CBOR (RFC 8949 section 4.2.1), times with nanoseconds.
// Rows were authenticated before they are decoded, so the limits only bound what a fault of ours could do.
var (
	encoding = mustEncoding()
	decoding = mustDecoding()
)

func mustEncoding() cbor.EncMode {
	options := cbor.CoreDetEncOptions()
	options.Time = cbor.TimeRFC3339NanoUTC
	mode, err := options.EncMode()
	if err != nil {
		panic(err) // the options above are constants
	}
	return mode
}

func mustDecoding() cbor.DecMode {
	mode, err := cbor.DecOptions{DupMapKey: cbor.DupMapKeyEnforcedAPF, MaxArrayElements: 1 << 20, MaxMapPairs: 1 << 20}.DecMode()
	if err != nil {
		panic(err)
	}
	return mode
}

// GetValue decodes the value at key; false when there is none. Fields that T does not have are ignored. The error
// wraps ErrDamaged where the value does not open or is not a T.
func GetValue[T any](b *Bucket, key []byte) (value T, found bool, err error) {
	raw, err := b.Get(key)
	if err != nil || raw == nil {
		return value, false, err
	}
	value, err = DecodeValue[T](raw)
	return value, err == nil, err
}

// PutValue encodes value as CBOR and puts it at key. Give the fields of a struct `cbor:"1,keyasint"` tags: rows stay
// small and names can change.
func PutValue[T any](b *Bucket, key []byte, value T) error {
	raw, err := encoding.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %T: %w", value, err)
	}
	return b.Put(key, raw)
}

// DecodeValue decodes what PutValue stored, for the values that Range gives.
func DecodeValue[T any](raw []byte) (value T, err error) {
	if err := decoding.Unmarshal(raw, &value); err != nil {
		return value, fmt.Errorf("%w (a %T: %v)", ErrDamaged, value, err)
	}
	return value, nil
}
