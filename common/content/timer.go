package content

import (
	"fmt"
	"time"
)

// Bounds of a conversation's disappearing-message time. 0 means off.
const (
	MinTimer = time.Second
	MaxTimer = 4 * 7 * 24 * time.Hour
)

// TimerPresets returns what people choose from, shortest first; the first, 0, is off.
func TimerPresets() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{0, 30 * time.Second, 5 * time.Minute, time.Hour, 8 * time.Hour, day, 7 * day, 28 * day}
}

// Timer changes the conversation's disappearing-message time, visibly. It concerns what is sent after it.
type Timer struct {
	ExpiresIn time.Duration // whole seconds; 0: off
}

type timerWire struct {
	ExpiresIn uint32 `cbor:"1,keyasint,omitzero"`
}

func (Timer) Type() Type                { return TypeTimer }
func (t Timer) encode() ([]byte, error) { return encoder.Marshal(timerWire{seconds(t.ExpiresIn)}) }
func (w timerWire) body() Body          { return Timer{duration(w.ExpiresIn)} }
func (t Timer) check() error            { return CheckTimer(t.ExpiresIn) }

// CheckTimer accepts 0 (off) and whole seconds from MinTimer to MaxTimer.
func CheckTimer(d time.Duration) error {
	if d != 0 && (d < MinTimer || d > MaxTimer || d%time.Second != 0) {
		return fmt.Errorf("messages can disappear after 1 second to 4 weeks, in whole seconds, not after %v; choose another time", d)
	}
	return nil
}

// Expiry returns when a message with this time is to be erased, given when its clock started: for the sender when it
// was sent, for a reader when it was first read on any device. It returns the zero time for 0 (never).
func Expiry(started time.Time, expiresIn time.Duration) time.Time {
	if expiresIn == 0 {
		return time.Time{}
	}
	return started.Add(expiresIn)
}

// seconds and duration translate for the wire what a check has bounded.
func seconds(d time.Duration) uint32 { return uint32(d / time.Second) }

func duration(seconds uint32) time.Duration { return time.Duration(seconds) * time.Second }
