package bridge

import (
	"gossip/backend"
)

// open opens the profile, and asks for its passphrase until it fits.
func (s *Session) open() (*backend.Client, error) {
	for {
		var asked *answer
		options := s.options.Profile
		options.Unlock.Passphrase = func(fresh bool) ([]byte, error) {
			given, err := s.askPassphrase(fresh)
			if err != nil {
				return nil, err
			}
			asked = &given
			return given.passphrase, nil
		}
		client, err := backend.New(options)
		if asked == nil {
			return client, err
		}
		asked.result <- err
		if err == nil {
			return client, nil
		}
	}
}

// askPassphrase shows the screen for a passphrase and waits for what is typed there.
func (s *Session) askPassphrase(fresh bool) (answer, error) {
	if fresh {
		s.setStage(StageUnprotected, "")
	} else {
		s.setStage(StageLocked, "")
	}
	select {
	case given := <-s.answers:
		return given, nil
	case <-s.ctx.Done():
		return answer{}, s.ctx.Err()
	}
}

// begin does what the options ask of a new profile: take a name, join a hub.
func (s *Session) begin() {
	client, err := s.Client()
	if err != nil || s.options.Name == "" && !client.HasIdentity() {
		return
	}
	if !client.HasIdentity() {
		if err := s.Calls().CreateIdentity(s.options.Name); err != nil {
			s.warn(err)
			return
		}
	}
	if len(client.Hubs()) > 0 {
		return
	}
	if err := s.joinFirst(); err != nil {
		s.warn(err)
		s.settle()
	}
}

// joinFirst joins the hub that the options name, or starts one.
func (s *Session) joinFirst() error {
	switch {
	case s.options.Hub != "":
		_, err := s.join(s.ctx, backend.JoinRequest{Address: s.options.Hub, Password: s.options.Password})
		return err
	case s.options.OwnHub:
		_, err := s.startHub(s.ctx, "")
		return err
	}
	return nil
}
