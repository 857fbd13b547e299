package e2ee

import (
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/ratchet"
	"gossip/common/wire"
)

// SealTyping seals what may be lost (a typing packet) for a device under the transient key of the session with it. It
// changes nothing, so a View is enough. ErrNoSession where the device may not know any session with this one yet.
func (e *Engine) SealTyping(tx *store.Tx, to id.DeviceID, plaintext []byte) ([]byte, error) {
	p, err := e.lastDecrypted(tx, to)
	if err != nil {
		return nil, err
	}
	message, err := p.session.SealTransient(plaintext)
	if err != nil {
		return nil, err
	}
	return wire.Marshal(&envelope{Session: p.id, Message: message})
}

// lastDecrypted returns the session that the peer spoke on last.
func (e *Engine) lastDecrypted(tx *store.Tx, peer id.DeviceID) (*peerSession, error) {
	known, err := e.sessions(tx, peer, time.Time{}) // long before any session is too old: nothing is deleted
	if err != nil {
		return nil, err
	}
	var best *peerSession
	for _, p := range known {
		if p.row.Decrypted != 0 && (best == nil || best.row.before(&p.row)) {
			best = p
		}
	}
	if best == nil {
		return nil, ErrNoSession
	}
	return best, best.open()
}

// OpenTyping opens what SealTyping made on the device from. A repeat can't be told. Errors: ErrUndecryptable, the
// store's.
func (e *Engine) OpenTyping(tx *store.Tx, from id.DeviceID, payload []byte) ([]byte, error) {
	var in envelope
	if err := wire.Unmarshal(payload, &in); err != nil || len(in.Start) > 0 {
		return nil, ErrUndecryptable
	}
	row, found, err := store.GetValue[sessionRow](e.bucket(tx, sessionBucket), join(from[:], in.Session[:]))
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrUndecryptable
	}
	p := &peerSession{id: in.Session, row: row}
	if err := p.open(); err != nil {
		return nil, err
	}
	plaintext, err := p.session.OpenTransient(in.Message)
	return plaintext, refusal(err)
}

// OpenNegotiation is OpenTyping for what wants an answer: since the device has sealed it under a session, it knows that
// session, and SealTyping may answer on it.
func (e *Engine) OpenNegotiation(tx *store.Tx, from id.DeviceID, payload []byte, now time.Time) ([]byte, error) {
	plaintext, err := e.OpenTyping(tx, from, payload)
	if err != nil {
		return nil, err
	}
	var in envelope
	if err := wire.Unmarshal(payload, &in); err != nil {
		return nil, ErrUndecryptable
	}
	b, key := e.bucket(tx, sessionBucket), join(from[:], in.Session[:])
	row, found, err := store.GetValue[sessionRow](b, key)
	if err != nil || !found || row.Decrypted != 0 {
		return plaintext, err
	}
	row.Decrypted = now.UnixMilli() // once: a repeat must not make an old session the chosen one
	return plaintext, store.PutValue(b, key, row)
}

// SealTypingChannel is SealTyping for a channel, under the sender key of the present epoch: who has left since this
// device's last message there could still read it if the hub gave it to them. ErrNoSenderKey where this device has
// none.
func (e *Engine) SealTypingChannel(tx *store.Tx, channel id.ChannelID, plaintext []byte) ([]byte, error) {
	s, err := e.sender(tx, channel)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, ErrNoSenderKey
	}
	return s.key.SealTransient(plaintext)
}

// OpenTypingChannel opens what SealTypingChannel made on the device from. Errors: ErrNoSenderKey, ErrUndecryptable,
// the store's.
func (e *Engine) OpenTypingChannel(tx *store.Tx, channel id.ChannelID, from id.DeviceID, payload []byte) ([]byte, error) {
	_, _, receiver, err := e.receiver(tx, channel, from, payload)
	if err != nil {
		return nil, err
	}
	plaintext, err := receiver.OpenTransient(payload)
	return plaintext, refusal(err)
}

// Expire forgets what is over although nothing comes any more: sessions, the keys of missing messages, the sender
// keys of earlier epochs. Call it once a day.
func (e *Engine) Expire(tx *store.Tx, now time.Time) error {
	if err := e.expireSessions(tx, now); err != nil {
		return err
	}
	b := e.bucket(tx, receiverBucket)
	for key, value := range b.Range(nil, nil, false, 0) {
		row, err := store.DecodeValue[receiverRow](value)
		if err != nil {
			return err
		}
		receiver := new(ratchet.ReceiverKey)
		if err := receiver.UnmarshalBinary(row.State); err != nil {
			return broken("a receiver key", err)
		}
		switch {
		case row.over(now):
			err = b.Delete(key)
		case receiver.Expire(now):
			err = e.saveReceiver(tx, key, row, receiver)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) expireSessions(tx *store.Tx, now time.Time) error {
	b := e.bucket(tx, sessionBucket)
	for key, value := range b.Range(nil, nil, false, 0) {
		row, err := store.DecodeValue[sessionRow](value)
		if err != nil {
			return err
		}
		p := &peerSession{row: row}
		if err := p.open(); err != nil {
			return err
		}
		changed := p.session.Expire(now)
		switch {
		case now.UnixMilli()-row.Used > SessionLifetime.Milliseconds():
			err = b.Delete(key)
		case changed:
			if p.row.State, err = p.session.MarshalBinary(); err == nil {
				err = store.PutValue(b, key, p.row)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
