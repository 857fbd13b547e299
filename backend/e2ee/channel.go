package e2ee

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"gossip/backend/store"
	"gossip/common/content"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/ratchet"
)

// sender is this device's sender key in a channel, read for one operation.
type sender struct {
	channel id.ChannelID
	key     *ratchet.SenderKey
	holders []id.DeviceID // who has the key, sorted
}

// EncryptChannel encrypts content once for a whole channel. members are all devices of all members but this one, by
// the channel's checked log. distributions hand this device's sender key to those that have not got it yet; put them
// into the outbox before the message. A new key is made first after a device left the members, and when the present
// one is due. Members that can't receive now (no valid subkey and no session) are left out and get the key with a
// later message, or when they ask. Errors: ratchet.ErrTooLong, the store's.
func (e *Engine) EncryptChannel(tx *store.Tx, channel id.ChannelID, members []*identity.Device, plaintext []byte, now time.Time) (message []byte, distributions []Outgoing, err error) {
	if len(plaintext) > ratchet.MaxPlaintext {
		return nil, nil, ratchet.ErrTooLong
	}
	s, err := e.sender(tx, channel)
	if err != nil {
		return nil, nil, err
	}
	if s == nil || s.key.RotationDue(now) || s.someoneLeft(members) {
		if s, err = e.rotate(tx, channel, now); err != nil {
			return nil, nil, err
		}
	}
	if distributions, err = e.distribute(tx, s, members, now); err != nil {
		return nil, nil, err
	}
	if message, err = s.key.Encrypt(plaintext); err != nil {
		return nil, nil, err
	}
	return message, distributions, e.saveSender(tx, s)
}

// sender returns nil where this device has no key in the channel.
func (e *Engine) sender(tx *store.Tx, channel id.ChannelID) (*sender, error) {
	state, err := e.bucket(tx, senderBucket).Get(channel[:])
	if err != nil || state == nil {
		return nil, err
	}
	defer clear(state)
	s := &sender{channel: channel, key: new(ratchet.SenderKey)}
	if err := s.key.UnmarshalBinary(state); err != nil {
		return nil, broken("a sender key", err)
	}
	holders, err := e.bucket(tx, holdersBucket).Get(channel[:])
	if err != nil {
		return nil, err
	}
	for ; len(holders) >= len(id.DeviceID{}); holders = holders[len(id.DeviceID{}):] {
		s.holders = append(s.holders, id.DeviceID(holders))
	}
	return s, nil
}

func (e *Engine) saveSender(tx *store.Tx, s *sender) error {
	state, err := s.key.MarshalBinary()
	if err != nil {
		return err
	}
	defer clear(state)
	return e.bucket(tx, senderBucket).Put(s.channel[:], state)
}

func (e *Engine) saveHolders(tx *store.Tx, s *sender) error {
	packed := make([]byte, 0, len(s.holders)*len(id.DeviceID{}))
	for _, device := range s.holders {
		packed = append(packed, device[:]...)
	}
	return e.bucket(tx, holdersBucket).Put(s.channel[:], packed)
}

// rotate makes the key of the next epoch, which nobody has yet. Epochs are times in milliseconds, or one more than
// the last where the clock went back: so they grow also for a device that has lost its state, and its new key is not
// taken for an old one.
func (e *Engine) rotate(tx *store.Tx, channel id.ChannelID, now time.Time) (*sender, error) {
	b := e.bucket(tx, epochBucket)
	last, err := b.Get(channel[:])
	if err != nil {
		return nil, err
	}
	epoch := uint64(max(now.UnixMilli(), 1))
	if len(last) == 8 {
		epoch = max(epoch, binary.BigEndian.Uint64(last)+1)
	}
	if err := b.Put(channel[:], binary.BigEndian.AppendUint64(nil, epoch)); err != nil {
		return nil, err
	}
	key, err := ratchet.NewSenderKey(channel, e.self.ID(), epoch, now)
	if err != nil {
		return nil, err
	}
	s := &sender{channel: channel, key: key}
	return s, e.saveHolders(tx, s)
}

func compare(a, b id.DeviceID) int { return bytes.Compare(a[:], b[:]) }

func (s *sender) holds(device id.DeviceID) (at int, found bool) {
	return slices.BinarySearchFunc(s.holders, device, compare)
}

// someoneLeft says that a device has the key that is not among the members any more.
func (s *sender) someoneLeft(members []*identity.Device) bool {
	if len(members) < len(s.holders) {
		return true
	}
	ids := make([]id.DeviceID, len(members))
	for i, member := range members {
		ids[i] = member.ID()
	}
	slices.SortFunc(ids, compare)
	for _, holder := range s.holders {
		if _, found := slices.BinarySearchFunc(ids, holder, compare); !found {
			return true
		}
	}
	return false
}

// distribute gives the key, as it stands, to the members that don't have it.
func (e *Engine) distribute(tx *store.Tx, s *sender, members []*identity.Device, now time.Time) ([]Outgoing, error) {
	var body []byte
	var distributions []Outgoing
	for _, member := range members {
		at, found := s.holds(member.ID())
		if found || member.ID() == e.self.ID() {
			continue
		}
		if body == nil {
			var err error
			if body, err = s.distribution(now); err != nil {
				return nil, err
			}
		}
		out, err := e.encryptTo(tx, member, purposeSenderKey, body, now)
		if errors.Is(err, identity.ErrNoSubkey) {
			continue
		}
		if err != nil {
			return nil, err
		}
		distributions = append(distributions, out)
		s.holders = slices.Insert(s.holders, at, member.ID())
	}
	clear(body)
	if len(distributions) == 0 {
		return nil, nil
	}
	return distributions, e.saveHolders(tx, s)
}

// distribution is the content that hands the key over from its next message on.
func (s *sender) distribution(now time.Time) ([]byte, error) {
	raw, err := s.key.Distribution().MarshalBinary()
	if err != nil {
		return nil, err
	}
	defer clear(raw)
	m := content.Message{
		ID: id.NewMessageID(), Conversation: content.Conversation{Channel: s.channel},
		SentAt: now.UTC().Truncate(time.Millisecond), Body: content.SenderKey{Distribution: raw},
	}
	return m.Marshal()
}

// RedistributeTo hands this device's present sender key in the channel to a device that asks for it, whether or not
// it was given it before. The caller has checked that the device belongs to a member. ErrNoSenderKey where this
// device has none, because it has said nothing since it joined.
func (e *Engine) RedistributeTo(tx *store.Tx, channel id.ChannelID, to *identity.Device, now time.Time) (Outgoing, error) {
	s, err := e.sender(tx, channel)
	if err != nil {
		return Outgoing{}, err
	}
	if s == nil {
		return Outgoing{}, ErrNoSenderKey
	}
	body, err := s.distribution(now)
	if err != nil {
		return Outgoing{}, err
	}
	defer clear(body)
	out, err := e.encryptTo(tx, to, purposeSenderKey, body, now)
	if err != nil {
		return Outgoing{}, err
	}
	if at, found := s.holds(to.ID()); !found {
		s.holders = slices.Insert(s.holders, at, to.ID())
		return out, e.saveHolders(tx, s)
	}
	return out, nil
}

// LeaveChannel drops this device's sender key in the channel and those of the others.
func (e *Engine) LeaveChannel(tx *store.Tx, channel id.ChannelID) error {
	for _, name := range []string{senderBucket, holdersBucket} {
		if err := e.bucket(tx, name).Delete(channel[:]); err != nil {
			return err
		}
	}
	return deleteRange(e.bucket(tx, receiverBucket), channel[:], nil)
}
