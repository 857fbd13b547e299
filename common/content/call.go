package content

import (
	"errors"
	"fmt"
	"time"

	"gossip/common/id"
)

// CallEvent is what happened to a call.
type CallEvent uint8

// The events. A call rings for RingTime after Ring's time of sending; a Ring that is read later is a missed call.
const (
	Ring              CallEvent = 1
	AnsweredElsewhere CallEvent = 2 // on another device of the same person: stop ringing
	Missed            CallEvent = 3 // who called gave up, or nobody answered in time
	Ended             CallEvent = 4
	Declined          CallEvent = 5 // stop ringing, and tell who called
	Busy              CallEvent = 6 // in another call, and did not ring
)

// RingTime is how long a call rings.
const RingTime = time.Minute

// MaxCall bounds how long a call says that it was.
const MaxCall = 366 * 24 * time.Hour

// Call is an event of a call that people see in the conversation.
type Call struct {
	Event    CallEvent
	Call     id.CallID
	Video    bool
	Duration time.Duration // whole seconds; 0 unless Event is Ended
}

type callWire struct {
	Event    CallEvent `cbor:"1,keyasint"`
	Call     id.CallID `cbor:"2,keyasint"`
	Video    bool      `cbor:"3,keyasint,omitempty"`
	Duration uint32    `cbor:"4,keyasint,omitzero"`
}

func (Call) Type() Type { return TypeCall }

func (c Call) encode() ([]byte, error) {
	return encoder.Marshal(callWire{c.Event, c.Call, c.Video, seconds(c.Duration)})
}

func (w callWire) body() Body { return Call{w.Event, w.Call, w.Video, duration(w.Duration)} }

func (c Call) check() error {
	switch {
	case c.Event == 0 || c.Call == id.NoCall:
		return errors.New("the call has no event or no id")
	case c.Event > Busy:
		return fmt.Errorf("call event %d: %w", c.Event, errNewer)
	case c.Duration < 0 || c.Duration > MaxCall || c.Duration%time.Second != 0:
		return errors.New("the call's length is out of range or not in whole seconds")
	case c.Duration != 0 && c.Event != Ended:
		return errors.New("only a call that has ended has a length")
	}
	return nil
}
