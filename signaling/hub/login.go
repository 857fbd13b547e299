package hub

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"gossip/common/id"
	"gossip/common/identity"
	"gossip/common/wire"
	"gossip/signaling/account"
)

// loginFrame is the largest frame that a device may send before it is logged in.
const loginFrame = wire.MaxCard + 1<<10

// errConnection is wrapped by what goes wrong with the connection itself: nobody is there to be told.
var errConnection = errors.New("the connection broke")

// login is the handshake of one connection: grtng, hru, ighru, ig.
type login struct {
	hub    *Hub
	conn   Conn
	log    *slog.Logger
	card   *identity.Card   // nil when the hub knows it already
	known  account.Account  // set when it does
	device *identity.Device // the connecting device's certificate
}

// run goes through the handshake within its time. Refusals are *wire.Error; any other error is the connection's.
func (l *login) run(ctx context.Context) (s *session, err error) {
	ctx, cancel := context.WithDeadlineCause(ctx, l.conn.LoginEnds(), errTimeout)
	defer cancel()
	defer context.AfterFunc(ctx, func() { l.timeout(ctx) })()
	defer func() {
		if ctx.Err() != nil {
			s, err = nil, context.Cause(ctx)
		}
	}()
	if err := l.greet(); err != nil {
		return nil, err
	}
	if err := l.proveRight(ctx); err != nil {
		return nil, err
	}
	member, err := l.account(time.Now())
	if err != nil {
		return nil, err
	}
	if !l.device.CanReceive(time.Now()) {
		return nil, errNoSubkey
	}
	return l.hub.newSession(l.conn, member.User), nil
}

// timeout ends a handshake that takes too long, whatever it waits for.
func (l *login) timeout(ctx context.Context) {
	if errors.Is(context.Cause(ctx), errTimeout) {
		l.conn.Write(refusalFrame(id.NoMessage, errTimeout))
	}
	l.conn.Close()
}

// refuse tells the device why it is not let in, and closes the connection when it has read that.
func (l *login) refuse(err error) {
	defer l.conn.Close()
	refusal := new(wire.Error)
	switch {
	case errors.As(err, &refusal):
	case errors.Is(err, wire.ErrMalformed):
		refusal = malformed("the login of this device")
	case errors.Is(err, errConnection), errors.Is(err, context.Canceled):
		l.log.Debug("login broken off", "err", err)
		return
	default:
		l.log.Error("login", "err", err)
		refusal = refuse(wire.CodeInternal, "The hub could not finish the login. Try again later, or ask its operator.")
	}
	l.log.Info("login refused", "code", refusal.Code, "err", err)
	if refusal == errTimeout {
		return // written already
	}
	stop := time.AfterFunc(lingerTime, func() { l.conn.Close() })
	defer stop.Stop()
	if _, err := l.conn.Write(refusalFrame(id.NoMessage, refusal)); err == nil {
		io.Copy(io.Discard, io.LimitReader(l.conn, wire.MaxFrame))
	}
}

// receive reads a signal packet of one kind.
func (l *login) receive(kind wire.Kind) (*wire.SignalPacket, error) {
	raw, err := wire.ReadFrame(l.conn, nil, loginFrame)
	if err != nil {
		return nil, brokenUnless(err, wire.ErrMalformed)
	}
	p, err := wire.ParseFrame(raw)
	if err != nil {
		return nil, err
	}
	signal, ok := p.(*wire.SignalPacket)
	if !ok || signal.Kind != kind {
		return nil, fmt.Errorf("%w: not what comes next in a login", wire.ErrMalformed)
	}
	return signal, nil
}

// greet takes the device's card and sends the hub's certificate.
func (l *login) greet() error {
	p, err := l.receive(wire.KindGreeting)
	if err != nil {
		return err
	}
	var g wire.Greeting
	if err := wire.Unmarshal(p.Payload, &g); err != nil {
		return err
	}
	if g.Version != wire.Version {
		return refuse(wire.CodeVersion, fmt.Sprintf("This hub speaks version %d of the protocol, this device version %d. Update the older one.", wire.Version, g.Version))
	}
	if err := l.readCard(g.Card, time.Now()); err != nil {
		return err
	}
	greeting := l.hub.greeting.Load()
	return l.write(signal(wire.KindHubGreeting, p.ID, &wire.HubGreeting{
		Version: wire.Version, Certificate: l.hub.key.Certificate(), Name: greeting.Name, Motd: greeting.Motd,
		NeedsPassword: l.hub.password != nil,
	}))
}

func (l *login) write(frames []byte) error {
	_, err := l.conn.Write(frames)
	return brokenUnless(err, nil)
}

// brokenUnless marks an error of the connection, unless it is another one.
func brokenUnless(err, other error) error {
	if err == nil || other != nil && errors.Is(err, other) {
		return err
	}
	return fmt.Errorf("%w: %v", errConnection, err)
}

// readCard verifies the card, unless it is the one that the hub has for this device.
func (l *login) readCard(card []byte, now time.Time) error {
	known, certificate, ok := l.hub.accounts.Known(sha256.Sum256(card), l.conn.Device())
	if ok {
		device, err := identity.ParseDevice(certificate, now)
		if err != nil {
			return refuse(wire.CodeCard, "The certificate of this device is not valid: "+err.Error()+".")
		}
		l.known, l.device = known, device
		return nil
	}
	parsed, err := identity.ParseCard(card, now)
	if err != nil {
		return refuse(wire.CodeCard, "The card of this device does not verify: "+err.Error()+".")
	}
	device, ok := parsed.Device(l.conn.Device())
	if !ok {
		return refuse(wire.CodeCard, "The card is not that of this device. Link the device again.")
	}
	l.card, l.device = parsed, device
	return nil
}

// proveRight takes credentials until they are right. Each wrong password makes the next one, from anywhere in the
// same network, wait longer.
func (l *login) proveRight(ctx context.Context) error {
	for try := 1; ; try++ {
		p, err := l.receive(wire.KindCredentials)
		if err != nil {
			return err
		}
		var c wire.Credentials
		if err := l.openCredentials(p.Payload, &c); err != nil {
			return err
		}
		right, err := l.hub.strangers.try(ctx, l.conn.Address(), l.hub.limits.delays(), func() bool { return l.hub.password.admits(&c) })
		if right || err != nil {
			return err
		}
		wrong := refuse(wire.CodePassword, "The password of this hub is another one. Ask who runs it.")
		if try == l.hub.limits.PasswordTries {
			return wrong
		}
		if err := l.write(refusalFrame(p.ID, wrong)); err != nil {
			return err
		}
	}
}

// openCredentials decrypts credentials, and checks that this device made them for this very connection.
func (l *login) openCredentials(sealed []byte, c *wire.Credentials) error {
	opened, err := l.hub.key.Open(sealed, l.device, time.Now())
	if err != nil {
		return fmt.Errorf("%w: credentials: %v", wire.ErrMalformed, err)
	}
	if err := wire.Unmarshal(opened, c); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(c.Session, l.conn.Session()) != 1 {
		return fmt.Errorf("%w: credentials of another connection", wire.ErrMalformed)
	}
	return nil
}

// account finds or makes the account, and retires the devices that its new card no longer lists.
func (l *login) account(now time.Time) (account.Account, error) {
	if l.card == nil {
		if l.known.Banned {
			return account.Account{}, errBanned
		}
		return l.known, nil
	}
	if err := l.checkRoom(); err != nil {
		return account.Account{}, err
	}
	before := l.hub.accounts.Devices(l.card.User)
	member, err := l.hub.accounts.Login(l.card, now)
	if err != nil {
		return member, err
	}
	l.hub.cardChanged(member.User)
	for _, device := range before {
		if !slices.Contains(member.Devices, device) {
			l.hub.retire(member.User, device)
		}
	}
	return member, nil
}

// checkRoom refuses a newcomer to a hub that is full, and a name that is longer than this hub allows. Who was let in
// before a limit was set may stay.
func (l *login) checkRoom() error {
	name, limits := l.card.Profile.Name, l.hub.limits
	old, known := l.hub.accounts.ByUser(l.card.User)
	switch {
	case !known && l.hub.accounts.Count() >= limits.Accounts:
		return refuse(wire.CodeLimit, fmt.Sprintf("This hub has %d accounts, the most that it allows. Ask its operator.", limits.Accounts))
	case len(name) > limits.NameBytes && name != old.Name:
		return refuse(wire.CodeNameTaken, fmt.Sprintf("Your name has %d bytes; this hub allows %d. Choose a shorter one.", len(name), limits.NameBytes))
	}
	return nil
}
