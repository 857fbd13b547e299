package bridge

import "gossip/backend"

// CallInfo describes the call as it is now; changes of type "call" bring it again.
func (c *Calls) CallInfo() (backend.CallInfo, error) {
	client, err := c.session.Client()
	if err != nil {
		return backend.CallInfo{Participants: []backend.CallParticipant{}}, err
	}
	return client.Call(), nil
}

// StartCall calls the other of a direct conversation, or begins or joins the call of a channel.
func (c *Calls) StartCall(key string, video bool) error {
	client, conversation, err := c.in(key)
	if err != nil {
		return err
	}
	if err := c.session.takeDevices(client); err != nil {
		return err
	}
	return client.StartCall(conversation, backend.CallOptions{Video: video})
}

// AcceptCall takes the call that rings.
func (c *Calls) AcceptCall() error {
	return c.calling(func(client *backend.Client) error {
		if err := c.session.takeDevices(client); err != nil {
			return err
		}
		return client.AcceptCall()
	})
}

// DeclineCall refuses the call that rings, on all of the person's devices.
func (c *Calls) DeclineCall() error { return c.calling((*backend.Client).DeclineCall) }

// HangUp leaves the call, or gives up calling.
func (c *Calls) HangUp() error { return c.calling((*backend.Client).HangUp) }

// SetMuted lets the others hear nothing of this device, or hear it again.
func (c *Calls) SetMuted(on bool) error {
	return c.calling(func(client *backend.Client) error { return client.SetMuted(on) })
}

// SetDeafened lets nothing be heard here, nor there.
func (c *Calls) SetDeafened(on bool) error {
	return c.calling(func(client *backend.Client) error { return client.SetDeafened(on) })
}

// SetCamera turns the camera on or off.
func (c *Calls) SetCamera(on bool) error {
	return c.calling(func(client *backend.Client) error { return client.SetCamera(on) })
}

// SetScreen shares the screen, or does no more.
func (c *Calls) SetScreen(on bool) error {
	return c.calling(func(client *backend.Client) error { return client.SetScreen(on) })
}

// SetVolume sets how loud a user is played: 0 to 2, 1 is as it comes.
func (c *Calls) SetVolume(user string, volume float64) error {
	client, parsed, err := c.person(user)
	if err != nil {
		return err
	}
	return client.SetVolume(parsed, volume)
}

// calling does something about the call.
func (c *Calls) calling(do func(*backend.Client) error) error {
	client, err := c.session.Client()
	if err != nil {
		return err
	}
	return do(client)
}
