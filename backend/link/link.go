// Package link keeps one connection to one hub: it dials, checks the pinned host key, logs in, reads packets,
// sends them at the pace that the hub allows, notices a dead connection, and comes back by itself.
//
// Goroutines of a connection: the reader (which calls the Handler), the writer, the heartbeat. Run waits for
// all of them before it dials again.
package link

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/cenkalti/backoff/v5"

	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
)

// Times of a connection.
const (
	loginTime      = 15 * time.Second // dial, key exchange and handshake; the hub itself allows 10 s
	heartbeatEvery = 30 * time.Second
	heartbeatLimit = 10 * time.Second
	firstRetry     = 500 * time.Millisecond
	longestRetry   = 30 * time.Second
	replacedRetry  = longestRetry // another process uses this device: don't fight over the connection
	steadyAfter    = time.Minute  // a connection that lasted this long starts the backoff afresh
)

// Dialer opens the bearer: TCP, or memory in tests.
type Dialer func(ctx context.Context, address string) (net.Conn, error)

// Config is what a link needs. Its functions are called from the link's goroutine at each attempt.
type Config struct {
	Address     string   // host:port
	Hub         id.HubID // the pinned hub; id.NoHub trusts the one that answers first
	Device      *identity.DeviceKey
	Card        func() ([]byte, error)
	Credentials func() (password string, token []byte)
	Dial        Dialer // nil: TCP
	Log         *slog.Logger
	Client      string // name and version for the hub's log
	Handler     Handler
}

// Handler is called from the link's reading goroutine, one call at a time and in order. It must not wait for an
// answer of the hub: that answer would come through the same goroutine.
type Handler interface {
	// Connected tells that the hub has let the device in. Journals are started with Session.Send of an ack.
	Connected(s *Session)
	// Packet brings every packet that is not the answer to a Request or Post.
	Packet(s *Session, p wire.Packet)
	// Disconnected tells why a connection or an attempt ended and when the next one starts.
	Disconnected(err error, retryIn time.Duration)
}

// Link is made by New and run once.
type Link struct {
	config    Config
	reconnect chan struct{}
}

// New makes a link; Run starts it.
func New(config Config) *Link {
	if config.Dial == nil {
		config.Dial = func(ctx context.Context, address string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		}
	}
	return &Link{config: config, reconnect: make(chan struct{}, 1)}
}

// Run connects, and connects again whenever the connection is gone, until ctx ends (it returns ctx's error) or the
// hub's answer needs a person's decision (*DefiniteError). It returns after all its goroutines have ended.
func (l *Link) Run(ctx context.Context) error {
	retry := newBackoff()
	for {
		started := time.Now()
		err := l.connect(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if definite := (*DefiniteError)(nil); errors.As(err, &definite) {
			return definite
		}
		if time.Since(started) > steadyAfter {
			retry.Reset()
		}
		wait := max(retry.NextBackOff(), atLeast(err))
		l.config.Log.Info("hub connection ended", "hub", l.config.Hub, "err", err, "retry_in", wait)
		l.config.Handler.Disconnected(err, wait)
		if !l.pause(ctx, wait) {
			retry.Reset()
		}
	}
}

// Reconnect ends the pause between two attempts at once; it does nothing while connected.
func (l *Link) Reconnect() {
	select {
	case l.reconnect <- struct{}{}:
	default:
	}
}

// pause waits, and reports false when Reconnect cut it short. A Reconnect from before the attempt ended is spent.
func (l *Link) pause(ctx context.Context, wait time.Duration) bool {
	select {
	case <-l.reconnect:
	default:
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return true
	case <-l.reconnect:
		return false
	}
}

func newBackoff() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.Multiplier, b.RandomizationFactor = firstRetry, longestRetry, 2, 0.5
	b.Reset()
	return b
}

// atLeast is how long the hub asked to be left alone.
func atLeast(err error) time.Duration {
	refusal := (*wire.Error)(nil)
	if !errors.As(err, &refusal) {
		return 0
	}
	if refusal.Code == wire.CodeReplaced {
		return replacedRetry
	}
	return min(refusal.Wait(), 10*time.Minute)
}
