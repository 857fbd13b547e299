package ratchet

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"

	"gossip/common/id"
)

// signingContext keeps these signatures apart from any other use of an Ed25519 key.
const signingContext = "gossip sender key v1\x00"

const (
	senderHeadSize          = 1 + 8 + 4
	senderTransientHeadSize = 1 + 8
)

// MessageEpoch says which epoch's sender key a channel message, transient ones included, was made with,
// and its number in the epoch (0 for a transient one). Nothing is verified. Error: ErrMalformed.
func MessageEpoch(message []byte) (epoch, index uint64, err error) {
	if len(message) > 0 && message[0] == formatSenderTransient {
		return transientEpoch(message)
	}
	m, err := parseChannelMessage(message)
	return m.epoch, uint64(m.index), err
}

func transientEpoch(message []byte) (epoch, index uint64, err error) {
	prefix := senderTransientHeadSize + chacha20poly1305.NonceSizeX
	if err := checkShape(message, formatSenderTransient, prefix, ed25519.SignatureSize); err != nil {
		return 0, 0, err
	}
	return binary.BigEndian.Uint64(message[1:]), 0, nil
}

// channelMessage is a parsed message; its slices point into the message.
type channelMessage struct {
	epoch  uint64
	index  uint32
	head   []byte
	nonce  []byte
	sealed []byte
}

func parseChannelMessage(message []byte) (channelMessage, error) {
	err := checkShape(message, formatSenderKey, senderHeadSize+nonceSize, ed25519.SignatureSize)
	if err != nil {
		return channelMessage{}, err
	}
	return channelMessage{
		epoch:  binary.BigEndian.Uint64(message[1:]),
		index:  binary.BigEndian.Uint32(message[9:]),
		head:   message[:senderHeadSize],
		nonce:  message[senderHeadSize : senderHeadSize+nonceSize],
		sealed: message[senderHeadSize+nonceSize : len(message)-ed25519.SignatureSize],
	}, nil
}

// owner is the channel and the device that a sender key belongs to, both in every message's signature
// and associated data.
type owner struct {
	channel id.ChannelID
	device  id.DeviceID
	epoch   uint64
}

func (o *owner) associated(head []byte) []byte {
	ad := make([]byte, 0, senderHeadSize+len(o.channel)+len(o.device))
	ad = append(ad, head...)
	ad = append(ad, o.channel[:]...)
	return append(ad, o.device[:]...)
}

// toSign is what a signature is made over: context, channel, device, message.
func (o *owner) toSign(message []byte) []byte {
	signed := make([]byte, 0, len(signingContext)+len(o.channel)+len(o.device)+len(message))
	signed = append(signed, signingContext...)
	signed = append(signed, o.channel[:]...)
	signed = append(signed, o.device[:]...)
	return append(signed, message...)
}

// verify checks the signature at the end of a message that is long enough to have one.
func (o *owner) verify(key [ed25519.PublicKeySize]byte, message []byte) error {
	body := len(message) - ed25519.SignatureSize
	if !ed25519.Verify(key[:], o.toSign(message[:body]), message[body:]) {
		return fmt.Errorf("%w: wrong signature", ErrForged)
	}
	return nil
}

// Epoch is the number of this sender key among its device's in its channel.
func (o *owner) Epoch() uint64 { return o.epoch }

// Channel is where the key is used.
func (o *owner) Channel() id.ChannelID { return o.channel }

// Device is whose messages the key makes.
func (o *owner) Device() id.DeviceID { return o.device }
