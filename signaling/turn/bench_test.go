package turn

import (
	"net"
	"testing"
	"time"
)

// BenchmarkRelay is one packet of media through a relay and back, on this machine: client, hub, peer, hub, client.
func BenchmarkRelay(b *testing.B) {
	for _, transport := range []string{"udp", "tcp"} {
		b.Run(transport, func(b *testing.B) {
			s := start(b, "127.0.0.1", func(o *Options) { o.AllowPrivate, o.Bandwidth = true, 1<<30 })
			_, relayed := relayFor(b, s, transport, alice)
			other := peer(b, "127.0.0.1")
			go func() {
				buffer := make([]byte, maxDatagram)
				for {
					n, from, err := other.ReadFrom(buffer)
					if err != nil {
						return
					}
					other.WriteTo(buffer[:n], from)
				}
			}()
			packet, buffer := make([]byte, 1000), make([]byte, maxDatagram)
			b.SetBytes(int64(2 * len(packet)))
			b.ReportAllocs()
			for b.Loop() {
				relayed.SetReadDeadline(time.Now().Add(patience))
				if _, err := relayed.WriteTo(packet, other.LocalAddr()); err != nil {
					b.Fatal(err)
				}
				if _, _, err := relayed.ReadFrom(buffer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCredentials is what a login costs more because of calls.
func BenchmarkCredentials(b *testing.B) {
	s := start(b, "127.0.0.1", nil)
	now := time.Now()
	for b.Loop() {
		s.Credentials(alice, now)
	}
}

// BenchmarkAdmit is what a packet of a flood costs before it is dropped.
func BenchmarkAdmit(b *testing.B) {
	s := start(b, "127.0.0.1", nil)
	request := message(0x0001, lifetimeAttr, 0, 0, 0, 0)
	from := &net.UDPAddr{IP: net.IPv4(8, 8, 8, 8), Port: 9}
	b.ReportAllocs()
	for b.Loop() {
		s.admit(request, from)
	}
}
