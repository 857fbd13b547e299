package content

import (
	"errors"
	"fmt"
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

func (Profile) Type() Type { return TypeProfile }

func (p Profile) encode() ([]byte, error) { return encoder.Marshal(p) }

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
