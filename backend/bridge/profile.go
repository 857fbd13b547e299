package bridge

import (
	"context"
	"time"

	"gossip/backend"
	"gossip/backend/settings"
)

// Snapshot is everything at one moment: changes with a larger number come after it.
type Snapshot struct {
	Seq           uint64                     `json:"seq"`
	Stage         string                     `json:"stage"`
	Error         string                     `json:"error"`
	Version       string                     `json:"version"`
	Me            *backend.Me                `json:"me,omitempty"`
	Hubs          []backend.Hub              `json:"hubs"`
	Conversations []backend.ConversationInfo `json:"conversations"`
}

// Snapshot returns everything that the interface shows at its start, or after it missed an event.
func (c *Calls) Snapshot() Snapshot {
	s := c.session
	s.mu.Lock()
	snapshot := Snapshot{Seq: s.seq, Stage: s.stage, Error: s.trouble, Version: s.options.Version,
		Hubs: []backend.Hub{}, Conversations: []backend.ConversationInfo{}}
	client := s.client
	s.listening = client != nil
	s.mu.Unlock()
	if client == nil {
		return snapshot
	}
	defer s.tell()
	if !client.HasIdentity() {
		return snapshot
	}
	me := client.Me()
	snapshot.Me = &me
	for _, hub := range client.Hubs() {
		snapshot.Hubs = append(snapshot.Hubs, s.shared(hub))
	}
	snapshot.Conversations = append(snapshot.Conversations, client.Conversations()...)
	return snapshot
}

// Unlock opens a locked profile, or protects a new one, with a passphrase.
func (c *Calls) Unlock(passphrase string) error {
	given := answer{passphrase: []byte(passphrase), result: make(chan error, 1)}
	select {
	case c.session.answers <- given:
		return <-given.result
	case <-time.After(time.Second):
		return errNotLocked
	}
}

// CreateIdentity makes a new identity with a new recovery phrase.
func (c *Calls) CreateIdentity(name string) error {
	return c.identify(func(client *backend.Client) error { return client.CreateIdentity(name) })
}

// RestoreIdentity takes an identity back from its 24 words.
func (c *Calls) RestoreIdentity(words, name string) error {
	return c.identify(func(client *backend.Client) error { return client.RestoreIdentity(words, name) })
}

func (c *Calls) identify(take func(*backend.Client) error) error {
	client, err := c.session.Client()
	if err != nil {
		return err
	}
	if err := take(client); err != nil {
		return err
	}
	c.session.settle()
	return nil
}

// Phrase returns the recovery phrase, word by word, where this device keeps it.
func (c *Calls) Phrase() ([]string, error) {
	client, err := c.session.Client()
	if err != nil {
		return nil, err
	}
	return client.Phrase()
}

// SetName gives oneself another name, on every hub.
func (c *Calls) SetName(name string) error {
	client, err := c.session.Client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.session.ctx, callPatience)
	defer cancel()
	if err := client.SetName(ctx, name); err != nil {
		return err
	}
	c.session.settle()
	return nil
}

// Storage says what the profile takes on the disk.
func (c *Calls) Storage() (backend.Storage, error) {
	client, err := c.session.Client()
	if err != nil {
		return backend.Storage{}, err
	}
	return client.Storage()
}

// Settings returns the person's preferences.
func (c *Calls) Settings() (settings.Values, error) {
	client, err := c.session.Client()
	if err != nil {
		return settings.Values{}, err
	}
	return client.Settings().Get(), nil
}

// SetSettings replaces the person's preferences. Where the window was is not the interface's to say, and devices for calls
// are chosen by SetCallDevice.
func (c *Calls) SetSettings(values settings.Values) error {
	client, err := c.session.Client()
	if err != nil {
		return err
	}
	return client.Settings().Update(func(v *settings.Values) {
		values.Window, values.Devices = v.Window, v.Devices
		*v = values
	})
}

// SettingsNotice returns a sentence when a damaged settings file was put aside, once.
func (c *Calls) SettingsNotice() (string, error) {
	client, err := c.session.Client()
	if err != nil {
		return "", err
	}
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	if c.session.noticed {
		return "", nil
	}
	c.session.noticed = true
	return client.Settings().Notice(), nil
}
