package content

import (
	"errors"
	"math/bits"
)

// Lengths of the padded encoding, in bytes.
const (
	// MinPadded makes receipts, reactions and most of what people type in one line look alike.
	MinPadded = 256
	// MaxPadded leaves room for the encryption and its packet in a frame of 256 KiB.
	MaxPadded = 128 << 10
)

// padStart follows the encoding, and zeros follow it (ISO/IEC 7816-4): so the padding describes itself.
const padStart = 0x80

// PaddedLength returns how long an encoding of length bytes becomes: Padmé ("Reducing Metadata Leakage from Encrypted
// Files and Communication with PURBs", section 4) over it and its one mark, at least MinPadded. It adds at most 12 %
// above MinPadded.
func PaddedLength(length int) int {
	marked := uint(length) + 1
	if marked <= MinPadded {
		return MinPadded
	}
	exponent := bits.Len(marked) - 1
	mantissa := bits.Len(uint(exponent))
	mask := uint(1)<<(exponent-mantissa) - 1
	return int((marked + mask) &^ mask)
}

func pad(plain []byte) []byte {
	padded := make([]byte, PaddedLength(len(plain)))
	copy(padded, plain)
	padded[len(plain)] = padStart
	return padded
}

// unpad returns what pad took; it shares the memory.
func unpad(padded []byte) ([]byte, error) {
	if len(padded) > MaxPadded {
		return nil, errors.New("it is too long")
	}
	end := len(padded) - 1
	for end >= 0 && padded[end] == 0 {
		end--
	}
	if end < 0 || padded[end] != padStart || PaddedLength(end) != len(padded) {
		return nil, errors.New("its padding is wrong")
	}
	return padded[:end], nil
}
