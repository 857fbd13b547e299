package main

import (
	"context"
	"strings"

	"gossip/backend"
	"gossip/common/id"
)

type cardCommand struct{}

// Run prints the certificate.
func (cardCommand) Run(a *app) error {
	return a.offline(func(client *backend.Client) error {
		card, err := client.Card()
		if err != nil {
			return err
		}
		return a.print(struct {
			Card string `json:"card"`
		}{card}, strings.TrimRight(card, "\n"))
	})
}

type fingerprintCommand struct {
	User     string `arg:"" optional:"" help:"@user: the safety number that both of you see."`
	Verified bool   `help:"Remember that you have compared it with them, by another way than this."`
}

// Help is printed by --help below the command's first line.
func (fingerprintCommand) Help() string {
	return `The fingerprint is your identity: it is the same wherever your 24 words are entered. The safety number with somebody is the same
at both ends; read it to each other and give --verified when it is.

  gossip-cli fingerprint
  gossip-cli fingerprint @bob --verified`
}

// Run prints the fingerprint or a safety number.
func (c *fingerprintCommand) Run(ctx context.Context, a *app) error {
	if c.User != "" {
		return a.hubDo(ctx, c.User, func(ctx context.Context, s *session, _ id.HubID) error { return c.safetyNumber(ctx, s) })
	}
	if c.Verified {
		return fail(exitUsage, "--verified wants to know who: give a @user")
	}
	return a.offline(func(client *backend.Client) error {
		me := client.Me()
		return a.print(me, me.Fingerprint)
	})
}

func (c *fingerprintCommand) safetyNumber(ctx context.Context, s *session) error {
	user, err := s.person(ctx, c.User)
	if err != nil {
		return err
	}
	number, err := s.SafetyNumber(user)
	if err != nil {
		return err
	}
	if c.Verified {
		if err := s.SetVerified(user, true); err != nil {
			return err
		}
	}
	return s.app.print(struct {
		User     string `json:"user"`
		Number   string `json:"safety_number"`
		Verified bool   `json:"verified,omitempty"`
	}{user.String(), number, c.Verified}, number)
}

type phraseCommand struct{}

// Run prints the recovery phrase.
func (phraseCommand) Run(a *app) error {
	return a.offline(func(client *backend.Client) error {
		words, err := client.Phrase()
		if err != nil {
			return err
		}
		a.note("whoever has these words can be you: write them down, and show them to nobody")
		return a.print(struct {
			Words []string `json:"words"`
		}{words}, strings.Join(words, " "))
	})
}
