// Package server puts a hub together: it opens the data folder and the store, and runs the hub and its listeners.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/sync/errgroup"

	"gossip/common/id"
	"gossip/common/identity"
	"gossip/signaling/account"
	"gossip/signaling/channel"
	"gossip/signaling/config"
	"gossip/signaling/hub"
	"gossip/signaling/sshd"
	"gossip/signaling/store"
	"gossip/signaling/store/bolt"
	"gossip/signaling/turn"
)

// Options are what a server is made of.
type Options struct {
	Config config.Config
	Log    *slog.Logger
	// Store is used instead of one in the data folder; Close closes it. For tests.
	Store store.Store
	// Tune changes the limits that no flag sets. For tests and load programs.
	Tune func(*hub.Limits, *sshd.Limits)
}

// Server is a hub with everything that it needs. Make it with New, then Run it once, then Close.
type Server struct {
	config config.Config
	log    *slog.Logger
	store  store.Store
	key    *identity.DeviceKey
	hub    *hub.Hub
	sshd   *sshd.Server
	turn   *turn.Server // nil when it is off
	hubID  id.HubID

	closing sync.Once
	closed  error
}

// What one channel and one user may take of the channels.
const (
	statementsPerChannel = 100_000 // in its log
	channelsPerUser      = 100     // made by the user
	joinsPerUser         = 100     // in one channel
)

// rotateEvery is how often the hub's certificate is looked at for a new encryption subkey.
const rotateEvery = time.Hour

// New opens the data folder and everything in it. An error is a sentence for the operator.
func New(o Options) (*Server, error) {
	files, warnings, err := config.LoadFiles(o.Config.Data)
	if err != nil {
		return nil, err
	}
	warn(o.Log, warnings)
	s := &Server{config: o.Config, log: o.Log, store: o.Store}
	if s.key, err = loadKey(o.Config.Data, time.Now()); err != nil {
		return nil, err
	}
	if s.store == nil {
		if s.store, err = bolt.Open(o.Config.Data, o.Log); err != nil {
			return nil, err
		}
	}
	if err := s.assemble(o, files); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// assemble makes the parts upon the store.
func (s *Server) assemble(o Options, files config.Files) error {
	hostKey, err := ssh.NewSignerFromSigner(s.key.Signer())
	if err != nil {
		return fmt.Errorf("use the hub's key for SSH: %w", err)
	}
	s.hubID = id.HubOf(hostKey.PublicKey().Marshal())
	accounts, err := account.New(s.store, s.log)
	if err != nil {
		return err
	}
	limits := channel.Limits{
		Channels: s.config.Limits.Channels, NameBytes: s.config.Limits.NameBytes, Statements: statementsPerChannel, ChannelsPerUser: channelsPerUser, JoinsPerUser: joinsPerUser,
	}
	channels, err := channel.New(s.store, accounts.Belongs, s.key.ID(), limits, s.log)
	if err != nil {
		return err
	}
	ofHub, ofSSH := limitsOf(s.config.Limits)
	if o.Tune != nil {
		o.Tune(&ofHub, &ofSSH)
	}
	if s.turn, err = openTurn(s.config, s.log); err != nil {
		return err
	}
	s.hub, err = hub.New(hub.Options{
		Store: s.store, Accounts: accounts, Channels: channels, Key: s.key, Limits: ofHub,
		Password: string(s.config.Password), Greeting: hub.Greeting{Name: files.Name, Motd: files.MOTD}, ICE: iceFrom(s.turn), Log: s.log,
	})
	if err != nil {
		return err
	}
	if err := s.hub.EnsureChannels(files.Channels, time.Now()); err != nil {
		s.log.Warn("a channel of the list could not be made", "file", config.ChannelsFile, "err", err)
	}
	s.sshd, err = sshd.New(sshd.Options{Hub: s.hub, HostKey: hostKey, Limits: ofSSH, Log: s.log, ConnectionLog: s.config.ConnectionLog})
	return err
}

// limitsOf maps what the operator sets to what the parts keep to.
func limitsOf(l config.Limits) (hub.Limits, sshd.Limits) {
	h, s := hub.DefaultLimits(), sshd.DefaultLimits()
	h.PacketsPerSecond, h.PacketBurst = l.PacketsPerSecond, l.PacketBurst
	h.InboxBytes, h.Retention = int64(l.Inbox), l.Retention
	h.Accounts, h.NameBytes = l.Accounts, l.NameBytes
	h.Calls, h.CallDevices = l.Calls, l.CallDevices
	h.PasswordTries, h.PasswordDelay, h.PasswordDelayMax = l.Passwords, l.PasswordDelay, l.PasswordDelayMax
	s.LoginTime, s.Handshakes, s.ConnectionsPerAddress = l.Authentication, l.Handshakes, l.ConnectionsPerAddress
	return h, s
}

// HubID is what clients pin.
func (s *Server) HubID() id.HubID { return s.hubID }

// Hub gives the running hub's counts and channels to tests and operators.
func (s *Server) Hub() *hub.Hub { return s.hub }

// Run serves devices from a listener until ctx ends or the listener fails; it returns when all is finished.
func (s *Server) Run(ctx context.Context, listener net.Listener) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.hub.Run(ctx) })
	group.Go(func() error { return s.sshd.Run(ctx, listener) })
	group.Go(func() error { return s.keepKeyFresh(ctx) })
	group.Go(func() error { return s.tidy(ctx) })
	if s.turn != nil {
		group.Go(func() error { return s.turn.Run(ctx) })
	}
	return group.Wait()
}

// Reload reads the operator's files again: the hub's name, the message of the day and the list of channels. It also looks
// anew at which addresses the machine has.
func (s *Server) Reload() error {
	files, warnings, err := config.LoadFiles(s.config.Data)
	if err != nil {
		return err
	}
	warn(s.log, warnings)
	s.hub.SetGreeting(hub.Greeting{Name: files.Name, Motd: files.MOTD})
	if s.turn != nil {
		if err := s.turn.Reload(); err != nil {
			return err
		}
	}
	return s.hub.EnsureChannels(files.Channels, time.Now())
}

// Close releases the store and the ports, after Run has returned. It may be called again.
func (s *Server) Close() error {
	s.closing.Do(func() {
		if s.turn != nil {
			s.closed = s.turn.Close()
		}
		s.closed = errors.Join(s.closed, s.store.Close())
	})
	return s.closed
}

// keepKeyFresh rotates the hub's encryption subkey when it is due.
func (s *Server) keepKeyFresh(ctx context.Context) error {
	every := time.NewTicker(rotateEvery)
	defer every.Stop()
	for {
		select {
		case now := <-every.C:
			if err := rotate(s.config.Data, s.key, now); err != nil {
				s.log.Error("rotate the hub's encryption key", "err", err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func warn(log *slog.Logger, warnings []config.Warning) {
	for _, w := range warnings {
		log.Warn(w.String())
	}
}
