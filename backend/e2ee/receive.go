package e2ee

import (
	"encoding/binary"
	"fmt"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/ratchet"
)

// maxEpochs is how many epochs' keys of one device in one channel are kept: someone who was away gets the keys of all
// the epochs at once, before the messages.
const maxEpochs = 64

// receiverRow is another device's sender key at rest.
type receiverRow struct {
	State    []byte `cbor:"1,keyasint"`           // ratchet.ReceiverKey
	Replaced int64  `cbor:"2,keyasint,omitempty"` // Unix milliseconds when the key of a later epoch came; 0 = it is the newest
}

func epochKey(channel id.ChannelID, device id.DeviceID, epoch uint64) []byte {
	return binary.BigEndian.AppendUint64(join(channel[:], device[:]), epoch)
}

// DecryptChannel decrypts a message that the device sent to the channel. The caller has checked that it belongs to a
// member. Errors: ErrNoSenderKey, ErrUndecryptable, ErrReplayed, ErrBeforeShared, the store's; the state is unchanged
// then.
func (e *Engine) DecryptChannel(tx *store.Tx, channel id.ChannelID, from id.DeviceID, message []byte, now time.Time) ([]byte, error) {
	key, row, receiver, err := e.receiver(tx, channel, from, message)
	if err != nil {
		return nil, err
	}
	plaintext, err := receiver.Decrypt(message, now)
	if err != nil {
		return nil, refusal(err)
	}
	return plaintext, e.saveReceiver(tx, key, row, receiver)
}

// receiver finds the key that a message or transient message needs.
func (e *Engine) receiver(tx *store.Tx, channel id.ChannelID, from id.DeviceID, message []byte) (key []byte, row receiverRow, receiver *ratchet.ReceiverKey, err error) {
	epoch, _, err := ratchet.MessageEpoch(message)
	if err != nil {
		return nil, row, nil, ErrUndecryptable
	}
	key = epochKey(channel, from, epoch)
	row, found, err := store.GetValue[receiverRow](e.bucket(tx, receiverBucket), key)
	if err != nil {
		return nil, row, nil, err
	}
	if !found {
		return nil, row, nil, ErrNoSenderKey
	}
	receiver = new(ratchet.ReceiverKey)
	if err := receiver.UnmarshalBinary(row.State); err != nil {
		return nil, row, nil, broken("a receiver key", err)
	}
	return key, row, receiver, nil
}

func (e *Engine) saveReceiver(tx *store.Tx, key []byte, row receiverRow, receiver *ratchet.ReceiverKey) error {
	state, err := receiver.MarshalBinary()
	if err != nil {
		return err
	}
	defer clear(state)
	row.State = state
	return store.PutValue(e.bucket(tx, receiverBucket), key, row)
}

// AcceptSenderKey takes the sender key that a device handed over (content.SenderKey, through DecryptFrom) for the
// channel. It must be the device's own and of that channel. A key that is known already stays as it is, and a later
// epoch's key stays the newest when an earlier one's comes late: that one only opens what is late as well. The error
// wraps ErrUndecryptable where the key must be refused, or is the store's.
func (e *Engine) AcceptSenderKey(tx *store.Tx, channel id.ChannelID, from id.DeviceID, distribution []byte, now time.Time) error {
	var d ratchet.Distribution
	if err := d.UnmarshalBinary(distribution); err != nil {
		return fmt.Errorf("%w: the sender key is malformed", ErrUndecryptable)
	}
	if d.Device != from || d.Channel != channel {
		return fmt.Errorf("%w: the sender key belongs to another device or channel", ErrUndecryptable)
	}
	receiver, err := ratchet.AcceptSenderKey(d, now)
	if err != nil {
		return fmt.Errorf("%w: the sender key is malformed", ErrUndecryptable)
	}
	key := epochKey(channel, from, d.Epoch)
	if known, err := e.bucket(tx, receiverBucket).Get(key); err != nil || known != nil {
		return err
	}
	if err := e.saveReceiver(tx, key, receiverRow{}, receiver); err != nil {
		return err
	}
	return e.retireEpochs(tx, channel, from, now)
}

// retireEpochs dates the keys that are not the newest, and deletes those that were replaced ratchet.SkippedLifetime
// ago or are too many.
func (e *Engine) retireEpochs(tx *store.Tx, channel id.ChannelID, from id.DeviceID, now time.Time) error {
	b, prefix, kept := e.bucket(tx, receiverBucket), join(channel[:], from[:]), 0
	for key, value := range b.Range(prefix, after(prefix), true, 0) {
		if kept++; kept == 1 {
			continue
		}
		row, err := store.DecodeValue[receiverRow](value)
		if err != nil {
			return err
		}
		fresh := row.Replaced == 0
		if fresh {
			row.Replaced = now.UnixMilli()
		}
		switch {
		case kept > maxEpochs || row.over(now):
			err = b.Delete(key)
		case fresh:
			err = store.PutValue(b, key, row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *receiverRow) over(now time.Time) bool {
	return r.Replaced != 0 && now.UnixMilli()-r.Replaced > ratchet.SkippedLifetime.Milliseconds()
}
