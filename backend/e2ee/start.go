package e2ee

import (
	"encoding/binary"
	"errors"
	"time"

	"gossip/backend/store"
	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/ratchet"
	"gossip/common/wire"
)

// startVersion is the version of sessionStart.
const startVersion = 1

// sessionStart is what the OpenPGP seal of a sess packet holds.
type sessionStart struct {
	Version    uint64            `cbor:"1,keyasint"`
	Session    ratchet.SessionID `cbor:"2,keyasint"`
	Initiator  id.DeviceID       `cbor:"3,keyasint"`
	Responder  id.DeviceID       `cbor:"4,keyasint"`
	Time       int64             `cbor:"5,keyasint"` // Unix milliseconds, the initiator's clock
	Root       [32]byte          `cbor:"6,keyasint"`
	RatchetKey [32]byte          `cbor:"7,keyasint"`
	Hub        id.HubID          `cbor:"8,keyasint"` // so that another hub where both are can't replay it
}

// sealStart encrypts and signs the start for the responder's newest subkey. identity.ErrNoSubkey when it has none
// that is valid.
func (e *Engine) sealStart(b ratchet.Binding, start ratchet.Start, to *identity.Device, now time.Time) ([]byte, error) {
	plain, err := wire.Marshal(&sessionStart{
		Version: startVersion, Session: b.Session, Initiator: b.Initiator, Responder: b.Responder,
		Time: now.UnixMilli(), Root: start.Root, RatchetKey: start.RatchetKey, Hub: e.hub,
	})
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return e.self.Seal(plain, to, now)
}

// errStart is what accept says of a start that must not be accepted; it goes no further than DecryptFrom.
var errStart = errors.New("not a session start that this device accepts")

// accept opens the start that came for the session, checks all of it, and returns the session. Nothing is stored yet.
func (e *Engine) accept(tx *store.Tx, from *identity.Device, session ratchet.SessionID, sealed []byte, now time.Time) (*peerSession, error) {
	peer := from.ID()
	used, err := e.bucket(tx, usedBucket).Get(join(peer[:], session[:]))
	if err != nil {
		return nil, err
	}
	if used != nil {
		return nil, errStart
	}
	plain, err := e.self.Open(sealed, from, now)
	if err != nil {
		return nil, errStart
	}
	defer clear(plain)
	var start sessionStart
	if wire.Unmarshal(plain, &start) != nil || start.Hub != e.hub || !start.fits(session, peer, e.self.ID(), now) {
		return nil, errStart
	}
	binding := ratchet.Binding{Session: session, Initiator: peer, Responder: e.self.ID()}
	accepted, err := ratchet.Accept(binding, ratchet.Start{Root: start.Root, RatchetKey: start.RatchetKey}, now)
	clear(start.Root[:])
	if err != nil {
		return nil, errStart
	}
	return &peerSession{id: session, session: accepted}, nil
}

// fits says that the start is for exactly this session between these two, and of our days.
func (s *sessionStart) fits(session ratchet.SessionID, initiator, responder id.DeviceID, now time.Time) bool {
	age := now.UnixMilli() - s.Time
	return s.Version == startVersion && s.Session == session && s.Initiator == initiator && s.Responder == responder &&
		max(age, -age) <= StartWindow.Milliseconds()
}

// usedLifetime is how long a session's id is remembered: twice the window of its start, so that no start that is
// forgotten is still in time.
const usedLifetime = 2 * StartWindow

// maxUsed bounds how many ids a device can make us remember; past it the oldest go, which lets that device replay its
// own messages and nobody else's.
const maxUsed = 1024

// use remembers that the session's id was used, and forgets the ids that are too old.
func (e *Engine) use(tx *store.Tx, peer id.DeviceID, session ratchet.SessionID, now time.Time) error {
	b := e.bucket(tx, usedBucket)
	var oldest []byte
	count, oldestAt := 0, int64(0)
	for key, value := range b.Range(peer[:], after(peer[:]), false, 0) {
		at := int64(binary.BigEndian.Uint64(value))
		if now.UnixMilli()-at > usedLifetime.Milliseconds() {
			if err := b.Delete(key); err != nil {
				return err
			}
			continue
		}
		if count++; oldest == nil || at < oldestAt {
			oldest, oldestAt = key, at
		}
	}
	if count >= maxUsed {
		if err := b.Delete(oldest); err != nil {
			return err
		}
	}
	return b.Put(join(peer[:], session[:]), binary.BigEndian.AppendUint64(nil, uint64(now.UnixMilli())))
}
