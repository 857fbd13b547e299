package ratchet

import "fmt"

// sessionRecord is the stored form of a Session. A chain that is not running has an empty key.
type sessionRecord struct {
	_             struct{} `cbor:",toarray"`
	Version       uint8
	Session       []byte
	Initiator     []byte
	Responder     []byte
	Initiated     bool
	Created       int64
	LastDecrypted int64
	Sent          uint64
	Received      uint64
	Root          []byte
	OwnPrivate    []byte
	OwnPublic     []byte
	Peer          []byte
	SendingKey    []byte
	SendingNext   uint32
	Previous      uint32
	ReceivingKey  []byte
	ReceivingNext uint32
	TransientOut  []byte
	TransientIn   []byte
	Finished      []byte // tags, 8 bytes each
	Skipped       []byte // see skippedKeys.pack
}

// MarshalBinary returns the whole state as versioned CBOR. It holds secrets: seal it before it reaches a disk.
func (s *Session) MarshalBinary() ([]byte, error) {
	finished := make([]byte, 0, keptTags*len(chainTag{}))
	for _, tag := range s.finished {
		finished = append(finished, tag[:]...)
	}
	return encoder.Marshal(&sessionRecord{
		Version: stateVersion,
		Session: s.binding.Session[:], Initiator: s.binding.Initiator[:], Responder: s.binding.Responder[:],
		Initiated: s.initiator, Created: s.created, LastDecrypted: s.lastDecrypted, Sent: s.sent, Received: s.received,
		Root: s.root[:], OwnPrivate: s.ownPrivate[:], OwnPublic: s.ownPublic[:], Peer: s.peer[:],
		SendingKey: s.sending.stored(), SendingNext: s.sending.next, Previous: s.previous,
		ReceivingKey: s.receiving.stored(), ReceivingNext: s.receiving.next,
		TransientOut: s.transientOut[:], TransientIn: s.transientIn[:],
		Finished: finished, Skipped: s.skipped.pack(),
	})
}

// UnmarshalBinary restores what MarshalBinary gave; on ErrMalformed s is unchanged.
func (s *Session) UnmarshalBinary(data []byte) error {
	var r sessionRecord
	if err := unmarshal(data, &r); err != nil {
		return err
	}
	next := Session{
		initiator: r.Initiated, created: r.Created, lastDecrypted: r.LastDecrypted,
		sent: r.Sent, received: r.Received, previous: r.Previous,
	}
	if err := next.restoreKeys(&r); err != nil {
		return err
	}
	if err := next.restoreLists(&r); err != nil {
		return err
	}
	if err := next.check(); err != nil {
		return err
	}
	*s = next
	return nil
}

func (s *Session) restoreKeys(r *sessionRecord) (err error) {
	err = copyFields(
		field{r.Session, s.binding.Session[:]},
		field{r.Initiator, s.binding.Initiator[:]},
		field{r.Responder, s.binding.Responder[:]},
		field{r.Root, s.root[:]},
		field{r.OwnPrivate, s.ownPrivate[:]},
		field{r.OwnPublic, s.ownPublic[:]},
		field{r.Peer, s.peer[:]},
		field{r.TransientOut, s.transientOut[:]},
		field{r.TransientIn, s.transientIn[:]},
	)
	if err != nil {
		return err
	}
	if s.sending, err = restoreChain(r.SendingKey, r.SendingNext); err != nil {
		return err
	}
	s.receiving, err = restoreChain(r.ReceivingKey, r.ReceivingNext)
	return err
}

func (s *Session) restoreLists(r *sessionRecord) (err error) {
	if s.skipped, err = unpackSkipped(r.Skipped, MaxSkippedSession); err != nil {
		return err
	}
	size := len(chainTag{})
	if len(r.Finished)%size != 0 || len(r.Finished) > keptTags*size {
		return fmt.Errorf("%w: %d bytes of finished chains", ErrMalformed, len(r.Finished))
	}
	for i := 0; i < len(r.Finished); i += size {
		s.finished = append(s.finished, chainTag(r.Finished[i:]))
	}
	return nil
}

// check refuses a state that no sequence of messages leads to and that Encrypt or Decrypt could trip over.
func (s *Session) check() error {
	if err := s.binding.check(); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	none := [32]byte{}
	switch {
	case s.sending.running == (s.ownPrivate == none):
		return fmt.Errorf("%w: sending chain and ratchet key don't match", ErrMalformed)
	case s.receiving.running == (s.peer == none):
		return fmt.Errorf("%w: receiving chain and ratchet key don't match", ErrMalformed)
	case !s.sending.running && !s.receiving.running:
		return fmt.Errorf("%w: session without a chain", ErrMalformed)
	}
	return nil
}

// stored is the chain key, or nothing where the chain is not running.
func (c *chain) stored() []byte {
	if !c.running {
		return nil
	}
	return c.key[:]
}

func restoreChain(key []byte, next uint32) (chain, error) {
	if len(key) == 0 && next == 0 {
		return chain{}, nil
	}
	c := chain{next: next, running: true}
	return c, copyFields(field{key, c.key[:]})
}
