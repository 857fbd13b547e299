// Command gossip-hub is the hub: the server that the devices of Gossip meet on. It keeps accounts, channels and what
// waits for those who are away, all of it encrypted for people and not for the hub.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"gossip/signaling/config"
	"gossip/signaling/server"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gossip-hub:", err)
		os.Exit(1)
	}
}

// run serves until SIGTERM or SIGINT; SIGHUP reads the operator's files again.
func run(args []string) error {
	c, err := config.Parse(args, os.LookupEnv)
	if errors.Is(err, config.ErrHelp) {
		return config.Usage(os.Stdout)
	}
	if err != nil {
		return err
	}
	log := newLog(c.Debug)
	s, err := server.New(server.Options{Config: c, Log: log})
	if err != nil {
		return err
	}
	listener, err := listen(c.Address())
	if err != nil {
		return errors.Join(err, s.Close())
	}
	log.Info("hub is open", "address", listener.Addr().String(), "id", s.HubID().String(), "data", c.Data)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	go reloadOnHangup(ctx, s, log)
	err = errors.Join(s.Run(ctx, listener), s.Close())
	log.Info("hub is closed")
	return err
}

func newLog(debugging bool) *slog.Logger {
	level := slog.LevelInfo
	if debugging {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// listen opens the port, with the system watching for devices that vanish.
func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w; is another hub running? Choose another port with -p", address, err)
	}
	return listener, nil
}

// reloadOnHangup ends with ctx, which is when the process does.
func reloadOnHangup(ctx context.Context, s *server.Server, log *slog.Logger) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-hangup:
			if err := s.Reload(); err != nil {
				log.Error("read the files in the data folder again", "err", err)
			} else {
				log.Info("files in the data folder were read again")
			}
		case <-ctx.Done():
			return
		}
	}
}
