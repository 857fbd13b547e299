package config

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Limits are the bounds of what one person can cost the hub (docs/protocol.md section 8).
type Limits struct {
	Authentication        time.Duration `default:"10s" placeholder:"TIME" help:"From connecting to being let in."`
	Passwords             int           `default:"3" placeholder:"N" help:"Wrong passwords a connection."`
	PasswordDelay         time.Duration `default:"1s" placeholder:"TIME" help:"Wait after the first wrong password of an address; it doubles with each further one."`
	PasswordDelayMax      time.Duration `default:"1m" placeholder:"TIME" help:"Longest wait after a wrong password."`
	Handshakes            int           `default:"256" placeholder:"N" help:"Connections that are logging in at one time."`
	ConnectionsPerAddress int           `default:"64" placeholder:"N" help:"Connections an address."`
	PacketsPerSecond      float64       `default:"50" placeholder:"N" help:"Packets a second and device, sustained."`
	PacketBurst           int           `default:"200" placeholder:"N" help:"Packets a device at once."`
	Inbox                 Bytes         `default:"50MB" placeholder:"SIZE" help:"What waits for a device; past it the oldest goes."`
	Accounts              int           `default:"100000" placeholder:"N" help:"Accounts of the hub."`
	Channels              int           `default:"10000" placeholder:"N" help:"Channels of the hub."`
	NameBytes             int           `default:"64" placeholder:"N" help:"Bytes of a name, at most 64."`
	Calls                 int           `default:"1000" placeholder:"N" help:"Calls in channels that run at one time; 0 allows none."`
	CallDevices           int           `default:"32" placeholder:"N" help:"Devices in one of them, at most 64."`
	TurnAllocations       int           `default:"60" placeholder:"N" help:"Relays a user at one time; a call takes a few for each other device in it."`
	TurnBandwidth         Bytes         `default:"4MB" placeholder:"SIZE" help:"What is relayed a second and user, both directions together."`
	Retention             time.Duration `default:"90d" placeholder:"TIME" help:"How long messages wait for those who are away; 0 keeps nothing."`
}

// DefaultLimits returns what the flags say when nobody says otherwise.
func DefaultLimits() Limits {
	return Limits{
		Authentication:        10 * time.Second,
		Passwords:             3,
		PasswordDelay:         time.Second,
		PasswordDelayMax:      time.Minute,
		Handshakes:            256,
		ConnectionsPerAddress: 64,
		PacketsPerSecond:      50,
		PacketBurst:           200,
		Inbox:                 50_000_000,
		Accounts:              100_000,
		Channels:              10_000,
		NameBytes:             64,
		Calls:                 1000,
		CallDevices:           32,
		TurnAllocations:       60,
		TurnBandwidth:         4_000_000,
		Retention:             90 * 24 * time.Hour,
	}
}

// The bounds that no limit may leave: beyond them a number is a slip of the finger.
const (
	maxCount       = 10_000_000
	maxWait        = time.Hour
	maxRetain      = 10 * 365 * 24 * time.Hour
	maxInbox       = 1 << 40 // bytes
	maxName        = 64      // bytes; id.MaxNameLength, part of the protocol
	maxCallDevices = 64      // part of the protocol
	minBandwidth   = 10_000  // bytes a second: one voice
	minInbox       = 1 << 20 // bytes: a few of the largest packets
)

// Validate returns a sentence about the first limit that is out of its range.
func (l Limits) Validate() error {
	ranges := []struct {
		flag            string
		value, min, max float64
		text            func(float64) string
	}{
		{"authentication", float64(l.Authentication), float64(time.Second), float64(maxWait), durationText},
		{"passwords", float64(l.Passwords), 1, maxCount, countText},
		{"password-delay", float64(l.PasswordDelay), 0, float64(maxWait), durationText},
		{"password-delay-max", float64(l.PasswordDelayMax), float64(l.PasswordDelay), float64(24 * maxWait), durationText},
		{"handshakes", float64(l.Handshakes), 1, maxCount, countText},
		{"connections-per-address", float64(l.ConnectionsPerAddress), 1, maxCount, countText},
		{"packets-per-second", l.PacketsPerSecond, 1, maxCount, countText},
		{"packet-burst", float64(l.PacketBurst), 1, maxCount, countText},
		{"inbox", float64(l.Inbox), minInbox, maxInbox, bytesText},
		{"accounts", float64(l.Accounts), 1, maxCount, countText},
		{"channels", float64(l.Channels), 1, maxCount, countText},
		{"name-bytes", float64(l.NameBytes), 1, maxName, countText},
		{"calls", float64(l.Calls), 0, maxCount, countText},
		{"call-devices", float64(l.CallDevices), 1, maxCallDevices, countText},
		{"turn-allocations", float64(l.TurnAllocations), 1, maxCount, countText},
		{"turn-bandwidth", float64(l.TurnBandwidth), minBandwidth, maxInbox, bytesText},
		{"retention", float64(l.Retention), 0, float64(maxRetain), durationText},
	}
	for _, r := range ranges {
		if math.IsNaN(r.value) || r.value < r.min || r.value > r.max {
			return fmt.Errorf("--limit-%s is %s, but must be from %s to %s", r.flag, r.text(r.value), r.text(r.min), r.text(r.max))
		}
	}
	return nil
}

func countText(n float64) string    { return strconv.FormatFloat(n, 'f', -1, 64) }
func bytesText(n float64) string    { return Bytes(n).String() }
func durationText(n float64) string { return formatDuration(time.Duration(n)) }
