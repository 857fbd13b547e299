package e2ee

import (
	"bytes"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/ratchet"
)

// sessionRow is a session at rest, and beside its state what is needed to choose among several without reading it.
type sessionRow struct {
	State     []byte `cbor:"1,keyasint"`           // ratchet.Session
	Start     []byte `cbor:"2,keyasint,omitempty"` // sealed; goes with every message until the other side has answered
	Used      int64  `cbor:"3,keyasint"`           // Unix milliseconds, as the others: of the last message either way
	Decrypted int64  `cbor:"4,keyasint,omitempty"` // of the last message that was decrypted; 0 where there was none
	Created   int64  `cbor:"5,keyasint"`
	Retired   bool   `cbor:"6,keyasint,omitempty"` // only decrypts: Reset was called
}

// peerSession is a session that was read for one operation.
type peerSession struct {
	id      ratchet.SessionID
	row     sessionRow
	session *ratchet.Session // nil until it is needed
}

// open reads the state.
func (p *peerSession) open() error {
	if p.session != nil {
		return nil
	}
	p.session = new(ratchet.Session)
	if err := p.session.UnmarshalBinary(p.row.State); err != nil {
		return broken("a session", err)
	}
	return nil
}

// sessions returns the sessions with a device, in the order of their ids, and deletes those that are too old.
func (e *Engine) sessions(tx *store.Tx, peer id.DeviceID, now time.Time) ([]*peerSession, error) {
	var kept []*peerSession
	b := e.bucket(tx, sessionBucket)
	for key, value := range b.Range(peer[:], after(peer[:]), false, 0) {
		row, err := store.DecodeValue[sessionRow](value)
		if err != nil {
			return nil, err
		}
		if now.UnixMilli()-row.Used > SessionLifetime.Milliseconds() {
			if err := b.Delete(key); err != nil {
				return nil, err
			}
			continue
		}
		kept = append(kept, &peerSession{id: ratchet.SessionID(key[len(peer):]), row: row})
	}
	return kept, nil
}

// save writes a session after its state has changed.
func (e *Engine) save(tx *store.Tx, peer id.DeviceID, p *peerSession, now time.Time) error {
	state, err := p.session.MarshalBinary()
	if err != nil {
		return err
	}
	defer clear(state)
	p.row.State, p.row.Used = state, now.UnixMilli()
	if p.session.Established() {
		p.row.Start, p.row.Decrypted = nil, p.session.LastDecrypted().UnixMilli()
	}
	return store.PutValue(e.bucket(tx, sessionBucket), join(peer[:], p.id[:]), p.row)
}

// add keeps a new session and makes room for it: the one that was used least recently goes.
func (e *Engine) add(tx *store.Tx, peer id.DeviceID, known []*peerSession, p *peerSession, now time.Time) error {
	p.row.Created = now.UnixMilli()
	for len(known) >= MaxSessions {
		oldest := 0
		for i := range known {
			if known[i].row.Used < known[oldest].row.Used {
				oldest = i
			}
		}
		if err := e.bucket(tx, sessionBucket).Delete(join(peer[:], known[oldest].id[:])); err != nil {
			return err
		}
		known = append(known[:oldest:oldest], known[oldest+1:]...)
	}
	return e.save(tx, peer, p, now)
}

// choose returns the session to send on, or nil where a new one is due: the one last decrypted from (lower id on a
// tie), else the newest of those that this device started and that nobody has answered yet.
func choose(known []*peerSession, now time.Time) (*peerSession, error) {
	var best *peerSession
	for _, p := range known { // in the order of ids
		if p.row.Retired || best != nil && !best.row.before(&p.row) {
			continue
		}
		if err := p.open(); err != nil {
			return nil, err
		}
		if !p.session.RenewalDue(now) {
			best = p
		}
	}
	return best, nil
}

// before says that other is the better one to send on.
func (r *sessionRow) before(other *sessionRow) bool {
	if r.Decrypted == 0 && other.Decrypted == 0 {
		return r.Created < other.Created
	}
	return r.Decrypted < other.Decrypted
}

// Reset has the next EncryptTo to the device start a fresh session. The present ones still decrypt. It is for repair:
// after ErrUndecryptable.
func (e *Engine) Reset(tx *store.Tx, peer id.DeviceID) error {
	b := e.bucket(tx, sessionBucket)
	for key, value := range b.Range(peer[:], after(peer[:]), false, 0) {
		row, err := store.DecodeValue[sessionRow](value)
		if err != nil {
			return err
		}
		row.Retired = true
		if err := store.PutValue(b, key, row); err != nil {
			return err
		}
	}
	return nil
}

// Forget drops the sessions with a device and its sender keys: it is gone for good. Which of its sessions were used
// is remembered, so that nothing old opens again should it come back.
func (e *Engine) Forget(tx *store.Tx, device id.DeviceID) error {
	if err := deleteRange(e.bucket(tx, sessionBucket), device[:], nil); err != nil {
		return err
	}
	return deleteRange(e.bucket(tx, receiverBucket), nil, func(key []byte) bool {
		return bytes.Equal(key[len(id.ChannelID{}):][:len(device)], device[:])
	})
}

// deleteRange deletes the rows whose keys have the prefix and that match says yes to; a nil match says yes to all.
func deleteRange(b *store.Bucket, prefix []byte, match func(key []byte) bool) error {
	for key := range b.Range(prefix, after(prefix), false, 0) {
		if match != nil && !match(key) {
			continue
		}
		if err := b.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// initiate makes a session of this device's own, with the seal that tells the other of it.
func (e *Engine) initiate(to *identity.Device, now time.Time) (*peerSession, error) {
	binding := ratchet.Binding{Session: ratchet.NewSessionID(), Initiator: e.self.ID(), Responder: to.ID()}
	session, start, err := ratchet.Initiate(binding, now)
	if err != nil {
		return nil, err
	}
	sealed, err := e.sealStart(binding, start, to, now)
	if err != nil {
		return nil, err
	}
	return &peerSession{id: binding.Session, row: sessionRow{Start: sealed}, session: session}, nil
}
