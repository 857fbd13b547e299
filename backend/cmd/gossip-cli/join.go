package main

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"strings"

	"gossip/backend"
	"gossip/common/id"
)

type joinCommand struct {
	Where    string `arg:"" help:"HOST, HOST:PORT, an invite link, or '#channel' of a hub that is joined."`
	Name     string `placeholder:"NAME" help:"What you are called; needed the first time."`
	Password string `placeholder:"PASSWORD" env:"GOSSIP_PASSWORD" help:"Password of the hub."`
	Phrase   string `placeholder:"-" enum:",-" default:"" help:"Take an identity back from its 24 words on standard input."`
	Keyring  bool   `help:"Keep a new profile's key in the system's keyring, as the app does, and not in the profile's folder."`
}

// Help is printed by --help below the command's first line.
func (joinCommand) Help() string {
	return `The first time, this makes your identity, or takes it back with --phrase -. The hub's key is remembered: should it change,
the connection is refused.

  gossip-cli join hub.example.org --name alice
  GOSSIP_PASSWORD=secret gossip-cli join hub.example.org:1720 --name alice
  gossip-cli join '#garden'`
}

// joined is what join prints.
type joined struct {
	Hub         string   `json:"hub"`
	Address     string   `json:"address"`
	HubName     string   `json:"hub_name,omitempty"`
	Motd        string   `json:"motd,omitempty"`
	Name        string   `json:"name"`
	User        string   `json:"user"`
	Device      string   `json:"device"`
	Fingerprint string   `json:"fingerprint"`
	NewIdentity bool     `json:"new_identity,omitempty"`
	Channels    []string `json:"channels"`
}

// Run joins and prints what it has joined.
func (c *joinCommand) Run(ctx context.Context, a *app) error {
	if strings.HasPrefix(c.Where, "#") {
		return c.joinChannel(ctx, a)
	}
	if err := c.check(); err != nil {
		return fail(exitUsage, "%w", err)
	}
	phrase, err := c.words(a.stdin)
	if err != nil {
		return err
	}
	if phrase == "" && c.Name == "" {
		if err := a.needsIdentity(); err != nil {
			return err
		}
	}
	client, err := a.openNew(c.Keyring)
	if err != nil {
		return err
	}
	fresh, err := c.identity(client, phrase)
	if err != nil {
		return errors.Join(err, client.Close())
	}
	if fresh {
		a.note("a new identity was made; write its 24 words down, they are the only way back: gossip-cli phrase")
	}
	s := &session{Client: client, app: a} // not running: only the hub that is joined is to be reached
	return errors.Join(c.join(ctx, s, fresh), client.Close())
}

// check refuses what could never be joined before anything is made for it.
func (c *joinCommand) check() error {
	if c.Name != "" {
		if _, err := id.CheckName(c.Name); err != nil {
			return err
		}
	}
	if strings.HasPrefix(c.Where, id.Scheme+"://") {
		_, err := id.ParseInvite(c.Where)
		return err
	}
	_, _, err := id.ParseHostPort(c.Where)
	return err
}

func (c *joinCommand) join(ctx context.Context, s *session, fresh bool) error {
	hub, err := s.join(ctx, backend.JoinRequest{Address: c.Where, Password: c.Password, Name: c.Name})
	if err != nil {
		return err
	}
	info, err := s.app.chooseHub(s.Client, hub.String())
	if err != nil {
		return err
	}
	me := s.Me()
	result := joined{
		Hub: info.ID, Address: info.Address, HubName: info.Name, Motd: info.Motd, Name: me.Name, User: me.User.String(),
		Device: me.Device.String(), Fingerprint: me.Fingerprint, NewIdentity: fresh, Channels: []string{},
	}
	for _, channel := range s.Channels(hub) {
		if channel.Member {
			result.Channels = append(result.Channels, "#"+channel.Name)
		}
	}
	return s.app.print(result, fmt.Sprintf("joined %s as %s; channels: %s", info.Address, me.Name, strings.Join(result.Channels, " ")))
}

// join joins a hub. Unless --retry is given, the first attempt that fails is the answer.
func (s *session) join(ctx context.Context, request backend.JoinRequest) (hub id.HubID, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.app.flags.Timeout)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		hub, err = s.Join(ctx, request)
	}()
	var away, refused error
	for {
		select {
		case <-done:
			switch {
			case err == nil:
				return hub, nil
			case refused != nil:
				return hub, refused
			case away != nil && ctx.Err() != nil:
				return hub, away
			}
			return hub, s.refusedJoin(err)
		case e := <-s.Events():
			if e.Error != nil {
				refused = refusal(e.Error.Code, e.Error.Sentence)
			}
			if e.HubInfo == nil || e.HubInfo.State == "stopped" || e.HubInfo.Detail == "" {
				continue
			}
			away = fail(exitUnreachable, "%s", lower(e.HubInfo.Detail))
			if !s.app.flags.Retry {
				cancel()
			}
		}
	}
}

// refusedJoin finds the code of a hub's refusal, which an event carries.
func (s *session) refusedJoin(err error) error {
	if err == nil || exitCode(err) != exitFailure {
		return err
	}
	return s.stopped(backend.Hub{Detail: err.Error()})
}

// words reads the recovery phrase where --phrase asks for it.
func (c *joinCommand) words(stdin io.Reader) (string, error) {
	if c.Phrase == "" {
		return "", nil
	}
	text, err := io.ReadAll(io.LimitReader(stdin, 4<<10)) // 24 words have at most 24*9 bytes
	if err != nil {
		return "", err
	}
	words := strings.Fields(string(text))
	if len(words) != 24 {
		return "", fail(exitUsage, "standard input held %s where --phrase - wants the 24 of the recovery phrase", plural(len(words), "word"))
	}
	return strings.Join(words, " "), nil
}

// identity makes or restores the identity of a profile that has none, and reports whether it is a new one.
func (c *joinCommand) identity(client *backend.Client, phrase string) (fresh bool, err error) {
	switch {
	case !client.HasIdentity() && c.Name == "":
		return false, errNoName
	case !client.HasIdentity() && phrase != "":
		return false, client.RestoreIdentity(phrase, c.Name)
	case !client.HasIdentity():
		return true, client.CreateIdentity(c.Name)
	case phrase == "":
		return false, nil
	}
	kept, err := client.Phrase()
	if err != nil {
		return false, err
	}
	if subtle.ConstantTimeCompare([]byte(strings.Join(kept, " ")), []byte(phrase)) == 0 {
		return false, fail(exitFailure, "this profile belongs to another identity already: name an empty folder with --profile")
	}
	return false, nil
}

var errNoName = fail(exitUsage, "say what you want to be called with --name NAME")

// needsIdentity spares an empty profile that could not be used for want of a name.
func (a *app) needsIdentity() error {
	err := a.offline(func(*backend.Client) error { return nil })
	if exitCode(err) == exitNotFound {
		return errNoName
	}
	return err
}

func (c *joinCommand) joinChannel(ctx context.Context, a *app) error {
	return a.withChannel(ctx, c.Where, func(ctx context.Context, s *session, channel backend.Conversation) error {
		if err := s.JoinChannel(ctx, channel); err != nil {
			return refused(err)
		}
		return a.print(made{c.Where, channel.String()}, "joined "+c.Where)
	})
}
