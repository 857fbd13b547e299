package hub

import (
	"net/netip"
	"time"
)

var testNow = time.Date(2026, time.November, 20, 9, 0, 0, 0, time.UTC)

func testAddress(text string) netip.Addr { return netip.MustParseAddr(text) }

func testAddressNumber(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
}
