package backend

import (
	"context"
	"errors"
	"time"

	"gossip/common/id"
	"gossip/common/wire"
)

// rename gives the identity another name, from the next connection on.
func (c *Client) rename(name string) error {
	name, err := id.CheckName(name)
	if err != nil {
		return err
	}
	row := c.self().row
	if row.Name == name {
		return nil
	}
	if shown, known := c.people().Card(c.self().user.ID()); known { // another device of one's own may have shown a newer profile
		row.Version = max(row.Version, shown.Profile.Version)
	}
	row.Name, row.Version = name, row.Version+1
	return c.change(row)
}

// renamePatience is how long SetName waits for the hubs that there is a connection to.
const renamePatience = 8 * time.Second

// SetName gives the identity another name. It connects anew to every hub to show it, and waits a moment for them; when one
// of them refuses because the name is taken there, everything stays as it was. A hub that can't be reached now learns the
// name when it can.
func (c *Client) SetName(ctx context.Context, name string) error {
	me := c.self()
	if me == nil {
		return ErrNoIdentity
	}
	if err := c.rename(name); err != nil || c.self().row.Name == me.row.Name {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, renamePatience)
	defer cancel()
	refusal := c.present(ctx)
	if refusal == nil {
		return nil
	}
	if err := c.rename(me.row.Name); err != nil {
		return errors.Join(refusal, err)
	}
	for _, h := range c.joined() {
		h.again()
	}
	return refusal
}

// present connects to every hub anew, and waits as long as ctx allows until those that were reachable have let this device
// in. The error is the first refusal of the name.
func (c *Client) present(ctx context.Context) (refusal error) {
	var waiting []<-chan error
	for _, h := range c.joined() {
		if online := h.snapshot().State == HubOnline; h.again() && online {
			waiting = append(waiting, h.decision())
		}
	}
	for _, outcome := range waiting {
		select {
		case err := <-outcome:
			if codeOf(err) == string(wire.CodeNameTaken) && refusal == nil {
				refusal = err
			}
		case <-ctx.Done():
			return refusal
		}
	}
	return refusal
}
