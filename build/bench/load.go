package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log"
	"sync"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
)

const (
	payloadBytes = 300
	settleTime   = 3 * time.Second // after everyone is there: presence is told, journals are live
	warmUp       = 2 * time.Second // of the load, before it is measured
)

// channelLoad is a hub with the members of one channel connected to it.
type channelLoad struct {
	process *process
	channel id.ChannelID
	devices []*device
	readers sync.WaitGroup
	tally   tally
}

// gather starts a hub, makes everyone a member of its channel, and connects them all.
func (b *bench) gather(members int) (*channelLoad, error) {
	people, err := b.crowd(members)
	if err != nil {
		return nil, err
	}
	l := &channelLoad{devices: make([]*device, members)}
	if l.process, err = b.startHub(); err != nil {
		return nil, err
	}
	err = parallel(people, func(_ int, p *person) error {
		_, err := b.visit(l.process, p)
		return err
	})
	if err == nil {
		err = parallel(people, func(i int, p *person) error { return l.enter(i, p) })
	}
	if err != nil {
		return nil, errors.Join(err, l.end())
	}
	time.Sleep(settleTime)
	return l, l.tally.failure()
}

// visit logs in, joins the channel and goes.
func (b *bench) visit(hub *process, p *person) (id.ChannelID, error) {
	d, err := connect(hub.address, p)
	if err != nil {
		return id.NoChannel, err
	}
	defer d.close()
	return d.join()
}

// enter connects a member for good.
func (l *channelLoad) enter(i int, p *person) error {
	d, err := connect(l.process.address, p)
	if err != nil {
		return err
	}
	l.devices[i] = d
	d.acks = make(chan id.MessageID, 1024)
	channel, err := d.join()
	if err != nil {
		return err
	}
	if i == 0 {
		l.channel = channel
	}
	l.readers.Go(func() { d.read(channel, &l.tally) })
	return d.subscribe(channel)
}

func (l *channelLoad) end() error {
	var closing sync.WaitGroup
	for _, d := range l.devices {
		closing.Go(d.close)
	}
	closing.Wait()
	l.readers.Wait()
	return l.process.stop()
}

// load measures one channel under load: perSecond deliveries, or as many as it can carry when that is 0.
func (b *bench) load(members, perSecond int) ([]figure, error) {
	l, err := b.gather(members)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	var senders sync.WaitGroup
	if perSecond == 0 {
		for _, d := range l.devices[:b.senders] {
			senders.Go(func() { l.tally.fail(l.saturate(ctx, d, b.window)) })
		}
	} else {
		l.openTaps(b.senders)
		senders.Go(func() { l.tally.fail(l.pace(ctx, b.senders, members-1, perSecond)) })
	}
	took, err := l.measure(b.length)
	stop()
	senders.Wait()
	if err = errors.Join(err, l.tally.failure(), l.end()); err != nil {
		return nil, err
	}
	return took.figures(members, perSecond), nil
}

// saturate sends as fast as the hub acknowledges.
func (l *channelLoad) saturate(ctx context.Context, d *device, window int) error {
	waiting := 0
	for {
		for ; waiting < window; waiting++ {
			if err := l.send(d); err != nil {
				return err
			}
		}
		select {
		case <-d.acks:
			waiting--
		case <-ctx.Done():
			return nil
		}
	}
}

// pace sends in even steps, one sender after the other.
func (l *channelLoad) pace(ctx context.Context, senders, recipients, perSecond int) error {
	step := time.Second * time.Duration(recipients) / time.Duration(perSecond)
	next := time.Now()
	for i := 0; ctx.Err() == nil; i++ {
		next = next.Add(step)
		time.Sleep(time.Until(next))
		d := l.devices[i%senders]
		if err := l.send(d); err != nil {
			return err
		}
		for len(d.acks) > 0 {
			<-d.acks
		}
	}
	return nil
}

func (l *channelLoad) send(d *device) error {
	payload := make([]byte, 0, payloadBytes)
	payload = binary.BigEndian.AppendUint64(append(payload, marker...), uint64(time.Now().UnixNano()))
	payload = append(payload, randomBytes(payloadBytes-len(payload))...)
	return d.write(&wire.DataPacket{Kind: wire.KindMessage, ID: id.NewMessageID(), Channel: l.channel, Payload: payload})
}

// taken is what one run of a load has taken.
type taken struct {
	elapsed    time.Duration
	cpu        time.Duration // of the hub
	deliveries float64
	p50, p99   float64 // milliseconds
}

func (l *channelLoad) measure(length time.Duration) (t taken, err error) {
	time.Sleep(warmUp)
	log.Printf("measuring %d connections for %v", len(l.devices), length)
	l.tally.measuring.Store(true)
	started, before := time.Now(), l.tally.deliveries.Load()
	cpu, err := l.process.cpu()
	if err != nil {
		return t, err
	}
	time.Sleep(length)
	t.deliveries = float64(l.tally.deliveries.Load() - before)
	t.elapsed = time.Since(started)
	after, err := l.process.cpu()
	t.cpu = after - cpu
	l.tally.measuring.Store(false)
	t.p50, t.p99 = l.tally.quantile(0.5), l.tally.quantile(0.99)
	return t, err
}

// The aims, in CPU-seconds per million deliveries and milliseconds, for a channel of 1,000.
const (
	aimSaturated = 5.0
	aimPaced     = 9.3
	aimP99       = 15
)

func (t taken) figures(members, perSecond int) []figure {
	name, aim, aimLatency := fmt.Sprintf("%d members saturated", members), aimSaturated, 0.0
	if perSecond > 0 {
		name, aim, aimLatency = fmt.Sprintf("%d members at %d/s", members, perSecond), aimPaced, aimP99
	}
	if members != 1000 {
		aim, aimLatency = 0, 0
	}
	return []figure{
		{what: name, unit: "CPU-s per million deliveries", value: t.cpu.Seconds() / t.deliveries * 1e6, aim: aim},
		{what: name, unit: "1,000 deliveries/s", value: t.deliveries / t.elapsed.Seconds() / 1000},
		{what: name, unit: "latency p50, ms", value: t.p50},
		{what: name, unit: "latency p99, ms", value: t.p99, aim: aimLatency},
	}
}
