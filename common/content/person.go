package content

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"gossip/common/id"
)

// Limits of a profile.
const (
	MaxAbout  = 512 // bytes
	MaxAvatar = 64 << 10
)

// Profile tells how its sender wants to be shown. The newest counts; see Stamp.
type Profile struct {
	Name   string `cbor:"1,keyasint"` // as id.CheckName returns it
	About  string `cbor:"2,keyasint,omitempty"`
	Avatar []byte `cbor:"3,keyasint,omitempty"` // an encoded picture, or nil
}

// CallEvent is what happened to a call.
type CallEvent uint8

const (
	Ring              CallEvent = 1
	AnsweredElsewhere CallEvent = 2 // on another device of the same person: stop ringing
	Missed            CallEvent = 3
	Ended             CallEvent = 4
)

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

func (Profile) Type() Type { return TypeProfile }
func (Call) Type() Type    { return TypeCall }

func (p Profile) encode() ([]byte, error) { return encoder.Marshal(p) }
func (c Call) encode() ([]byte, error) {
	return encoder.Marshal(callWire{c.Event, c.Call, c.Video, seconds(c.Duration)})
}

func (w callWire) body() Body { return Call{w.Event, w.Call, w.Video, duration(w.Duration)} }

func (p Profile) check() error {
	switch name, err := id.CheckName(p.Name); {
	case err != nil:
		return err
	case name != p.Name:
		return errors.New("the profile's name is not in its normal form")
	case len(p.About) > MaxAbout || !utf8.ValidString(p.About):
		return fmt.Errorf("what a profile says about a person has at most %d bytes of UTF-8; shorten it", MaxAbout)
	case len(p.Avatar) > MaxAvatar:
		return fmt.Errorf("the picture has %d bytes; choose one of at most %d", len(p.Avatar), MaxAvatar)
	}
	return nil
}

func (c Call) check() error {
	switch {
	case c.Event == 0 || c.Call == id.NoCall:
		return errors.New("the call has no event or no id")
	case c.Event > Ended:
		return fmt.Errorf("call event %d: %w", c.Event, errNewer)
	case c.Duration < 0 || c.Duration > MaxCall || c.Duration%time.Second != 0:
		return errors.New("the call's length is out of range or not in whole seconds")
	case c.Duration != 0 && c.Event != Ended:
		return errors.New("only a call that has ended has a length")
	}
	return nil
}
