package content_test

import (
	"math/bits"
	"strings"
	"testing"

	"gossip/common/content"
)

func TestPaddedLengthVectors(t *testing.T) {
	v := vectors(t)
	if len(v.Padded) < 60 {
		t.Fatalf("%d vectors", len(v.Padded))
	}
	for _, pair := range v.Padded {
		if got := content.PaddedLength(pair[0]); got != pair[1] {
			t.Errorf("%d bytes become %d, want %d", pair[0], got, pair[1])
		}
	}
}

// Padmé keeps as many leading bits of a length as the exponent has bits; so of all lengths below MaxPadded only few
// are ever seen, each at most 12 % above the content's.
func TestPaddedLengthsAreFewAndNear(t *testing.T) {
	seen := map[int]bool{}
	last := 0
	for length := range content.MaxPadded {
		padded := content.PaddedLength(length)
		seen[padded] = true
		if padded <= length || padded < last || padded > content.MaxPadded {
			t.Fatalf("%d bytes become %d, after %d", length, padded, last)
		}
		last = padded
		if padded == content.MinPadded {
			continue
		}
		exponent := bits.Len(uint(padded)) - 1
		if significant := exponent + 1 - bits.TrailingZeros(uint(padded)); significant > bits.Len(uint(exponent))+1 {
			t.Fatalf("%d bytes become %d, which tells %d bits", length, padded, significant)
		}
		if (padded-length-1)*100 > 12*(length+1) {
			t.Fatalf("%d bytes become %d, over 12 %% more", length, padded)
		}
	}
	if len(seen) > 200 {
		t.Errorf("%d lengths are told apart", len(seen))
	}
}

func TestShortMessagesLookAlike(t *testing.T) {
	for name, m := range messages() {
		if name == "long text" {
			continue
		}
		if encoded, err := m.Marshal(); err != nil || len(encoded) != content.MinPadded {
			t.Errorf("%s has %d bytes, %v", name, len(encoded), err)
		}
	}
}

func TestTextsLeakOnlyTheirBucket(t *testing.T) {
	seen := map[int]bool{}
	for length := 1; length <= content.MaxText; length += 13 {
		encoded, err := message(content.Text{Markdown: strings.Repeat("x", length)}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if len(encoded) != content.PaddedLength(len(plain(encoded))) {
			t.Fatalf("a text of %d bytes has %d, which is no bucket", length, len(encoded))
		}
		seen[len(encoded)] = true
	}
	if len(seen) > 180 {
		t.Errorf("%d lengths are told apart", len(seen))
	}
}
