package config

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// Bytes is a size. Its text is a whole number with an optional unit: B, kB, MB, GB (powers of 1,000), KiB, MiB, GiB.
type Bytes int64

var byteUnits = []struct {
	name  string
	bytes int64
}{
	{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"KB", 1e3}, {"B", 1}, {"", 1},
}

// String returns the size in the largest unit in which it is a whole number.
func (b Bytes) String() string {
	best := strconv.FormatInt(int64(b), 10) + "B"
	for _, unit := range byteUnits {
		if b == 0 || int64(b)%unit.bytes != 0 {
			continue
		}
		if text := strconv.FormatInt(int64(b)/unit.bytes, 10) + unit.name; unit.name != "" && len(text) < len(best) {
			best = text
		}
	}
	return best
}

// UnmarshalText reads what String writes.
func (b *Bytes) UnmarshalText(text []byte) error {
	for _, unit := range byteUnits {
		digits, ok := strings.CutSuffix(string(text), unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/unit.bytes {
			return fmt.Errorf("%q is not a size: write it like 50MB or 64MiB", text)
		}
		*b = Bytes(n * unit.bytes)
		return nil
	}
	return nil // not reached: the last unit is empty
}

const day = 24 * time.Hour

// parseDuration reads what time.ParseDuration reads, and whole days before it: 90d, 1d12h.
func parseDuration(text string) (time.Duration, error) {
	wrong := fmt.Errorf("%q is not a time: write it like 10s, 5m, 8h or 90d", text)
	days, rest, ok := strings.Cut(text, "d")
	if !ok {
		d, err := time.ParseDuration(text)
		if err != nil {
			return 0, wrong
		}
		return d, nil
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil {
		return 0, wrong
	}
	total := time.Duration(n) * day
	if rest == "" {
		return total, nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || d >= day {
		return 0, wrong
	}
	return total + d, nil
}

// formatDuration writes whole days as such.
func formatDuration(d time.Duration) string {
	if d >= day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	return d.String()
}

func mapDuration(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("time", &text); err != nil {
		return err
	}
	d, err := parseDuration(text)
	target.SetInt(int64(d))
	return err
}

func mapBytes(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("size", &text); err != nil {
		return err
	}
	var b Bytes
	err := b.UnmarshalText([]byte(text))
	target.SetInt(int64(b))
	return err
}
