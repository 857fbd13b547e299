package ratchet

import (
	"fmt"
)

type senderRecord struct {
	_         struct{} `cbor:",toarray"`
	Version   uint8
	Channel   []byte
	Device    []byte
	Epoch     uint64
	Created   int64
	Next      uint32
	ChainKey  []byte
	Signing   []byte // seed and public key, so that loading costs no multiplication
	Transient []byte
}

// MarshalBinary returns the whole state as versioned CBOR. It holds secrets: seal it before it reaches a disk.
func (k *SenderKey) MarshalBinary() ([]byte, error) {
	return encoder.Marshal(&senderRecord{
		Version: stateVersion, Channel: k.channel[:], Device: k.device[:], Epoch: k.epoch, Created: k.created,
		Next: k.chain.next, ChainKey: k.chain.key[:], Signing: k.signing[:], Transient: k.transient[:],
	})
}

// UnmarshalBinary restores what MarshalBinary gave; on ErrMalformed k is unchanged.
func (k *SenderKey) UnmarshalBinary(data []byte) error {
	var r senderRecord
	if err := unmarshal(data, &r); err != nil {
		return err
	}
	next := SenderKey{owner: owner{epoch: r.Epoch}, created: r.Created, chain: chain{next: r.Next, running: true}}
	err := copyFields(
		field{r.Channel, next.channel[:]},
		field{r.Device, next.device[:]},
		field{r.ChainKey, next.chain.key[:]},
		field{r.Signing, next.signing[:]},
		field{r.Transient, next.transient[:]},
	)
	if err != nil {
		return err
	}
	if err := checkOwner(next.channel, next.device); err != nil {
		return err
	}
	*k = next
	return nil
}

type receiverRecord struct {
	_         struct{} `cbor:",toarray"`
	Version   uint8
	Channel   []byte
	Device    []byte
	Epoch     uint64
	Accepted  int64
	First     uint32
	Next      uint32
	ChainKey  []byte
	Verifying []byte
	Transient []byte
	Skipped   []byte // see skippedKeys.pack
}

// MarshalBinary returns the whole state as versioned CBOR. It holds secrets: seal it before it reaches a disk.
func (k *ReceiverKey) MarshalBinary() ([]byte, error) {
	return encoder.Marshal(&receiverRecord{
		Version: stateVersion, Channel: k.channel[:], Device: k.device[:], Epoch: k.epoch, Accepted: k.accepted,
		First: k.first, Next: k.chain.next, ChainKey: k.chain.key[:], Verifying: k.verifying[:],
		Transient: k.transient[:], Skipped: k.skipped.pack(),
	})
}

// UnmarshalBinary restores what MarshalBinary gave; on ErrMalformed k is unchanged.
func (k *ReceiverKey) UnmarshalBinary(data []byte) error {
	var r receiverRecord
	if err := unmarshal(data, &r); err != nil {
		return err
	}
	next := ReceiverKey{
		owner: owner{epoch: r.Epoch}, accepted: r.Accepted, first: r.First,
		chain: chain{next: r.Next, running: true},
	}
	err := copyFields(
		field{r.Channel, next.channel[:]},
		field{r.Device, next.device[:]},
		field{r.ChainKey, next.chain.key[:]},
		field{r.Verifying, next.verifying[:]},
		field{r.Transient, next.transient[:]},
	)
	if err != nil {
		return err
	}
	if next.skipped, err = unpackSkipped(r.Skipped, MaxSkippedSenderKey); err != nil {
		return err
	}
	if err := next.check(); err != nil {
		return err
	}
	*k = next
	return nil
}

// check refuses a state that no sequence of messages leads to.
func (k *ReceiverKey) check() error {
	if k.first > k.chain.next {
		return fmt.Errorf("%w: receiver key before its own start", ErrMalformed)
	}
	return checkOwner(k.channel, k.device)
}
