package hub

import (
	"errors"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
)

// Limits of a hub. All are needed; DefaultLimits gives the designed ones.
type Limits struct {
	PacketsPerSecond float64       // of a device, sustained
	PacketBurst      int           // of a device, at once
	QueueBytes       int           // waiting for one device; more and it is cut, to resume from its cursor
	WriteTimeout     time.Duration // of one write to a device, in whole seconds
	InboxBytes       int64         // waiting for a device that is away; the oldest go first
	Retention        time.Duration // how long anything waits; 0: nothing is kept
	MemoryBytes      int64         // frames on their way from senders to the disk and to the recipients' queues
	Accounts         int           // of the hub; nobody new is let in beyond
	NameBytes        int           // of a new name of a person
	PasswordTries    int           // wrong passwords in one connection
	PasswordDelay    time.Duration // after an address's first wrong password, doubling with each further one
	PasswordDelayMax time.Duration
	ShutdownTime     time.Duration // for what is under way when the hub ends
	Calls            int           // that run in channels at one time
	CallDevices      int           // in one of them, at most wire.MaxCallDevices
}

// DefaultLimits are those of the protocol's design.
func DefaultLimits() Limits {
	return Limits{
		PacketsPerSecond: 50, PacketBurst: 200, QueueBytes: 4 << 20, WriteTimeout: 20 * time.Second,
		InboxBytes: 50 << 20, Retention: 90 * 24 * time.Hour, MemoryBytes: 64 << 20, Accounts: 100_000, NameBytes: id.MaxNameLength, PasswordTries: 3, PasswordDelay: time.Second, PasswordDelayMax: time.Minute, ShutdownTime: 5 * time.Second,
		Calls: 1000, CallDevices: 32,
	}
}

func (l Limits) delays() delays { return delays{l.PasswordDelay, l.PasswordDelayMax} }

// Validate returns what is out of range.
func (l Limits) Validate() error {
	switch {
	case l.PacketsPerSecond <= 0 || l.PacketBurst < 1:
		return errors.New("a device must be allowed at least one packet a second")
	case l.QueueBytes < wire.MaxFrame || l.MemoryBytes < 2*wire.MaxFrame:
		return errors.New("a queue must hold at least one packet")
	case l.WriteTimeout < time.Second || l.PasswordTries < 1:
		return errors.New("the write timeout is at least a second, the tries at least one")
	case l.Accounts < 1 || l.NameBytes < 1:
		return errors.New("a hub has at least one account, a name at least one byte")
	case l.Calls < 0 || l.CallDevices < 1 || l.CallDevices > wire.MaxCallDevices:
		return errors.New("a call has room for at least one device, and for no more than the protocol allows")
	case l.Retention < 0 || l.InboxBytes < 0:
		return errors.New("retention and inbox size can't be negative")
	}
	return nil
}

// slotsPerSession is how many packets of one device may be on their way to the disk and the recipients.
const slotsPerSession = 64

// floodFactor: a device that has this many times its burst refused, without a pause of a second between, is cut.
const floodFactor = 10

// acksPerPacket is how many acks a device may send for each packet that it may send.
const acksPerPacket = 4

// maxBatch is how many bytes of frames are put into one write: one SSH packet (RFC 4253 section 6.1 asks for 32768).
const maxBatch = 32<<10 - 64

// smallWrite is how many bytes are written at once to a session that has not had large batches of data: x/crypto/ssh
// keeps, twice, a buffer of the largest write that a connection has ever had, and what fits into its 4 KiB writer is one
// system call.
const smallWrite = 2000

// lingerTime is how long a session that was cut may take to read why.
const lingerTime = 2 * time.Second

// maxDropped is how many bytes are read of a session that was cut before it is closed all the same.
const maxDropped = 1 << 20
