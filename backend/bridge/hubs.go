package bridge

import (
	"context"
	"gossip/backend"
	"gossip/common/id"
)

// JoinHub joins the hub at an address or invite link and returns its id.
func (c *Calls) JoinHub(address, password string) (string, error) {
	ctx, cancel := c.patient()
	defer cancel()
	c.session.mu.Lock()
	c.session.joining = cancel
	c.session.mu.Unlock()
	hub, err := c.session.join(ctx, backend.JoinRequest{Address: address, Password: password})
	if err != nil {
		return "", err
	}
	return hub.String(), nil
}

// join joins a hub and has the interface read everything anew.
func (s *Session) join(ctx context.Context, request backend.JoinRequest) (id.HubID, error) {
	client, err := s.Client()
	if err != nil {
		return id.NoHub, err
	}
	hub, err := client.Join(ctx, request)
	if err == nil {
		s.settle()
	}
	return hub, err
}

// CancelJoin ends a JoinHub that waits.
func (c *Calls) CancelJoin() {
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	if c.session.joining != nil {
		c.session.joining()
	}
}

// Reconnect tries to reach a hub now.
func (c *Calls) Reconnect(hub string) error {
	client, at, err := c.at(hub)
	if err != nil {
		return err
	}
	return client.Reconnect(at)
}

// LeaveHub disconnects from a hub and forgets it; what was said there stays in the profile.
func (c *Calls) LeaveHub(hub string) error {
	client, at, err := c.at(hub)
	if err != nil {
		return err
	}
	return client.LeaveHub(at)
}

// People returns who is known on a hub.
func (c *Calls) People(hub string) ([]backend.Person, error) {
	client, at, err := c.at(hub)
	if err != nil {
		return nil, err
	}
	return append([]backend.Person{}, client.People(at)...), nil
}

// FindUser looks a person up by name; where the name is not known here it asks the hub.
func (c *Calls) FindUser(hub, name string) (backend.Person, error) {
	client, at, err := c.at(hub)
	if err != nil {
		return backend.Person{}, err
	}
	ctx, cancel := c.patient()
	defer cancel()
	return client.FindUser(ctx, at, name)
}
