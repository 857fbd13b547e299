package chat

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"gossip/backend/directory"
	"gossip/backend/e2ee"
	"gossip/common/id"
	"gossip/common/wire"
)

// silentHub is a connection whose other end answers nothing.
type silentHub struct{ closed bool }

func (s *silentHub) Send(wire.Packet) error { return nil }
func (s *silentHub) Close()                 { s.closed = true }
func (s *silentHub) Post(ctx context.Context, _ []byte) (uint64, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}
func (s *silentHub) Request(ctx context.Context, _ wire.CardRequest) (Answer, error) {
	<-ctx.Done()
	return Answer{}, ctx.Err()
}

// queued returns how much has arrived and waits.
func (p *profile) queued() (packets, bytes int) {
	p.hub.queueMu.Lock()
	defer p.hub.queueMu.Unlock()
	return len(p.hub.queue), p.hub.queueBytes
}

// A hub sends without end while the device waits for its answer: what waits stays bounded, and the connection goes.
func TestAFloodWhileAnAnswerIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)))
		p, conn := newProfile(t), &silentHub{}
		p.hub.Connected(conn, wire.Welcome{})
		synctest.Wait()
		for i := range 2 * maxQueue {
			p.hub.Packet(&wire.DataPacket{Kind: wire.KindMessage, ID: id.NewMessageID(), From: id.DeviceID{1}, Seq: uint64(i + 1), Payload: make([]byte, 100)})
			if i == 0 {
				synctest.Wait() // the first has the device ask whose it is
			}
		}
		if packets, bytes := p.queued(); packets > maxQueue+2 || bytes > maxQueueBytes || packets < maxQueue {
			t.Errorf("%d packets of %d bytes wait", packets, bytes)
		}
		time.Sleep(2 * requestTime)
		synctest.Wait()
		if packets, bytes := p.queued(); packets != 0 || bytes != 0 || !conn.closed {
			t.Errorf("%d packets of %d bytes wait after the connection was given up: %v", packets, bytes, conn.closed)
		}
	})
}

// A hub sends faster than the device can handle it: the connection is not read meanwhile, and nothing is dropped.
func TestAFloodWhileTheDeviceIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)))
		p, release := newProfile(t), make(chan struct{})
		go p.hub.call(func() error {
			<-release
			return nil
		})
		synctest.Wait()
		sent := make(chan int, 1)
		go func() {
			for range 2 * maxQueue {
				p.hub.Packet(&wire.StreamPacket{Kind: wire.KindTyping, From: id.DeviceID{1}})
			}
			sent <- 2 * maxQueue
		}()
		synctest.Wait()
		if packets, _ := p.queued(); packets != maxQueue || len(sent) != 0 {
			t.Errorf("%d packets wait", packets)
		}
		close(release)
		<-sent
		synctest.Wait()
		if packets, bytes := p.queued(); packets != 0 || bytes != 0 {
			t.Errorf("%d packets of %d bytes are left", packets, bytes)
		}
	})
}

// A hub sends large packets that wait for a sender key which never comes: what is held of them stays bounded.
func TestHeldPacketsAreBounded(t *testing.T) {
	p := newProfile(t)
	check(t, p.hub.call(func() error {
		return p.hub.update(func(c *change) error {
			payload := make([]byte, 256<<10)
			for range 2 * maxHeld / len(payload) {
				packet := &wire.DataPacket{ID: id.NewMessageID(), From: p.bob.device.ID(), Channel: id.ChannelID{1}, Payload: payload}
				check(t, c.unreadable(packet, p.bob.key.ID(), e2ee.ErrNoSenderKey))
			}
			if held := c.held(); held > maxHeld || held < maxHeld/2 {
				t.Errorf("%d bytes are held", held)
			}
			return nil
		})
	}))
}

// A stranger sends keys of channels that there are not: those of a few are kept, for a day.
func TestSenderKeysOfOtherChannelsAreBounded(t *testing.T) {
	p := newProfile(t)
	check(t, p.hub.call(func() error {
		return p.hub.update(func(c *change) error {
			kept := 0
			for range 3 * maxForeign {
				if c.expects(id.ChannelID(randomID())) {
					kept++
				}
			}
			if kept != maxForeign {
				t.Errorf("keys of %d channels are kept", kept)
			}
			check(t, c.forgetForeign(c.tx))
			if len(c.foreign) != 0 {
				t.Error("they are kept for ever")
			}
			return nil
		})
	}))
}

func randomID() (raw [16]byte) {
	m := id.NewMessageID()
	copy(raw[:], m[:])
	return raw
}

// A hub tells of expired messages in channels that alice is not in, and in hers without end.
func TestExpiredNoticesOfTheHub(t *testing.T) {
	p := newProfile(t)
	tell := func(channel id.ChannelID, count uint64) {
		t.Helper()
		detail, err := wire.Marshal(&wire.ExpiredNotice{Channel: channel, Count: count})
		check(t, err)
		check(t, p.hub.call(func() error {
			return p.hub.update(func(c *change) error { return c.hubError(&wire.Error{Code: wire.CodeExpired, Detail: detail}) })
		}))
	}
	for i := range 10 {
		tell(id.ChannelID{byte(i + 1)}, 1)
	}
	if list := p.hub.Conversations(); len(list) != 0 {
		t.Errorf("the hub has made %d conversations", len(list))
	}
	conv := p.withBob()
	for _, count := range []uint64{1, 2, maxNumber} {
		check(t, p.hub.call(func() error {
			return p.hub.update(func(c *change) error { return c.expiredNotice(conv, count) })
		}))
	}
	page, _, err := p.hub.Before(conv, "", 10)
	check(t, err)
	if len(page) != 1 || page[0].Notice.Count != maxNumber {
		t.Errorf("the history holds %d notices", len(page))
	}
}

// A hub lists channels with names that none can have, and more of them than a hub can have.
func TestSummariesOfTheHub(t *testing.T) {
	p := newProfile(t)
	take := func(list ...wire.ChannelSummary) {
		check(t, p.hub.call(func() error { p.hub.takeSummaries(list, false, false); return nil }))
	}
	take(
		wire.ChannelSummary{Channel: id.ChannelID{1}, Name: "den"}, wire.ChannelSummary{Channel: id.ChannelID{2}, Name: "den\u202e"},
		wire.ChannelSummary{Channel: id.ChannelID{3}, Name: "topic", Topic: string(make([]byte, 512+1))}, wire.ChannelSummary{Name: "nil"},
	)
	if list := p.hub.Channels(); len(list) != 1 {
		t.Errorf("%d channels are listed", len(list))
	}
	for range directory.MaxChannels/wire.MaxSummaries + 2 {
		var list []wire.ChannelSummary
		for range wire.MaxSummaries {
			list = append(list, wire.ChannelSummary{Channel: id.ChannelID(randomID()), Name: "more"})
		}
		take(list...)
	}
	if list := p.hub.Channels(); len(list) != directory.MaxChannels {
		t.Errorf("%d channels are listed", len(list))
	}
}

// A hub asks for more questions than the device can have under way: it asks no more than it can.
func TestQuestionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)))
		p := newProfile(t)
		p.hub.Connected(&silentHub{}, wire.Welcome{})
		synctest.Wait()
		check(t, p.hub.call(func() error {
			for range 3 * maxQuestions {
				p.hub.takeUpdate(wire.ChannelUpdate{Channel: id.ChannelID(randomID()), Statements: [][]byte{{1}}})
				p.hub.removed(id.UserID{9})
			}
			if p.hub.questions > maxQuestions {
				t.Errorf("%d questions are under way", p.hub.questions)
			}
			return nil
		}))
		time.Sleep(2 * requestTime)
		synctest.Wait()
		check(t, p.hub.call(func() error {
			if p.hub.questions != 0 {
				t.Errorf("%d questions are left", p.hub.questions)
			}
			return nil
		}))
	})
}
