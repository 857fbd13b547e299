package bridge

import (
	"context"

	"gossip/backend"
	"gossip/backend/localhub"
)

// ownHub returns the hub of this machine, running or not.
func (s *Session) ownHub() (*localhub.Hub, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own == nil {
		return nil, errNotOpen
	}
	return s.own, nil
}

// LocalHub says how the hub on this machine is.
func (c *Calls) LocalHub() (localhub.State, error) {
	own, err := c.session.ownHub()
	if err != nil {
		return localhub.State{}, err
	}
	return own.State(), nil
}

// StartHub starts a hub on this machine, with its Echo contact, and joins it.
func (c *Calls) StartHub(name string) (localhub.State, error) {
	ctx, cancel := c.patient()
	defer cancel()
	return c.session.startHub(ctx, name)
}

func (s *Session) startHub(ctx context.Context, name string) (localhub.State, error) {
	own, err := s.ownHub()
	if err != nil {
		return localhub.State{}, err
	}
	state, err := own.Start(ctx, name)
	if err != nil {
		return state, err
	}
	_, err = s.join(ctx, backend.JoinRequest{Address: own.Invite()})
	return state, err
}

// StopHub ends the hub on this machine; what it keeps stays for the next start.
func (c *Calls) StopHub() error {
	own, err := c.session.ownHub()
	if err != nil {
		return err
	}
	return own.Stop()
}

// shared gives the hub on this machine the link by which others find it: the client knows it under this machine's own
// address.
func (s *Session) shared(hub backend.Hub) backend.Hub {
	own, err := s.ownHub()
	if err != nil {
		return hub
	}
	if state := own.State(); state.Running && state.Address == hub.Address {
		hub.Link = state.Link
	}
	return hub
}

// ownHubChanged tells of the hub on this machine, and has the client try it at once when it is there again.
func (s *Session) ownHubChanged() {
	s.emit(eventLocalHub, Change{})
	client, err := s.Client()
	own, ownErr := s.ownHub()
	if err != nil || ownErr != nil {
		return
	}
	state := own.State()
	for _, hub := range client.Hubs() {
		if state.Running && hub.Address == state.Address {
			s.reconnect(client, hub.ID)
		}
	}
}

func (s *Session) reconnect(client *backend.Client, hub string) {
	_, at, err := s.Calls().at(hub)
	if err == nil {
		err = client.Reconnect(at)
	}
	if err != nil {
		s.log.Debug("the hub on this computer is not tried again", "error", err)
	}
}
