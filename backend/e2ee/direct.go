package e2ee

import (
	"errors"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/ratchet"
	"gossip/common/wire"
)

// envelope is the payload between two devices.
type envelope struct {
	Session ratchet.SessionID `cbor:"1,keyasint"`
	Start   []byte            `cbor:"2,keyasint,omitempty"` // only until the other side has answered
	Message []byte            `cbor:"3,keyasint"`
}

// purpose is the first byte of every plaintext between two devices: what it is for.
type purpose byte

const (
	purposeContent   purpose = 1 // in a msg or a sess
	purposeSenderKey purpose = 2 // in an skd
)

// purposeOf says what a packet of this kind must be for; false for a kind that has no place between two devices.
func purposeOf(kind wire.Kind, start bool) (purpose, bool) {
	switch kind {
	case wire.KindSenderKey:
		return purposeSenderKey, true
	case wire.KindSession:
		return purposeContent, start
	case wire.KindMessage:
		return purposeContent, !start
	}
	return 0, false
}

// EncryptTo encrypts content for a device: on the session with it, or on a new one where there is none, it is due for
// renewal, or Reset was called. Errors: identity.ErrNoSubkey when a new session is needed and the device can't
// receive its start, ratchet.ErrTooLong, the store's.
func (e *Engine) EncryptTo(tx *store.Tx, to *identity.Device, plaintext []byte, now time.Time) (Outgoing, error) {
	return e.encryptTo(tx, to, purposeContent, plaintext, now)
}

func (e *Engine) encryptTo(tx *store.Tx, to *identity.Device, what purpose, plaintext []byte, now time.Time) (Outgoing, error) {
	if len(plaintext) >= ratchet.MaxPlaintext {
		return Outgoing{}, ratchet.ErrTooLong
	}
	peer := to.ID()
	known, err := e.sessions(tx, peer, now)
	if err != nil {
		return Outgoing{}, err
	}
	chosen, err := choose(known, now)
	if err != nil {
		return Outgoing{}, err
	}
	keep := func() error { return e.save(tx, peer, chosen, now) }
	if chosen == nil {
		if chosen, err = e.initiate(to, now); err != nil {
			return Outgoing{}, err
		}
		keep = func() error { return e.add(tx, peer, known, chosen, now) }
	}
	message, err := chosen.session.Encrypt(append([]byte{byte(what)}, plaintext...), now)
	if err != nil {
		return Outgoing{}, err
	}
	if err := keep(); err != nil {
		return Outgoing{}, err
	}
	return chosen.outgoing(peer, what, message)
}

// outgoing wraps a message into the packet that carries it.
func (p *peerSession) outgoing(to id.DeviceID, what purpose, message []byte) (Outgoing, error) {
	payload, err := wire.Marshal(&envelope{Session: p.id, Start: p.row.Start, Message: message})
	if err != nil {
		return Outgoing{}, err
	}
	kind := wire.KindMessage
	switch {
	case what == purposeSenderKey:
		kind = wire.KindSenderKey
	case len(p.row.Start) > 0:
		kind = wire.KindSession
	}
	return Outgoing{Kind: kind, To: to, Payload: payload}, nil
}

// DecryptFrom decrypts what a device sent to this one: a packet of kind msg, sess or skd. The caller has checked that
// the device is on its user's newest list. Errors: ErrUndecryptable, ErrReplayed, the store's; the state is unchanged
// then.
func (e *Engine) DecryptFrom(tx *store.Tx, from *identity.Device, kind wire.Kind, payload []byte, now time.Time) ([]byte, error) {
	var in envelope
	if err := wire.Unmarshal(payload, &in); err != nil {
		return nil, ErrUndecryptable
	}
	want, ok := purposeOf(kind, len(in.Start) > 0)
	if !ok {
		return nil, ErrUndecryptable
	}
	known, err := e.sessions(tx, from.ID(), now)
	if err != nil {
		return nil, err
	}
	for _, p := range known {
		if p.id == in.Session {
			return e.decryptKnown(tx, from.ID(), p, want, in.Message, now)
		}
	}
	if len(in.Start) == 0 {
		return nil, ErrUndecryptable
	}
	return e.decryptFirst(tx, from, known, want, &in, now)
}

func (e *Engine) decryptKnown(tx *store.Tx, from id.DeviceID, p *peerSession, want purpose, message []byte, now time.Time) ([]byte, error) {
	if err := p.open(); err != nil {
		return nil, err
	}
	plaintext, err := p.decrypt(want, message, now)
	if err != nil {
		return nil, err
	}
	return plaintext, e.save(tx, from, p, now)
}

// decryptFirst starts a session from a message that brings its start. Both must be right, or nothing is kept.
func (e *Engine) decryptFirst(tx *store.Tx, from *identity.Device, known []*peerSession, want purpose, in *envelope, now time.Time) ([]byte, error) {
	p, err := e.accept(tx, from, in.Session, in.Start, now)
	if errors.Is(err, errStart) {
		return nil, ErrUndecryptable
	}
	if err != nil {
		return nil, err
	}
	plaintext, err := p.decrypt(want, in.Message, now)
	if err != nil {
		return nil, err
	}
	if err := e.use(tx, from.ID(), p.id, now); err != nil {
		return nil, err
	}
	return plaintext, e.add(tx, from.ID(), known, p, now)
}

// decrypt changes the session in memory only.
func (p *peerSession) decrypt(want purpose, message []byte, now time.Time) ([]byte, error) {
	plaintext, err := p.session.Decrypt(message, now)
	if err != nil {
		return nil, refusal(err)
	}
	if len(plaintext) == 0 || purpose(plaintext[0]) != want {
		return nil, ErrUndecryptable
	}
	return plaintext[1:], nil
}
