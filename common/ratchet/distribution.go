package ratchet

import (
	"crypto/ed25519"
	"fmt"

	"gossip/common/id"
)

// Distribution is what a member of a channel needs to read one device's messages of one epoch, from
// Index on. It travels inside a pairwise session; the receiver checks that Device is the session's peer
// and that both are in Channel. All but Epoch and Index is secret; it prints as a placeholder.
type Distribution struct {
	Channel      id.ChannelID
	Device       id.DeviceID
	Epoch        uint64
	Index        uint32
	ChainKey     [32]byte
	SigningKey   [ed25519.PublicKeySize]byte
	TransientKey [32]byte
}

type distributionRecord struct {
	_            struct{} `cbor:",toarray"`
	Version      uint8
	Channel      []byte
	Device       []byte
	Epoch        uint64
	Index        uint32
	ChainKey     []byte
	SigningKey   []byte
	TransientKey []byte
}

// MarshalBinary returns the canonical CBOR array that UnmarshalBinary reads.
func (d Distribution) MarshalBinary() ([]byte, error) {
	return encoder.Marshal(&distributionRecord{
		Version: stateVersion, Channel: d.Channel[:], Device: d.Device[:], Epoch: d.Epoch, Index: d.Index,
		ChainKey: d.ChainKey[:], SigningKey: d.SigningKey[:], TransientKey: d.TransientKey[:],
	})
}

// UnmarshalBinary accepts canonical bytes only; on ErrMalformed d is unchanged.
func (d *Distribution) UnmarshalBinary(data []byte) error {
	var r distributionRecord
	if err := unmarshal(data, &r); err != nil {
		return err
	}
	next := Distribution{Epoch: r.Epoch, Index: r.Index}
	err := copyFields(
		field{r.Channel, next.Channel[:]},
		field{r.Device, next.Device[:]},
		field{r.ChainKey, next.ChainKey[:]},
		field{r.SigningKey, next.SigningKey[:]},
		field{r.TransientKey, next.TransientKey[:]},
	)
	if err != nil {
		return err
	}
	if err := checkOwner(next.Channel, next.Device); err != nil {
		return err
	}
	*d = next
	return nil
}

// checkOwner refuses a key of no channel or no device.
func checkOwner(channel id.ChannelID, device id.DeviceID) error {
	if channel == id.NoChannel || device == id.NoDevice {
		return fmt.Errorf("%w: sender key without a channel or a device", ErrMalformed)
	}
	return nil
}
