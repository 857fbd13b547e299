package chat

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
)

// A log that an earlier connection was asked for comes to nothing while a packet of the next one is here: the packet is handled,
// and not lost with the one before.
func TestALogOfAnEarlierConnectionHoldsUpNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)))
		p, first, second := newProfile(t), &silentHub{}, &silentHub{}
		p.hub.Connected(first, wire.Welcome{Channels: []wire.ChannelSummary{{Channel: id.ChannelID{1}, Name: "den", Member: true, Length: 2, Head: [32]byte{1}}}})
		synctest.Wait()
		p.hub.Disconnected()
		p.hub.Connected(second, wire.Welcome{})
		p.hub.Packet(&wire.DataPacket{Kind: wire.KindMessage, ID: id.NewMessageID(), From: p.bob.device.ID(), Seq: 1, Payload: []byte("unreadable")})
		time.Sleep(2 * requestTime)
		synctest.Wait()
		check(t, p.hub.call(func() error {
			if seq := p.hub.cursors[id.NoChannel].seq; seq != 1 && !second.closed {
				t.Errorf("the inbox is at %d, and the connection goes on", seq)
			}
			if len(p.hub.repairs) != 1 || second.closed {
				t.Errorf("%d packets are asked for again, want 1; the connection was given up: %v", len(p.hub.repairs), second.closed)
			}
			return nil
		}))
	})
}

// countingHub answers that it knows nobody.
type countingHub struct {
	silentHub
	devices map[id.DeviceID]bool // asked for
}

func (c *countingHub) Request(_ context.Context, want wire.CardRequest) (Answer, error) {
	for _, device := range want.Devices {
		c.devices[device] = true
	}
	return Answer{}, nil
}

// Packets of many unknown devices at once: the card of each is asked for before its packet is judged.
func TestManyUnknownDevicesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)))
		p, conn := newProfile(t), &countingHub{devices: map[id.DeviceID]bool{}}
		p.hub.Connected(conn, wire.Welcome{})
		synctest.Wait()
		const many = 3*wantDevices + 1
		check(t, p.hub.call(func() error { // so that they come in one batch
			for i := range many {
				p.hub.Packet(&wire.DataPacket{Kind: wire.KindMessage, ID: id.NewMessageID(), From: id.DeviceID{byte(i + 1)}, Seq: uint64(i + 1)})
			}
			return nil
		}))
		synctest.Wait()
		if len(conn.devices) != many {
			t.Errorf("%d of %d devices were asked for", len(conn.devices), many)
		}
	})
}
