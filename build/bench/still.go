package main

import (
	"fmt"
	"time"
)

// The aims for connections that do nothing, and for logins.
const (
	aimIdle   = 60 // kB a connection, of 5,000
	aimLogins = 1.4
)

// idleTime is how long the connections have done nothing when the memory is read.
const idleTime = 20 * time.Second

// idle measures the memory of connections that are logged in, follow their inbox and one channel of which all are members, and say
// nothing: how much more the hub holds than before the first of them, by connection.
func (b *bench) idle(connections int) ([]figure, error) {
	people, err := b.crowd(connections)
	if err != nil {
		return nil, err
	}
	joined, err := b.startHub()
	if err != nil {
		return nil, err
	}
	if err := parallel(people, func(_ int, p *person) error { _, err := b.visit(joined, p); return err }); err != nil {
		return nil, err
	}
	if err := joined.restart(b.hub); err != nil {
		return nil, err
	}
	l := &channelLoad{process: joined, devices: make([]*device, connections)}
	time.Sleep(settleTime)
	before, err := joined.memory()
	if err != nil {
		return nil, err
	}
	if err := parallel(people, func(i int, p *person) error { return l.enter(i, p) }); err != nil {
		return nil, err
	}
	time.Sleep(idleTime)
	after, err := joined.memory()
	if err != nil {
		return nil, err
	}
	f := figure{what: fmt.Sprintf("idle connection of %d", connections), unit: "kB", value: (after - before) / float64(connections) / 1000}
	if connections == 5000 {
		f.aim = aimIdle
	}
	return []figure{f}, l.end()
}

// loginRun is how many logins one run takes.
const loginRun = 1000

// logins measures whole handshakes, first of accounts that the hub has never seen, then of known ones.
func (b *bench) logins() ([]figure, error) {
	people, err := b.crowd(loginRun)
	if err != nil {
		return nil, err
	}
	hub, err := b.startHub()
	if err != nil {
		return nil, err
	}
	first, err := logInAndOut(hub, people)
	if err != nil {
		return nil, err
	}
	known, err := logInAndOut(hub, people)
	if err != nil {
		return nil, err
	}
	return []figure{
		{what: "1,000 logins, accounts known", unit: "CPU-s", value: known.Seconds(), aim: aimLogins},
		{what: "1,000 logins, first of each account", unit: "CPU-s", value: first.Seconds()},
	}, hub.stop()
}

// logInAndOut returns the hub's CPU time.
func logInAndOut(hub *process, people []*person) (time.Duration, error) {
	before, err := hub.cpu()
	if err != nil {
		return 0, err
	}
	err = parallel(people, func(_ int, p *person) error {
		d, err := connect(hub.address, p)
		d.close()
		return err
	})
	if err != nil {
		return 0, err
	}
	time.Sleep(time.Second) // for what the hub does after the welcome
	after, err := hub.cpu()
	return after - before, err
}
